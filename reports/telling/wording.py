"""The words that every report uses for the same thing."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from customers_conformance.model import SOURCES, Level, News, Outcome, Use, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from customers_conformance.model import Finding, Judgement, Requirement, Run

#: A sign and words for each outcome; the sign says it again where colour cannot.
OUTCOMES: Mapping[Outcome, tuple[str, str]] = MappingProxyType(
    {
        Outcome.CONFORMANT: ("✓", "Conformant"),
        Outcome.CONFORMANT_WITH_WAIVERS: ("✓", "Conformant with waivers"),
        Outcome.INCOMPLETE: ("?", "Incomplete"),
        Outcome.NONCONFORMANT: ("✕", "Not conformant"),
        Outcome.INVALID: ("!", "Invalid run"),
    }
)

#: Outcomes that say of the whole contract what was judged of a part.
_WHOLE = frozenset({Outcome.CONFORMANT, Outcome.CONFORMANT_WITH_WAIVERS})

VERDICTS: Mapping[Verdict, tuple[str, str]] = MappingProxyType(
    {
        Verdict.PASS: ("✓", "pass"),
        Verdict.FAIL: ("✕", "fail"),
        Verdict.WARN: ("▲", "warn"),
        Verdict.UNVERIFIED: ("?", "unverified"),
        Verdict.NOT_APPLICABLE: ("○", "not applicable"),
        Verdict.WAIVED: ("~", "waived"),
        Verdict.ERROR: ("!", "error"),
    }
)

#: The areas of the catalogue, by the middle of an id; one that is missing here shows its code.
AREAS: Mapping[str, str] = MappingProxyType(
    {
        "AUTH": "Authentication",
        "QRY": "Query",
        "RSP": "Response",
        "SCH": "Schemas",
        "REL": "Relations",
        "VAL": "Values",
        "MEM": "Memory view",
        "HTTP": "HTTP",
        "SEC": "Security",
        "ROB": "Robustness",
    }
)

#: How many probes that had to be asked again are named in a line; the others stand in ``report.json``.
FLAKY_NAMED = 8


def title(run: Run) -> str:
    """The outcome in words; never plainly conformant where only a part was judged."""
    words = OUTCOMES[run.outcome][1]
    return f"{words} in part" if run.partial and run.outcome in _WHOLE else words


def recorded(run: Run) -> str:
    """What was judged instead of a live server: the recording's name, its tool and its dates; empty for a live run."""
    if run.source is None:
        return ""
    words = run.source.name + (f", by {run.source.creator}" if run.source.creator else "")
    if run.source.first is None or run.source.last is None:
        return f"{words}, at an unknown time"
    return f"{words}, {run.source.first}" + (f" to {run.source.last}" if run.source.last != run.source.first else "")


def sources(requirement: Requirement) -> list[tuple[str, str]]:
    """Where the sentence comes from: what each source is, and its words or sections, empty where none is named."""
    details = {"page": f"\u201c{requirement.quote}\u201d" if requirement.quote else "", "http": requirement.section}
    return [
        (f"{name}, {SOURCES[name]}" if name in SOURCES else name, details.get(name, "")) for name in requirement.sources
    ]


#: A section of a standard, as the catalogue names it: ``RFC 9110, 15.5.2``.
_SECTION = re.compile(r"RFC (\d{3,5})(?:, (\d+(?:\.\d+)*))?")


def standard_link(requirement: Requirement) -> str:
    """The address of the section of a standard that it comes from; empty where it comes from none."""
    found = _SECTION.search(requirement.section)
    if found is None:
        return ""
    section = f"#section-{found[2]}" if found[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}{section}"


def flaky(run: Run) -> str:
    """Which probes had to be asked again, and what they met before; empty where none had."""
    named = [
        f"{one.probe} ({', '.join(one.met)}{'' if one.mended else ', in vain'})" for one in run.flaky[:FLAKY_NAMED]
    ]
    if len(run.flaky) > FLAKY_NAMED:
        named.append(f"and {len(run.flaky) - FLAKY_NAMED} more")
    return "; ".join(named)


def place(finding: Finding) -> str:
    """Where a finding stands: the pointer, or the answer where there is none."""
    return finding.pointer or "the answer"


def answer(finding: Finding) -> str:
    """Which answer a finding stands in, as words; empty where it stands in none."""
    parts = []
    if finding.exchange is not None:
        parts.append(f"answer {finding.exchange}")
    if finding.probe:
        parts.append(f"probe {finding.probe}")
    return ", ".join(parts)


def message(finding: Finding) -> str:
    """What a finding says beside what was expected and what was there; empty where it says no more."""
    same = f"expected {finding.expected}, got {finding.actual}"
    return "" if finding.message == same else finding.message


def waived(run: Run, finding: Finding) -> str:
    """By whom, until when and why a finding is accepted; empty where it is not."""
    if finding.waiver is None or run.waivers is None or finding.waiver >= len(run.waivers.entries):
        return ""
    one = run.waivers.entries[finding.waiver]
    link = f" ({one.link})" if one.link else ""
    return f"waived until {one.expires} by {one.owner}: {one.reason}{link}"


def is_known(judgement: Judgement, finding: Finding) -> bool:
    """Whether the baseline has a finding."""
    return any(group.known and group.fingerprint == finding.fingerprint for group in judgement.groups)


#: What is said of a verdict, and of a finding, that is no news.
NEWS: Mapping[News, str] = MappingProxyType(
    {
        News.NEW: "new since the baseline",
        News.KNOWN: "known: the baseline has it",
        News.NOT_THERE: "not in the baseline, whose suite did not have it yet",
    }
)


def unused(run: Run) -> list[str]:
    """The waivers that nothing needs any more, as sentences; the first of the run's warnings."""
    uses = run.waivers.uses if run.waivers else ()
    if Use.UNUSED not in uses or run.waivers is None:
        return []
    return [
        f"The waiver of {run.waivers.entries[number].requirement} ({run.waivers.named(number)}) is unused."
        for number, use in enumerate(uses)
        if use is Use.UNUSED
    ]


def waivers(run: Run) -> str:
    """What became of the waivers, as words: ``waivers.toml: 3 used, 1 unused``; empty where there are none."""
    if run.waivers is None:
        return ""
    counts = [(sum(one is use for one in run.waivers.uses), use.value.replace("_", " ")) for use in Use]
    told = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"{run.waivers.file}: {told or 'nothing was judged by them' if run.waivers.entries else 'empty'}"


def proof(judgement: Judgement) -> str:
    """How often the check was proven to be able to fail; empty where that was not measured."""
    if judgement.faults is None:
        return ""
    if not judgement.faults:
        return "unproven: no faulty server shows that this check can fail"
    if judgement.faults == 1:
        return "1 faulty server proves this check"
    return f"{judgement.faults} faulty servers prove this check"


def observed(judgement: Judgement) -> str:
    """What a verdict stands on, as words: ``exchanges 6, customers 40``."""
    return ", ".join(f"{kind} {count:,}" for kind, count in judgement.observed.items())


#: Kinds of evidence as a reader calls them, where that is another word or no plain plural: one, and many.
_EVIDENCE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"exchanges": ("answer", "answers"), "bodies": ("body", "bodies"), "copies": ("copy", "copies")}
)


def judged_on(judgement: Judgement) -> str:
    """What a verdict stands on, as a reader says it: ``41 customers, 12 budgets``."""
    parts = []
    for kind, count in judgement.observed.items():
        one, many = _EVIDENCE.get(kind, (kind.removesuffix("s"), kind))
        parts.append(f"{count:,} {one if count == 1 else many}")
    return ", ".join(parts)


def further(judgement: Judgement) -> str:
    """How many findings are of kinds beyond those that are told apart; empty where there are none."""
    return f"and {judgement.further:,} more of other kinds" if judgement.further else ""


def with_verdict(run: Run, *verdicts: Verdict) -> list[Judgement]:
    """The judgements with one of these verdicts, those on a MUST first, else in catalogue order."""
    chosen = [judgement for judgement in run.judgements if judgement.verdict in verdicts]
    return sorted(chosen, key=lambda judgement: judgement.requirement.level != Level.MUST)


def by_reason(judgements: Iterable[Judgement]) -> dict[str, list[Judgement]]:
    """Judgements by the reason they give, in order of first appearance."""
    groups: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        groups.setdefault(judgement.reason or "no reason was given", []).append(judgement)
    return groups
