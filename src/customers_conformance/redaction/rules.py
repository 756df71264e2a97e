"""Where in an answer a string can stand, as far as redaction must know it; drawn from the contract's properties."""

from __future__ import annotations

import functools
from collections import defaultdict
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from customers_conformance.contract import document as contract
from customers_conformance.contract.schemas import Sensitive
from customers_conformance.contract.secrets import secret_name
from customers_conformance.redaction.escapes import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers_conformance.contract.properties import Property


class Rule(Enum):
    """What may stand at a place."""

    PLAIN = auto()
    CUSTOMER_ID = auto()
    VIRTUAL_KEY = auto()
    SECRET = auto()
    PEM = auto()
    #: Under a property that the contract does not document, or in an object that may hold anything.
    OPEN = auto()
    #: The same, where the name of a property on the way is a secret's.
    OPEN_SECRET = auto()


_RULES = {
    None: Rule.PLAIN,
    Sensitive.CUSTOMER_ID: Rule.CUSTOMER_ID,
    Sensitive.VIRTUAL_KEY: Rule.VIRTUAL_KEY,
    Sensitive.SECRET: Rule.SECRET,
    Sensitive.PEM: Rule.PEM,
}
#: These say what a text is, however deep in the property it stands.
_DEEP = {Rule.VIRTUAL_KEY, Rule.SECRET, Rule.PEM}
NO_SECRETS = {Rule.PLAIN, Rule.CUSTOMER_ID}


class Place:
    """One place: a rule for a string there, and the places below it, whether it should hold an object or a list."""

    def __init__(
        self,
        rule: Rule,
        *,
        documented: bool,
        members: Mapping[bytes, Place] | None = None,
        item: Place | None = None,
        other: Callable[[str], Place] | None = None,
    ) -> None:
        """``other`` finds the place of a member that is none of ``members``; without it this rule holds there, too."""
        self.rule = rule
        self.documented = documented
        #: Whether a text here is no secret by its place or by its shape, and is not looked for elsewhere.
        self.quiet = rule is Rule.PLAIN and documented
        #: Whether the shape of a text here makes it a secret.
        self.open = rule in {Rule.OPEN, Rule.OPEN_SECRET} or (not documented and rule in NO_SECRETS)
        self.members = {} if members is None else members
        #: Whether every place below this one is this one.
        self.deep = members is None and item is None and other is None
        self._item = item
        self._other = other

    def child(self, name: bytes) -> Place:
        """The place of a member, its name as it stands in the bytes."""
        if b"\\" in name:
            # A name may be spelt with escapes.
            name = decode(name).encode("utf-8", "replace")
        found = self.members.get(name)
        if found is not None:
            return found
        if self._item is not None:
            # An object where a list is due: a single item, or items by their ids.
            return self._item.members.get(name, self._item)
        return self if self._other is None else self._other(decode(name))

    def items(self) -> Place:
        """The place of an item, where a list stands here."""
        return self._item or self


#: Names stand in a list again and again.
_secret_name = functools.lru_cache(maxsize=1024)(secret_name)


class Rules(NamedTuple):
    """The places of an answer's whole body, of what stands where brackets do not tell, and of what says nothing."""

    root: Place
    lost: Place
    quiet: Place


class _Builder:
    """Builds the places of the contract's properties, documented or as they stand under an undocumented property."""

    def __init__(self, tables: Mapping[str, Mapping[str, Property]]) -> None:
        self._tables = tables
        self._built: dict[tuple[object, ...], Place] = {}
        #: By name, what stands under an undocumented property that is called as a documented one.
        self._known: dict[str, Place] = {}
        self._open = {
            documented: Place(Rule.OPEN, documented=documented, other=other)
            for documented, other in ((True, self._in_free), (False, self._undocumented))
        }
        self._secret = {documented: Place(Rule.OPEN_SECRET, documented=documented) for documented in (True, False)}
        self._know()

    def rules(self) -> Rules:
        """The places of an answer."""
        # Brackets that do not match: nothing is judged there, so a value may be struck out on suspicion.
        suspected = {
            said.name.encode(): Place(Rule.VIRTUAL_KEY, documented=False)
            for table in self._tables.values()
            for said in table.values()
            if said.sensitive is Sensitive.VIRTUAL_KEY
        }
        lost = Place(Rule.OPEN, documented=False, members=suspected, other=self._undocumented)
        quiet = Place(Rule.PLAIN, documented=True, other=self._undocumented)
        return Rules(self._held(contract.ROOT, documented=True), lost, quiet)

    def _held(self, schema: str, said: Property | None = None, *, documented: bool) -> Place:
        """The place of an object of a schema, some of whose members may be sensitive in the property that holds it."""
        masked = () if said is None else said.masked
        # A text where an object is due that has a secret in it is that secret.
        rule = Rule.SECRET if Sensitive.SECRET in dict(masked).values() else Rule.PLAIN
        key = (schema, rule, masked, documented)
        if key not in self._built:
            members: dict[bytes, Place] = {}
            # Schemas hold each other: the place is there before what is below it.
            self._built[key] = Place(rule, documented=documented, members=members, other=self._undocumented)
            for name, each in self._tables[schema].items():
                secret = not documented and secret_name(name)
                members[name.encode()] = self._secret[False] if secret else self._said(each, documented=documented)
            members |= {name.encode(): Place(_RULES[kind], documented=documented) for name, kind in masked}
        return self._built[key]

    def _said(self, said: Property, *, documented: bool) -> Place:
        """The place of a property."""
        if said.holds is not None and not said.listed:
            return self._held(said.holds, said, documented=documented)
        if said.free:
            return self._open[documented]
        rule = _RULES[said.sensitive]
        item = None
        if said.holds is not None:
            item = self._held(said.holds, documented=documented)
        elif "array" in said.types:
            item = Place(rule, documented=documented, other=self._undocumented)
        deep = rule in _DEEP or "object" in said.types
        return Place(rule, documented=documented, item=item, other=None if deep else self._undocumented)

    def _know(self) -> None:
        """Learn the names of what has places of its own below it, and of secrets, where a name says but one thing."""
        places: defaultdict[bytes, list[Place]] = defaultdict(list)
        for schema in self._tables:
            for name, place in self._held(schema, documented=False).members.items():
                places[name].append(place)
        for name, those in places.items():
            if all(place.rule is Rule.SECRET or place.items().members for place in those):
                self._known[name.decode()] = those[0]

    def _undocumented(self, name: str) -> Place:
        return self._known.get(name) or (self._secret if _secret_name(name) else self._open)[False]

    def _in_free(self, name: str) -> Place:
        return self._known.get(name) or (self._secret if _secret_name(name) else self._open)[True]


@functools.cache
def rules() -> Rules:
    """The places of an answer, by the contract that ships."""
    return _Builder(contract.load().properties).rules()


@functools.cache
def documented_names() -> frozenset[str]:
    """The names of every property that the contract documents."""
    return frozenset(name for table in contract.load().properties.values() for name in table)
