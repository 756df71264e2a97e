"""The recordings of two real servers: every verdict other than pass, each read off the file by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from customers_conformance.command.terminal import summary
from customers_conformance.model import PROFILES, Outcome, RecordedTraffic, UsageError, Verdict
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from customers_conformance.model import Judgement, Run

FOLDER = Path(__file__).parents[1] / "recordings"
AUTH_ON, AUTH_OFF = "bifrost-1.4.19-auth-on.har", "bifrost-1.5.16-auth-off.har"

FAIL, WARN, UNVERIFIED, NOT_APPLICABLE = "fail", "warn", "unverified", "not_applicable"

#: What neither recording can show.
IN_BOTH = {
    # HEAD was answered 405 and GET 200: the vendor's router takes no HEAD on this path.
    "CUST-HTTP-002": WARN,
    # No answer has a Cache-Control at all.
    "CUST-HTTP-005": WARN,
    # total_count, limit and offset at the top, rate_limit on a customer: none is on the page.
    "CUST-SCH-014": WARN,
    # profile, config and claims are null in all of 3 teams, where the page has objects.
    "CUST-SCH-003": FAIL,
    # provider_configs and mcp_configs are null in both virtual keys, where the page has lists; 1.4.19 also leaves
    # calendar_aligned out of both.
    "CUST-SCH-004": FAIL,
    # Of the values of from_memory, "yes" was not recorded.
    "CUST-QRY-003": UNVERIFIED,
    # The configs are null, so that nothing stands below them.
    "CUST-SCH-005": UNVERIFIED,
    "CUST-SCH-006": UNVERIFIED,
    "CUST-SCH-007": UNVERIFIED,
    "CUST-SCH-008": UNVERIFIED,
    "CUST-SCH-009": UNVERIFIED,
    "CUST-SCH-011": UNVERIFIED,
    "CUST-REL-007": UNVERIFIED,
    "CUST-REL-009": UNVERIFIED,
    "CUST-VAL-002": UNVERIFIED,
    "CUST-VAL-004": UNVERIFIED,
    "CUST-VAL-005": UNVERIFIED,
    "CUST-VAL-006": UNVERIFIED,
    "CUST-VAL-009": UNVERIFIED,
    "CUST-SEC-001": UNVERIFIED,
    "CUST-SEC-002": UNVERIFIED,
    "CUST-SEC-005": UNVERIFIED,
    # No object shows what encloses it, and none stands twice.
    "CUST-REL-012": UNVERIFIED,
    "CUST-REL-013": UNVERIFIED,
    # Not recorded, or not to be seen in a file that others wrote.
    "CUST-HTTP-003": UNVERIFIED,
    # Of its probes the request that refuses gzip by name was not recorded.
    "CUST-HTTP-008": UNVERIFIED,
    "CUST-SEC-004": UNVERIFIED,
    "CUST-ROB-002": UNVERIFIED,
    "CUST-ROB-003": UNVERIFIED,
    # No answer is an error other than 401 with a body, and none redirects.
    "CUST-SCH-012": NOT_APPLICABLE,
    "CUST-HTTP-009": NOT_APPLICABLE,
}

ON = {
    **IN_BOTH,
    # The entry "real session cookie" was answered 200 with the list.
    "CUST-AUTH-007": FAIL,
    # None of the 15 answers with status 401 has WWW-Authenticate.
    "CUST-AUTH-012": FAIL,
    # "Authorization: bearer <key>" was answered 401 where "Bearer <key>" was answered 200.
    "CUST-AUTH-013": WARN,
    # from_memory=true shows customers as an object keyed by id.
    "CUST-SCH-001": FAIL,
    # For the same reason the memory view cannot be compared.
    "CUST-MEM-001": UNVERIFIED,
    "CUST-MEM-002": UNVERIFIED,
    # One of the probes of each was not recorded; of AUTH-002 those with false, an unknown parameter, Accept: JSON.
    "CUST-AUTH-002": UNVERIFIED,
    "CUST-AUTH-003": UNVERIFIED,
    "CUST-AUTH-004": UNVERIFIED,
    "CUST-AUTH-005": UNVERIFIED,
    "CUST-AUTH-006": UNVERIFIED,
    "CUST-AUTH-008": UNVERIFIED,
    "CUST-AUTH-009": UNVERIFIED,
    "CUST-AUTH-014": UNVERIFIED,
}

OFF = {
    **IN_BOTH,
    # "no credentials" was answered 200 with the list: plain, with from_memory=true, and with a bad value.
    "CUST-AUTH-002": FAIL,
    # All that comes after it.
    "CUST-AUTH-003": UNVERIFIED,
    "CUST-AUTH-004": UNVERIFIED,
    "CUST-AUTH-005": UNVERIFIED,
    "CUST-AUTH-006": UNVERIFIED,
    "CUST-AUTH-007": UNVERIFIED,
    "CUST-AUTH-008": UNVERIFIED,
    "CUST-AUTH-009": UNVERIFIED,
    "CUST-AUTH-010": UNVERIFIED,
    "CUST-AUTH-013": UNVERIFIED,
    "CUST-AUTH-014": UNVERIFIED,
    # Nothing was answered 401, and HEAD's 405 has no body.
    "CUST-AUTH-011": UNVERIFIED,
    "CUST-AUTH-012": UNVERIFIED,
    "CUST-SEC-003": UNVERIFIED,
    # No customer, team or virtual key shows a budget: they stand under `budgets`, which the page does not have there.
    "CUST-SCH-010": UNVERIFIED,
    "CUST-REL-008": UNVERIFIED,
    "CUST-REL-011": UNVERIFIED,
    "CUST-VAL-001": UNVERIFIED,
    "CUST-VAL-003": UNVERIFIED,
}


@cache
def conducted(name: str) -> Run:
    return run.conduct(Settings(har=FOLDER / name, profiles=PROFILES))


def judgement(name: str, identifier: str) -> Judgement:
    return next(j for j in conducted(name).judgements if j.requirement.id == identifier)


@pytest.mark.parametrize("name, expected", [(AUTH_ON, ON), (AUTH_OFF, OFF)])
def test_a_real_server_gets_the_verdicts_that_reading_by_hand_gives(name: str, expected: dict[str, str]) -> None:
    found = conducted(name)
    verdicts = {j.requirement.id: j.verdict.value for j in found.judgements if j.verdict is not Verdict.PASS}
    assert verdicts == expected
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.NONCONFORMANT, 1, True)
    assert found.ledger is None
    assert found.seed is None
    assert found.evidence.left_out == 0
    assert (found.target_url, found.target_server) == ("http://gateway.example", "fasthttp")


@pytest.mark.parametrize(
    "name, identifier, number",
    [
        (AUTH_ON, "CUST-AUTH-007", 1),
        (AUTH_ON, "CUST-AUTH-012", 15),
        (AUTH_ON, "CUST-SCH-001", 1),
        (AUTH_ON, "CUST-SCH-003", 9),
        (AUTH_ON, "CUST-SCH-004", 6),
        (AUTH_ON, "CUST-HTTP-005", 17),
        (AUTH_OFF, "CUST-AUTH-002", 3),
        (AUTH_OFF, "CUST-SCH-003", 9),
        (AUTH_OFF, "CUST-SCH-004", 4),
        (AUTH_OFF, "CUST-HTTP-005", 31),
    ],
)
def test_a_broken_requirement_has_as_many_findings_as_the_file_has_places(
    name: str, identifier: str, number: int
) -> None:
    assert judgement(name, identifier).findings_total == number


@pytest.mark.parametrize("name", [AUTH_ON, AUTH_OFF])
def test_the_place_of_a_null_is_found(name: str) -> None:
    first = judgement(name, "CUST-SCH-003").findings[0]
    assert (first.pointer, first.expected, first.actual) == ("/customers/0/teams/0/profile", "an object", "null")
    assert first.exchange == 0


def test_a_view_that_is_no_list_is_told_as_what_it_is() -> None:
    (found,) = judgement(AUTH_ON, "CUST-SCH-001").findings
    assert (found.exchange, found.pointer, found.expected, found.actual) == (3, "/customers", "a list", "an object")


def test_undocumented_properties_are_listed_with_place_and_number() -> None:
    found = {entry.property: entry for entry in conducted(AUTH_OFF).undocumented}
    assert found["ListCustomersResponse.total_count"].example == "/total_count"
    assert found["Team.virtual_key_count"].count == 3


@pytest.mark.parametrize(
    "name, identifier, probe",
    [
        (AUTH_ON, "CUST-AUTH-003", "unknown-bearer-memory"),
        (AUTH_ON, "CUST-AUTH-004", "basic-user"),
        (AUTH_ON, "CUST-AUTH-009", "key-changed-early"),
        (AUTH_OFF, "CUST-QRY-003", "from-memory-yes"),
        (AUTH_OFF, "CUST-ROB-002", "together"),
    ],
)
def test_the_name_of_a_missing_probe_stands_in_the_reason(name: str, identifier: str, probe: str) -> None:
    assert judgement(name, identifier).reason == f"the probe {probe} was not recorded"


def test_what_comes_after_says_after_what() -> None:
    reason = judgement(AUTH_OFF, "CUST-AUTH-003").reason
    assert reason == "comes after CUST-AUTH-002, which does not hold: look at that one first"


@pytest.mark.parametrize("name", [AUTH_ON, AUTH_OFF])
def test_the_same_recording_gives_the_same_run_but_for_id_and_times_and_the_digest_that_binds_them(name: str) -> None:
    again = run.conduct(Settings(har=FOLDER / name, profiles=PROFILES))
    first = conducted(name)
    assert again.id != first.id
    assert again.evidence.digest != first.evidence.digest
    own = replace(again, id=first.id, started=first.started, finished=first.finished, evidence=first.evidence)
    assert own == first


def test_a_recording_without_the_placeholder_leaves_authentication_unverified(tmp_path: Path) -> None:
    recording = json.loads((FOLDER / AUTH_OFF).read_text("utf-8"))
    for entry in recording["log"]["entries"]:
        headers = entry["request"]["headers"]
        entry["request"]["headers"] = [h for h in headers if h["name"] != "authorization" and "<key" not in h["value"]]
    recording["log"]["entries"] = [e for e in recording["log"]["entries"] if "<key" not in e["request"]["url"]]
    (tmp_path / "bare.har").write_text(json.dumps(recording), "utf-8")
    found = run.conduct(Settings(har=tmp_path / "bare.har"))
    verdicts = {j.requirement.id: j.verdict for j in found.judgements}
    assert verdicts["CUST-AUTH-001"] is verdicts["CUST-AUTH-002"] is verdicts["CUST-SEC-004"] is Verdict.UNVERIFIED
    assert verdicts["CUST-SCH-003"] is Verdict.FAIL
    assert verdicts["CUST-QRY-001"] is Verdict.PASS


def test_a_recording_without_the_plain_request_is_invalid_and_counts_what_it_leaves_out(tmp_path: Path) -> None:
    recording = json.loads((FOLDER / AUTH_ON).read_text("utf-8"))
    kept = [entry for entry in recording["log"]["entries"] if "from_memory=true" in entry["request"]["url"]]
    elsewhere = json.loads(json.dumps(kept[0]))
    elsewhere["request"]["url"] = "http://gateway.example/other"
    recording["log"]["entries"] = [elsewhere, *kept]
    (tmp_path / "views.har").write_text(json.dumps(recording), "utf-8")
    found = run.conduct(Settings(har=tmp_path / "views.har"))
    assert (found.outcome, found.exit_code) == (Outcome.INVALID, 4)
    assert found.summary == "The recording holds no plain request with the key, so nothing can be judged."
    assert {j.verdict for j in found.judgements} == {Verdict.UNVERIFIED}
    assert {j.reason for j in found.judgements} == {found.summary}
    assert found.evidence.left_out == 1
    assert any("1 entries" in warning for warning in found.warnings)


def test_a_recording_that_shows_the_key_is_judged_by_it_and_its_evidence_holds_it_nowhere(tmp_path: Path) -> None:
    shown = "a-key-that-nobody-struck-out-01"
    recording = (FOLDER / AUTH_ON).read_text("utf-8").replace("<key>", shown).replace("<key:", "<other:")
    (tmp_path / "shown.har").write_text(recording, "utf-8")
    found = run.execute(Settings(har=tmp_path / "shown.har", out=tmp_path / "report"))
    verdicts = {j.requirement.id: j.verdict for j in found.judgements}
    assert verdicts["CUST-AUTH-001"] is verdicts["CUST-AUTH-002"] is Verdict.UNVERIFIED
    assert verdicts["CUST-SCH-003"] is Verdict.FAIL
    assert verdicts["CUST-QRY-001"] is Verdict.PASS
    assert any("most often answered 200" in warning for warning in found.warnings)
    for path in (tmp_path / "report").iterdir():
        assert shown not in path.read_text("utf-8")


def test_a_recording_that_cannot_be_read_is_a_mistake_of_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.har cannot be read"):
        run.conduct(Settings(har=tmp_path / "gone.har"))


def test_an_empty_recording_is_invalid(tmp_path: Path) -> None:
    (tmp_path / "empty.har").write_text('{"log": {"version": "1.2", "entries": []}}')
    found = run.conduct(Settings(har=tmp_path / "empty.har"))
    assert (found.outcome, found.target_url) == (Outcome.INVALID, "")


def test_a_recording_that_lacks_bodies_says_so_and_not_that_there_is_no_list(tmp_path: Path) -> None:
    recording = json.loads((FOLDER / AUTH_OFF).read_text("utf-8"))
    for entry in recording["log"]["entries"]:
        entry["response"]["content"].pop("text", None)
        entry["response"]["bodySize"] = -1
    (tmp_path / "omitted.har").write_text(json.dumps(recording), "utf-8")
    found = run.conduct(Settings(har=tmp_path / "omitted.har"))
    reasons = {j.requirement.id: j.reason or "" for j in found.judgements if j.verdict is Verdict.UNVERIFIED}
    assert "the recording does not hold its body" in reasons["CUST-QRY-001"]
    assert "the recording does not hold its body" in reasons["CUST-SCH-014"]
    assert reasons["CUST-RSP-002"] == "the recording does not hold its body"
    assert not [reason for reason in reasons.values() if "does not show a list" in reason]


def test_one_body_that_was_written_as_other_bytes_is_named_and_hides_no_other(tmp_path: Path) -> None:
    recording = json.loads((FOLDER / AUTH_OFF).read_text("utf-8"))
    assert judgement(AUTH_OFF, "CUST-RSP-002").observed == {"exchanges": 16}
    recording["log"]["entries"][0]["response"]["content"]["size"] += 1
    (tmp_path / "one.har").write_text(json.dumps(recording), "utf-8")
    found = run.conduct(Settings(har=tmp_path / "one.har"))
    judged = {j.requirement.id: j for j in found.judgements}
    assert judged["CUST-RSP-002"].verdict is judged["CUST-RSP-003"].verdict is Verdict.PASS
    assert judged["CUST-RSP-002"].observed == {"exchanges": 15}
    assert [warning for warning in found.warnings if warning.endswith("is not judged there: entry 0")]


def test_where_every_body_was_written_as_other_bytes_nothing_is_judged_on_them(tmp_path: Path) -> None:
    recording = json.loads((FOLDER / AUTH_OFF).read_text("utf-8"))
    for entry in recording["log"]["entries"]:
        entry["response"]["content"]["size"] = 1
    (tmp_path / "all.har").write_text(json.dumps(recording), "utf-8")
    found = run.conduct(Settings(har=tmp_path / "all.har"))
    judged = {j.requirement.id: j for j in found.judgements}
    for identifier in ("CUST-RSP-002", "CUST-RSP-003"):
        assert judged[identifier].verdict is Verdict.UNVERIFIED
        assert judged[identifier].reason == "entry 0 and every other: the recording does not hold the bytes of the body"
    (warning,) = [warning for warning in found.warnings if "as they came" in warning]
    assert warning.endswith("entry 0, 1, 2, 3, 4 and 28 more")


def test_a_run_of_a_recording_says_what_was_recorded_when_and_by_what() -> None:
    source = conducted(AUTH_ON).source
    assert source is not None
    assert (source.name, source.creator) == (AUTH_ON, "record.py 1")
    entries = json.loads((FOLDER / AUTH_ON).read_text("utf-8"))["log"]["entries"]
    times = sorted(datetime.fromisoformat(entry["startedDateTime"]) for entry in entries)
    assert [source.first, source.last] == [time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in (times[0], times[-1])]
    lines = [line.plain for line in summary(conducted(AUTH_ON), "out", [])]
    assert f"recorded  {AUTH_ON}, by record.py 1, {source.first}" in lines


@pytest.mark.parametrize("creator", [None, "tool", {"name": 7}, {}])
def test_a_recording_that_names_no_tool_is_read_all_the_same(tmp_path: Path, creator: object) -> None:
    log = {"version": "1.2", "creator": creator, "entries": []}
    (tmp_path / "traffic.har").write_text(json.dumps({"log": log}))
    assert run.conduct(Settings(har=tmp_path / "traffic.har")).source == RecordedTraffic("traffic.har", "")
