"""CUST-REL-004, -012, -013: what the document's keywords cannot say of how objects relate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers_conformance.bodies.comparison import CHANGING, is_same
from customers_conformance.contract.keywords import is_id, shown
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


@check("CUST-REL-004", sends=VIEWS)
def gives_names_of_their_own(evidence: Evidence) -> Iterator[Observed]:
    """Two objects of a kind, told apart by their ids, have different names."""
    for exchange, listing in evidence.distinct():
        for schema in _NAMED:
            first: dict[str, Node] = {}
            for node in listing.nodes(schema):
                name, identity = node.value.get("name"), node.value.get("id")
                if not isinstance(name, str) or not name or not is_id(identity) or _is_copy(node):
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
    """The nearest enclosing object of its kind."""
    for exchange, listing in evidence.distinct():
        for node in listing.nodes(*_BACK_REFERENCES):
            if node.index is not None or node.member != _BACK_REFERENCES[node.schema]:
                continue
            enclosing = node.nearest(node.schema)
            if enclosing is None or not is_id(enclosing.value.get("id")) or not is_id(node.value.get("id")):
                continue
            yield Seen(kind="back-references")
            if node.value["id"] != enclosing.value["id"]:
                expected = f"{shown(enclosing.value['id'])}, the id of the object that encloses it"
                yield finding(expected, shown(node.value["id"]), exchange.index, node.at("id"))


@check("CUST-REL-013", sends=VIEWS)
def describes_an_object_alike_wherever_it_stands(evidence: Evidence) -> Iterator[Observed]:
    """The properties that hold no object and that both copies show, the changing ones aside."""
    for exchange, listing in evidence.distinct():
        first: dict[tuple[object, ...], Node] = {}
        for node in listing.seen.nodes:
            identity = _identity(node)
            if identity is None:
                continue
            earlier = first.setdefault(identity, node)
            if earlier is node or _are_siblings(earlier, node):
                continue
            yield Seen(kind="copies")
            for name, said in listing.contract.properties[node.schema].items():
                one, other = earlier.value.get(name), node.value.get(name)
                if not said.is_leaf or name in CHANGING or one is None or other is None:
                    continue
                if said.is_reference and not (is_id(one) and is_id(other)):
                    continue
                if not is_same(one, other):
                    yield finding(
                        f"{shown(one)}, as at {earlier.at(name)}", shown(other), exchange.index, node.at(name)
                    )


def _identity(node: Node) -> tuple[object, ...] | None:
    if node.schema in _UNIDENTIFIED or "." in node.schema:
        return None
    value = node.value.get(_IDENTIFIED_BY.get(node.schema, "id"))
    if not is_id(value):
        return None
    if node.schema not in _LOCAL:
        return (node.schema, value)
    key = node.nearest("VirtualKey")
    return (node.schema, value, key.value.get("id") if key and is_id(key.value.get("id")) else id(key))


def _are_siblings(one: Node, other: Node) -> bool:
    """Siblings with one id are two objects; CUST-REL-002 and -003 judge them."""
    return one.parent is other.parent and one.index is not None and one.member == other.member
