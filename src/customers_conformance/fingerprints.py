"""What is wrong, told apart from where and how often: a finding by its place's pattern and its symptom.

Findings with one fingerprint are one defect: in whichever customer it shows, in whatever order, and in any run.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customers_conformance.model import Finding

#: Stands for any position in a list.
ANY = "*"

#: How the kinds of JSON read in a symptom, by what the text of such a value looks like.
_KINDS = (
    ("a string", re.compile(r'".*"', re.DOTALL)),
    ("a number", re.compile(r"-?[0-9][0-9.eE+-]*…?")),
    ("a boolean", re.compile(r"true|false")),
)

_POSITION = re.compile(r"/[0-9]+(?=/|$)")
_QUOTED = re.compile(r'"[^"]*"')
_POINTED = re.compile(r"(?<=\bat )/\S*")
_NUMBER = re.compile(r"(?<![A-Za-z])[0-9]+(?:[.:][0-9]+)*")
_STATUS = re.compile(r"[1-5][0-9]{2}(?![0-9])")
_TOKEN = re.compile(r"⟦([A-Za-z-]+):[0-9]+⟧")
#: What ends the name of a probe that a run, or a recording, numbers by itself.
_NUMBERED = re.compile(r"(?<=[-\s])[0-9]+$")


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong: the requirement, where (without positions), and how it shows."""

    requirement: str
    #: A JSON pointer with ``*`` for every position; of a status the probe that was answered so, as ``@no-credentials``.
    #: Empty for the answer as a whole.
    pattern: str
    #: What stood there, and what was expected: kinds of values in the place of the target's own.
    symptom: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hexadecimal, the same in every run."""
        text = f"{self.requirement}\n{self.pattern}\n{self.symptom}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def defect(requirement: str, finding: Finding) -> Defect:
    """What a finding of a requirement (its id) shows."""
    return Defect(requirement, pattern(finding), symptom(finding))


def pattern(finding: Finding) -> str:
    """Where a finding stands, in any customer: ``/customers/*/teams/*/profile``."""
    if finding.pointer:
        return _POSITION.sub(f"/{ANY}", finding.pointer)
    # A wrong status is one of the request; a wrong header is one of every answer.
    return f"@{_NUMBERED.sub(ANY, finding.probe)}" if finding.probe and _STATUS.match(finding.actual) else ""


def symptom(finding: Finding) -> str:
    """How it shows: ``null, expected an object``; free of the target's data."""
    if not (finding.expected or finding.actual):
        return _plain(finding.message, finding)
    return f"{kind(finding)}, expected {_plain(finding.expected, finding)}"


def kind(finding: Finding) -> str:
    """What stood at the place, as a kind: ``null``, ``a string``, ``a number``; of a status the number alone."""
    actual = finding.actual
    if finding.pointer:
        return next((name for name, form in _KINDS if form.fullmatch(actual)), _plain(actual, finding))
    status = _STATUS.match(actual)
    return status[0] if status else _plain(actual, finding)


def _plain(text: str, finding: Finding) -> str:
    """A text of ours without what stood in the target's data; beside no place in a body a status is none of that."""
    text = _TOKEN.sub(r"⟦\1⟧", _POINTED.sub("…", _QUOTED.sub('"…"', text)))
    return _NUMBER.sub(lambda found: found[0] if not finding.pointer and _STATUS.fullmatch(found[0]) else "#", text)
