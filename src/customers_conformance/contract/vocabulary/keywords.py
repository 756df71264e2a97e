"""Our JSON Schema keywords, each written once and given to both validators.

A keyword is a generator of cases: first it asks whether it applies, then it yields ``None`` for a case that holds and a
``Breach`` for one that does not. It skips members that are absent, null or of the wrong type: ``type`` judges those.
The cases are counted, so that a requirement can tell whether it was judged on anything at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from customers_conformance.contract import secrets as patterns
from customers_conformance.contract.scope import TEXT, WHOLE, Scope
from customers_conformance.contract.vocabulary.formats import read_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


#: A JSON value as ``json`` reads it.
type_of_json = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation of a keyword; ``path`` leads from the object that the keyword stands on to the place."""

    path: tuple[str | int, ...]
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: ``cases`` yields ``None`` for a case that holds and a ``Breach`` for one that does not."""

    name: str
    cases: Callable[[Any, Any], Iterator[Breach | None]]
    #: What it looks at where it stands beside standard keywords; by itself it is given the whole object.
    scope: Scope = WHOLE
    #: Whether it looks at no more of the items of lists than how many there are, and at their ids.
    looks_at_ids: Callable[[Any], bool] = lambda _limit: False

    def breaches(self, value: Any, instance: Any) -> Iterator[Breach]:
        """The violations alone."""
        return (case for case in self.cases(value, instance) if case is not None)

    def applies(self, value: Any, instance: Any) -> int:
        """How many cases there were to judge."""
        return sum(1 for _ in self.cases(value, instance))


KEYWORDS: dict[str, Keyword] = {}


def keyword(
    name: str, scope: Scope = WHOLE, looks_at_ids: Callable[[Any], bool] = lambda _limit: False
) -> Callable[[Callable[[Any, Any], Iterator[Breach | None]]], Keyword]:
    """Registers a generator of cases under the keyword's name."""

    def register(cases: Callable[[Any, Any], Iterator[Breach | None]]) -> Keyword:
        KEYWORDS[name] = Keyword(name, cases, scope, looks_at_ids)
        return KEYWORDS[name]

    return register


def is_number(value: object) -> bool:
    """Whether a JSON value is a number (a boolean is none)."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_integer(value: object) -> bool:
    """Whether a JSON value is an integer as JSON Schema has it: ``4.0`` is one."""
    return is_number(value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def identifies(value: object) -> bool:
    """Whether a value can be the id of an object: a string that is not empty, or an integer, zero too."""
    return value != "" if isinstance(value, str) else is_integer(value)


def names(value: object) -> bool:
    """Whether a value names an object where it may name none: it can be an id, and is not zero, which names none."""
    return identifies(value) and value != 0


def children(instance: Mapping[str, Any], member: str) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The objects that a member holds, alone or in a list, each with its place."""
    held = instance.get(member)
    if isinstance(held, dict):
        yield (member,), held
    elif isinstance(held, list):
        yield from (((member, index), item) for index, item in enumerate(held) if isinstance(item, dict))


@keyword("countOf", looks_at_ids=lambda _limit: True)
def count_of(value: Mapping[str, str], instance: Any) -> Iterator[Breach | None]:
    """``{count: customers}``: the member ``count`` is the number of items in the list ``customers``."""
    if not isinstance(instance, dict):
        return
    for member, listed in value.items():
        count, items = instance.get(member), instance.get(listed)
        if is_integer(count) and isinstance(items, list):
            held = len(items)
            yield None if count == held else Breach((member,), f"{held}, the number of items in {listed}", shown(count))


@keyword("uniqueBy", looks_at_ids=lambda limit: all(rule == "id" for rule in limit.values()))
def unique_by(value: Mapping[str, Any], instance: Any) -> Iterator[Breach | None]:
    """``{teams: id}``: no two items of the list ``teams`` have the same ``id``; one case for each pair of siblings.

    With ``{budgets: {by: id, empty: true}}`` an empty id counts, too.
    """
    if not isinstance(instance, dict):
        return
    for listed, rule in value.items():
        member, empty = (rule, False) if isinstance(rule, str) else (rule["by"], rule["empty"])
        items = instance.get(listed)
        if not isinstance(items, list):
            continue
        first: dict[Any, int] = {}
        for index, item in enumerate(items):
            identity = item.get(member) if isinstance(item, dict) else None
            if not identifies(identity) and not (empty and identity == ""):
                continue
            if identity in first:
                place = f"/{listed}/{first[identity]}/{member}"
                yield Breach((listed, index, member), f"another {member} than {place}", shown(identity))
            else:
                if first:
                    yield None
                first[identity] = index


@keyword("agreesWith")
def agrees_with(value: Mapping[str, str], instance: Any) -> Iterator[Breach | None]:
    """``{budget_id: budget}``: the id ``budget_id`` is the ``id`` of the object ``budget`` beside it."""
    if not isinstance(instance, dict):
        return
    for member, beside in value.items():
        named, held = instance.get(member), instance.get(beside)
        identity = held.get("id") if isinstance(held, dict) else None
        # Ids of another type are the schema's.
        if isinstance(named, str) and named and isinstance(identity, str):
            yield None if named == identity else Breach((member,), f"{shown(identity)}, as {beside}.id", shown(named))


@keyword("namedBy")
def named_by(value: Mapping[str, Mapping[str, Any]], instance: Any) -> Iterator[Breach | None]:
    """``{teams: {as: customer_id}}``: each child under ``teams`` names this object's ``id`` in ``customer_id``.

    Zero is a name like any other. With ``always`` an empty name is wrong, too; ``insteadOf`` lists members in which a
    child names an owner of the wrong kind when it does not name this one.
    """
    if not isinstance(instance, dict) or not identifies(instance.get("id")):
        return
    identity = instance["id"]
    for path, rule in value.items():
        for place, child in children(instance, path):
            member = rule["as"]
            named = child.get(member)
            if identifies(named):
                if isinstance(named, str) == isinstance(identity, str):
                    expected = f"{shown(identity)}, the id of the object that holds it"
                    yield None if named == identity else Breach((*place, member), expected, shown(named))
                continue
            if named == "" and rule.get("always"):
                yield Breach((*place, member), f"{shown(identity)}, the id of the object that holds it", shown(named))
                continue
            wrong = next((other for other in rule.get("insteadOf", ()) if names(child.get(other))), None)
            if wrong is not None:
                expected = f"{member} {shown(identity)}, the id of the object that holds it"
                yield Breach((*place, wrong), expected, f"{wrong} {shown(child[wrong])}")


@keyword("heldWithout")
def held_without(value: Mapping[str, list[str]], instance: Any) -> Iterator[Breach | None]:
    """``{budget: [team_id]}``: a child under ``budget`` names no owner of another kind in ``team_id``."""
    if not isinstance(instance, dict):
        return
    for path, members in value.items():
        for place, child in children(instance, path):
            for member in members:
                if names(child.get(member)):
                    expected = f"no {member}: an object of another kind holds it"
                    yield Breach((*place, member), expected, shown(child[member]))
                else:
                    yield None


@keyword("atMostOneOf")
def at_most_one_of(value: list[str], instance: Any) -> Iterator[Breach | None]:
    """``[team_id, customer_id]``: at most one of the members names an object."""
    if not isinstance(instance, dict):
        return
    named = [member for member in value if names(instance.get(member))]
    if len(named) > 1:
        yield Breach((), f"at most one of {', '.join(value)}", " and ".join(named))
    else:
        yield None


@keyword("notBefore")
def not_before(value: Mapping[str, str], instance: Any) -> Iterator[Breach | None]:
    """``{updated_at: created_at}``: the first time is not before the second; the zero time is no time."""
    if not isinstance(instance, dict):
        return
    for later, earlier in value.items():
        after, before = read_time(instance.get(later)), read_time(instance.get(earlier))
        if after is None or before is None or after.is_zero or before.is_zero:
            continue
        if after < before:
            yield Breach((later,), f"not before {earlier} {instance[earlier]}", shown(instance[later]))
        else:
            yield None


@keyword("subsetOf")
def subset_of(value: Mapping[str, str], instance: Any) -> Iterator[Breach | None]:
    """``{some: all}``: every item of the list ``some`` is in the list ``all``, where ``*`` stands in neither."""
    if not isinstance(instance, dict):
        return
    for member, whole in value.items():
        some, everything = instance.get(member), instance.get(whole)
        if not isinstance(some, list) or not isinstance(everything, list):
            continue
        yield None
        allowed = {item for item in everything if isinstance(item, str)}
        if "*" in allowed or some == ["*"]:
            continue
        for index, item in enumerate(some):
            if isinstance(item, str) and item != "*" and item not in allowed:
                yield Breach((member, index), f"one of {whole}", shown(item))


@keyword("selection", Scope(items=TEXT))
def selection(value: Any, instance: Any) -> Iterator[Breach | None]:
    """``true``: a list that holds ``*`` only alone, and no string twice, compared without case."""
    if not value or not isinstance(instance, list) or not instance:
        return
    yield None
    seen: dict[str, int] = {}
    for index, item in enumerate(instance):
        if not isinstance(item, str):
            continue
        if item.lower() in seen:
            yield Breach((index,), f"no value twice: item {seen[item.lower()]} is the same", shown(item))
        elif item == "*" and len(instance) > 1:
            yield Breach((index,), "* only alone", f"* beside {len(instance) - 1} more")
        seen.setdefault(item.lower(), index)


@keyword("masked", TEXT)
def masked(value: str, instance: Any) -> Iterator[Breach | None]:
    """``secret``: a string that is empty or masked. ``pem``: a string that holds no PEM body."""
    if not isinstance(instance, str):
        return
    if value == "pem":
        yield Breach((), "a redacted value, no PEM body", "a PEM body") if patterns.is_pem(instance) else None
    else:
        yield (
            None
            if patterns.is_masked(instance)
            else Breach((), "empty, absent, null or masked", "a value in the clear")
        )


_SHOWN = 80


def shown(value: object) -> str:
    """A JSON value as a reader sees it in a finding: short, on one line, strings in quotes."""
    if isinstance(value, dict | list):
        return type_of_json[type(value)]
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    return shortened(str(value))


def shortened(text: str) -> str:
    """A text that is short enough for a finding."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class KeywordFailedError(Exception):
    """A violation found by one of our keywords, on its way through a validator."""

    def __init__(self, breach: Breach) -> None:
        """Carries the breach."""
        super().__init__(breach.expected)
        self.breach = breach


def fast_keywords() -> dict[str, type]:
    """Our keywords as jsonschema-rs takes them, by name."""
    return {name: fast_keyword(spec) for name, spec in KEYWORDS.items()}


def fast_keyword(spec: Keyword) -> type:
    """The class by which jsonschema-rs calls a keyword; it stops at the first violation."""

    class Adapter:
        def __init__(self, _parent: object, value: object, _path: object) -> None:
            self._value = value

        def validate(self, instance: object) -> None:
            for breach in spec.breaches(self._value, instance):
                raise KeywordFailedError(breach)

    return Adapter
