"""Which check judges which requirement: checks bind themselves here, and so does the document."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from customers_conformance.bodies.listeners import Listener, listens
from customers_conformance.contract.catalogue import ContractError
from customers_conformance.fingerprints import Tally
from customers_conformance.model import (
    DATABASE,
    FINDINGS_KEPT,
    MEMORY,
    Finding,
    Further,
    Observed,
    Probe,
    Requirement,
    Seen,
    Unseen,
)

if TYPE_CHECKING:
    from customers_conformance.bodies.walk import Node
    from customers_conformance.contract.document import Contract
    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Exchange

CheckFunction = Callable[["Evidence"], Iterator[Observed]]
SeeFunction = Callable[["Node"], Iterator[Observed]]
Kind = TypeVar("Kind", bound=Listener)

#: The probes that show every object, beside the plain request, which is always sent.
VIEWS = (DATABASE, MEMORY)

#: When the requests of a check that compares answers are sent once more: where the data changed between the control
#: reads, or also where the memory view has not caught up yet.
CONTROLS, VIEW = "controls", "view"


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement's check: what it reads, and the function that judges it."""

    requirement: str
    function: CheckFunction
    reads: tuple[Probe, ...]
    #: Probes that bring it evidence, though it can do without an answer to them.
    sends: tuple[Probe, ...] = ()
    #: Whether every exchange of the run is its evidence, so that one without an answer leaves it unverified.
    reads_all: bool = False
    #: ``CONTROLS`` or ``VIEW``; empty for a check that compares no answers.
    settles: str = ""
    #: How many plain requests, one after another, it follows.
    plain_reads: int = 1
    #: Whether it judges undocumented properties.
    strays: bool = False
    #: Whether it warns of what asking again mended, although it is of a MUST.
    mends: bool = False


_CHECKS: dict[str, Check] = {}


def check(
    requirement: str,
    *,
    reads: Sequence[Probe] = (),
    sends: Sequence[Probe] = (),
    reads_all: bool = False,
    settles: str = "",
    plain_reads: int = 1,
    strays: bool = False,
    mends: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Binds a function to a requirement; raises ``ContractError`` where the requirement has a check already."""

    def bind(function: CheckFunction) -> CheckFunction:
        if requirement in _CHECKS:
            raise ContractError(f"checks: {requirement} has two checks; remove one")
        _CHECKS[requirement] = Check(
            requirement, function, tuple(reads), tuple(sends), reads_all, settles, plain_reads, strays, mends
        )
        return function

    return bind


def check_objects(
    requirement: str, *schemas: str, sends: Sequence[Probe] = VIEWS
) -> Callable[[SeeFunction], SeeFunction]:
    """Binds a function to a requirement that is given each object of some schemas in a 200, in the one walk for all.

    A finding of its names no exchange. What has to keep something from one object to the next is a ``Listener``, which
    ``check_listing`` binds.
    """

    def bind(see: SeeFunction) -> SeeFunction:
        def seen(_listener: Listener, node: Node) -> Iterator[Observed]:
            return see(node)

        members = {"schemas": schemas, "see": seen, "__doc__": see.__doc__, "__module__": see.__module__}
        check_listing(requirement, sends=sends)(type(see.__name__, (Listener,), members))
        return see

    return bind


def check_listing(requirement: str, *, sends: Sequence[Probe] = VIEWS) -> Callable[[type[Kind]], type[Kind]]:
    """Binds a kind of listener to a requirement: each distinct body of a 200 has one of its own."""

    def bind(kind: type[Kind]) -> type[Kind]:
        def judged_by_the_listener(evidence: Evidence) -> Iterator[Observed]:
            for exchange, listing in evidence.distinct():
                yield from in_exchange(listing.noted(kind).observed(), exchange)

        strays = kind.see_stray is not Listener.see_stray
        check(requirement, sends=sends, strays=strays)(judged_by_the_listener)
        return listens(kind)

    return bind


@cache
def checks(contract: Contract) -> Mapping[str, Check]:
    """Every check by its requirement: those of the package, and one for each binding in the document.

    Raises ``ContractError`` unless every judged requirement has exactly one binding and every binding a requirement.
    """
    package = importlib.import_module("customers_conformance.checks")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    bound = dict(_CHECKS)
    for identifier in sorted(contract.document_requirements):
        if identifier in bound:
            raise ContractError(f"checks: {identifier} is judged by the document and by a check; remove one")
        bound[identifier] = Check(identifier, _document_check(identifier), (), sends=VIEWS)
    for identifier in bound:
        if identifier not in contract.by_id:
            message = f"checks: {identifier} is not in openapi/requirements.yaml; add it there or correct the id"
            raise ContractError(message)
    for requirement in contract.requirements:
        if not requirement.pending and requirement.id not in bound:
            message = (
                f"openapi/requirements.yaml: {requirement.id} has no check and no place in the document; "
                "add one, or mark it `pending: true`"
            )
            raise ContractError(message)
    return bound


def _document_check(identifier: str) -> CheckFunction:
    def judged_by_the_document(evidence: Evidence) -> Iterator[Observed]:
        found = evidence.distinct()
        if not found:
            yield from (Unseen(why) for why in evidence.cut)
        for exchange, listing in found:
            if listing.reading.beyond:
                yield Unseen(listing.reading.beyond)
            count = listing.applied[identifier]
            if count:
                yield Seen(count)
            broken = listing.broken
            if broken.looked.beyond:
                yield Unseen(broken.looked.beyond)
            first = broken.first.get(identifier, [])
            for violation in first:
                yield finding(violation.expected, violation.actual, exchange.index, violation.pointer)
            if identifier in broken.others:
                yield from in_exchange([broken.others[identifier].all()], exchange)

    return judged_by_the_document


def in_exchange(observed: Iterable[Observed], exchange: Exchange) -> Iterator[Observed]:
    """What was observed of a body, as that of an exchange that brought it."""
    for item in observed:
        match item:
            case Finding():
                yield replace(item, exchange=exchange.index)
            case Further():
                yield of_first(item, lambda first: replace(first, exchange=exchange.index))
            case _:
                yield item


def of_first(further: Further, change: Callable[[Finding], Finding]) -> Further:
    """Findings that are counted, the first of each group changed."""
    return replace(further, groups=tuple(replace(group, first=change(group.first)) for group in further.groups))


def shortened(found: Iterable[Finding]) -> Iterator[Observed]:
    """The first findings of many, and what follows; the others are made and let go of one by one."""
    findings = iter(found)
    yield from islice(findings, FINDINGS_KEPT)
    others = Tally()
    for finding in findings:
        others.note(finding)
    if others.total:
        yield others.all()


def finding(expected: str, actual: str, exchange: int | None = None, pointer: str = "") -> Finding:
    """A finding whose message is made of what was expected and what was there."""
    return Finding.of(expected, actual, exchange, pointer)


def closure(contract: Contract, selected: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The selected requirements and all that they come after, in catalogue order."""
    wanted = {requirement.id for requirement in selected}
    waiting = list(wanted)
    while waiting:
        for earlier in contract.by_id[waiting.pop()].after:
            if earlier not in wanted:
                wanted.add(earlier)
                waiting.append(earlier)
    return tuple(requirement for requirement in contract.requirements if requirement.id in wanted)
