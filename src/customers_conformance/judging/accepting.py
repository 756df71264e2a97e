"""What a waiver may say: held against the catalogue and the contract's tables of properties, before a run begins."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from customers_conformance.contract.document import ERROR_SCHEMA, ROOT
from customers_conformance.contract.pointers import steps_of
from customers_conformance.fingerprints import ANY, ENTRY
from customers_conformance.judging.registry import checks
from customers_conformance.judging.waivers import parts_of
from customers_conformance.model import GENERATED_ROLES, Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from customers_conformance.contract.document import Contract
    from customers_conformance.contract.properties import Property
    from customers_conformance.model import Requirement, Waiver

_NEAREST = 3

#: Probes that a run, or a recording, numbers by itself, as fingerprints name them.
NUMBERED = (*(f"{role}-{ANY}" for role in sorted(GENERATED_ROLES)), ENTRY)


class _NowhereError(Exception):
    """A place that no answer has; its text is a sentence."""


def mistakes(waiver: Waiver, contract: Contract, probes: Collection[str]) -> Iterator[tuple[str, str]]:
    """What a waiver can never accept: the key of its file, and a sentence; ``probes`` are the names of all.

    Its requirement is one of the contract's.
    """
    requirement = contract.by_id[waiver.requirement]
    if waiver.accepts is Verdict.UNVERIFIED:
        yield from _of_missing(waiver, requirement, contract, probes)
        return
    binding = Verdict.FAIL if requirement.level is Level.MUST else Verdict.WARN
    mended = waiver.accepts is Verdict.WARN and checks(contract)[requirement.id].mends
    if waiver.accepts is not binding and not mended:
        says = (
            f"{requirement.id} is a {requirement.level}, which can only {binding}; allowed is {binding} or unverified"
        )
        yield "accepts", says
    if waiver.expected and waiver.expected == waiver.actual:
        yield "expected", f"{waiver.expected!a} is what stands there, too: nothing is broken so; allowed is another"
    probe, place = parts_of(waiver.at)
    if probe and probe not in {*probes, *NUMBERED}:
        yield "at", f"there is no probe {probe!a}; the nearest: {_near(probe, [*probes, *NUMBERED])}"
        return
    if place and not place.startswith("/"):
        yield "at", f"{place!a} is no pattern; allowed is one such as /customers/*/id, or @ and the name of a probe"
        return
    try:
        _hold(place, requirement, contract)
    except _NowhereError as nowhere:
        yield "at", f"{waiver.at or 'the answer as a whole'} cannot match: {nowhere}"


def _of_missing(
    waiver: Waiver, requirement: Requirement, contract: Contract, probes: Collection[str]
) -> Iterator[tuple[str, str]]:
    before = sorted(_before(requirement, contract))
    own = {*before, *probes, *NUMBERED, *filter(None, [requirement.needs])}
    for name in waiver.missing:
        if name in contract.by_id and name not in before:
            allowed = f"allowed: {', '.join(before)}" if before else "it comes after none"
            yield "missing", f"{requirement.id} does not come after {name}; {allowed}"
        # A reason is a sentence, and there are as many as checks have.
        elif name not in own and " " not in name:
            yield "missing", f"there is no probe and no requirement {name!a}; the nearest: {_near(name, own)}"


def _before(requirement: Requirement, contract: Contract) -> set[str]:
    """The ids of what a requirement comes after, and of what those do."""
    found: set[str] = set()
    waiting = list(requirement.after)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += contract.by_id[name].after
    return found


def _near(name: str, known: Collection[str]) -> str:
    return ", ".join(get_close_matches(name, known, _NEAREST, cutoff=0))


def _hold(place: str, requirement: Requirement, contract: Contract) -> None:
    """Raises ``_NowhereError`` where no answer has a place, or where the requirement is not about what stands there."""
    strays = checks(contract)[requirement.id].strays
    steps = steps_of(place)
    about = _schemas_of(requirement, contract)
    if about is None:
        try:
            list(_way(steps, ERROR_SCHEMA, contract, strays=False))
        except _NowhereError:
            list(_way(steps, ROOT, contract, strays=strays))
        return
    way = list(_way(steps, ROOT, contract, strays=strays))
    if not about.intersection(way):
        raise _NowhereError(f"{requirement.id} is about {' or '.join(sorted(about))}, and no such object is on the way")


def _schemas_of(requirement: Requirement, contract: Contract) -> set[str] | None:
    """The schemas of whose objects the document says a requirement; ``None`` where it is not bound to some."""
    if requirement.id not in contract.document_requirements or requirement.id in contract.formats.values():
        return None
    return {
        name
        for name, owner in contract.owners.items()
        if owner == requirement.id or requirement.id in contract.entries[name]
    }


def _way(steps: list[str], schema: str, contract: Contract, *, strays: bool) -> Iterator[str]:
    """The schemas of the objects on the way; beneath what the contract leaves free all is possible."""
    yield schema
    ahead = iter(steps)
    for name in ahead:
        said = contract.properties[schema].get(name)
        if said is None:
            if strays and name != ANY:
                return
            raise _NowhereError(_unknown(name, schema, contract.properties[schema]))
        if said.holds is None:
            _hold_leaf(name, said, list(ahead))
            return
        schema = said.holds
        if said.listed:
            position = next(ahead, None)
            if position is None:
                return
            if position != ANY:
                raise _NowhereError(f"{position!a} stands where a position in {name} does; allowed is {ANY}")
        yield schema


def _hold_leaf(name: str, said: Property, rest: list[str]) -> None:
    if not rest or said.free or "object" in said.types:
        return
    if "array" not in said.types:
        raise _NowhereError(f"nothing stands beneath {name}")
    if rest[0] != ANY:
        raise _NowhereError(f"{rest[0]!a} stands where a position in {name} does; allowed is {ANY}")


def _unknown(name: str, schema: str, known: Collection[str]) -> str:
    if name == ANY:
        return f"{ANY} stands where a property of {schema} does; allowed is the name of one"
    return f"{schema} has no property {name!a}; the nearest: {_near(name, known)}"
