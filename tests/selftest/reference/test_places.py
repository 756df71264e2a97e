"""Edits of the list: what stands at a place, and how it is written."""

from __future__ import annotations

import json
from typing import Any

from customers_conformance.reference.behaviour import Behaviour, Call, State, strictly
from customers_conformance.reference.places import in_memory, put, respelled, several, written


def asked(*query: tuple[str, str], memory: bool | None = None) -> Call:
    """A request with this query and nothing else, as far as it was judged."""
    return Call("GET", "/", "", list(query), [], "key", "session", State(), memory=memory)


def changed(behaviour: Behaviour, tree: Any, call: Call | None = None) -> Any:
    """The list as the behaviour has it."""
    assert behaviour.value is not None
    returned = behaviour.value(call or asked(), tree)
    return tree if returned is None else returned


def test_a_number_is_written_with_the_very_characters() -> None:
    behaviour = written("count", "-1e-400")
    assert behaviour.dump is not None
    assert behaviour.dump(changed(behaviour, {"customers": [], "count": 0})) == b'{"customers": [], "count": -1e-400}'


def test_a_number_is_written_only_where_the_view_is_meant() -> None:
    behaviour = written("count", "1.0", in_memory)
    assert changed(behaviour, {"count": 0}) == {"count": 0}
    assert changed(behaviour, {"count": 0}, asked(memory=True)) == {"count": "number:1.0"}


def test_a_text_is_respelled_wherever_it_stands() -> None:
    tree = {"customers": [{"id": "c-1", "teams": [{"customer_id": "c-1"}]}]}
    assert json.dumps(changed(respelled('"c-1"', '"C-1"'), tree)).count("C-1") == 2


def test_several_edits_are_made_one_after_the_other() -> None:
    behaviour = several(put("count", 1), respelled("1", "2"), written("total", "3.0"))
    assert behaviour.dump is not None
    assert behaviour.dump(changed(behaviour, {"count": 0, "total": 0})) == b'{"count": 2, "total": 3.0}'


def test_from_memory_is_read_by_the_letter() -> None:
    assert strictly(asked()) is None
    assert strictly(asked(("from_memory", "true"))) is True
    assert strictly(asked(("from_memory", "false"))) is False
    for bad in ((("from_memory", ""),), (("from_memory", "true"), ("from_memory", "true"))):
        assert strictly(asked(*bad)) == 400
        assert strictly(asked(*bad), 422) == 422
