"""CUST-REL-004, -012, -013: what the document's keywords cannot say of how objects relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import CHANGING, agree
from customers_conformance.contract.keywords import identifies, names, shown
from customers_conformance.judging.registry import VIEWS, check, finding
from customers_conformance.model import Observed, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.bodies.walk import Node
    from customers_conformance.evidence.evidence import Evidence

_NAMED = ("Customer", "Team", "VirtualKey")
_BACK_REFERENCES = {"Customer": "customer", "Team": "team"}
#: Objects whose ids are unique only beneath one virtual key.
_LOCAL = frozenset({"VirtualKeyProviderConfig", "VirtualKeyMCPConfig"})
_IDENTIFIED_BY = {"MCPClientConfig": "client_id"}
_UNIDENTIFIED = frozenset({"ListCustomersResponse", "EnvVar"})
#: The member in which a virtual key names an owner of each kind.
_OWNERS = {"Customer": "customer_id", "Team": "team_id"}

Identity = tuple[object, ...]


@check("CUST-REL-004", sends=VIEWS)
def gives_names_of_their_own(evidence: Evidence) -> Iterator[Observed]:
    """Two objects of a kind, told apart by their ids, have different names."""
    for exchange, listing in evidence.distinct():
        for schema in _NAMED:
            first: dict[str, Node] = {}
            for node in listing.nodes(schema):
                name, identity = node.value.get("name"), node.value.get("id")
                if not isinstance(name, str) or not name or not identifies(identity) or _is_copy(node):
                    continue
                earlier = first.setdefault(name, node)
                if earlier is node:
                    if len(first) > 1:
                        yield Seen()
                elif earlier.value["id"] != identity:
                    yield finding(
                        f"another name than {earlier.at('name')}", shown(name), exchange.index, node.at("name")
                    )


def _is_copy(node: Node) -> bool:
    """Whether it is a back-reference, or stands in one: CUST-REL-012 judges which object that is."""
    return any(each.index is None and each.member in {"customer", "team"} for each in (node, *node.ancestors))


@check("CUST-REL-012", sends=VIEWS)
def shows_what_encloses_in_a_back_reference(evidence: Evidence) -> Iterator[Observed]:
    """The nearest enclosing object of its kind; of a virtual key whose owner is wrong, REL-006 and REL-010 judge it."""
    for exchange, listing in evidence.distinct():
        for node in listing.nodes(*_BACK_REFERENCES):
            if node.index is not None or node.member != _BACK_REFERENCES[node.schema] or _has_wrong_owner(node.parent):
                continue
            enclosing = node.nearest(node.schema)
            if enclosing is None:
                yield finding(f"no {node.member}: none encloses it", "an object", exchange.index, node.pointer)
            elif identifies(enclosing.value.get("id")) and identifies(node.value.get("id")):
                yield Seen(kind="back-references")
                if node.value["id"] != enclosing.value["id"]:
                    expected = f"{shown(enclosing.value['id'])}, the id of the object that encloses it"
                    yield finding(expected, shown(node.value["id"]), exchange.index, node.at("id"))


def _has_wrong_owner(node: Node | None) -> bool:
    """Whether it is a virtual key that names another owner than the one that holds it, or two."""
    holder = node.parent if node is not None else None
    if node is None or holder is None or node.schema != "VirtualKey":
        return False
    named = {schema: node.value.get(member) for schema, member in _OWNERS.items()}
    others = any(names(value) for schema, value in named.items() if schema != holder.schema)
    own = named.get(holder.schema)
    return others or (names(own) and own != holder.value.get("id"))


@check("CUST-REL-013", sends=VIEWS)
def describes_an_object_alike_wherever_it_stands(evidence: Evidence) -> Iterator[Observed]:
    """The properties that hold no object and that both copies show, the changing ones aside."""
    for exchange, listing in evidence.distinct():
        nodes = [(node, identity) for node in listing.seen.nodes if (identity := _identity(node)) is not None]
        doubled = _doubled(nodes)
        first: dict[Identity, Node] = {}
        for node, identity in nodes:
            earlier = first.setdefault(identity, node)
            if earlier is node or any(_identity(each) in doubled for each in (node, *node.ancestors)):
                continue
            yield Seen(kind="copies")
            for name, said in listing.contract.properties[node.schema].items():
                one, other = earlier.value.get(name), node.value.get(name)
                if not said.is_leaf or name in CHANGING or one is None or other is None:
                    continue
                if said.is_reference and not (names(one) and names(other)):
                    continue
                if not agree(said, one, other):
                    yield finding(
                        f"{shown(one)}, as at {earlier.at(name)}", shown(other), exchange.index, node.at(name)
                    )


def _identity(node: Node) -> Identity | None:
    if node.schema in _UNIDENTIFIED or "." in node.schema or not isinstance(node.value, dict):
        return None
    value = node.value.get(_IDENTIFIED_BY.get(node.schema, "id"))
    if not identifies(value):
        return None
    if node.schema not in _LOCAL:
        return (node.schema, value)
    key = node.nearest("VirtualKey")
    return (node.schema, value, key.value.get("id") if key and identifies(key.value.get("id")) else id(key))


def _doubled(nodes: list[tuple[Node, Identity]]) -> set[Identity | None]:
    """The identities that two siblings have: those are two objects, and CUST-REL-002 and -003 judge them."""
    seen: set[tuple[int, str, Identity]] = set()
    doubled: set[Identity | None] = set()
    for node, identity in nodes:
        if node.index is None:
            continue
        place = (id(node.parent), node.member, identity)
        if place in seen:
            doubled.add(identity)
        seen.add(place)
    return doubled
