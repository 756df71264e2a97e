"""What a value breaks of the document: by jsonschema-rs object by object, and by jsonschema as the second opinion.

Objects are judged one at a time, each without what stands below the reach of its keywords: so many violations as a
hostile body may have are never held at once, and no nesting is too deep to say where.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from customers_conformance.bodies.walk import Node, Path, walk
from customers_conformance.contract.vocabulary.applicators import BREACH, breaches_of
from customers_conformance.contract.vocabulary.formats import read_time
from customers_conformance.contract.vocabulary.glances import UNCLEAR
from customers_conformance.contract.vocabulary.keywords import KEYWORDS, KeywordFailedError
from customers_conformance.fingerprints import Tally, pattern_of
from customers_conformance.model import FINDINGS_KEPT, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import jsonschema
    import jsonschema_rs

    from customers_conformance.bodies.shapes import Related
    from customers_conformance.contract.document import Contract, Place


#: Violations of one body that are told, and values that an object may hold for its violations to be told.
MOST = 100_000

#: Levels of objects on which what is broken is looked for in ever smaller parts; beneath them each object is looked at.
_HALVED = 12


@dataclass(frozen=True, slots=True)
class Violation:
    """One place in a body that breaks one requirement; ``requirement`` is ``None`` within an error body."""

    requirement: str | None
    pointer: str
    expected: str
    actual: str

    @property
    def finding(self) -> Finding:
        """The same as a finding, of no exchange yet."""
        return Finding.of(self.expected, self.actual, pointer=self.pointer)


@dataclass(slots=True)
class Looked:
    """What was looked at while violations were told."""

    #: What there was to judge by our keywords, by requirement.
    cases: Counter[str] = field(default_factory=Counter)
    #: Why something was not looked at, as a sentence; ``None`` where all was.
    beyond: str | None = None


@dataclass(slots=True)
class Broken:
    """What a body breaks: by requirement the first violations, the others by what is wrong, and how many there are."""

    first: dict[str | None, list[Violation]] = field(default_factory=dict)
    others: dict[str | None, Tally] = field(default_factory=dict)
    total: Counter[str | None] = field(default_factory=Counter)
    looked: Looked = field(default_factory=Looked)

    def note(self, node: Node, breach: _Breach) -> None:
        """Take note of one more; its place is written only where it is kept."""
        first = self.first.setdefault(breach[0], [])
        if len(first) < FINDINGS_KEPT:
            first.append(_violation(node, breach))
        else:
            _, path, expected, actual = breach
            where = pattern_of((*node.path, *path))
            others = self.others.setdefault(breach[0], Tally())
            others.count(where, (expected, actual), lambda: _violation(node, breach).finding)
        self.total[breach[0]] += 1

    def follow(self, later: Broken) -> None:
        """Add what is broken after it."""
        for requirement, violations in later.first.items():
            first = self.first.setdefault(requirement, [])
            left = FINDINGS_KEPT - len(first)
            first += violations[:left]
            others = self.others.setdefault(requirement, Tally())
            for violation in violations[left:]:
                others.note(violation.finding)
            if requirement in later.others:
                others.add(later.others[requirement].all())
        self.total += later.total
        self.looked.cases += later.looked.cases
        self.looked.beyond = later.looked.beyond or self.looked.beyond


#: What breaks which requirement: the way to it from the object, what was expected, what is there.
_Breach = tuple[str | None, Path, str, str]


def _violation(node: Node, breach: _Breach) -> Violation:
    requirement, path, expected, actual = breach
    return Violation(requirement, node.at(*path), expected, actual)


class Judging:
    """Tells what the objects of one walk break, up to a bound; most of them are known to break nothing."""

    def __init__(self, contract: Contract, most: int | None) -> None:
        """Tells so many violations at the most; judges nothing where that is ``None``."""
        self._contract = contract
        self._most = most
        self._pending: list[tuple[Node, _Breach]] = []
        self.broken = Broken()
        #: How many violations were told, and whether there were more.
        self.found = 0
        self.is_over = most is None
        self.failure: Exception | None = None

    def judge(self, node: Node, *, breaks: bool = False) -> None:
        """Judges an object, or what stands in its place; ``breaks`` says that its members are known to break something.

        The objects above it were judged before. A failure of ours ends the judging, and is kept.
        """
        if self.is_over:
            return
        try:
            if node.shape is None:
                if not self._contract.is_part(node.schema):
                    self._take(node, _of_another_type(self._contract, node))
                return
            # What is part of another schema is judged with the object that it is a part of.
            if (node.is_suspect or breaks) and not self._contract.is_part(node.schema):
                self._take(node, _of_members(self._contract, node, self.broken.looked))
            self._relate(node, node.shape.related)
        except Exception as failure:  # noqa: BLE001 - whatever a keyword does is the suite's own failure
            self.failure, self.is_over = failure, True

    def _relate(self, node: Node, related: tuple[Related, ...]) -> None:
        cases = self.broken.looked.cases
        for requirement, glance, keyword, limit in related:
            if self.is_over:
                return
            if (count := glance(node.value)) != UNCLEAR:
                cases[requirement] += count
                continue
            for case in keyword.cases(limit, node.value):
                cases[requirement] += 1
                if case is not None:
                    self._take(node, [(requirement, case.path, case.expected, case.actual)])
                    if self.is_over:
                        return

    def settle(self, excused: Collection[str]) -> None:
        """What was found since the last time counts, but for the places of numbers that nothing holds."""
        for node, breach in self._pending:
            if not excused or node.at(*breach[1]) not in excused:
                self.broken.note(node, breach)
        self._pending.clear()

    def told(self) -> Iterator[Violation]:
        """What was found since the last time, as violations."""
        pending, self._pending = self._pending, []
        return (_violation(node, breach) for node, breach in pending)

    def suspect(self, node: Node) -> None:
        """Finds out whether something in an object, or beneath it, may break its schema; what is above it does."""
        try:
            node.is_suspect = not self.is_over and self._may_break(node)
        except Exception as failure:  # noqa: BLE001 - whatever a keyword does is the suite's own failure
            self.failure, self.is_over = failure, True

    def _may_break(self, node: Node) -> bool:
        if self._contract.is_part(node.schema) or sum(1 for _ in node.ancestors) > _HALVED:
            return True
        return not self._contract.quick(node.schema).is_valid(node.value)

    def _take(self, node: Node, breaches: Iterator[_Breach] | list[_Breach]) -> None:
        for breach in breaches:
            if self.found == self._most:
                self.broken.looked.beyond = _too_many()
                self.is_over = True
                return
            self.found += 1
            self._pending.append((node, breach))


def _too_many() -> str:
    return f"the body breaks its schema in more than the {MOST:,} places that are looked at"


def violations(contract: Contract, schema: str, value: Any, looked: Looked | None = None) -> Iterator[Violation]:
    """Every violation, object by object, up to ``MOST``; ``looked`` says what was looked at.

    A failure inside a keyword of ours is raised, never taken for a violation.
    """
    judging = Judging(contract, MOST)
    judging.broken.looked = looked or Looked()
    top = Node(schema, value)
    top.is_suspect = True
    for node in walk(contract, top):
        if node.parent is not None and node.parent.is_suspect:
            judging.suspect(node)
        counted = node.shape.counted if node.shape else ()
        dated = node.shape.dated if node.shape else ()
        breaks = any(count(node.value) >= BREACH for _, count in counted)
        judging.judge(node, breaks=breaks or not all(read_time(node.value[name]) for name in dated))
        for requirement, count in node.shape.relations if node.shape else ():
            judging.broken.looked.cases[requirement] += count
        yield from judging.told()
        if judging.failure is not None:
            raise judging.failure
        if judging.is_over:
            return


def _of_another_type(contract: Contract, node: Node) -> Iterator[_Breach]:
    for breach in breaches_of("type", "object", node.value, {}):
        yield contract.owners[node.schema], (), breach.expected, breach.actual


def _of_members(contract: Contract, node: Node, looked: Looked) -> Iterator[_Breach]:
    validator = contract.shallow(node.schema)
    # Each error has a copy of its object, so what no keyword looks at is left out.
    judged = contract.scope(node.schema).within(node.value)
    if validator.is_valid(judged):
        return
    if _size(judged) > MOST:
        # jsonschema-rs collects all errors, each with its value, before it hands out the first.
        looked.beyond = f"an object that breaks its schema holds more than {MOST:,} values, and where is not looked at"
        return
    # One for each keyword and value: each gives all breaches of its own.
    broken = dict.fromkeys(_where(error) for error in validator.iter_errors(judged))
    located = (breach for path, keyword in broken for breach in _located(contract.place(keyword), judged, path))
    yield from dict.fromkeys(located)


def _where(error: jsonschema_rs.ValidationError) -> tuple[Path, Path]:
    """Where an error stands: in the value, and in the schema."""
    cause = error.__cause__
    if cause is not None and not isinstance(cause, KeywordFailedError):
        raise cause
    return tuple(error.instance_path), tuple(error.schema_path)


def _size(value: Any) -> int:
    """How many values a value holds, at any depth."""
    held = value.values() if isinstance(value, dict) else value
    return len(held) + sum(_size(item) for item in held if isinstance(item, dict | list))


def explained(contract: Contract, schema: str, value: Any) -> list[Violation]:
    """Every violation by jsonschema: the second opinion of the self-tests, slower, and bound to some 300 levels."""
    top = Node(schema, value)
    found = (
        _violation(top, breach)
        for error in contract.explaining(schema).iter_errors(value)
        for breach in _explained(contract, schema, value, error)
    )
    return list(dict.fromkeys(found))


def _explained(contract: Contract, schema: str, value: Any, error: jsonschema.ValidationError) -> Iterator[_Breach]:
    path = tuple(error.absolute_path)
    place = contract.place(contract.follow(error.absolute_schema_path, schema))
    if isinstance(error.cause, KeywordFailedError) and place.keyword in KEYWORDS:
        yield place.requirement, path, error.cause.breach.expected, error.cause.breach.actual
        return
    yield from _located(place, value, path)


def _located(place: Place, value: Any, path: Path) -> Iterator[_Breach]:
    """What the part of a value at a path breaks of one keyword."""
    for breach in breaches_of(place.keyword, place.limit, follow(value, path), place.beside):
        yield place.requirement, (*path, *breach.path), breach.expected, breach.actual


def follow(value: Any, path: Path) -> Any:
    """The part of a value at a path that exists."""
    for step in path:
        value = value[step]
    return value
