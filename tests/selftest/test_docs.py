"""The documentation: what is generated is current, every link leads somewhere, and the README keeps its promises."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.documentation import links, marks, options, pages, requirements

from customers_conformance.command import cli
from customers_conformance.command.options import OPTIONS
from customers_conformance.contract import document
from customers_conformance.judging import proofs
from customers_conformance.model import ExitCode, Verdict
from customers_conformance.reference.faults import FAULTS
from customers_conformance.running.folder import formats

if TYPE_CHECKING:
    from pathlib import Path


def test_the_generated_pages_are_current() -> None:
    assert pages.stale() == [], "`nox -s docs` writes them"


@pytest.mark.parametrize("page", links.pages(), ids=lambda page: page.relative_to(links.ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(links.broken(page)) == []


def test_every_requirement_has_its_section_with_source_place_and_proof() -> None:
    made = requirements.pages()
    text = "".join(made[f"{requirements.FOLDER}/{requirements.file_of(code)}"] for code, _ in requirements.areas())
    sections = {part.split()[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]}
    for requirement in document.load().requirements:
        section = sections[requirement.id]
        assert section.startswith(f"{requirement.heading}\n")
        # Ids in it lead to their requirements.
        assert requirement.says in re.sub(r"\[(CUST-[A-Z]+-\d{3})\]\([^)]*\)", r"\1", section)
        assert requirement.quote in section
        assert requirement.section in section
        assert f"- proven: by {proofs.proofs()[requirement.id]} faulty server" in section
        assert re.search(r"- place: \[`openapi/\w+\.yaml:\d+`\]\(\.\./\.\./openapi/\w+\.yaml#L\d+\)", section)
        assert "<details><summary>Wrong answers: " in section


def test_the_kill_matrix_names_every_faulty_server_with_what_it_breaks() -> None:
    (text,) = [text for path, text in pages.made().items() if path == "kill-matrix.md"]
    for fault in FAULTS:
        assert re.search(rf"^\| `{re.escape(fault.name)}` \|.*\[{fault.breaks}\]\(.*\| yes \|$", text, re.MULTILINE)


def test_the_options_of_every_command_are_told_with_variable_and_key() -> None:
    (text,) = options.pages().values()
    for option in OPTIONS:
        assert f"| `--{option.name}" in text
        key = f"`{option.name}`" if option.stored else ""
        assert f"| `--{option.name}` | `{option.variable}` | {key} |" in text
    for name, command in cli.command.commands.items():
        assert re.search(rf"^#+ .*`{name}[ `]", text, re.MULTILINE)
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert f"`{parameter.opts[0]}" in text
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(int(code)) for code in ExitCode]
    # Objects of Python's that stand for no default.
    assert not re.search(r"\| `(Sentinel|None|\()", text)


@pytest.mark.parametrize(
    "heading, anchor",
    [
        (
            "CUST-QRY-002 Accepts from_memory=true and from_memory=false",
            "cust-qry-002-accepts-from_memorytrue-and-from_memoryfalse",
        ),
        ("`run URL` and `judge HAR`", "run-url-and-judge-har"),
        ("Without a key: sigstore and GitHub", "without-a-key-sigstore-and-github"),
        ("What is *proven*, and what is not", "what-is-proven-and-what-is-not"),
    ],
)
def test_a_heading_has_the_anchor_that_github_gives_it(heading: str, anchor: str) -> None:
    assert marks.read(f"# {heading}\n\n## {heading}\n").anchors == {anchor, f"{anchor}-1"}


@pytest.mark.parametrize(
    "text, told",
    [
        ("[a](b.md)", "b.md leads to no file"),
        ("[a](../x.md)", "../x.md leads to no file"),
        ("[a](readme.md)", "readme.md leads to no file"),
        ("[a](#none)", "#none leads to no heading"),
        ("[a](README.md#none)", "README.md#none leads to no heading"),
        ("[a](code.py#L3)", "code.py#L3 leads to no line"),
        ("[a](code.py#L0)", "code.py#L0 leads to no line"),
        ("[a](http://host.example)", "http://host.example is no address"),
        ("[a](https://host)", "https://host is no address"),
        ("![a](none.png)", "none.png leads to no file"),
        ('<picture><source srcset="none.png"></picture>', "none.png leads to no file"),
        ("in `[a](none.md)` and\n\n```\n[a](none.md)\n```\n", ""),
        ("[a](README.md#one) [b](#two-1) [c](code.py#L1-L2) [d](https://host.example/x) [e](.)\n\n# Two\n\n# Two", ""),
    ],
)
def test_a_link_that_leads_nowhere_is_told(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "README.md").write_text("# One")
    (tmp_path / "code.py").write_text("1\n2\n")
    page = tmp_path / "page.md"
    page.write_text(text)
    found = list(links.broken(page))
    assert [told] == [one.removeprefix("page.md: ")[: len(told)] for one in found] if told else found == []


def test_the_pictures_are_small_and_of_a_kind() -> None:
    pictures = list((links.ROOT / "docs" / "pictures").iterdir())
    assert pictures
    for picture in pictures:
        begins = picture.read_bytes()[:26]
        assert begins.startswith(b"\x89PNG\r\n\x1a\n"), picture
        assert picture.stat().st_size <= 150 * 1024, picture
        # Twice as many pixels as the pages give it, and a palette.
        assert int.from_bytes(begins[16:20], "big") >= 1600, picture
        assert begins[25] == 3, picture


def test_the_readme_is_short_and_counts_the_requirements() -> None:
    readme = (links.ROOT / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) < 120
    assert f"[{len(document.load().requirements)} requirements]" in readme


def test_reading_a_report_tells_every_file_and_every_verdict() -> None:
    text = (links.ROOT / "docs" / "reading-a-report.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    assert told == {*(one.FILE for one in formats()), "evidence.har", *map(str, Verdict)}


def test_every_page_is_reached_from_the_index_and_nothing_lies_there_unlinked() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "docs"], cwd=links.ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("this is no clone")
    linked = {
        (page.parent / link.partition("#")[0]).resolve().relative_to(links.ROOT).as_posix()
        for page in links.pages()
        for link in marks.read(page.read_text(encoding="utf-8")).links
        if "://" not in link
    }
    assert set(tracked) - linked - {"docs/README.md"} == set()
