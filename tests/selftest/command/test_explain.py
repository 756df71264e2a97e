"""The command ``explain``: what a person, a program and a page of documentation are told of a requirement."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from customers_conformance.command import cli
from customers_conformance.command.explain import explanation
from customers_conformance.contract import document as contract
from customers_conformance.reference.faults import faults_by_name
from customers_conformance.reference.variants import variants_by_name

if TYPE_CHECKING:
    from collections.abc import Callable

CONTRACT = contract.load()
ALL = [requirement.id for requirement in CONTRACT.requirements]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def tell(*arguments: str) -> str:
        assert cli.answer(["explain", *arguments]) == 0
        return capsys.readouterr().out

    return tell


def test_a_person_is_told_all_of_a_requirement(told: Callable[..., str]) -> None:
    lines = told("CUST-AUTH-003").splitlines()
    assert lines[0] == "CUST-AUTH-003 Refuses unknown and empty bearer tokens"
    text = "\n".join(lines)
    for words in (
        "says      a conforming server answers 401 to an unknown bearer token, plain",
        "level     MUST, profile core\n",
        "the authority: \u201cUse the Authorization header with Bearer <API key>.\u201d\n",
        "source    http, the standards of HTTP, JSON and bearer tokens: RFC 6750, 3.1\n",
        "place     openapi/requirements.yaml:",
        "after     CUST-AUTH-002 Refuses requests without credentials\n",
        "before    CUST-AUTH-009 Refuses near misses of the key\n",
        "empty-bearer",
        "--variant strangers-bad-value-gets-400",
    ):
        assert words in text
    right, wrong = text.index("right: the server …"), text.index("wrong: the server …")
    assert right < text.index("--variant strangers-bad-value-gets-400") < wrong < text.index("--fault ")


def test_several_are_told_in_the_order_of_the_call_and_each_once(told: Callable[..., str]) -> None:
    text = told("CUST-REL-002", "CUST-REL-001", "CUST-REL-002")
    assert text.startswith("CUST-REL-002 Gives every customer an id of its own\n")
    assert text.count("\n\nCUST-REL-001 Reports") == 1
    assert text.count("Gives every customer") == 1


@pytest.mark.parametrize("name", ["CUST-SEC-01", "cust-sec-001", "titles"])
def test_an_unknown_id_is_told_the_three_nearest(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["explain", "CUST-SEC-001", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"error: explain: there is no requirement '{name}'; the nearest: CUST-")
    assert shown.err.partition("the nearest: ")[2].count("CUST-") == 3
    assert shown.err.endswith("`customers-conformance requirements` lists all\n")


def test_no_id_at_all_is_a_mistake_in_the_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["explain"]) == 2
    assert "Missing argument 'ID...'" in capsys.readouterr().err


def explained(told: Callable[..., str], *ids: str) -> Any:
    return json.loads(told("--format", "json", *ids))


def test_a_program_is_told_the_same(told: Callable[..., str]) -> None:
    (entry,) = explained(told, "CUST-HTTP-002")
    assert entry["title"] == "Answers HEAD with the status and type of GET"
    assert entry["says"] == "answers HEAD with GET's status and `Content-Type`"
    assert entry["judged"] == ["a body is CUST-HTTP-003's"]
    assert entry["sources"] == [
        {"name": "http", "what": "http, the standards of HTTP, JSON and bearer tokens", "detail": "RFC 9110, 9.3.2"}
    ]
    assert entry["place"]["file"] == "openapi/requirements.yaml"
    assert entry["after"] == ["CUST-AUTH-001"]
    assert "HEAD" in [probe["method"] for probe in entry["probes"]]
    assert {"option": "--variant", "name": "head-gets-405", "says": "refuses HEAD"} in entry["wrong"]


def test_every_requirement_has_probes_wrong_answers_and_servers_that_can_be_started(told: Callable[..., str]) -> None:
    known = {("--fault", name): fault.says for name, fault in faults_by_name().items()}
    known |= {("--variant", name): variant.says for name, variant in variants_by_name().items()}
    entries = explained(told, *ALL)
    assert [entry["id"] for entry in entries] == ALL
    for entry in entries:
        assert entry["probes"], entry["id"]
        names = [probe["name"] for probe in entry["probes"]]
        assert "default" in names
        assert len(names) - names.count("default") == len(set(names)) - 1, names
        assert [one for one in entry["wrong"] if one["option"] == "--fault"], entry["id"]
        for one in (*entry["right"], *entry["wrong"]):
            assert known[one["option"], one["name"]] == one["says"]


def test_what_comes_after_is_what_names_it(told: Callable[..., str]) -> None:
    before = {entry["id"]: entry["before"] for entry in explained(told, *ALL)}
    for requirement in CONTRACT.requirements:
        assert all(requirement.id in before[earlier] for earlier in requirement.after)


def test_a_requirement_of_the_document_is_judged_on_every_list(told: Callable[..., str]) -> None:
    (entry,) = explained(told, "CUST-SCH-002")
    assert entry["judged"][-1] == "on every other answer of the run that bears on it, too"
    assert [probe["name"] for probe in entry["probes"]] == ["default", "database", "memory"]
    assert entry["place"]["file"] == "openapi/customers.yaml"


def test_a_comparison_says_that_it_is_asked_again(told: Callable[..., str]) -> None:
    (entry,) = explained(told, "CUST-MEM-002")
    assert any("asked again until the data settle" in note for note in entry["judged"])


def test_a_requirement_that_is_not_judged_yet_says_so() -> None:
    pending = replace(CONTRACT.by_id["CUST-AUTH-001"], id="CUST-ZZZ-001", pending=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("customers_conformance.command.explain.locations", lambda: {"CUST-ZZZ-001": None})
        found = explanation(CONTRACT, pending)
    assert (found.notes, found.probes, found.right, found.wrong) == (("the suite cannot judge it yet",), (), (), ())


def test_a_page_of_documentation_renders_without_markup_of_the_texts(told: Callable[..., str]) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(told("--format", "markdown", *ALL))
    inline = [child for token in tokens for child in token.children or ()]
    assert not {token.type for token in tokens} & {"html_block", "fence", "code_block", "blockquote_open", "hr"}
    assert {child.type for child in inline} <= {"text", "code_inline"}
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings == [requirement.heading for requirement in CONTRACT.requirements]
    assert sum(token.type == "table_open" for token in tokens) == len(ALL)


def test_explaining_loads_nothing_that_sends_or_generates() -> None:
    script = (
        "import sys\n"
        "from customers_conformance.command import cli\n"
        "cli.answer(['explain', 'CUST-AUTH-002'])\n"
        "loaded = {'httpx', 'httpcore', 'schemathesis', 'starlette', 'jinja2'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
