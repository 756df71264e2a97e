"""Jsonschema's validator of the document, with our keywords and formats: explains, and is the second opinion.

A module of its own, because a run decides by jsonschema-rs and need not wait for jsonschema.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jsonschema
import jsonschema.validators
import jsonschema_rs

from customers_conformance.contract.vocabulary.formats import FORMATS
from customers_conformance.contract.vocabulary.keywords import KEYWORDS, KeywordFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsonschema.protocols import Validator

    from customers_conformance.contract.vocabulary.keywords import Keyword


def _explaining(spec: Keyword) -> Callable[..., Iterator[jsonschema.ValidationError]]:
    def check(_validator: Validator, value: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
        for breach in spec.breaches(value, instance):
            yield jsonschema.ValidationError(breach.expected, path=breach.path, cause=KeywordFailedError(breach))

    return check


def _pattern(_validator: Validator, limit: str, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not _matching(limit).is_valid(instance):
        yield jsonschema.ValidationError(f"no value like {limit}")


@functools.cache
def _matching(limit: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": limit})


def explaining_validator() -> type[Validator]:
    """Jsonschema's validator for draft 2020-12 with our keywords.

    Its patterns are those of jsonschema-rs: Python's differ on digits and on the end of a text.
    """
    checks = {name: _explaining(spec) for name, spec in KEYWORDS.items()} | {"pattern": _pattern}
    extended: type[Validator] = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, validators=checks
    )
    return extended


def format_checker() -> jsonschema.FormatChecker:
    """Jsonschema's format checker with our formats alone."""
    checker = jsonschema.FormatChecker(formats=())
    for name, holds in FORMATS.items():
        checker.checks(name)(holds)
    return checker
