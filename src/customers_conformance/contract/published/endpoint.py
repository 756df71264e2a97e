"""The endpoint in a published document: the operation, wherever servers, path templates and references put it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from customers_conformance.contract.published.references import Part, followed

if TYPE_CHECKING:
    from collections.abc import Iterator

METHOD = "get"
PATH = "/api/governance/customers"

#: Paths that are compared for the nearest ones, and characters of each.
_COMPARED, _LONGEST = 5000, 200
_NEAREST = 3

#: URLs that are read of one list of servers, with what their variables may be; and characters of each.
_MAX_URLS, _LONGEST_URL = 32, 2000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a document describes the endpoint: the operation, its path item, the path, and the server's URL."""

    operation: Part
    item: Part
    path: str
    server: str


@dataclass(frozen=True, slots=True)
class _Described:
    """A path of the document under one of its servers."""

    item: Part
    path: str
    server: str

    @property
    def full(self) -> str:
        return _base(self.server) + self.path


def endpoint_of(root: Part) -> Endpoint | None:
    """Where a document describes ``METHOD`` of ``PATH``; ``None`` where it does not.

    What a server's URL begins with stands before the path; whatever comes before ``PATH`` in that is the server's base.
    The path that says most in plain words is taken, and of these the one without a base of its own.
    """
    found: list[tuple[int, bool, Endpoint]] = []
    for described in _paths(root):
        operation = described.item.at(METHOD)
        templates = _templates(described)
        if operation.members and templates is not None and _may_be(root, described.item, operation, templates):
            there = Endpoint(operation, described.item, described.path, described.server)
            found.append((len(templates), described.full != PATH, there))
    return min(found, key=lambda each: each[:2])[2] if found else None


def what_is_there(root: Part) -> str:
    """What a document has instead of the endpoint, the nearest paths by name."""
    described: dict[str, Part] = {}
    for each in _paths(root):
        described.setdefault(each.full[:_LONGEST], each.item)
    if not described:
        return "no paths at all"
    count = len(root.at("paths").members)
    nearest = difflib.get_close_matches(PATH, list(islice(described, _COMPARED)), _NEAREST, cutoff=0.3)
    named = "; ".join(f"{path} ({', '.join(_methods(described[path])) or 'no method'})" for path in nearest)
    return f"{count} path{'s' if count > 1 else ''}, " + (f"the nearest: {named}" if named else "none like it")


def _methods(item: Part) -> Iterator[str]:
    methods = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
    yield from (method.upper() for method in methods if method in item.members)


def _paths(root: Part) -> Iterator[_Described]:
    """Every path with every server that it has: the operation's own, else the path's, else the document's."""
    common = _servers(root.at("servers"))
    for entry in root.at("paths").each():
        path = str(entry.path[-1])
        if path.startswith("/"):
            item = followed(root, entry)
            own = _servers(item.at(METHOD, "servers")) or _servers(item.at("servers"))
            for url in own or common or ("/",):
                yield _Described(item, path, url)


def _servers(servers: Part) -> tuple[str, ...]:
    """The URLs of servers, one for each base that they give to paths."""
    bases: dict[str, str] = {}
    for url in islice((url for server in servers.each() for url in _urls(server)), _MAX_URLS):
        bases.setdefault(_base(url), url)
    return tuple(bases.values())


def _urls(server: Part) -> Iterator[str]:
    """The URLs of a server: its variables at their defaults first, then at their other values."""
    url = server.members.get("url")
    if not isinstance(url, str) or len(url) > _LONGEST_URL:
        return
    values = [
        [
            (str(variable.path[-1]), value)
            for value in dict.fromkeys([variable.members.get("default"), *_list(variable.members.get("enum"))])
            if isinstance(value, str) and len(value) <= _LONGEST_URL
        ]
        for variable in server.at("variables").each()
        if f"{{{variable.path[-1]}}}" in url
    ]
    for chosen in islice(product(*(each for each in values if each)), _MAX_URLS):
        made = url
        for name, value in chosen:
            made = made.replace(f"{{{name}}}", value)
        yield made


def _list(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _base(url: str) -> str:
    """What the URL of a server begins paths with: ``/api`` of ``https://host/api/``; empty where it is no URL."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = path.strip("/")
    return f"/{path}" if path and path != "." else ""


def _templates(described: _Described) -> dict[str, str] | None:
    """What each template of a path stands for where it is the endpoint's; ``None`` where it is not."""
    wanted = PATH.split("/")[1:]
    given = described.full.split("/")[1:]
    if len(given) < len(wanted):
        return None
    named: dict[str, str] = {}
    for template, value in zip(given[-len(wanted) :], wanted, strict=True):
        if template.startswith("{") and template.endswith("}"):
            named[template[1:-1]] = value
        elif template != value:
            return None
    return named


def _may_be(root: Part, item: Part, operation: Part, templates: dict[str, str]) -> bool:
    """Whether parameters of the path may have these values: those that are listed, or all but the last segment's."""
    for name, value in templates.items():
        schema = parameter_of(root, item, operation, "path", name)
        listed = followed(root, schema.at("schema")).members if schema else {}
        allowed = listed.get("enum", [listed["const"]] if "const" in listed else None)
        if allowed is None and value == PATH.rpartition("/")[2]:
            return False
        if isinstance(allowed, list) and value not in allowed:
            return False
    return True


def parameter_of(root: Part, item: Part, operation: Part, where: str, name: str) -> Part | None:
    """The parameter of an operation or of its path item; ``where`` is ``query``, ``path`` and the like."""
    return next((each for each in parameters_of(root, item, operation) if _key(each) == (where, name)), None)


def parameters_of(root: Part, item: Part, operation: Part) -> list[Part]:
    """The parameters of an operation, with those of its path item that it does not replace."""
    found: dict[tuple[object, object], Part] = {}
    for parameters in (item, operation):
        for entry in parameters.at("parameters").each():
            parameter = followed(root, entry)
            found[_key(parameter)] = parameter
    return list(found.values())


def _key(parameter: Part) -> tuple[object, object]:
    return str(parameter.members.get("in")), str(parameter.members.get("name"))
