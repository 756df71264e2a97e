"""What changed from one run to another is named with its cause; ten prepared changes are attributed rightly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.proving import folders
from tests.selftest.proving.folders import cover, edit, live, recorded
from tests.selftest.proving.schemas import enumerated, keeps
from tests.selftest.running.leaping import leap
from tests.selftest.running.test_retries import Flaky

from customers_conformance.command import cli
from customers_conformance.contract import document
from customers_conformance.evidence import har
from customers_conformance.fingerprints import Tally
from customers_conformance.model import Exchange, Finding, Judgement, Mode, Outcome, UsageError, Verdict
from customers_conformance.proving.comparison import causes
from customers_conformance.proving.comparison.causes import Cause, is_worse
from customers_conformance.proving.comparison.comparing import Change, compared
from customers_conformance.reference.app import DEFAULT_KEY
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA = "compare.schema.json"
ASKED = ("CUST-REL-001", "CUST-SCH-003", "CUST-VAL-003", "CUST-HTTP-004", "CUST-HTTP-005", "CUST-HTTP-001")


def change(old: Path, new: Path, identifier: str) -> Change:
    return next(each for each in compared(old, new).changes if each.requirement.id == identifier)


def as_data(printed: str) -> Any:
    data = json.loads(printed)
    keeps(SCHEMA, data)
    return data


def run(place: Path, fault: str | None = None, customers: int = 2, **options: Any) -> Path:
    return live(place, fault, customers, only=ASKED, **options)


def rejudge(folder: Path, edit_list: Callable[[Any, int], object], place: Path, **options: Any) -> Path:
    """Judges a folder's evidence again with its lists of customers changed; ``int`` is the number of the exchange."""
    recording = har.read((folder / "evidence.har").read_bytes())

    def changed(exchange: Exchange) -> Exchange:
        response = exchange.response
        if response is None or b'"customers"' not in response.body.content:
            return exchange
        value = json.loads(response.body.content)
        edit_list(value, exchange.index)
        content = json.dumps(value).encode()
        return replace(exchange, response=replace(response, body=replace(response.body, content=content)))

    place.mkdir()
    written = har.write([changed(each) for each in recording.exchanges], version="1", authenticated=True)
    (place / "traffic.har").write_bytes(written)
    execute(Settings(har=place / "traffic.har", out=place / "run", only=ASKED, **options))
    return place / "run"


def _as_it_is(_: Any, __: int) -> None:
    return


def test_a_run_against_itself_shows_no_change(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", "count-too-high")
    found = compared(folder, folder)
    assert (found.changes, found.worse, found.exit_code) == ((), 0, 0)


def test_one_a_header_that_is_missing_now_is_the_targets(tmp_path: Path) -> None:
    found = change(run(tmp_path / "old"), run(tmp_path / "new", "cacheable"), "CUST-HTTP-005")
    assert (found.why.cause, found.is_worse) == (Cause.TARGET, True)
    assert [each.symptom.partition(",")[0] for each in found.come] == ["none"]


def test_what_asking_again_mended_is_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)
    asked: dict[str, Any] = {"only": ("CUST-ROB-001",), "seed": 1, "examples": 0}
    old = live(tmp_path / "old", **asked)
    chosen = Settings(url="http://127.0.0.1", key=DEFAULT_KEY, out=tmp_path / "new", retries=10, **asked)
    assert execute(chosen, transport=httpx.ASGITransport(app=Flaky(1, 0.3))).flaky
    both = ("the new run", old, tmp_path / "new"), ("the old run", tmp_path / "new", old)
    for name, one, other in both:
        found = change(one, other, "CUST-ROB-001")
        assert (found.why.cause, found.why.says) == (
            Cause.CHANCE,
            f"asking again mended what {name} met first (--retries)",
        )


def test_two_a_defect_in_a_customer_that_both_show_is_the_targets(tmp_path: Path) -> None:
    found = change(run(tmp_path / "old"), run(tmp_path / "new", "team-profile-null"), "CUST-SCH-003")
    assert (found.why.cause, found.is_worse) == (Cause.TARGET, True)
    assert [(each.pattern, each.symptom) for each in found.come] == [
        ("/customers/*/teams/*/profile", "null, expected an object")
    ]


def test_three_a_defect_that_was_mended_is_the_targets(tmp_path: Path) -> None:
    found = change(run(tmp_path / "old", "count-too-high"), run(tmp_path / "new"), "CUST-REL-001")
    assert (found.why.cause, found.is_worse, found.come) == (Cause.TARGET, False, ())
    assert compared(tmp_path / "old", tmp_path / "new").exit_code == 0


def test_four_a_defect_in_a_customer_that_is_new_is_the_datas(tmp_path: Path) -> None:
    base = run(tmp_path / "base")

    def add(value: Any, _: int) -> None:
        customer = json.loads(json.dumps(value["customers"][0]))
        customer.update(id="customer-of-another-name", name="Another")
        customer["teams"][0]["profile"] = None
        value["customers"].append(customer)
        value["count"] = len(value["customers"])

    old, new = rejudge(base, _as_it_is, tmp_path / "old"), rejudge(base, add, tmp_path / "new")
    found = change(old, new, "CUST-SCH-003")
    assert (found.why.cause, found.is_worse) == (Cause.DATA, True)
    assert "customer-of-another-name" in found.why.says


def test_five_what_there_was_nothing_to_judge_on_is_the_datas(tmp_path: Path) -> None:
    base = run(tmp_path / "base")

    def without(value: Any, _: int) -> None:
        for customer in value["customers"]:
            customer.update(teams=[])
            customer.update(virtual_keys=[])

    old, new = rejudge(base, without, tmp_path / "old"), rejudge(base, _as_it_is, tmp_path / "new")
    found = change(old, new, "CUST-SCH-003")
    assert (found.why.cause, found.is_worse) == (Cause.DATA, False)
    assert found.why.says.startswith("the old run needs ")
    worse = change(new, old, "CUST-SCH-003")
    assert (worse.why.cause, worse.is_worse) == (Cause.DATA, True)


def test_six_what_was_not_selected_is_the_selections(tmp_path: Path) -> None:
    old = run(tmp_path / "old")
    new = run(tmp_path / "new", skip=("CUST-REL-001",))
    found = change(old, new, "CUST-REL-001")
    assert (found.why.cause, found.why.says, found.new) == (Cause.DATA, "the new run did not select it", None)
    assert not found.is_worse
    assert change(new, old, "CUST-REL-001").why.says == "the old run did not select it"


def test_seven_what_the_target_was_said_not_to_have_is_the_selections(tmp_path: Path) -> None:
    base = run(tmp_path / "base")

    def without(value: Any, _: int) -> None:
        for customer in value["customers"]:
            customer.update(teams=[])

    old = rejudge(base, without, tmp_path / "old")
    new = rejudge(base, without, tmp_path / "new", without=frozenset({"teams"}))
    found = change(old, new, "CUST-SCH-003")
    assert found.old is not None
    assert found.new is not None
    assert (found.old.verdict, found.new.verdict) == (Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE)
    assert (found.why.cause, found.is_worse) == (Cause.DATA, False)
    assert "--without" in found.why.says


def _claim(folder: Path, **suite: str) -> None:
    """A folder as another version of the suite would have judged the same evidence."""

    def otherwise(value: Any) -> None:
        value["suite"].update(suite)
        for each in value["requirements"]:
            if each["id"] == "CUST-REL-001":
                each.update(verdict="pass", findings=[], findings_total=0)

    edit(folder, otherwise)


def test_eight_what_another_suite_judged_otherwise_is_the_suites(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", "count-too-high"), run(tmp_path / "new", "count-too-high")
    _claim(old, version="0.0.9")
    found = change(old, new, "CUST-REL-001")
    assert (found.why.cause, found.is_worse) == (Cause.SUITE, True)
    assert found.why.says == "by the suite of the new run the evidence of the old run gives the same"
    assert change(new, old, "CUST-REL-001").why.cause is Cause.SUITE


def test_nine_what_another_contract_judged_otherwise_is_the_contracts(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", "count-too-high"), run(tmp_path / "new", "count-too-high")
    _claim(old, version="0.0.9", contract="sha256:" + "1" * 64)
    assert change(old, new, "CUST-REL-001").why.cause is Cause.CONTRACT


def test_ten_what_one_of_several_equal_requests_was_answered_is_chance(tmp_path: Path) -> None:
    found = change(run(tmp_path / "old"), run(tmp_path / "new", "cacheable-once"), "CUST-HTTP-005")
    assert (found.why.cause, found.is_worse) == (Cause.CHANCE, True)
    assert found.why.says == "in the new run one answer of several to the same request made the difference"


def test_a_change_that_a_new_suite_sees_in_new_answers_is_still_the_targets(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old"), run(tmp_path / "new", "count-too-high")
    edit(old, lambda value: value["suite"].update(version="0.0.9"))
    assert change(old, new, "CUST-REL-001").why.cause is Cause.TARGET


def test_two_suites_that_are_both_others_leave_the_cause_open(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", "count-too-high"), run(tmp_path / "new", "count-too-high")
    _claim(old, version="0.0.8")
    edit(new, lambda value: value["suite"].update(version="0.0.9"))
    assert change(old, new, "CUST-REL-001").why.cause is Cause.UNKNOWN


def test_a_requirement_that_the_older_suite_did_not_have_is_the_suites_and_no_worse(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old", "count-too-high"), run(tmp_path / "new", "count-too-high")
    edit(old, lambda value: value["requirements"].pop())
    found = compared(old, new)
    assert [(each.old, each.why.cause, each.is_worse) for each in found.changes] == [(None, Cause.SUITE, False)]


def test_what_comes_after_a_change_changed_for_its_reason(tmp_path: Path) -> None:
    asked = ("CUST-AUTH-002", "CUST-AUTH-003")
    old = live(tmp_path / "old", only=asked)
    new = live(tmp_path / "new", "open-door", only=asked)
    found = change(old, new, "CUST-AUTH-003")
    assert found.why.cause is Cause.TARGET
    assert found.why.says.startswith("it comes after CUST-AUTH-002: ")


def test_a_run_that_was_cut_short_says_nothing_of_the_target(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old"), run(tmp_path / "new", "count-too-high")
    edit(new, lambda value: value["run"].update(complete=False))
    assert change(old, new, "CUST-REL-001").why == causes.Why(Cause.UNKNOWN, "the new run was cut short")


def test_without_evidence_verdicts_are_compared_and_the_cause_is_left_open(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old"), run(tmp_path / "new", "count-too-high")
    (old / "evidence.har").unlink()
    found = change(old, new, "CUST-REL-001")
    assert (found.why.cause, found.is_worse) == (Cause.UNKNOWN, True)
    assert "the evidence of the old run cannot be read" in found.why.says


def test_evidence_of_another_run_is_refused(tmp_path: Path) -> None:
    old, new = run(tmp_path / "old"), run(tmp_path / "new", "count-too-high")
    (old / "evidence.har").write_bytes((new / "evidence.har").read_bytes())
    with pytest.raises(UsageError, match="the evidence is not that of the report"):
        compared(old, new)


def test_evidence_in_shape_tells_other_customers_by_their_number(tmp_path: Path) -> None:
    base = run(tmp_path / "base")

    def spoil(value: Any, _: int) -> None:
        value["customers"][0]["teams"][0]["profile"] = None

    def fewer(value: Any, index: int) -> None:
        spoil(value, index)
        value["customers"].pop()
        value["count"] = len(value["customers"])

    old = rejudge(base, _as_it_is, tmp_path / "old", evidence=Mode.SHAPE)
    same = rejudge(base, spoil, tmp_path / "same", evidence=Mode.SHAPE)
    other = rejudge(base, fewer, tmp_path / "other", evidence=Mode.SHAPE)
    assert change(old, same, "CUST-SCH-003").why.cause is Cause.TARGET
    assert change(old, other, "CUST-SCH-003").why.cause is Cause.DATA


def test_the_two_releases_of_a_real_gateway_are_compared(tmp_path: Path) -> None:
    found = compared(recorded(tmp_path / "old"), recorded(tmp_path / "new", folders.AUTH_OFF))
    told = {each.requirement.id: each for each in found.changes}
    assert (told["CUST-SCH-001"].is_worse, told["CUST-SCH-001"].why.cause) == (False, Cause.TARGET)
    assert told["CUST-AUTH-002"].is_worse
    # No 401 was answered any more: that is the gateway's doing, and so is what follows from it.
    assert (told["CUST-AUTH-012"].why.cause, told["CUST-AUTH-010"].why.cause) == (Cause.TARGET, Cause.TARGET)
    # It holds no budget any more, where the page has it.
    assert told["CUST-SCH-010"].why.cause is Cause.DATA
    assert found.exit_code == 1
    assert found.old.outcome is found.new.outcome is Outcome.NONCONFORMANT


@pytest.mark.parametrize(
    "old, new, worse",
    [
        ("pass", "fail", True),
        ("pass", "unverified", True),
        ("pass", "warn", True),
        ("unverified", "fail", True),
        ("waived", "fail", True),
        ("fail", "unverified", False),
        ("fail", "pass", False),
        ("not_applicable", "pass", False),
    ],
)
def test_a_verdict_is_worse_by_what_it_means_for_whoever_waits(old: str, new: str, worse: bool) -> None:  # noqa: FBT001
    requirement = document.load().by_id["CUST-REL-001"]
    one, other = (Judgement(requirement, Verdict(each)) for each in (old, new))
    assert is_worse(one, other) is worse


def test_more_that_is_wrong_in_what_failed_before_is_worse() -> None:
    requirement = document.load().by_id["CUST-REL-001"]
    one = Finding("", "a list", "null", "/customers/0/teams")
    same = replace(one, pointer="/customers/7/teams")
    other = replace(one, pointer="/customers/0/virtual_keys")

    def failed(*found: Finding, further: int = 0) -> Judgement:
        tally = Tally()
        for each in found:
            tally.note(each)
        return Judgement(
            requirement, Verdict.FAIL, findings=found, groups=tally.groups(requirement.id), further=further
        )

    assert not is_worse(failed(one), failed(one, same))
    assert is_worse(failed(one), failed(one, other))
    # Beyond what is told apart nobody knows what is new.
    assert not is_worse(failed(one), failed(one, other, further=99))


def test_what_a_waiver_accepts_now_is_the_selections_and_what_none_accepts_any_more_is_worse(tmp_path: Path) -> None:
    recording = str(folders.RECORDINGS / folders.AUTH_ON)
    waivers = Path(__file__).parents[3] / "waivers" / "bifrost-1.4.19.toml"
    assert cli.answer(["judge", recording, "--out", str(tmp_path / "bare")]) == 1
    cli.answer(["judge", recording, "--out", str(tmp_path / "waived"), "--waivers", str(waivers)])
    found = change(tmp_path / "bare", tmp_path / "waived", "CUST-AUTH-012")
    assert (found.why.cause, found.is_worse) == (Cause.DATA, False)
    assert found.why.says == "a waiver of the new run accepts it, and none of the old run does"
    assert change(tmp_path / "waived", tmp_path / "bare", "CUST-AUTH-012").is_worse


def test_the_command_tells_it_in_text_json_and_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = str(run(tmp_path / "old")), str(run(tmp_path / "new", "team-profile-null"))
    assert cli.answer(["compare", old, new]) == 1
    text = capsys.readouterr().out
    assert "CUST-SCH-003 " in text
    assert "pass, now fail" in text
    assert "  +        /customers/*/teams/*/profile: null, expected an object\n" in text
    assert text.splitlines()[-1] == "worse: 1 requirement got worse; nothing else changed."
    assert cli.answer(["compare", old, new, "--format", "json"]) == 1
    said = as_data(capsys.readouterr().out)
    (only,) = said["changes"]
    assert (said["format"], said["worse"], only["cause"]) == ("customers-conformance/compare/1", 1, "target")
    assert len(only["come"][0]["fingerprint"]) == 64
    assert cli.answer(["compare", old, new, "--format", "markdown"]) == 1
    assert "- come: `/customers/*/teams/*/profile`: null, expected an object" in capsys.readouterr().out
    assert cli.answer(["compare", new, old]) == 0
    assert cli.answer(["compare", new, new]) == 0
    assert capsys.readouterr().out.endswith("no worse: Nothing changed.\n")
    assert cli.answer(["compare", old, str(tmp_path / "nowhere")]) == 2


def test_what_is_printed_of_any_two_runs_keeps_the_published_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [recorded(tmp_path / "one"), recorded(tmp_path / "other", folders.AUTH_OFF), live(tmp_path / "live")]
    for old in given:
        for new in given:
            assert cli.answer(["compare", str(old), str(new), "--format", "json"]) in {0, 1}
            as_data(capsys.readouterr().out)


def test_the_published_schema_names_every_cause_and_verdict() -> None:
    said = enumerated(SCHEMA)
    assert said["cause"] == {cause.value for cause in Cause}
    assert said["verdict"] == {None, *Verdict}
    assert said["outcome"] == set(Outcome)


def test_a_hostile_report_moves_no_terminal_and_marks_nothing_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = run(tmp_path / "old"), run(tmp_path / "new", "team-profile-null")
    harm = "\x1b[2J](javascript:1) <script> @everyone"

    def spoil(value: Any) -> None:
        for each in value["requirements"]:
            each["title"] = harm
            for finding in each["findings"]:
                finding.update(pointer=f"/{harm}", expected=harm, actual=harm)

    edit(new, spoil)
    for form in ("text", "json", "markdown"):
        cli.answer(["compare", str(old), str(new), "--format", form])
        shown = capsys.readouterr().out
        assert "\x1b" not in shown
        if form == "markdown":
            assert "<script>" not in shown.replace("`<script>", "").replace("<script> @everyone`", "")


def test_covering_up_keeps_a_folder_readable(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    cover(folder)
    assert compared(folder, folder).changes == ()
