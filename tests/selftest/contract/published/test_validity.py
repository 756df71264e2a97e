"""Whether a document is valid, as openapi-spec-validator says: within a time, and without fetching anything."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest.contract.published.documents import in_3_0, made, operation, own, schemas

from customers_conformance.contract.published import validity
from customers_conformance.contract.published.reading import Published
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SCHEMAS = "#/components/schemas"


def told(document: Any, seconds: float = validity.SECONDS) -> list[tuple[str, str]]:
    published = Published(document, document["openapi"][:3])
    return [(error.place, error.message) for error in validity.errors_of(published, seconds)]


def said(document: Any) -> list[tuple[str, str]]:
    """What the validator says of it in this process."""
    return [(error.place, error.message) for error in validity._validate(document, document["openapi"][:3])]


@pytest.mark.parametrize("document", [own(), in_3_0()])
def test_the_contracts_own_document_is_valid_openapi(document: Any) -> None:
    assert told(document) == []


@pytest.mark.parametrize(
    "change, place, words",
    [
        (lambda d: d["info"].pop("title"), "#/info", "title"),
        (
            schemas(lambda s: s["Team"]["properties"]["name"].update(type="text")),
            f"{SCHEMAS}/Team/properties/name/type",
            "text",
        ),
        (
            schemas(lambda s: s["Team"]["properties"]["name"].update(default=3)),
            f"{SCHEMAS}/Team/properties/name/default",
            "3 is not of type 'string'",
        ),
        (
            lambda d: d["paths"].update({"/{x}": {"get": {"responses": {"200": {"description": ""}}}}}),
            "#/paths/~1{x}/get",
            "Path parameter 'x'",
        ),
        (
            lambda d: operation(d)["parameters"].append(operation(d)["parameters"][0]),
            "#/paths/~1api~1governance~1customers/get/parameters",
            "Duplicate parameter 'from_memory'",
        ),
        (
            lambda d: operation(d)["parameters"].append({"$ref": f"{SCHEMAS}/Team"}),
            "#/paths/~1api~1governance~1customers/get/parameters",
            "of another kind",
        ),
    ],
)
def test_what_is_not_valid_has_its_place(change: Callable[[Any], object], place: str, words: str) -> None:
    found = said(made(change))
    assert [each for each in found if each[0] == place and words in each[1]], found


def test_what_is_not_valid_comes_out_of_the_process_with_its_place() -> None:
    assert told(made(lambda d: d["info"].pop("title"))) == [("#/info", '"title" is a required property')]


@pytest.mark.parametrize(
    "change, place, words",
    [
        (
            schemas(lambda s: s.update(Broken={"$ref": "#/x-nowhere/0"})),
            f"{SCHEMAS}/Broken/$ref",
            "the reference '#/x-nowhere/0' leads nowhere",
        ),
        (
            schemas(lambda s: s.update(Broken={"$ref": "#/tags/01"})),
            f"{SCHEMAS}/Broken/$ref",
            "leads nowhere",
        ),
        (
            schemas(lambda s: s.update(Round={"$ref": f"{SCHEMAS}/Round"})),
            f"{SCHEMAS}/Round/$ref",
            "leads in a circle",
        ),
    ],
)
def test_a_reference_that_leads_to_no_value_has_its_place(
    change: Callable[[Any], object], place: str, words: str
) -> None:
    ((found, message),) = told(made(change))
    assert found == place
    assert words in message


def test_each_reference_of_a_circle_is_told() -> None:
    circle = made(
        schemas(
            lambda s: s.update(
                {f"C{number}": {"$ref": f"{SCHEMAS}/C{(number + 1) % 3}"} for number in range(3)}
                | {"In": {"$ref": f"{SCHEMAS}/C0"}}
            )
        )
    )
    assert {place for place, _ in told(circle)} == {f"{SCHEMAS}/{name}/$ref" for name in ("C0", "C1", "C2", "In")}


def test_a_reference_may_lead_to_another_and_to_an_item() -> None:
    document = made(schemas(lambda s: s.update(A={"$ref": f"{SCHEMAS}/B"}, B={"$ref": f"{SCHEMAS}/C/anyOf/0"})))
    document["components"]["schemas"]["C"] = {"anyOf": [{"type": "string"}]}
    assert told(document) == []


def test_a_reference_within_data_is_none() -> None:
    assert told(made(schemas(lambda s: s["Team"].update(example={"$ref": "#/gone"}, enum=[{"$ref": "#"}])))) == []


def test_a_long_chain_of_references_is_refused() -> None:
    chain: dict[str, Any] = {f"C{number}": {"$ref": f"{SCHEMAS}/C{number + 1}"} for number in range(200)}
    with pytest.raises(UsageError, match="more than 50 references lead from one to the next"):
        told(made(schemas(lambda s: s.update(chain, C200={}))))


def test_schemas_that_the_validator_cannot_come_to_the_end_of_are_refused() -> None:
    tree = {"allOf": [{"type": "array", "items": {"$ref": f"{SCHEMAS}/Tree"}}]}
    with pytest.raises(UsageError, match="hold one another too deeply for openapi-spec-validator"):
        told(made(schemas(lambda s: s.update(Tree=tree))))


def test_a_validator_that_takes_too_long_is_ended() -> None:
    slow = {"type": "string", "pattern": "^(a+)+$", "default": "a" * 60 + "!"}
    with pytest.raises(UsageError, match=r"did not come to an end within 0\.5 s"):
        told(made(schemas(lambda s: s.update(Slow=slow))), seconds=0.5)


def test_schemas_that_are_nested_deeply_are_valid() -> None:
    deep: dict[str, Any] = {}
    for _ in range(90):
        deep = {"type": "object", "properties": {"a": deep}}
    assert told(made(schemas(lambda s: s.update(Deep=deep)))) == []


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's URL, and what it was asked for."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("change", [own, in_3_0])
@pytest.mark.parametrize("where", ["schema", "default"])
def test_the_validator_itself_fetches_nothing_and_reads_no_file(
    asked: tuple[str, list[str]], tmp_path: Path, where: str, change: Callable[[], Any]
) -> None:
    url, requests = asked
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "integer"}', encoding="utf-8")
    for reference in (f"{url}/x.yaml", secret.as_uri(), str(secret)):
        document = change()
        broken: Any = {"$ref": reference}
        if where == "default":
            broken = {"type": "array", "items": {"not": broken}, "default": ["x"]}
        document["components"]["schemas"]["Budget"] = broken
        errors = list(validity._validate(document, document["openapi"][:3]))
        assert any("of another kind" in error.message for error in errors)
    assert requests == []
