"""What our keywords say of most objects, told at a glance.

A keyword is a generator of cases, which is one way to say what it means and not the fastest to count. A glance counts
the cases of an object that clearly keeps it; of any other it says that the keyword has to look itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from customers_conformance.contract.secrets import is_masked
from customers_conformance.contract.vocabulary.formats import remembered_time
from customers_conformance.placeholders import PEM_TOKEN

#: Characters of a text that is worth remembering, and how many are.
_USUAL, _REMEMBERED = 64, 1024

#: What a glance says where the keyword has to look itself.
UNCLEAR = -1

#: How many cases an object has, all of which hold; or ``UNCLEAR``.
Glance = Callable[[Any], int]


class Glancing(NamedTuple):
    """How a keyword on an object is glanced at: its glance, and members without which its cases never differ."""

    speaks_of: Callable[[Any], Collection[str]]
    glance: Callable[[Any], Glance]


def _children(held: Any) -> list[Any] | None:
    """The objects that a member holds, alone or in a list; ``None`` where there is anything else."""
    if type(held) is dict:
        return [held]
    if type(held) is list and all(type(item) is dict for item in held):
        return held
    return None if held is not None else []


def _unique_by(value: Mapping[str, Any]) -> Glance:
    rules = [(listed, rule if isinstance(rule, str) else rule["by"]) for listed, rule in value.items()]

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        for listed, member in rules:
            items = instance.get(listed)
            if not items:
                continue
            children = _children(items)
            if children is None or type(items) is dict:
                return UNCLEAR
            ids = [child.get(member) for child in children]
            types = set(map(type, ids))
            if types not in _ID_TYPES or "" in ids or len(set(ids)) < len(ids):
                return UNCLEAR
            cases += len(ids) - 1
        return cases

    return glance


_ID_TYPES = ({str}, {int})


def _named_by(value: Mapping[str, Mapping[str, Any]]) -> Glance:
    rules = [(path, rule["as"], rule.get("insteadOf", ())) for path, rule in value.items()]

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        identity = instance.get("id")
        for path, member, others in rules:
            children = _children(instance.get(path))
            if children == []:
                continue
            if children is None or type(identity) not in _IDS or not identity:
                return UNCLEAR
            for child in children:
                named = child.get(member)
                if named == identity and type(named) is type(identity):
                    cases += 1
                elif named is not None or any(child.get(other) is not None for other in others):
                    return UNCLEAR
        return cases

    return glance


_IDS = frozenset({str, int})


def _held_without(value: Mapping[str, list[str]]) -> Glance:
    rules = list(value.items())

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        for path, members in rules:
            children = _children(instance.get(path))
            if children is None:
                return UNCLEAR
            for child in children:
                for member in members:
                    if child.get(member) is not None:
                        return UNCLEAR
            cases += len(children) * len(members)
        return cases

    return glance


def _at_most_one_of(value: list[str]) -> Glance:
    def glance(instance: Mapping[str, Any]) -> int:
        named = 0
        for member in value:
            if instance.get(member) is not None:
                named += 1
        return 1 if named < 2 else UNCLEAR

    return glance


def _not_before(value: Mapping[str, str]) -> Glance:
    rules = list(value.items())

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        for later, earlier in rules:
            texts = instance.get(later), instance.get(earlier)
            if type(texts[0]) is not str or type(texts[1]) is not str:
                continue
            if len(texts[0]) > _USUAL or len(texts[1]) > _USUAL:
                return UNCLEAR
            after, before = remembered_time(texts[0]), remembered_time(texts[1])
            if after is None or before is None:
                continue
            # The zero time is no time.
            if after.second.year <= 1 or before.second.year <= 1 or after < before:
                return UNCLEAR
            cases += 1
        return cases

    return glance


def _agrees_with(value: Mapping[str, str]) -> Glance:
    rules = list(value.items())

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        for member, beside in rules:
            named, held = instance.get(member), instance.get(beside)
            if named is None or held is None:
                continue
            if type(held) is not dict or type(named) is not str or not named or held.get("id") != named:
                return UNCLEAR
            cases += 1
        return cases

    return glance


def _subset_of(value: Mapping[str, str]) -> Glance:
    rules = list(value.items())

    def glance(instance: Mapping[str, Any]) -> int:
        cases = 0
        for member, whole in rules:
            some, everything = instance.get(member), instance.get(whole)
            if type(some) is not list or type(everything) is not list:
                continue
            # All that is in both is a text, or the keyword says so.
            if not all(type(item) is str and item in everything for item in some):
                return UNCLEAR
            cases += 1
        return cases

    return glance


_is_masked = functools.lru_cache(_REMEMBERED)(is_masked)


def _masked(value: str) -> Glance:
    def is_clear(text: str) -> bool:
        if value == "pem":
            return "-----BEGIN" not in text and not PEM_TOKEN.search(text)
        return len(text) <= _USUAL and _is_masked(text)

    return lambda instance: 0 if type(instance) is not str else 1 if is_clear(instance) else UNCLEAR


def _selection(value: Any) -> Glance:
    def glance(instance: Any) -> int:
        if not value or not instance or type(instance) is not list:
            return 0
        if len(instance) == 1:
            return 1
        if "*" in instance or set(map(type, instance)) != {str}:
            return UNCLEAR
        return 1 if len({item.lower() for item in instance}) == len(instance) else UNCLEAR

    return glance


#: Of keywords on other values, by name.
VALUE_GLANCES: dict[str, Callable[[Any], Glance]] = {"masked": _masked, "selection": _selection}

#: By the name of the keyword.
GLANCES: dict[str, Glancing] = {
    "agreesWith": Glancing(lambda value: value.values(), _agrees_with),
    "atMostOneOf": Glancing(lambda value: value, _at_most_one_of),
    "heldWithout": Glancing(lambda value: value, _held_without),
    "namedBy": Glancing(lambda value: value, _named_by),
    "subsetOf": Glancing(lambda value: value, _subset_of),
    "notBefore": Glancing(lambda value: value.values(), _not_before),
    "uniqueBy": Glancing(lambda value: value, _unique_by),
}
