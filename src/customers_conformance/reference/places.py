"""Where things stand in a list of customers: paths, the copies of an object, and edits of them."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, Final

from customers_conformance.reference.behaviour import Behaviour, Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    When = Callable[[Call], bool]

#: The kind of what stands under a property, by the kind that holds it.
_HOLDS: Final[dict[str, dict[str, str]]] = {
    "List": {"customers": "Customer"},
    "Customer": {"budget": "Budget", "teams": "Team", "virtual_keys": "VirtualKey"},
    "Team": {"budget": "Budget", "customer": "Customer", "virtual_keys": "VirtualKey"},
    "VirtualKey": {
        "provider_configs": "ProviderConfig",
        "mcp_configs": "McpConfig",
        "team": "Team",
        "customer": "Customer",
        "budgets": "Budget",
        "rate_limit": "RateLimit",
    },
    "ProviderConfig": {"keys": "ProviderKey", "budgets": "Budget", "rate_limit": "RateLimit"},
    "McpConfig": {"mcp_client": "McpClient"},
}
#: What tells objects of a kind apart, for the kinds of which an answer may show one object twice.
_NAMED_BY: Final = {"Customer": "id", "Team": "id", "McpClient": "client_id", "ProviderKey": "id"}

#: Short names for places, so that the table of faults reads well.
FIRST: Final = "customers.0"
LAST: Final = "customers.-1"
TEAM: Final = f"{FIRST}.teams.0"
BARE_TEAM: Final = f"{LAST}.teams.1"
KEY: Final = f"{FIRST}.virtual_keys.0"
BARE_KEY: Final = f"{LAST}.virtual_keys.1"
DEEP_KEY: Final = f"{LAST}.teams.0.virtual_keys.0"
CONFIG: Final = f"{KEY}.provider_configs.0"
DEEP_CONFIG: Final = f"{DEEP_KEY}.provider_configs.0"
MCP: Final = f"{KEY}.mcp_configs.0"
DEEP_MCP: Final = f"{DEEP_KEY}.mcp_configs.1"


#: How a number that is to be written digit by digit stands in a list until then.
_NUMBER: Final = re.compile(r'"number:([^"]*)"')


def always(_: Call) -> bool:
    """In every view."""
    return True


def in_memory(call: Call) -> bool:
    """In the memory view only."""
    return call.shows_memory


def in_database(call: Call) -> bool:
    """In the database view only, asked for or not."""
    return not call.shows_memory


def on_third_plain_read(call: Call) -> bool:
    """On the third plain read and never again."""
    return call.plain_read == 3


def put(path: str, value: Any, when: When = always, *, copies: bool = True) -> Behaviour:
    """A server that shows this value at a place; a function is given the true value.

    ``copies`` does the same to each copy of the object that shows the property, so that the answer agrees with itself.
    """

    def change(call: Call, tree: Any) -> None:
        if when(call):
            for holder, name in _places(tree, path, copies=copies):
                old = _child(holder, name)
                holder[name] = value(old) if callable(value) else copy.deepcopy(value)

    return Behaviour(value=change)


def written(path: str, text: str, when: When = always, *, copies: bool = True) -> Behaviour:
    """A server that writes a number at a place with these very characters, whatever a double would make of them."""
    return Behaviour(
        value=put(path, f"number:{text}", when, copies=copies).value,
        dump=lambda tree: _NUMBER.sub(r"\1", json.dumps(tree)).encode(),
    )


def respelled(old: str, new: str, when: When = always) -> Behaviour:
    """A server that has another text for this one wherever it stands, ids and references alike."""

    def change(call: Call, tree: Any) -> Any:
        return json.loads(json.dumps(tree, ensure_ascii=False).replace(old, new)) if when(call) else tree

    return Behaviour(value=change)


def several(*behaviours: Behaviour) -> Behaviour:
    """A server with all of these edits of the list, one after the other; it writes as the first that says how."""

    def change(call: Call, tree: Any) -> Any:
        for behaviour in behaviours:
            changed = behaviour.value(call, tree) if behaviour.value is not None else None
            tree = tree if changed is None else changed
        return tree

    return Behaviour(value=change, dump=next((one.dump for one in behaviours if one.dump is not None), None))


def drop(path: str, when: When = always, *, copies: bool = True) -> Behaviour:
    """A server that leaves a property out, or an item of a list."""

    def change(call: Call, tree: Any) -> None:
        if when(call):
            for holder, name in _places(tree, path, copies=copies):
                del holder[name]

    return Behaviour(value=change)


def twice(path: str, when: When = always) -> Behaviour:
    """A server that lists the item at a place a second time, at the end of its list; ``count`` follows."""

    def change(call: Call, tree: Any) -> None:
        if when(call):
            for holder, name in _places(tree, path, copies=False):
                holder.append(copy.deepcopy(holder[name]))
            tree["count"] = len(tree["customers"])

    return Behaviour(value=change)


def edit(function: Callable[[Any], None], when: When = always) -> Behaviour:
    """A server that changes the whole value in place."""

    def change(call: Call, tree: Any) -> None:
        if when(call):
            function(tree)

    return Behaviour(value=change)


def objects(tree: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every object of a kind in the answer, copies in back-references included."""
    for found, node in _walk(tree, "List"):
        if found == kind:
            yield node


def look(tree: Any, path: str) -> Any:
    """What stands at a place; raises ``LookupError`` where nothing does."""
    node = tree
    for step in path.split("."):
        node = _child(node, _step(node, step))
    return node


def rename(tree: Any, kind: str, old: str, new: str) -> None:
    """Give an object another name wherever it is shown."""
    for node in objects(tree, kind):
        if node.get("name") == old:
            node["name"] = new


def _walk(node: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for item in node:
            yield from _walk(item, kind)
    elif isinstance(node, dict):
        yield kind, node
        for name, inner in _HOLDS.get(kind, {}).items():
            yield from _walk(node.get(name), inner)


def _places(tree: Any, path: str, *, copies: bool) -> list[tuple[Any, Any]]:
    # All are found before the first is changed: an edit may change what tells copies.
    return list(_targets(tree, path, copies=copies))


def _targets(tree: Any, path: str, *, copies: bool) -> Iterator[tuple[Any, Any]]:
    """The container and the key of the place, then those of its copies: nothing where the list is too short."""
    steps = path.split(".")
    node, kind = tree, "List"
    owner, rest = None, steps
    for position, step in enumerate(steps[:-1]):
        try:
            node = _child(node, _step(node, step))
        except LookupError:
            return
        kind = _HOLDS.get(kind, {}).get(step, kind)
        if isinstance(node, dict) and kind in _NAMED_BY and _NAMED_BY[kind] in node:
            owner, rest = (kind, node), steps[position + 1 :]
    last = _step(node, steps[-1])
    if isinstance(node, list) and not -len(node) <= int(last) < len(node):
        return
    yield node, last
    if copies and owner is not None:
        yield from _twins(tree, *owner, rest)


def _twins(tree: Any, kind: str, original: Any, rest: list[str]) -> Iterator[tuple[Any, Any]]:
    for twin in objects(tree, kind):
        if twin is original or twin.get(_NAMED_BY[kind]) != original[_NAMED_BY[kind]]:
            continue
        try:
            holder = look(twin, ".".join(rest[:-1])) if rest[:-1] else twin
        except LookupError:
            continue
        if isinstance(holder, list) or (isinstance(holder, dict) and rest[-1] in holder):
            yield holder, _step(holder, rest[-1])


def _child(node: Any, step: Any) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    return node[step]


def _step(node: Any, step: str) -> str | int:
    if isinstance(node, list):
        return int(step)
    if not isinstance(node, dict):
        raise LookupError(step)  # noqa: TRY004 -- what stands there is no container: the place is missing
    return step
