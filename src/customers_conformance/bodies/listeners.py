"""Listeners: what wants to see the objects of a body, all in one walk.

A listener says of which schemas it sees the objects, keeps what little it needs of them, and yields what it observes.
It is made anew for each body, knows nothing of other bodies, and holds on to no object: the next one takes its place.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from customers_conformance.fingerprints import Tally
from customers_conformance.model import FINDINGS_KEPT, Finding, Further, Observed, Seen, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from customers_conformance.bodies.observations import Observations
    from customers_conformance.bodies.walk import Node


class Listener:
    """Sees objects of one body in their order, the top of the body aside, which it sees last; by itself it ignores all.

    What it observes has no exchange yet: a body may be the answer to several.
    """

    #: The schemas of the objects that ``see`` is given; all where there is none.
    schemas: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def hears(cls, schema: str) -> bool:
        """Whether ``see`` is given the objects of a schema."""
        return not cls.schemas or schema in cls.schemas

    def see(self, node: Node) -> Iterable[Observed]:
        """An object; what stands above it was seen before."""
        raise NotImplementedError

    def see_stray(self, node: Node, name: str) -> Iterable[Observed]:
        """A member that the contract does not document."""
        raise NotImplementedError

    def end(self, listing: Walked) -> Iterable[Observed]:  # noqa: ARG002 - for those that need another walk
        """All was seen; ``listing.walk`` goes through the body again where something has to be looked up."""
        return ()


Kind = TypeVar("Kind", bound=Listener)


class Walked(Protocol):
    """A body whose objects were all seen, as a listener finds it at the end."""

    @property
    def seen(self) -> Observations:
        """What was counted on the way."""

    def walk(self, make: Callable[[], Kind]) -> tuple[Kind, Noted]:
        """Goes through the body once more, for one listener alone; returns it, and what it observed."""

    def objects_of(self, index: int) -> Iterator[Node]:
        """The objects of an item of the list, read again."""


_KNOWN: list[type[Listener]] = []


def listens(kind: type[Kind]) -> type[Kind]:
    """Takes a kind of listener along in the walk through every body."""
    _KNOWN.append(kind)
    return kind


def known() -> tuple[type[Listener], ...]:
    """Every kind of listener that is taken along."""
    return tuple(_KNOWN)


class Noted:
    """What a listener observed in a body: the first findings, those of its top before the others; and counts."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._top: list[Finding] = []
        self._findings: list[Finding] = []
        self._others = Tally()
        self._seen: Counter[str] = Counter()
        self._lacks: list[Unseen] = []
        #: What the listener raised: it sees nothing more, and whoever asks what it saw is told.
        self.failure: Exception | None = None

    def take(self, observed: Iterable[Observed], *, top: bool) -> None:
        """Take note of what was observed; ``top`` says that it was at the top of the body."""
        for item in observed:
            self.note(item, top=top)

    def note(self, item: Observed, *, top: bool = False) -> None:
        """Take note of one more thing."""
        match item:
            case Finding():
                findings = self._top if top else self._findings
                if len(findings) < FINDINGS_KEPT:
                    findings.append(item)
                else:
                    self._others.note(item)
            case Further():
                self._others.add(item)
            case Seen():
                self._seen[item.kind] += item.count
            case Unseen():
                self._lacks.append(item)

    def observed(self) -> Iterator[Observed]:
        """All of it; raises what the listener raised."""
        if self.failure is not None:
            raise self.failure
        yield from (Seen(count, kind) for kind, count in self._seen.items())
        yield from self._lacks
        found = [*self._top, *self._findings]
        yield from found[:FINDINGS_KEPT]
        others = Tally()
        for one in found[FINDINGS_KEPT:]:
            others.note(one)
        others.add(self._others.all())
        if others.total:
            yield others.all()
