"""All formats of one run say the same: outcome, counts, ids, and what is wrong by its fingerprint."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from tests.selftest.proving import folders

from customers_conformance import judge
from customers_conformance.command import terminal
from customers_conformance.model import Run, Verdict
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from collections.abc import Callable

WAIVERS = Path(__file__).parents[3] / "waivers" / "bifrost-1.4.19.toml"
AUTH_ON, AUTH_OFF = folders.RECORDINGS / folders.AUTH_ON, folders.RECORDINGS / folders.AUTH_OFF

#: Verdicts of which every format tells what is wrong.
BROKEN = {"fail", "warn", "waived"}


def against_itself(out: Path) -> Run:
    """A run of which nothing is new."""
    judge(AUTH_ON, out=out / "before")
    return judge(AUTH_ON, baseline=out / "before", out=out)


RUNS: dict[str, Callable[[Path], Run]] = {
    "1.4.19": lambda out: judge(AUTH_ON, out=out),
    "1.5.16": lambda out: judge(AUTH_OFF, out=out),
    "with waivers": lambda out: judge(AUTH_ON, waivers=WAIVERS, out=out),
    "with a baseline": against_itself,
    "in part": lambda out: judge(AUTH_ON, skip=("CUST-SCH-001",), profiles=("core",), out=out),
}


class Verdicts(HTMLParser):
    """The verdict of each requirement, by its id, as the page marks them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.of: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        found = dict(attrs)
        if "data-verdict" in found:
            self.of[str(found["id"])] = str(found["data-verdict"])


class Folder:
    """The files of a run."""

    def __init__(self, run: Run, out: Path) -> None:
        self.run = run
        self.report = json.loads((out / "report.json").read_text("utf-8"))
        self.junit = ET.fromstring((out / "junit.xml").read_bytes())[0]  # noqa: S314 - our own
        (self.sarif,) = json.loads((out / "report.sarif").read_text("utf-8"))["runs"]
        self.issues = json.loads((out / "gl-code-quality.json").read_text("utf-8"))
        self.summary = (out / "summary.md").read_text("utf-8")
        self.page = (out / "report.html").read_text("utf-8")
        self.badge = json.loads((out / "badge.json").read_text("utf-8"))

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each requirement by its id, as ``report.json`` has them."""
        return {one["id"]: one["verdict"] for one in self.report["requirements"]}

    @property
    def broken(self) -> list[tuple[str, str]]:
        """Id and fingerprint of each thing that is wrong."""
        return sorted(
            (one["id"], group["fingerprint"])
            for one in self.report["requirements"]
            if one["verdict"] in BROKEN
            for group in one["groups"]
        )


@pytest.fixture(scope="module", params=RUNS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    out = tmp_path_factory.mktemp("out")
    return Folder(RUNS[request.param](out), out)


def property_of(element: ET.Element, name: str) -> str | None:
    return next(
        (each.get("value") for each in element.findall("properties/property") if each.get("name") == name), None
    )


def test_all_say_the_same_outcome(folder: Folder) -> None:
    outcome, words = folder.report["outcome"], wording.title(folder.run)
    assert property_of(folder.junit, "outcome") == outcome
    assert folder.sarif["properties"]["outcome"] == outcome
    assert folder.issues[0]["description"].startswith(f"outcome: {outcome}: ")
    assert folder.summary.splitlines()[0].endswith(f" {words}")
    assert re.search(rf"<title>{words}: ", folder.page)
    assert folder.badge["message"].startswith(f"{words.lower()}: ")
    assert terminal.headline(folder.run).plain.startswith(outcome)


def test_all_say_the_same_exit_code(folder: Folder) -> None:
    code = folder.report["exit_code"]
    assert property_of(folder.junit, "exit_code") == str(code)
    assert folder.sarif["invocations"][0]["exitCode"] == code
    assert (folder.issues[0]["severity"] == "info") is (code == 0)
    assert bool(int(folder.junit.get("failures", "")) + int(folder.junit.get("errors", ""))) is (code != 0)


def test_all_count_the_same(folder: Folder) -> None:
    counts = {verdict: count for verdict, count in folder.report["counts"].items() if count}
    assert Counter(folder.verdicts.values()) == counts
    cases = [case for case in folder.junit.findall("testcase") if case.get("classname") != "run"]
    assert Counter(property_of(case, "verdict") for case in cases) == counts
    assert {verdict: count for verdict, count in folder.sarif["properties"]["counts"].items() if count} == counts
    assert Counter(Verdicts(folder.page).of.values()) == counts
    told = {words: count for verdict, count in counts.items() for words in [wording.VERDICTS[Verdict(verdict)][1]]}
    shown = re.findall(r"\*\*(\d+)\*\* ([a-z ]+)", folder.summary.split("\n## ")[0])
    assert {words.strip(): int(count) for count, words in shown} == told
    (line,) = (each.plain for each in terminal.summary(folder.run, "out", []) if each.plain.startswith("verdicts"))
    assert line.split(maxsplit=1)[1] == ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


def test_all_hold_every_requirement_by_its_id(folder: Folder) -> None:
    ids = list(folder.verdicts)
    cases = [property_of(case, "id") for case in folder.junit.findall("testcase")]
    assert [one for one in cases if one] == ids
    assert [rule["id"] for rule in folder.sarif["tool"]["driver"]["rules"]] == ids
    assert set(Verdicts(folder.page).of) == set(ids)


def test_all_tell_the_same_things_wrong_by_their_fingerprints(folder: Folder) -> None:
    results = [(one["ruleId"], one["partialFingerprints"]["defect/v1"]) for one in folder.sarif["results"]]
    assert sorted(results) == folder.broken
    issues = [(one["check_name"], one["fingerprint"]) for one in folder.issues if one["check_name"].startswith("CUST-")]
    assert sorted(issues) == folder.broken
    named = set(re.findall(r"^\| \*\*(CUST-[A-Z]+-\d+)\*\*", folder.summary, re.MULTILINE))
    assert named == {identifier for identifier, _ in folder.broken}


def test_all_mark_what_is_accepted_or_known_alike(folder: Folder) -> None:
    accepted: Any = {
        group["fingerprint"]: (group["waived"] >= group["count"], group["known"])
        for one in folder.report["requirements"]
        if one["verdict"] in BROKEN
        for group in one["groups"]
    }
    for result in folder.sarif["results"]:
        is_waived, is_known = accepted[result["partialFingerprints"]["defect/v1"]]
        assert ("suppressions" in result) is is_waived
        assert result.get("baselineState", "new") == ("unchanged" if is_known else "new")
    for issue in folder.issues:
        if issue["check_name"].startswith("CUST-"):
            assert (issue["severity"] == "info") is any(accepted[issue["fingerprint"]])
