"""Whether a document is valid OpenAPI, as openapi-spec-validator says, in a process of its own.

The process bounds the time: a pattern or a web of schemas can make the validator take as long as its author likes.
"""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from customers_conformance.contract.published.references import Part, astray, followed, shown
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.contract.published.reading import Published

#: Seconds that the validator may take.
SECONDS = 120.0

#: How many errors are told, and characters of each.
MAX_ERRORS = 100
_MESSAGE = 2000

#: What the process answers with where the document is beyond the validator.
_BEYOND = 3

#: Frames that the validator may take: large documents refer from schema to schema for long.
_FRAMES = 3000


@dataclass(frozen=True, slots=True)
class Error:
    """Why a document is not valid: a place of it (``#/paths``) and a sentence."""

    place: str
    message: str


def errors_of(published: Published, seconds: float = SECONDS) -> list[Error]:
    """Why a document is not valid OpenAPI, ``MAX_ERRORS`` at the most; empty where it is.

    Its references lead nowhere beyond it (``references.check_within``). Raises ``UsageError`` where the validator
    cannot come to an end.
    """
    if lost := [Error(*found) for found in islice(astray(published.root), MAX_ERRORS)]:
        # The validator would stop at the first of them.
        return lost
    call = [sys.executable, "-P", "-m", __name__, published.version, str(math.ceil(seconds))]
    text = json.dumps(published.document).encode()
    try:
        done = subprocess.run(  # noqa: S603 - starts this module, with no argument of the document's
            call, input=text, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise UsageError(
            f"openapi-spec-validator did not come to an end within {seconds:g} s; allowed is a smaller document"
        ) from None
    # Ended by a signal, its stack or its memory was at an end.
    if done.returncode == _BEYOND or done.returncode < 0:
        raise UsageError(
            "its schemas hold one another too deeply for openapi-spec-validator; allowed are fewer levels, and no "
            "schema that comes back to itself through allOf, anyOf, oneOf, not and items alone"
        )
    done.check_returncode()
    return [Error(place, message) for place, message in json.loads(done.stdout)]


class _NoRetrieval(Mapping[str, "Callable[[str], NoReturn]"]):
    """What fetches documents, by the scheme of their URL: of every scheme, something that refuses."""

    def __getitem__(self, _: str) -> Callable[[str], NoReturn]:
        return _refuse

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _refuse(url: str) -> NoReturn:
    raise LookupError(f"nothing is fetched: {url}")


def _placed(base: type[Any], *beneath: str) -> type[Any]:
    """A part of the validator that puts the place of what it looks at before the path of each error.

    Its own errors tell the path within a schema, and that of a description that refers to something of another kind is
    an exception.
    """

    def call(self: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        from jsonschema.exceptions import ValidationError  # noqa: PLC0415 - only the process for it needs the validator
        from openapi_spec_validator.validation.exceptions import OpenAPIValidationError  # noqa: PLC0415 - as above

        parts = next(argument.parts for argument in arguments if hasattr(argument, "parts"))
        try:
            for error in base.__call__(self, *arguments, **options):
                if not getattr(error, "is_placed", False):
                    error.path.extendleft(reversed((*parts, *beneath)))
                    error.is_placed = True
                yield error
        except (RecursionError, MemoryError, ValidationError):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever the validator stumbles over is in the document
            message = f"what stands or is referred to here is of another kind ({type(fault).__name__}: {fault})"
            stumbled: Any = OpenAPIValidationError(message, path=[*parts, *beneath])
            stumbled.is_placed = True
            yield stumbled

    return type(base.__name__, (base,), {"__call__": call})


def _validate(document: Mapping[str, Any], version: str) -> Iterator[Error]:
    """The validator's errors; none of its parts can fetch."""
    from openapi_spec_validator import (  # noqa: PLC0415 - only this process needs it
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
    )

    base: Any = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}[version]
    parts = dict(base.keyword_validators)
    for name in ("operation", "parameters", "schema", "tags"):
        parts[name] = _placed(parts[name])
    parts["default"] = _placed(parts["default"], "default")
    bounded: Any = type(base.__name__, (base,), {"keyword_validators": parts, "resolver_handlers": _NoRetrieval()})
    root = Part(document, ())
    # The parts of the validator expect what the schema of OpenAPI allows.
    faults = list(islice(bounded.schema_validator.iter_errors(document), MAX_ERRORS))
    for error in faults or bounded(document).iter_errors():
        # What follows the first line repeats the place, and the value whole.
        yield Error(_place(root, error.absolute_path), error.message.partition("\n")[0][:_MESSAGE])


def _place(root: Part, path: Any) -> str:
    """The place that a path through references leads to."""
    part = root
    for step in path:
        part = followed(root, part).at(step)
    return shown(part.path)


def _answer() -> int:
    sys.setrecursionlimit(_FRAMES)
    if hasattr(signal, "alarm"):
        # It ends by itself, too, should whoever started it be killed meanwhile.
        signal.alarm(int(sys.argv[2]) + 1)
    try:
        errors = list(islice(_validate(json.load(sys.stdin.buffer), sys.argv[1]), MAX_ERRORS))
    except (RecursionError, MemoryError):
        return _BEYOND
    sys.stdout.write(json.dumps([[error.place, error.message] for error in errors]))
    return 0


if __name__ == "__main__":
    sys.exit(_answer())
