"""The strangers: one is met in every run of the tests, and what conducts them is held to what it promises."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.strangers import __main__ as command
from tests.strangers import conduct, data, recordings, serving
from tests.strangers.sentences import conducting
from tests.strangers.sentences.conducting import SENTENCES
from tests.strangers.sentences.entries import PREFIX, Entries
from tests.strangers.sentences.server import Lawful
from tests.strangers.stranger import MissingError, Stranger
from tests.strangers.strangers import STRANGERS

from customers_conformance.contract import document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMED = {stranger.name: stranger for stranger in STRANGERS}

#: Servers of the sentences that are met in every run of the tests, a few of each area.
QUICK = (
    "budget-repeats-id-by-escape",
    "chunks-with-extensions",
    "empty-bearer-is-let-in",
    "everything-escaped",
    "ids-of-every-kind",
    "limit-is-hardly-negative",
    "many-challenges",
    "masks-of-every-kind",
    "memory-names-customer-with-blank",
    "private-only-inside-quotes",
    "provider-config-id-again-in-exponent",
    "redirect-with-tab-inside",
    "refusal-names-customer-in-latin-1",
)


@contextlib.contextmanager
def nowhere(_: Path) -> Iterator[list[str]]:
    yield ["run", "http://127.0.0.1:1"]


def reported(**verdicts: str) -> dict[str, Any]:
    return {
        "outcome": "conformant",
        "requirements": [
            {"id": f"CUST-{name.replace('_', '-')}", "verdict": verdict, "reason": None, "findings": []}
            for name, verdict in {"HTTP_009": "pass", **verdicts}.items()
        ],
    }


def test_a_server_on_the_standard_library_gets_the_verdicts_that_it_must_get() -> None:
    met = conduct.met(NAMED["http.server"])
    assert met.complaints == ()
    assert met.word == "ok"


@pytest.mark.parametrize("name", QUICK)
def test_a_server_of_the_sentences_gets_the_verdicts_that_it_must_get(name: str) -> None:
    met = conducting.met(PREFIX + name)
    assert met.complaints == ()
    assert met.word == "ok"


def test_a_server_of_the_sentences_breaks_keeps_and_warns_of_requirements_that_there_are() -> None:
    known = {requirement.id for requirement in document.load().requirements}
    named = {
        identifier
        for entry in SENTENCES.values()
        for identifier in (*filter(None, [entry.breaks]), *entry.also, *entry.warns, *entry.unverified, *entry.differs)
    }
    assert len(SENTENCES) == 200
    assert named <= known
    assert {entry.breaks for entry in SENTENCES.values()} - {""} == known


def test_a_broken_sentence_must_be_told_by_its_id_and_by_no_other() -> None:
    table = Entries()
    table.breaks("RSP-001", also=["RSP-004"])(Lawful)
    verdicts = {"CUST-RSP-001": "fail", "CUST-RSP-004": "fail", "CUST-QRY-001": "unverified"}
    said = dict.fromkeys([*verdicts, "CUST-QRY-002"], "why")
    assert list(table[0].complaints(verdicts, said)) == []
    verdicts |= {"CUST-RSP-001": "pass", "CUST-QRY-002": "warn"}
    assert list(table[0].complaints(verdicts, said)) == [
        "CUST-RSP-001 is broken; got pass: why",
        "CUST-QRY-002 is kept; got warn: why",
    ]


def test_a_server_that_keeps_the_sentences_may_warn_and_be_unseen_only_where_that_is_said() -> None:
    table = Entries()
    table.keeps(warns=["HTTP-002"], unverified=["SCH-012"])(Lawful)
    verdicts = {"CUST-HTTP-002": "warn", "CUST-SCH-012": "unverified", "CUST-SCH-001": "pass"}
    said = dict.fromkeys(verdicts, "why")
    assert list(table[0].complaints(verdicts, said)) == []
    verdicts |= {"CUST-HTTP-002": "pass", "CUST-SCH-012": "fail", "CUST-SCH-001": "unverified"}
    assert list(table[0].complaints(verdicts, said)) == [
        "CUST-HTTP-002 is broken; got pass: why",
        "CUST-SCH-012 is kept; got fail: why",
        "CUST-SCH-001 can be seen; got unverified: why",
    ]


def test_what_the_suite_is_known_to_say_otherwise_is_told_until_it_no_longer_does() -> None:
    table = Entries()
    table.breaks("RSP-001", differs={"RSP-001": "unverified"})(Lawful)
    assert list(table[0].complaints({"CUST-RSP-001": "unverified"}, {"CUST-RSP-001": ""})) == []
    assert conduct.Met(table[0], known=table[0].known).word == "known"
    (complaint,) = table[0].complaints({"CUST-RSP-001": "fail"}, {"CUST-RSP-001": ""})
    assert complaint == "CUST-RSP-001 no longer gets unverified, take that out: fail"


def test_strangers_are_chosen_by_a_pattern_and_counted_by_what_came_of_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    differing = f"{PREFIX}plain-list-is-empty"
    told = "CUST-QRY-001 gets unverified"

    def met_all(names: list[str]) -> Iterator[conduct.Met]:
        yield from (conduct.Met(SENTENCES[name], known=told if name == differing else "") for name in names)

    monkeypatch.setattr(command, "met_all", met_all)
    assert command.main([f"{PREFIX}plain-*"]) == 0
    said = capsys.readouterr().out
    assert "known: CUST-QRY-001 gets unverified" in said
    assert (
        "2 of 3 strangers got the verdicts that they must get, 1 as the suite is known to differ, 0 did not, 0 skipped"
        in said.splitlines()[-1]
    )


def test_each_stranger_has_a_name_of_its_own_and_pins_requirements_that_there_are() -> None:
    assert len(NAMED) == len(STRANGERS)
    known = {requirement.id for requirement in document.load().requirements}
    assert not [identifier for stranger in STRANGERS for identifier in stranger.pins if identifier not in known]


def test_what_the_strangers_answer_owes_nothing_to_the_suite() -> None:
    sources = [serving.HERE / name for name in ("data.py", "contract.py")]
    sources += [path for path in (serving.HERE / "sentences").rglob("*.py") if path.name != "conducting.py"]
    sources += [path for folder in ("servers", "go", "node") for path in (serving.HERE / folder).rglob("*.*")]
    owing = [path.name for path in sources if b"customers_conformance" in path.read_bytes()]
    assert len(sources) > 8
    assert owing == []


def test_the_respelled_memory_view_says_the_same_in_other_words() -> None:
    plain, respelled = data.views()["memory"], data.views(respelled=True)["memory"]
    assert json.dumps(plain) != json.dumps(respelled)
    assert [one["id"] for one in plain["customers"]] == [one["id"] for one in respelled["customers"]]


def test_a_verdict_that_is_not_pinned_is_complained_of() -> None:
    stranger = Stranger("any", "", nowhere, pins={"CUST-HTTP-009": ("pass", "")})
    assert list(stranger.complaints(reported(RSP_001="pass"), 0)) == []
    (complaint,) = stranger.complaints(reported(RSP_001="fail", RSP_002="fail"), 0)
    assert complaint == "CUST-RSP-001, CUST-RSP-002: expected pass; got fail: nothing more"


def test_an_outcome_an_exit_code_and_a_reason_are_held_to_what_is_pinned() -> None:
    stranger = Stranger("any", "", nowhere, pins={"CUST-RSP-001": ("fail", "text/html"), "CUST-RSP-009": ("pass", "")})
    said = "\n".join(stranger.complaints(reported(RSP_001="fail"), 3))
    assert "expected conformant, exit 0; got conformant, exit 3" in said
    assert "CUST-RSP-009 is pinned and was not judged" in said
    assert "CUST-RSP-001: expected fail because of 'text/html'" in said


def test_a_stranger_whose_program_is_not_installed_is_skipped_by_name_and_a_run_that_met_none_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert command.main(["nginx", "go", "node", "mitmproxy-recording"]) == 1
    said = capsys.readouterr().out
    for program in ("nginx", "go", "node", "mitmdump"):
        assert f"skipped: {program} is not installed\n" in said
    assert "0 of 4 strangers got the verdicts that they must get, 0 did not, 4 skipped" in said.splitlines()[-1]


def test_a_stranger_that_does_not_get_its_verdicts_fails_the_session(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "STRANGERS", (replace(NAMED["http.server"], opened=broken),))
    monkeypatch.setattr(command, "SENTENCES", {})
    assert command.main([]) == 1
    said = capsys.readouterr().out
    assert "it could not be met: RuntimeError('it fell over')" in said
    assert "0 of 1 strangers got the verdicts that they must get, 1 did not, 0 skipped" in said.splitlines()[-1]


@contextlib.contextmanager
def broken(_: Path) -> Iterator[list[str]]:
    raise RuntimeError("it fell over")
    yield []


def test_an_unknown_name_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["apache"])
    assert ended.value.code == 2
    assert "no stranger is called apache; there are http.server, " in capsys.readouterr().err


def test_a_program_that_ends_without_saying_where_it_listens_is_told_with_its_words() -> None:
    with pytest.raises(RuntimeError, match="no such port"), serving.started(["echo", "no such port"]):
        pytest.fail("it cannot have started")


def test_a_module_that_is_not_installed_is_missed_by_name(tmp_path: Path) -> None:
    with (
        pytest.raises(MissingError, match="no_such_framework is not installed"),
        serving.python("no_such_framework")(tmp_path),
    ):
        pytest.fail("it cannot have started")


def test_a_recording_is_prepared_as_it_must_be_handed_on(tmp_path: Path) -> None:
    sent = [f"Bearer {data.KEY}", *recordings.MISPLACED, "Bearer", "Bearer nobody-gave-this"]
    entries = [{"request": {"url": "x", "headers": [{"name": "authorization", "value": value}]}} for value in sent]
    entries.append({"request": {"url": f"x?key={data.KEY}", "headers": [{"name": "Cookie", "value": data.SESSION}]}})
    path = tmp_path / "recorded.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    prepared = json.loads(recordings.prepared(path).read_text(encoding="utf-8"))["log"]["entries"]
    assert [entry["request"]["headers"][0]["value"] for entry in prepared] == [
        "Bearer <key>",
        "Basic <key:basic-user>",
        "Basic <key:basic>",
        "Token <key>",
        "<key>",
        "Bearer <key:cut>",
        "Bearer <key>x",
        "Bearer <key:case-changed>",
        "Bearer <key:changed-early>",
        "Bearer <key:changed-late>",
        "Bearer",
        "Bearer nobody-gave-this",
        "<session>",
    ]
    assert prepared[-1]["request"]["url"] == "x?key=<key>"
