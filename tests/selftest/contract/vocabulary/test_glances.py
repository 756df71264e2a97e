"""Glances: what they count is what the keywords count, and what breaks one is never clear."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.selftest.made import CONTRACT

from customers_conformance.contract.vocabulary.glances import GLANCES, UNCLEAR, VALUE_GLANCES
from customers_conformance.contract.vocabulary.keywords import KEYWORDS

OFTEN = settings(derandomize=True, max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))

RELATIONS = [(keyword.name, limit) for schema in CONTRACT.entries for _, keyword, limit in CONTRACT.relations(schema)]
IDS = st.sampled_from((None, "", "a", "b", 0, 1, 1.0, True, "*"))
TIMES = st.sampled_from(
    ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00z", "yesterday", "")
)
SCALARS = IDS | TIMES
NAMES = sorted({name for _, limit in RELATIONS for name in ("id", *limit)} | {"as", "team_id", "customer_id", "budget"})
OBJECTS = st.dictionaries(
    st.sampled_from([*NAMES, "virtual_key_id", "provider_config_id", "created_at"]),
    SCALARS,
    max_size=6,
)
MEMBERS = SCALARS | OBJECTS | st.lists(OBJECTS | SCALARS, max_size=3)
WHOLE = st.dictionaries(
    st.sampled_from([*NAMES, "virtual_key_id", "provider_config_id", "created_at"]), MEMBERS, max_size=8
)


@OFTEN
@given(WHOLE, st.sampled_from(RELATIONS))
def test_a_glance_counts_what_the_keyword_counts_or_leaves_it_to_it(value: Any, relation: tuple[str, Any]) -> None:
    name, limit = relation
    keyword = KEYWORDS[name]
    count = GLANCES[name].glance(limit)(value) if name in GLANCES else UNCLEAR
    if count != UNCLEAR:
        assert list(keyword.breaches(limit, value)) == []
        assert count == keyword.applies(limit, value)


@OFTEN
@given(WHOLE, st.sampled_from([relation for relation in RELATIONS if relation[0] in GLANCES]))
def test_without_the_members_that_a_keyword_speaks_of_its_cases_never_differ(
    value: Any, relation: tuple[str, Any]
) -> None:
    name, limit = relation
    without = {member: held for member, held in value.items() if member not in set(GLANCES[name].speaks_of(limit))}
    assert list(KEYWORDS[name].cases(limit, without)) == list(KEYWORDS[name].cases(limit, {}))


TEXTS = st.sampled_from(
    ("", "********", "in the clear", "*", "a", "A", "<redacted>", "-----BEGIN A-----\nMIIBVgIBADANBgkq", "x" * 99)
)


@OFTEN
@given(TEXTS | st.lists(TEXTS | st.just(5), max_size=4) | st.just(7), st.sampled_from(("secret", "pem")))
def test_a_glance_at_a_value_counts_likewise(value: Any, kind: str) -> None:
    for name, limit in (("masked", kind), ("selection", True)):
        count = VALUE_GLANCES[name](limit)(value)
        if count != UNCLEAR:
            assert list(KEYWORDS[name].breaches(limit, value)) == []
            assert count == KEYWORDS[name].applies(limit, value)
