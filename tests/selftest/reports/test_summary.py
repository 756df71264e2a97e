"""``summary.md``: what a reviewer reads in a pull request, and that no target can turn it against him."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from tests.selftest import runs

from customers_conformance.model import Finding, News, Run
from customers_conformance.reports import summary  # noqa: TID251 - it is what is tested

ALL = [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile(), *map(runs.hostile, runs.HOSTILE)]

#: All the HTML that a summary has.
FOLDS = re.compile(r"<details><summary>[A-Z][a-z, ]+</summary>|</details>")


def text_of(run: Run) -> str:
    text: str = summary.render(run).decode()
    return text


def vast(run: Run) -> Run:
    """The run with 81 requirements that are broken in eight ways each, all in long and hostile words."""
    odd = "|<&\x00>\u202e`" * 20
    found = tuple(Finding(odd, odd, odd, f"/member_{number}/{odd}", 0, odd) for number in range(8))
    judgements = tuple(
        replace(
            run.judgements[1],
            requirement=runs.requirement(f"SCH-{number:03}", odd),
            findings=found,
            findings_total=8,
            reason=odd,
        )
        for number in range(81)
    )
    return runs.grouped(replace(run, judgements=judgements, warnings=(odd,) * 99))


def test_the_outcome_comes_first_with_what_it_means_and_what_to_do() -> None:
    text = text_of(runs.plain())
    assert text.startswith(
        "# ✕ Not conformant\n\n**Customers conformance:** The server breaks 2 of the 6 requirements that it must keep."
        "\n\nSentences of the contract that a server must keep are broken: clients that rely on them will fail.\n"
        "\n✓ **1** pass · ✕ **2** fail · ▲ **1** warn · ? **1** unverified · ○ **1** not applicable · ~ **1** waived"
    )
    assert "## What to do first\n\n1. Mend `CUST-SCH-003`: Sends teams as their schema says (" in text
    assert text.index("## What to do first") < text.index("## Failures (2)") < text.index("## Unverified (1)")


def test_what_is_wrong_stands_in_a_table_by_requirement_and_place() -> None:
    text = text_of(runs.plain())
    assert "| **CUST-SCH-003** Sends teams as their schema says | null, expected an object |" in text
    assert "| `/customers/*/teams/*/profile` |" in text
    assert "| | and 5 more of other kinds | |\n" in text
    assert "(SHOULD) | 405, expected 200 | the answer to head |" in text


def test_what_a_requirement_asks_for_and_where_it_was_broken_is_folded_away() -> None:
    text = text_of(runs.plain())
    assert (
        "- **CUST-REL-001** (MUST, page, http)\n"
        "  - a conforming server reports `count` as the number of items in `customers`\n"
        "  - standard: [RFC 9110, 15.5.2](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.2)\n"
        "  - first at `/count` (answer 0, probe default)\n"
        "  - says: `count` says another number than `customers` has.\n"
    ) in text
    assert text.count("<details>") == text.count("</details>") == 4


def test_the_unverified_stand_by_what_to_do_about_them() -> None:
    text = text_of(runs.plain())
    assert re.search(r"\| [A-Z][^|]*\. \| 1 \| CUST-VAL-001 \|", text)
    assert "- CUST-VAL-001\n  - why: The target shows no duration: add a budget to a customer.\n" in text


def test_a_message_that_only_repeats_expected_and_actual_is_left_out() -> None:
    run = runs.plain()
    found = (Finding("expected a list, got null", "a list", "null", "/teams"),)
    failed = replace(run.judgements[1], findings=found, findings_total=1)
    assert "expected a list, got null" not in text_of(runs.grouped(replace(run, judgements=(failed,))))


def test_what_is_new_since_the_baseline_comes_before_what_is_known() -> None:
    run = runs.plain()
    known = replace(
        run.judgements[1],
        news=News.KNOWN,
        groups=tuple(replace(group, known=True) for group in run.judgements[1].groups),
    )
    text = text_of(replace(run, judgements=(known, replace(run.judgements[2], news=News.NEW))))
    assert text.index("| **CUST-REL-001**") < text.index("| **CUST-SCH-003**")
    assert "known: the baseline has it" in text


def test_a_run_that_was_cut_short_says_so() -> None:
    text = text_of(runs.invalid())
    assert "**the run was cut short**" in text
    assert text.startswith("# ! Invalid run\n")


def test_many_warnings_stay_short() -> None:
    text = text_of(replace(runs.plain(), warnings=("Mind this.",) * 30))
    assert text.count("Mind this.") == summary.WARNINGS_SHOWN
    assert "and 10 more" in text


def test_it_never_has_more_bytes_than_a_comment_takes() -> None:
    text = summary.render(vast(runs.plain()))
    assert len(text) <= summary.MOST
    assert b"more, in the full report" in text


@pytest.mark.parametrize("run", [*ALL, vast(runs.hostile())], ids=range(len(ALL) + 1))
def test_it_holds_no_markup_of_the_target(run: Run) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text_of(run))
    kinds = {token.type for token in tokens}
    inline = [child for token in tokens for child in token.children or ()]
    assert not kinds & {"code_block", "fence", "blockquote_open", "hr"}
    assert all(FOLDS.fullmatch(token.content.strip()) for token in tokens if token.type == "html_block")
    marks = {"text", "code_inline", "strong_open", "strong_close", "softbreak", "link_open", "link_close"}
    assert {child.type for child in inline} <= marks
    links = {str(child.attrs["href"]) for child in inline if child.type == "link_open"}
    assert all(link.startswith("https://www.rfc-editor.org/rfc/rfc") for link in links)
    prose = " ".join(child.content for child in inline if child.type == "text")
    assert not re.search(r"[@<>\[\]$\\*_#|]|://|www\.|:\w+:", prose)


@pytest.mark.parametrize("run", [*ALL, vast(runs.hostile())], ids=range(len(ALL) + 1))
def test_no_line_begins_with_text_of_the_target_and_every_row_has_three_cells(run: Run) -> None:
    for line in text_of(run).splitlines():
        assert re.match(
            r"$|# |## |\*\*Customers|\| |- [a-z*C]|\d\. |[A-Z][a-z]+ |[✓✕▲?○~!] \*\*\d|</?details"
            r"| +- (a conf|first |standard: |says: |reason: |why: )",
            line,
        )
        if line.startswith("|"):
            assert line.count("|") == 4
