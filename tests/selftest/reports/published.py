"""The schemas that others published for what the suite writes."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema
import xmlschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT6

_HERE = Path(__file__).parents[1] / "schemas"


@functools.cache
def sarif() -> jsonschema.protocols.Validator:
    """SARIF 2.1.0, of OASIS."""
    return jsonschema.Draft4Validator(json.loads((_HERE / "sarif-schema-2.1.0.json").read_text("utf-8")))


@functools.cache
def har() -> jsonschema.protocols.Validator:
    """HAR 1.2, of the npm package har-schema."""
    files: dict[str, Any] = {
        file.name: json.loads(file.read_text("utf-8")) for file in sorted((_HERE / "har").glob("*.json"))
    }
    resources = [(name, Resource.from_contents(file, DRAFT6)) for name, file in files.items()]
    return jsonschema.Draft6Validator(files["har.json"], registry=Registry().with_resources(resources))


@functools.cache
def junit() -> xmlschema.XMLSchema:
    """JUnit's XML, as Jenkins' plugin for tests of all kinds reads it."""
    return xmlschema.XMLSchema(_HERE / "junit-10.xsd")
