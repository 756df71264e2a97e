"""One defect has one fingerprint in every customer, order and run; two defects have two."""

from __future__ import annotations

import pytest

from customers_conformance.fingerprints import any_number, defect, pattern, symptom
from customers_conformance.model import Finding


def found(pointer: str, expected: str, actual: str, probe: str = "default") -> Finding:
    return Finding(f"expected {expected}, got {actual}", expected, actual, pointer, 3, probe)


@pytest.mark.parametrize(
    "finding, place, shows",
    [
        (
            found("/customers/3/teams/12/profile", "an object", "null"),
            "/customers/*/teams/*/profile",
            "null, expected an object",
        ),
        (found("/customers/0/name", "a string", '"x"'), "/customers/*/name", "a string, expected a string"),
        (found("/count", "140", "141"), "/count", "a number, expected #"),
        (found("/customers/0/a", "true", "false"), "/customers/*/a", "a boolean, expected true"),
        (found("/customers/0/10x/2", "a", "an object"), "/customers/*/10x/*", "an object, expected a"),
        (
            found("/customers/1/id", '"a", as at /customers/0/id', '"b"'),
            "/customers/*/id",
            'a string, expected "…", as at …',
        ),
        (found("", "401", "200 OK", "no-credentials"), "@no-credentials", "200, expected 401"),
        (found("", "400 or 401", "500 Oops", "generated-odd-17"), "@generated-odd-*", "500, expected 400 or 401"),
        (found("", "one Date such as 1994", "none", "head"), "", "none, expected one Date such as #"),
        (found("", "no credential", "⟦secret:12⟧ in the body"), "", "⟦secret⟧ in the body, expected no credential"),
        (Finding("It is odd in 3 places."), "", "It is odd in # places."),
    ],
)
def test_a_place_loses_its_positions_and_a_symptom_the_targets_data(finding: Finding, place: str, shows: str) -> None:
    assert (pattern(finding), symptom(finding)) == (place, shows)


def test_a_fingerprint_tells_requirement_place_and_symptom_apart_and_nothing_else() -> None:
    one = found("/customers/3/teams/0/profile", "an object", "null")
    same = found("/customers/0/teams/9/profile", "an object", "null", "memory")
    others = [
        defect("CUST-SCH-004", one),
        defect("CUST-SCH-003", found("/customers/3/teams/0/config", "an object", "null")),
        defect("CUST-SCH-003", found("/customers/3/teams/0/profile", "an object", "a list")),
        defect("CUST-SCH-003", found("/customers/3/teams/0/profile", "a list", "null")),
    ]
    own = defect("CUST-SCH-003", one)
    assert own.fingerprint == defect("CUST-SCH-003", same).fingerprint
    assert len({own.fingerprint, *(each.fingerprint for each in others)}) == 5
    assert own.fingerprint == "d77bcf299cb8f3c188ccd6f7b1fa5aea83092cbeb6fc57549e2e8daf3ca64172"


def test_a_lone_surrogate_has_a_fingerprint_all_the_same() -> None:
    assert len(defect("CUST-SCH-003", found("/\ud800", "x", "\udfff")).fingerprint) == 64


def test_a_number_that_belongs_to_the_name_of_a_probe_stays_there() -> None:
    assert any_number("from-memory-1") == "from-memory-1"
    assert any_number("generated-17") == any_number("generated-18") == "generated-*"
    assert any_number("entry 3") == "entry *"
