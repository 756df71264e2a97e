"""A finding is told so that the vendor can read, check and repeat it from the issue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from tests.selftest.proving import folders
from tests.selftest.proving.folders import cover, edit, live, recorded

from customers_conformance.command import cli
from customers_conformance.model import PROFILES, UsageError
from customers_conformance.proving.disputing import as_markdown, disputed
from customers_conformance.proving.folder import opened

if TYPE_CHECKING:
    from pathlib import Path


def fingerprints(folder: Path) -> dict[str, str]:
    """The fingerprints of a report, by requirement and place."""
    return {
        f"{judgement.requirement.id} {group.pattern}": group.fingerprint
        for judgement in opened(folder).run.judgements
        for group in judgement.groups
    }


def test_it_holds_the_sentence_its_source_the_request_the_answer_and_how_to_repeat_it(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "run")
    text = as_markdown(disputed(folder, fingerprints(folder)["CUST-SCH-003 /customers/*/teams/*/profile"]))
    for words in (
        "# CUST-SCH-003: Sends teams as their schema says\n",
        "A conforming server sends objects that match their schema: Team.",
        '`"teams": [',
        "- at `/customers/0/teams/0/profile` (answer 0, probe default)\n  - expected: an object\n  - actual: `null`\n",
        "'authorization: Bearer '\"$CUSTOMERS_CONFORMANCE_KEY\" http://gateway.example/api/governance/customers\n",
        "HTTP/1.1 200 OK\nServer: fasthttp\n",
        '>   "profile": null,\n',
        "an object, at `/customers/0/teams/0/profile`.\n",
        "customers-conformance judge evidence.har --only CUST-SCH-003 ",
        "customers-conformance explain CUST-SCH-003\n",
    ):
        assert words in text
    assert "recorded: `bifrost-1.4.19-auth-on.har" in text


def test_a_live_run_is_asked_again_with_its_options_and_shows_no_secret(tmp_path: Path) -> None:
    folder = live(tmp_path / "run", "key-value-shown", only=(), profiles=PROFILES, without=frozenset({"mcp"}))
    name = next(each for each in fingerprints(folder) if each.startswith("CUST-SEC-001"))
    text = as_markdown(disputed(folder, fingerprints(folder)[name]))
    assert "customers-conformance run http://127.0.0.1 --seed 1 --only CUST-SEC-001 --without mcp " in text
    assert "⟦secret:" in text


def test_every_finding_of_a_report_can_be_disputed_also_one_without_a_place(tmp_path: Path) -> None:
    for name in (folders.AUTH_ON, folders.AUTH_OFF):
        folder = recorded(tmp_path / name, name)
        for place, fingerprint in fingerprints(folder).items():
            text = as_markdown(disputed(folder, fingerprint[:12]))
            assert text.startswith(f"# {place.partition(' ')[0]}: ")
            tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
            assert not [token for token in tokens if token.type == "html_block"]
            assert len([token for token in tokens if token.type == "heading_open"]) in {6, 7}


def test_a_fingerprint_that_names_nothing_or_too_much_is_told_with_those_there_are(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "run")
    for asked in ("", "short", "z" * 12, "a" * 65, "../../etc"):
        with pytest.raises(UsageError, match=r"is no fingerprint; allowed are 8 to 64 characters .*; it shows: "):
            disputed(folder, asked)
    with pytest.raises(UsageError, match=r"no finding with the fingerprint 00000000; it shows: [0-9a-f]{12} CUST-"):
        disputed(folder, "00000000")
    with pytest.raises(UsageError, match="the report shows no finding at all"):
        disputed(live(tmp_path / "sound", only=("CUST-REL-001",)), "00000000")


def test_a_beginning_of_several_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(tmp_path / "run")
    monkeypatch.setattr("customers_conformance.fingerprints.Defect.fingerprint", "a" * 64)
    with pytest.raises(UsageError, match=r"aaaaaaaa begins \d+ fingerprints; give more of it"):
        disputed(folder, "aaaaaaaa")


def test_evidence_that_is_not_the_reports_is_refused(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "run")
    asked = next(iter(fingerprints(folder).values()))
    edit(folder, lambda value: value["log"]["entries"].pop(), "evidence.har")
    with pytest.raises(UsageError, match="it is not the evidence of this report"):
        disputed(folder, asked)


def test_hostile_text_stands_in_code_and_moves_no_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = live(tmp_path / "run", "team-profile-null")
    harm = "``` <script>x</script> @everyone [a](javascript:1)\x1b[2J"

    def spoil(value: Any) -> None:
        for each in value["requirements"]:
            each["title"] = each["judged"] = harm[:60]
            for finding in (*each["findings"], *(group["first"] for group in each["groups"])):
                finding.update(actual=harm, message=harm, expected=harm)

    def answer(value: Any) -> None:
        for each in value["log"]["entries"]:
            each["response"]["headers"].append({"name": "X-Harm", "value": harm})
            each["response"]["statusText"] = harm

    edit(folder, spoil)
    edit(folder, answer, "evidence.har")
    cover(folder)
    (asked,) = fingerprints(folder).values()
    assert cli.answer(["dispute", str(folder), asked]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(shown)
    assert not [token for token in tokens if token.type == "html_block"]
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "code_inline", "softbreak"}


def test_the_command_ends_with_two_where_there_is_nothing_to_dispute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["dispute", str(tmp_path), "00000000"]) == 2
    assert "it holds no report.json" in capsys.readouterr().err
