"""Scopes: the part of a value that a schema looks at, so that the rest of a hostile body need not be copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Characters that are kept of a text that no keyword looks into.
_TEXT = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What a schema looks at, of a value of any type; of the default one it sees the type alone."""

    #: The members that it names.
    members: Mapping[str, Scope] = field(default_factory=dict)
    #: Every other member; ``None`` where it does not look at them.
    others: Scope | None = None
    #: The items of a list; ``None`` where it does not look at them.
    items: Scope | None = None
    #: Whether it looks into a text.
    text: bool = False
    #: Whether it looks at everything, at any depth.
    whole: bool = False

    def within(self, value: Any) -> Any:
        """The value without what the schema does not look at."""
        if self.whole:
            return value
        if isinstance(value, dict):
            return {
                name: scope.within(held)
                for name, held in value.items()
                if (scope := self.members.get(name, self.others)) is not None
            }
        if isinstance(value, list):
            return [] if self.items is None else [self.items.within(item) for item in value]
        return value[:_TEXT] if isinstance(value, str) and not self.text else value

    def __or__(self, other: Scope) -> Scope:
        """What either of two looks at."""
        names = {*self.members, *other.members}
        pairs = {name: (self.members.get(name, self.others), other.members.get(name, other.others)) for name in names}
        return Scope(
            members={name: found for name, (one, two) in pairs.items() if (found := _either(one, two)) is not None},
            others=_either(self.others, other.others),
            items=_either(self.items, other.items),
            text=self.text or other.text,
            whole=self.whole or other.whole,
        )


def _either(one: Scope | None, other: Scope | None) -> Scope | None:
    if one is None or other is None:
        return one or other
    return one | other


#: Looks at the type alone, into a text, at which members and items there are, and at everything.
TYPE, TEXT, HELD, WHOLE = Scope(), Scope(text=True), Scope(others=Scope(), items=Scope()), Scope(whole=True)
