"""Whatever is changed in the folder of a run, `verify` says so and where; what is sound it lets be."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.selftest.proving import folders
from tests.selftest.proving.folders import cover, edit, live, recorded, report

from customers_conformance.command import cli
from customers_conformance.evidence import har
from customers_conformance.model import ExitCode, Mode, UsageError
from customers_conformance.proving import verifying
from customers_conformance.proving.rendering import rendered
from customers_conformance.proving.verifying import verified
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reports.telling import digest
from customers_conformance.running.deadline.ending import BY_CTRL_C
from customers_conformance.running.folder import CERTIFICATE, formats
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAULT = "count-too-high"


def differing(folder: Path) -> list[str]:
    return [str(each) for each in verified(folder).differences]


def entry(value: Any, identifier: str) -> Any:
    return next(each for each in value["requirements"] if each["id"] == identifier)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", [folders.AUTH_ON, folders.AUTH_OFF])
def test_a_sound_folder_agrees_in_every_mode_whatever_its_outcome(mode: Mode, name: str, tmp_path: Path) -> None:
    execute(Settings(har=folders.RECORDINGS / name, out=tmp_path / "run", evidence=mode, strict=True))
    found = verified(tmp_path / "run")
    assert (found.differences, found.notes, found.exit_code) == ((), (), 0)
    assert found.report_digest == digest.of((tmp_path / "run" / "report.json").read_bytes())
    assert found.evidence_digest == report(tmp_path / "run")["evidence"]["digest"]


@pytest.mark.parametrize("mode", Mode)
def test_a_sound_live_run_agrees_whatever_was_switched_off(mode: Mode, tmp_path: Path) -> None:
    sound: dict[str, Any] = {
        "without": frozenset({"virtual-keys", "budgets"}),
        "skip": ("CUST-REL-001",),
        "allow_unverified": True,
    }
    folder = live(tmp_path / "run", "key-value-shown", evidence=mode, only=(), profiles=("core", "intrusive"), **sound)
    assert differing(folder) == []
    assert "credential" in (folder / "evidence.har").read_text("utf-8")


def test_a_run_judged_in_place_agrees(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    execute(Settings(har=folder / "evidence.har", out=folder, only=folders.FEW))
    assert differing(folder) == []


def test_a_run_of_a_real_server_agrees(tmp_path: Path) -> None:
    assert differing(folders.conformant(tmp_path / "run")) == []


def _verdict(value: Any) -> None:
    entry(value, "CUST-REL-001").update(verdict="pass", findings=[], findings_total=0)


def _count(value: Any) -> None:
    value["counts"]["pass"] += 1


def _outcome(value: Any) -> None:
    value.update(outcome="conformant", exit_code=0)


def _missing(value: Any) -> None:
    value["requirements"].remove(entry(value, "CUST-REL-001"))


def _order(value: Any) -> None:
    value["requirements"].reverse()


def _finding(value: Any) -> None:
    entry(value, "CUST-REL-001")["findings"][0]["pointer"] = "/elsewhere"


def _seen(value: Any) -> None:
    entry(value, "CUST-AUTH-001")["observed"]["exchanges"] += 100


EDITS: list[tuple[Callable[[Any], None], str]] = [
    (_verdict, "report.json /requirements/3/verdict: CUST-REL-001: it says pass; the evidence gives fail"),
    (_count, "report.json /counts/pass: it says "),
    (_outcome, "report.json /outcome: it says conformant; the evidence gives nonconformant"),
    (_outcome, "report.json /exit_code: it says 0; the evidence gives 1"),
    (_missing, "report.json /requirements: CUST-REL-001 is missing; the evidence gives fail"),
    (_order, "report.json /requirements: they do not stand in the order of the catalogue"),
    (_finding, "/findings/0/pointer: CUST-REL-001: it says /elsewhere; the evidence gives /count"),
    (_seen, "report.json /requirements/0/observed/exchanges: CUST-AUTH-001: it says "),
    (lambda value: value["warnings"].append("x"), "report.json /warnings: it says 1 items; the evidence gives 0 items"),
    (lambda value: value["coverage"].update({"Customer.id": 9}), "report.json /coverage/Customer.id: it says 9; "),
    (
        lambda value: value["undocumented"].append({"property": "Team.x", "example": "/x", "count": 1}),
        "report.json /undocumented: it says 1 items; the evidence gives 0 items",
    ),
    (lambda value: value.update(summary="All is well."), "report.json /summary: it says All is well.; "),
    (lambda value: value["run"].update(id="other"), "/log/_run/run/id: the evidence is of a run with "),
    (lambda value: value["run"].update(started="2020-01-01T00:00:00Z"), "/log/_run/run/started: "),
    (lambda value: value["run"].update(partial=None), "report.json /run/partial: it says null; the evidence gives "),
    (lambda value: value["run"].update(profiles=["core"]), "/log/_run/run/profiles: "),
    (lambda value: value["run"]["options"].update(strict=True), "/log/_run/run/options/strict: "),
    (lambda value: value["run"]["options"].update(examples=99), "/log/_run/run/options/examples: "),
    (lambda value: value["run"]["options"].update(only=["CUST-REL-001"]), "/log/_run/run/options/only: "),
    (lambda value: value["run"]["options"].update(only=["CUST-REL-999"]), "there is no requirement 'CUST-REL-999'"),
    (lambda value: value["run"]["options"].update(skip=["x" * 99]), "is no requirement"),
    (lambda value: value["target"].update(url="https://other.example"), "/log/_run/run/target: "),
    (lambda value: value["target"].update(server="other"), "report.json /target/server: it says other; "),
    (lambda value: value["ledger"].update(requests=1), "/log/_run/run/ledger/requests: "),
    (lambda value: value["run"].update(complete=False), "report.json /run/complete: it says false; "),
    (
        lambda value: value["suite"].update(contract="sha256:" + "0" * 64),
        "report.json /suite/contract: the contract that",
    ),
    (lambda value: value["suite"].update(requirements=""), "report.json /suite/requirements: the requirements that"),
    (
        lambda value: value["evidence"].update(mode="shape"),
        "report.json /evidence/mode: it says shape; the evidence gives redacted",
    ),
]


@pytest.mark.parametrize("change, words", EDITS, ids=range(len(EDITS)))
def test_a_report_that_was_edited_is_told_with_the_place_also_where_every_other_file_was_made_of_it(
    change: Callable[[Any], None], words: str, tmp_path: Path
) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, change)
    told = differing(folder)
    assert any(words in each for each in told), told
    if change is not _count:
        # A count is no part of the run: made again, the report has the right one.
        rendered(folder)
        told = differing(folder)
        assert any(words in each for each in told), told
        assert not [each for each in told if each.startswith(("report.html", "junit.xml", "summary.md"))]
    assert verified(folder).exit_code == ExitCode.NONCONFORMANT


def _alone(value: Any) -> None:
    entry(value, "CUST-REL-001").update(verdict="pass")


def _unsaid(value: Any) -> None:
    entry(value, "CUST-AUTH-001").update(verdict="unverified")


def test_a_verdict_that_contradicts_its_own_findings_is_told_by_its_requirement(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, _alone)
    told = differing(folder)
    assert told[0] == (
        "report.json /requirements/3/findings_total: CUST-REL-001: no run writes this beside its verdict: "
        "0 was expected"
    )
    assert "report.json /requirements/3/verdict: CUST-REL-001: it says pass; the evidence gives fail" in told
    edit(folder, _unsaid)
    told = differing(folder)
    assert "report.json /requirements/0/verdict: CUST-AUTH-001: it says unverified; the evidence gives pass" in told


@pytest.mark.parametrize(
    "change, words",
    [
        (
            lambda value: entry(value, "CUST-REL-001").update(verdict="ok"),
            '/requirements/3/verdict: CUST-REL-001: no run writes this: "ok" is not one of',
        ),
        (
            lambda value: entry(value, "CUST-REL-001").pop("verdict"),
            '/requirements/3: CUST-REL-001: no run writes this: "verdict" is a required property',
        ),
        (lambda value: entry(value, "CUST-REL-001").update(id="<b>"), "/requirements/3/id: <b>: no run writes this: "),
        (lambda value: value["requirements"].append(5), "/requirements/7: no run writes this: "),
        (
            lambda value: value["requirements"].append(entry(value, "CUST-REL-001")),
            "/requirements/7/id: CUST-REL-001: no run writes this: CUST-REL-001 stands twice",
        ),
        (lambda value: value.update(outcome="fine"), '/outcome: no run writes this: "fine" is not one of'),
        (lambda value: value.pop("run"), 'report.json: no run writes this: "run" is a required property'),
    ],
)
def test_a_report_that_was_edited_beyond_reading_differs_and_is_no_mistake_of_the_users(
    change: Callable[[Any], None], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, change)
    found = verified(folder)
    assert found.run is None
    assert words in str(found.differences[0])
    assert cli.answer(["verify", str(folder)]) == 1
    assert "DIFFERS" in capsys.readouterr().out
    assert cli.answer(["certify", str(folder)]) == 1
    assert "The folder does not agree with its evidence: report.json" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other"}', '{"format": "customers-conformance/report/1"}']
)
def test_what_is_no_report_is_a_mistake_of_the_users(text: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(text)
    assert cli.answer(["verify", str(tmp_path)]) == 2


def test_a_body_that_was_edited_is_told_by_the_digest_and_by_the_verdict_that_it_gives(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)

    def mend(value: Any) -> None:
        for each in value["log"]["entries"]:
            content = each["response"]["content"]
            if '"count"' in content.get("text", ""):
                said = json.loads(content["text"])
                content["text"] = json.dumps(said | {"count": len(said["customers"])})

    edit(folder, mend, "evidence.har")
    assert any(each.startswith("report.json /evidence/digest: the report names sha256:") for each in differing(folder))
    cover(folder)
    told = differing(folder)
    assert "report.json /requirements/3/verdict: CUST-REL-001: it says fail; the evidence gives pass" in told
    assert not any("/evidence/digest" in each for each in told)


def test_an_exchange_that_was_removed_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["log"]["entries"].pop(2), "evidence.har")
    cover(folder)
    assert "evidence.har /log/entries/2: the exchange after number 1 has the number 3" in " ".join(differing(folder))


def test_the_last_exchange_that_was_removed_is_told_by_what_is_missing(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["log"]["entries"].pop(), "evidence.har")
    cover(folder)
    assert any("/observed/exchanges: " in each for each in differing(folder))


def test_an_exchange_that_was_added_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)

    def add(value: Any) -> None:
        entries = value["log"]["entries"]
        entries.append(dict(entries[0]))

    edit(folder, add, "evidence.har")
    cover(folder)
    assert any("one was taken out, put in or moved" in each for each in differing(folder))
    edit(
        folder,
        lambda value: value["log"]["entries"][-1].update(_index=len(value["log"]["entries"]) - 1),
        "evidence.har",
    )
    cover(folder)
    assert any("/observed/exchanges: " in each for each in differing(folder))


def test_options_that_were_changed_in_report_and_evidence_alike_give_other_verdicts(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    skip = ["CUST-REL-001"]
    edit(folder, lambda value: value["run"]["options"].update(skip=skip))
    edit(folder, lambda value: value["log"]["_run"]["run"]["options"].update(skip=skip), "evidence.har")
    cover(folder)
    told = differing(folder)
    assert "report.json /requirements/3: CUST-REL-001 is not among the requirements that the options select" in told
    assert any(each.startswith("report.json /run/partial: ") for each in told)


def test_evidence_that_was_cut_short_and_is_called_complete_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["log"].update(_cut_short="The run was cut short by SIGTERM."), "evidence.har")
    cover(folder)
    told = differing(folder)
    assert "report.json /run/complete: it says true; the evidence gives false" in told
    assert "report.json /outcome: it says nonconformant; the evidence gives invalid" in told


def test_the_report_of_another_run_is_told(tmp_path: Path) -> None:
    one, other = live(tmp_path / "one", FAULT), live(tmp_path / "other", FAULT, seed=2)
    (one / "report.json").write_bytes((other / "report.json").read_bytes())
    told = " ".join(differing(one))
    assert "report.json /evidence/digest: " in told
    assert "evidence.har /log/_run/run/id: " in told
    assert "report.html: it was made from another report" in told


@pytest.mark.parametrize("name", ["report.html", "junit.xml", "report.sarif", "summary.md"])
def test_a_file_of_another_run_is_told(name: str, tmp_path: Path) -> None:
    one, other = live(tmp_path / "one", FAULT), live(tmp_path / "other", FAULT, seed=2)
    (one / name).write_bytes((other / name).read_bytes())
    assert differing(one) == [
        f"{name}: it was made from another report: it does not carry the digest of this one",
    ]


@pytest.mark.parametrize("name", ["report.html", "junit.xml", "report.sarif", "summary.md"])
def test_a_file_whose_text_was_edited_is_told_with_the_line(name: str, tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    text = (folder / name).read_text("utf-8")
    (folder / name).write_text(text + "one more line\n", "utf-8")
    (told,) = differing(folder)
    assert told.startswith(f"{name}: it is not what this report gives: line {text.count(chr(10)) + 1} differs")
    (folder / name).unlink()
    assert differing(folder) == [f"{name}: it is missing; `render` makes it again"]


def test_a_badge_that_says_more_than_the_run_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    badge = (folder / "badge.json").read_text("utf-8")
    (folder / "badge.json").write_text(badge.replace("not conformant", "conformant"), "utf-8")
    (told,) = differing(folder)
    assert told.startswith("badge.json: it is not what this report gives: line 4 differs")


def test_what_is_no_file_of_a_run_is_told_and_a_certificate_is_let_be(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    (folder / CERTIFICATE).write_text("{}")
    assert differing(folder) == []
    (folder / "better.html").write_text("<h1>Conformant</h1>")
    (folder / "sub").mkdir()
    carried = digest.of((folder / "report.json").read_bytes())
    (folder / "carrying.html").write_text(f"<h1>Conformant</h1><p>{carried}</p>")
    says = "it is no file of a run: nobody can tell what it was made from; take it out"
    assert differing(folder) == [f"{name}: {says}" for name in ("better.html", "carrying.html", "sub")]


def test_evidence_that_is_missing_or_no_evidence_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    (folder / "evidence.har").write_text("{}")
    assert differing(folder)[0].startswith("evidence.har: the file is no HAR: it has no log")
    (folder / "evidence.har").unlink()
    assert differing(folder) == ["evidence.har: the evidence is missing: no verdict can be checked"]


def test_evidence_of_a_version_that_did_not_say_its_run_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["log"].pop("_run"), "evidence.har")
    cover(folder)
    assert differing(folder)[0].startswith("evidence.har /log/_run: it does not say which run wrote it")


@pytest.mark.parametrize("said", [1, {}, {"run": 1, "unsent": {}, "warnings": [], "own": True}])
def test_a_provenance_that_nobody_wrote_is_told(said: object, tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["log"].update(_run=said), "evidence.har")
    assert any("_run is not what we write" in each for each in differing(folder))


def test_a_report_that_is_laid_out_otherwise_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    (folder / "report.json").write_text(json.dumps(report(folder)), "utf-8")
    assert any(each.startswith("report.json: it is not written as version ") for each in differing(folder))


def test_a_run_that_was_cut_short_and_says_so_agrees(tmp_path: Path) -> None:
    def interrupted(step: str) -> None:
        if step == "judging":
            raise KeyboardInterrupt

    folder = tmp_path / "run"
    found = execute(Settings(har=folders.RECORDINGS / folders.AUTH_ON, out=folder), interrupted)
    assert (found.complete, found.exit_code, found.summary) == (False, ExitCode.INTERRUPTED, BY_CTRL_C)
    told = differing(folder)
    # Judging was cut short, and not what was recorded: its evidence is whole, and gives more.
    assert "report.json /run/complete: it says false; the evidence gives true" in told


def test_another_version_is_held_against_the_verdicts_and_the_digest_that_each_file_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = live(tmp_path / "run", FAULT)
    monkeypatch.setattr(verifying, "_VERSION", "99.0")
    html = (folder / "report.html").read_text("utf-8")
    (folder / "report.html").write_text(html.replace("Failures", "What fails"), "utf-8")
    (folder / "summary.md").unlink()
    found = verified(folder)
    assert found.differences == ()
    assert "this is 99.0: verdicts are compared, not how they are worded" in found.notes[0]
    edit(folder, _verdict)
    assert any("CUST-REL-001: it says pass; the evidence gives fail" in each for each in differing(folder))
    assert any(each.startswith("report.html: it was made from another report") for each in differing(folder))


def test_a_version_that_the_evidence_does_not_name_is_told(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["suite"].update(version="9.9.9"))
    rendered(folder)
    (told,) = differing(folder)
    assert told.startswith("evidence.har /log/creator: the evidence was written by customers-conformance ")
    assert told.endswith("; the report says customers-conformance 9.9.9")


def test_what_another_version_counted_is_held_against_the_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = live(tmp_path / "run", FAULT)
    monkeypatch.setattr(verifying, "_VERSION", "99.0")
    edit(folder, lambda value: value["coverage"].update({"Customer.id": 1_000_000}))
    rendered(folder)
    assert any(each.startswith("report.json /coverage/Customer.id: ") for each in differing(folder))


def test_another_versions_report_says_which_digests_differ(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", FAULT)
    edit(folder, lambda value: value["suite"].update(version="0.1.0", contract="sha256:" + "1" * 64))
    rendered(folder)
    (told,) = differing(folder)
    assert told.startswith("report.json /suite/contract: the contract that was judged against has the digest sha256:1")
    assert told.endswith("; verify with customers-conformance 0.1.0")


def test_the_command_tells_each_difference_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = recorded(tmp_path / "run")
    assert cli.answer(["verify", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("verified: Every verdict follows from the evidence")
    edit(folder, lambda value: value["run"].update(id="\x1b[2J</script>"))
    assert cli.answer(["verify", str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert shown.startswith("DIFFERS     evidence.har /log/_run/run/id: ")
    assert shown.splitlines()[-1].startswith("not verified: ")
    (folder / "report.json").write_text("{}")
    assert cli.answer(["verify", str(folder)]) == 2
    assert "report.json: at /format: " in capsys.readouterr().err


def test_verifying_writes_nothing(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "run")
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    verified(folder)
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()} == before


def test_a_file_other_than_a_folders_report_is_not_verified(tmp_path: Path) -> None:
    folder = live(tmp_path / "run")
    (folder / "report.json").rename(folder / "mine.json")
    with pytest.raises(UsageError, match="verify the folder of a run"):
        verified(folder / "mine.json")


def test_the_evidence_says_what_was_not_sent_so_that_its_verdicts_can_be_made_again(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", only=(), profiles=("intrusive",), without=frozenset({"virtual-keys"}), customers=0)
    recording = har.read((folder / "evidence.har").read_bytes())
    assert recording.provenance is not None
    assert set(recording.provenance.unsent) & {"session-cookie", "virtual-key-bearer"}
    assert differing(folder) == []
    assert replace(recording.provenance, run={}).own
    assert {one.FILE for one in formats()} <= {path.name for path in folder.iterdir()}


async def _interrupting(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive, send
    raise KeyboardInterrupt


def _cut(place: Path, application: Any, **options: Any) -> Path:
    transport = httpx.ASGITransport(app=application)
    asked: dict[str, Any] = {"only": folders.FEW, "seed": 1, "examples": 0, **options}
    found = execute(Settings(url="http://127.0.0.1", key=DEFAULT_KEY, out=place, **asked), transport=transport)
    assert not found.complete
    return place


def test_a_live_run_that_was_cut_short_agrees_and_cannot_be_called_complete(tmp_path: Path) -> None:
    by_ctrl_c = _cut(tmp_path / "ctrl-c", _interrupting)
    assert report(by_ctrl_c)["exit_code"] == ExitCode.INTERRUPTED
    by_deadline = _cut(tmp_path / "deadline", create_app(), deadline=0.001)
    for folder in (by_ctrl_c, by_deadline):
        assert differing(folder) == []
        edit(folder, lambda value: value["run"].update(complete=True))
        assert any(each.startswith("report.json /run/complete: it says true") for each in differing(folder))


def test_a_live_run_that_was_cut_short_while_it_was_judged_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("customers_conformance.running.run.judged", late)
    judging = _cut(tmp_path / "judging", create_app())
    bare = _cut(tmp_path / "bare", create_app(customers=0), only=())
    monkeypatch.setattr("customers_conformance.running.run.Redactor", late)
    before = _cut(tmp_path / "before", create_app())
    monkeypatch.undo()
    for folder in (judging, bare, before):
        assert differing(folder) == []
    assert har.read((judging / "evidence.har").read_bytes()).exchanges
    assert not har.read((before / "evidence.har").read_bytes()).exchanges


def test_what_was_not_sent_is_known_also_when_the_evidence_is_judged_again(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "only": ("CUST-AUTH-007",),
        "profiles": ("intrusive",),
        "without": frozenset({"virtual-keys"}),
    }
    folder = live(tmp_path / "run", **options)
    execute(Settings(har=folder / "evidence.har", out=tmp_path / "again", **options))
    one, again = (report(each)["requirements"][0] for each in (folder, tmp_path / "again"))
    assert one["reason"] == again["reason"] == "the probe session-cookie was not sent: it takes a session token"
    assert differing(tmp_path / "again") == []
