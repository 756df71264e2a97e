"""CUST-REL-004, -012: what the document's keywords cannot say of how objects relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.bodies.listeners import Listener, Noted
from customers_conformance.contract.pointers import pointer
from customers_conformance.contract.vocabulary.keywords import identifies, names, shown
from customers_conformance.judging.registry import check_listing, check_objects, finding
from customers_conformance.model import Observed, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from customers_conformance.bodies.listeners import Walked
    from customers_conformance.bodies.walk import Node, Path

_COPIES = frozenset({"customer", "team"})
_BACK_REFERENCES = {"Customer": "customer", "Team": "team"}
#: The member in which a virtual key names an owner of each kind.
_OWNERS = {"Customer": "customer_id", "Team": "team_id"}


@check_listing("CUST-REL-004")
class GivesNamesOfTheirOwn(Listener):
    """Two objects of a kind, told apart by their ids, have different names."""

    schemas = ("Customer", "Team", "VirtualKey")

    def __init__(self) -> None:
        """No name is taken yet."""
        self._taken: dict[str, dict[str, tuple[object, Path]]] = {schema: {} for schema in self.schemas}
        self._noted = {schema: Noted() for schema in self.schemas}

    def see(self, node: Node) -> Iterable[Observed]:
        """The first object that has a name keeps it."""
        name, identity = node.value.get("name"), node.value.get("id")
        if not isinstance(name, str) or not name or not identifies(identity) or _is_copy(node):
            return ()
        taken, noted = self._taken[node.schema], self._noted[node.schema]
        if name not in taken:
            if taken:
                noted.note(Seen())
            taken[name] = identity, node.path
        elif taken[name][0] != identity:
            earlier = pointer((*taken[name][1], "name"))
            noted.note(finding(f"another name than {earlier}", shown(name), pointer=node.at("name")))
        return ()

    def end(self, _listing: Walked) -> Iterable[Observed]:
        """Customers first, whatever stands between them."""
        return (item for noted in self._noted.values() for item in noted.observed())


def _is_copy(node: Node) -> bool:
    """Whether it is a back-reference, or stands in one: CUST-REL-012 judges which object that is."""
    above: Node | None = node
    while above is not None:
        if above.index is None and above.member in _COPIES:
            return True
        above = above.parent
    return False


@check_objects("CUST-REL-012", *_BACK_REFERENCES)
def shows_what_encloses_in_a_back_reference(node: Node) -> Iterator[Observed]:
    """The nearest enclosing object of its kind; of a virtual key whose owner is wrong, REL-006 and REL-010 judge it."""
    if node.index is not None or node.member != _BACK_REFERENCES[node.schema] or _has_wrong_owner(node.parent):
        return
    enclosing = node.nearest(node.schema)
    if enclosing is None:
        yield finding(f"no {node.member}: none encloses it", "an object", pointer=node.pointer)
    elif identifies(enclosing.value.get("id")) and identifies(node.value.get("id")):
        yield Seen(kind="back-references")
        if node.value["id"] != enclosing.value["id"]:
            expected = f"{shown(enclosing.value['id'])}, the id of the object that encloses it"
            yield finding(expected, shown(node.value["id"]), pointer=node.at("id"))


def _has_wrong_owner(node: Node | None) -> bool:
    """Whether it is a virtual key that names another owner than the one that holds it, or two."""
    holder = node.parent if node is not None else None
    if node is None or holder is None or node.schema != "VirtualKey":
        return False
    named = {schema: node.value.get(member) for schema, member in _OWNERS.items()}
    others = any(names(value) for schema, value in named.items() if schema != holder.schema)
    own = named.get(holder.schema)
    return others or (names(own) and own != holder.value.get("id"))
