"""One stranger: what it is, how the command is held to it, and the verdicts that it must get."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

#: A requirement's verdict, and words that its reason, or one of its findings, must hold.
Pinned = tuple[str, str]

#: Why a requirement is unverified or does not apply, by words of its reason; ``ANY`` where several reasons are sound.
ANY = ""
AFTER = "comes after "
BUSY = "429"
FAILED = "503"
NEVER_AROSE = "its condition never arose"
NOT_RECORDED = "was not recorded"
NOTHING_SEEN = "none was seen"
NO_BODY = "does not hold its body"
ON_THE_WIRE = "the bytes on the wire"
OURS_ALONE = "only a recording made by this suite"
UNSHOWN = "does not show a list"

#: What no stranger does: redirect.
ALWAYS: Mapping[str, Pinned] = MappingProxyType({"CUST-HTTP-009": ("not_applicable", NEVER_AROSE)})


class MissingError(Exception):
    """What a stranger is made of is not installed; the text says what."""


def every(verdict: str, words: str, *ids: str) -> dict[str, Pinned]:
    """The same pin for several requirements; ids are written without ``CUST-``."""
    return {f"CUST-{identifier}": (verdict, words) for identifier in ids}


@dataclass(frozen=True)
class Stranger:
    """A server or a recording that is not ours, and what the command must say of it."""

    name: str
    says: str
    #: Sets it up in an empty folder and gives the command's arguments: ``run URL`` or ``judge FILE``.
    opened: Callable[[Path], AbstractContextManager[Sequence[str]]]
    outcome: str = "conformant"
    code: int = 0
    #: What does not pass, beside ``ALWAYS``; whatever is not named must pass.
    pins: Mapping[str, Pinned] = field(default_factory=dict)
    #: Options of the command beside those that all strangers share.
    options: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The name, for the list of tests."""
        return self.name

    @property
    def expected(self) -> str:
        """In short, for a table."""
        return f"{self.outcome:14} exit {self.code}"

    def complaints(self, report: Mapping[str, Any], code: int) -> Iterator[str]:
        """What is not as it is pinned in a report and an exit code."""
        if (report["outcome"], code) != (self.outcome, self.code):
            yield f"expected {self.outcome}, exit {self.code}; got {report['outcome']}, exit {code}"
        expected = {**ALWAYS, **self.pins}
        judged = {one["id"]: one for one in report["requirements"]}
        yield from (f"{identifier} is pinned and was not judged" for identifier in sorted(expected.keys() - judged))
        alike: dict[str, list[str]] = {}
        for identifier, one in judged.items():
            verdict, words = expected.get(identifier, ("pass", ""))
            said = _said(one)
            if one["verdict"] != verdict or words not in said:
                told = f" because of {words!r}" if words else ""
                what = f"expected {verdict}{told}; got {one['verdict']}: {said or 'nothing more'}"
                alike.setdefault(what, []).append(identifier)
        yield from (f"{', '.join(ids)}: {what}" for what, ids in alike.items())


def _said(judgement: Mapping[str, Any]) -> str:
    """The reason of a judgement, and each of its findings once, with the probe that shows it."""
    findings = (f"{one['probe']}: expected {one['expected']}, got {one['actual']}" for one in judgement["findings"])
    return "; ".join(dict.fromkeys([judgement["reason"] or "", *findings])).strip("; ")
