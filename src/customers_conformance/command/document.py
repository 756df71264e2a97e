"""Somebody's own OpenAPI document, held against the contract: what ``customers-conformance document`` tells."""

from __future__ import annotations

import importlib.metadata
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from customers_conformance.command import terminal
from customers_conformance.contract import document
from customers_conformance.contract.published.differences import Promise
from customers_conformance.contract.published.operation import Held, held_against
from customers_conformance.contract.published.reading import read
from customers_conformance.contract.published.references import check_within
from customers_conformance.contract.published.validity import MAX_ERRORS, errors_of
from customers_conformance.harmless import json_without_commands, one_line
from customers_conformance.model import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.contract.published.differences import Difference
    from customers_conformance.contract.published.reading import Published
    from customers_conformance.contract.published.validity import Error

#: Names the shape of what ``--format json`` prints; ``reports/document.schema.json`` describes it.
FORMAT = "customers-conformance/document/1"

#: Said with every result, so that nobody takes it for a verdict.
NOTE = "Judged is a document, and no server: no requirement gets a verdict by it."

#: Differences that are told; more are counted.
MAX_TOLD = 1000

#: Characters of a place or a name; a pointer that is cut leads nowhere.
_LONGEST_PLACE = 2000

_STYLES = {Promise.LESS: "bold red", Promise.OTHER: "bold red", Promise.MORE: "yellow"}


def told(file: str, form: str) -> int:
    """Hold a document against the contract, tell the differences as ``text`` or ``json``, and return the exit code.

    Raises ``UsageError`` for one that cannot be held.
    """
    try:
        with terminal.Progress() as progress:
            published = read(file)
            check_within(published.root)
            progress("validating with openapi-spec-validator; a document of some MiB takes a while")
            errors = errors_of(published)
            held = None if errors else held_against(published, document.load().document)
    except UsageError as mistake:
        raise UsageError(f"document: {mistake}") from None
    screen = terminal.Screen()
    if form == "json":
        screen.say(json_without_commands(json.dumps(_as_data(file, published, errors, held), indent=2)))
    else:
        for line in _lines(file, published, errors, held):
            screen.say(line)
    return _exit_code(held)


def _exit_code(held: Held | None) -> int:
    if held is None or any(each.promise is not Promise.MORE for each in held.differences):
        return ExitCode.NONCONFORMANT
    return ExitCode.DONE


def _as_data(file: str, published: Published, errors: list[Error], held: Held | None) -> dict[str, Any]:
    endpoint = held.endpoint if held else None
    differences = held.differences if held else ()
    return {
        "format": FORMAT,
        "suite": {"version": importlib.metadata.version("customers-conformance"), "contract": document.load().digest},
        "document": {
            "file": one_line(file, _LONGEST_PLACE),
            "digest": published.digest,
            "openapi": _shown(published.document["openapi"]),
        },
        "note": NOTE,
        "valid": not errors,
        "exit_code": int(_exit_code(held)),
        "errors": [{"place": _place(each.place), "message": _shown(each.message)} for each in errors],
        "endpoint": endpoint
        and {
            "place": _place(endpoint.operation.place),
            "path": _place(endpoint.path),
            "server": _place(endpoint.server),
        },
        "counts": _counts(differences),
        "differences": [
            {
                "kind": str(each.kind),
                "promise": str(each.promise),
                "place": _place(each.place),
                "contract": _place(each.contract),
                "expected": _shown(each.expected),
                "found": _shown(each.found),
            }
            for each in differences[:MAX_TOLD]
        ],
    }


def _lines(file: str, published: Published, errors: list[Error], held: Held | None) -> Iterator[Text]:
    yield _headline(errors, held)
    yield _labelled("document", f"{_place(file)} (OpenAPI {_shown(published.document['openapi'])})")
    if held and held.endpoint:
        yield _labelled("endpoint", f"{_place(held.endpoint.operation.place)}, server {_place(held.endpoint.server)}")
    for error in errors:
        yield _labelled("INVALID", _shown(error.message), "bold red")
        yield _labelled("  at", _place(error.place))
    for difference in held.differences[:MAX_TOLD] if held else ():
        what = f"{_place(difference.contract)}: {difference.kind}"
        yield _labelled(difference.promise.upper(), what, _STYLES[difference.promise])
        yield _labelled("  at", _place(difference.place))
        yield _labelled("  expected", _shown(difference.expected))
        yield _labelled("  found", _shown(difference.found))
    if held and (more := len(held.differences) - MAX_TOLD) > 0:
        yield Text(f"and {more} more", "italic")
    yield _labelled("note", NOTE)


def _headline(errors: list[Error], held: Held | None) -> Text:
    if held is None:
        most = " or more" if len(errors) == MAX_ERRORS else ""
        what = f"The document is not valid OpenAPI, at {len(errors)}{most} place{'s' if len(errors) > 1 else ''}."
        return Text.assemble(("invalid", "bold red"), f": {what} It was not held against the contract.")
    counts = _counts(held.differences)
    told = ", ".join(f"{counts[promise]} {promise}" for promise in Promise if counts[promise])
    if counts[Promise.LESS] or counts[Promise.OTHER]:
        what = f"The document promises less than the contract, or something other ({told})."
        return Text.assemble(("differs", "bold red"), f": {what}")
    things = "thing" if counts[Promise.MORE] == 1 else "things"
    beyond = f", and {counts[Promise.MORE]} {things} beyond it" if told else ""
    return Text.assemble(("agrees", "bold green"), f": The document promises what the contract does{beyond}.")


def _counts(differences: tuple[Difference, ...]) -> dict[str, int]:
    counted = Counter(str(each.promise) for each in differences)
    return {str(promise): counted[promise] for promise in Promise}


def _labelled(label: str, text: str, style: str = "dim") -> Text:
    """A line that is as long as its text: a place is copied, so it is never cut at the width of the terminal."""
    return Text.assemble((f"{label:<12}", style), text)


def _shown(text: str) -> str:
    return one_line(text)


def _place(text: str) -> str:
    return one_line(text, _LONGEST_PLACE)
