"""The table of what is secret says the same whatever was looked at first, and is changed by nothing."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest
from tests.selftest.redaction.material import (
    SECRET,
    VIRTUAL_KEY,
    content,
    customer,
    exchange,
    provider_key,
    redact,
    virtual_key,
)

from customers_conformance.model import Mode
from customers_conformance.redaction import learner
from customers_conformance.redaction.held_secrets import Answer, can_be_sought
from customers_conformance.redaction.learner import learnt
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.redaction.striker import Striker
from customers_conformance.redaction.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customers_conformance.model import Exchange

MANY = 1200


def exchanges() -> list[Exchange]:
    return [
        exchange(virtual_key()),
        exchange(provider_key(value={"value": SECRET})),
        exchange({"error": {"message": f"{VIRTUAL_KEY} is not for customer-0001, nor is {SECRET}"}}, 403),
        exchange(customer(password="hunter2-again"), request={"headers": (("X-Api-Key", "some-0ther-credential"),)}),
    ]


def table(those: Sequence[Exchange], mode: Mode) -> tuple[set[str], set[str]]:
    held = learnt(those, Tokens(), mode)
    return set(held.everywhere), set(held.ids)


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_what_is_secret_does_not_depend_on_what_was_seen_first(mode: Mode) -> None:
    found = [table(those, mode) for those in itertools.permutations(exchanges())]

    secrets, ids = found[0]
    assert secrets == {VIRTUAL_KEY, SECRET, "hunter2-again", "some-0ther-credential"}
    assert ids == ({"customer-0001"} if mode is Mode.SHAPE else set())
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("sparse", [1, 1_000_000])
def test_bodies_are_struck_the_same_whether_or_not_it_was_noted_what_they_hold(
    sparse: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = redact(*exchanges())

    monkeypatch.setattr(learner, "_SPARSE", sparse)

    assert redact(*exchanges()) == expected
    assert bool(learnt(exchanges(), Tokens(), Mode.REDACTED).noted) == (sparse == 1)


@pytest.mark.parametrize("mode", [Mode.REDACTED, Mode.SHAPE])
def test_the_table_is_changed_by_nothing_that_is_struck_out(mode: Mode) -> None:
    tokens = Tokens()
    held = learnt(exchanges()[1:], tokens, mode)
    before = dict(held.everywhere), dict(held.ids)
    unseen = b'{"customers":[{"virtual_keys":[{"value":"odd.virtual:key 1"}]}]}'
    striker = Striker(held, tokens)

    striker.body(unseen, Answer.SUCCESS)

    assert (dict(held.everywhere), dict(held.ids)) == before
    assert striker.body(b"odd.virtual:key 1", Answer.REFUSAL) == b"odd.virtual:key 1"
    with pytest.raises(TypeError):
        held.everywhere["text"] = "token"  # type: ignore[index] # what must not be possible


def test_bodies_are_struck_the_same_in_any_order() -> None:
    those = exchanges()
    tokens = Tokens()
    held = learnt(those, tokens, Mode.REDACTED)
    bodies = [(content(one), Answer.SUCCESS if index != 2 else Answer.REFUSAL) for index, one in enumerate(those)]

    forwards = [Striker(held, tokens).body(*each) for each in bodies]
    backwards = [Striker(held, tokens).body(*each) for each in reversed(bodies)]

    assert forwards == backwards[::-1]
    assert forwards == [content(one) for one in redact(*those, forms={})]


def test_a_call_leaves_nothing_behind_for_the_next() -> None:
    redactor = Redactor({}, Mode.REDACTED)
    redactor.exchanges(exchanges())

    (alone,) = redactor.exchanges([exchange(f"it was {SECRET}!".encode(), 500)])

    assert content(alone) == f"it was {SECRET}!".encode()


@pytest.mark.parametrize("count", [3, MANY])
def test_a_secret_is_found_as_a_part_of_a_word_however_many_there_are(count: int) -> None:
    keys = [f"odd.key={number:06}" for number in range(count)]
    listed = exchange(customer(virtual_keys=[{"value": key} for key in keys]))
    told = exchange("".join(f"on{key}off " for key in keys).encode(), 500)

    _, after = redact(listed, told)

    assert content(after).decode() == "".join(f"on⟦virtual-key:{number + 1}⟧off " for number in range(count))


@pytest.mark.parametrize("count", [1, MANY])
def test_an_undocumented_text_with_a_known_secret_counts_as_none_however_many_there_are(count: int) -> None:
    keys = [f"correct-horse-battery-{number}" for number in range(count)]
    value = customer(virtual_keys=[{"value": key} for key in keys], hint=f"it is {keys[-1]} again")

    (one,) = redact(exchange(value))

    assert json.loads(content(one))["customers"][0]["hint"].startswith("⟦text:")


def test_an_id_that_is_a_secret_elsewhere_has_one_token() -> None:
    listed = exchange(customer(virtual_keys=[{"value": "customer-0001"}]))
    refused = exchange({"error": {"message": "not for customer-0001"}}, 403)

    one, two = redact(listed, refused, mode=Mode.SHAPE)

    token = json.loads(content(one))["customers"][0]["id"]
    assert json.loads(content(two))["error"]["message"] == f"not for {token}"


@pytest.mark.parametrize(
    "text", ["abc", "1234567890", "application/json", "created_at", "virtual_keys", "2026-01-01T00:00:00Z", "*"]
)
def test_words_of_the_protocol_numbers_and_times_are_sought_nowhere_else(text: str) -> None:
    assert not can_be_sought(text)
    assert can_be_sought("some-0ther-credential")
