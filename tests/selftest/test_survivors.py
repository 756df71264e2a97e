from __future__ import annotations

import pytest
from tests.survivors import equivalents
from tests.survivors.mutations import ROOT, Mutation, meaningful, modules, sampled

MUTATIONS = [Mutation("a.py", line, 0, f"core/Replace_{other}", line) for line in range(50) for other in "xyz"]


def test_a_seed_draws_the_same_sample_again_and_another_one_another() -> None:
    assert sampled(MUTATIONS, 20, seed=1) == sampled(reversed(MUTATIONS), 20, seed=1)
    assert sampled(MUTATIONS, 20, seed=1) != sampled(MUTATIONS, 20, seed=2)


def test_a_smaller_sample_is_the_beginning_of_a_larger_one() -> None:
    assert sampled(MUTATIONS, 20, seed=1)[:5] == sampled(MUTATIONS, 5, seed=1)


def test_a_sample_has_one_change_of_a_place_at_most() -> None:
    assert sorted(mutation.line for mutation in sampled(MUTATIONS, 1000, seed=1)) == list(range(50))


@pytest.mark.parametrize(
    "source",
    [
        "value: int | None",
        "def f(value: int | None): ...",
        "def f() -> int | None: ...",
        "if TYPE_CHECKING: 1 | 2",
        "raise ValueError(1 | 2)",
        "f'{1 | 2}'",
        "isinstance(value, int | str)",
    ],
)
def test_types_and_messages_are_left_alone(source: str) -> None:
    assert not _changes(source, "|", "core/ReplaceBinaryOperator_BitOr_BitAnd")


def test_what_a_program_reckons_with_is_changed() -> None:
    assert _changes("value = 1 | 2", "|", "core/ReplaceBinaryOperator_BitOr_BitAnd")
    assert _changes("value = a * b", "*", "core/ReplaceBinaryOperator_Mul_Div")
    assert _changes("value = f(a) * (b)", "*", "core/ReplaceBinaryOperator_Mul_Div")


@pytest.mark.parametrize("source", ["f(*a)", "f(b, *a)", "def f(*, a): ...", "value = [*a]", "value = {b: 1, **a}"])
def test_a_star_that_multiplies_nothing_is_left_alone(source: str) -> None:
    assert not _changes(source, "*", "core/ReplaceBinaryOperator_Mul_Div")
    assert not _changes(source, "*", "core/ReplaceBinaryOperator_Pow_Mul")


@pytest.mark.parametrize(
    "operator, is_tried",
    [
        ("ReplaceComparisonOperator_Gt_LtE", True),
        ("ReplaceComparisonOperator_Is_IsNot", True),
        ("ReplaceUnaryOperator_Delete_Not", True),
        ("ReplaceBinaryOperator_Add_Sub", True),
        ("AddNot", True),
        ("ReplaceComparisonOperator_Is_Gt", False),
        ("ReplaceComparisonOperator_Eq_Is", False),
        ("ReplaceBinaryOperator_Add_RShift", False),
        ("ReplaceUnaryOperator_USub_Not", False),
    ],
)
def test_an_operator_is_turned_into_one_of_its_kind(operator: str, *, is_tried: bool) -> None:
    assert bool(_changes("a + b", "+", f"core/{operator}")) is is_tried


def _changes(source: str, operator: str, name: str) -> list[Mutation]:
    return list(meaningful([Mutation("a.py", 1, source.index(operator), name, 0)], source))


def test_a_cache_is_left_alone_and_another_decorator_is_not() -> None:
    change = Mutation("a.py", 1, 0, "core/RemoveDecorator", 0)
    assert not list(meaningful([change], "@functools.cache\ndef f(): ..."))
    assert list(meaningful([change], "@property\ndef f(self): ..."))


def test_modules_are_chosen_by_a_part_of_their_path() -> None:
    assert modules(["redaction/search"]) == ["src/customers_conformance/redaction/search.py"]
    assert {"checks/http.py", "src/customers_conformance/judging/judge.py"} <= set(modules())


def test_every_equivalent_change_is_of_lines_that_are_there_and_says_why() -> None:
    for entry in equivalents.equivalents():
        gone = f"remove the entry of {entry.module} from equivalent.toml, for its lines are gone: {entry.before}"
        assert entry.is_in((ROOT / entry.module).read_text(encoding="utf-8")), gone
        assert entry.reason.endswith("."), entry
