"""The changes that are tried: which there are, which of them mean anything, and a seeded sample of them.

Cosmic Ray names and makes them; what a person reads, such as a type or a message, is left alone here.
"""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).parents[2]

#: The folders whose modules are changed: what judges, and what keeps secrets out.
ROOMS = (
    "checks",
    "src/customers_conformance/judging",
    "src/customers_conformance/evidence",
    "src/customers_conformance/bodies",
    "src/customers_conformance/redaction",
)

#: Decorators that change no result: without them a value is worked out twice, or a class is written otherwise.
COSTS = frozenset({"cache", "lru_cache", "cached_property", "final", "override", "overload", "total_ordering"})


#: Operators that a slip may put in one another's place. Between others a change is no fault that anybody makes: `a > b`
#: for `a is b` stops at the first object that has no order, and `is` for `==` depends on the interpreter.
KINDS = (
    {"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE"},
    {"Is", "IsNot"},
    {"Add", "Sub"},
    {"Mul", "Div", "FloorDiv", "Mod", "Pow"},
    {"BitAnd", "BitOr", "BitXor"},
    {"LShift", "RShift"},
    {"USub", "UAdd", "Delete"},
    {"Not", "Delete"},
)


@dataclass(frozen=True, slots=True, order=True)
class Mutation:
    """One change, as Cosmic Ray finds it again: the nth place of an operator in a module.

    ``module`` is a path below the root of the project, ``line`` counts from 1 and ``column`` from 0.
    """

    module: str
    line: int
    column: int
    operator: str
    occurrence: int

    @property
    def place(self) -> tuple[str, int, int, str]:
        """What the variations of one change have in common: one operator may be turned into any of ten others."""
        return self.module, self.line, self.column, self.operator.partition("_")[0]


def modules(chosen: Sequence[str] = ()) -> list[str]:
    """The modules of the rooms, or those of them whose path holds one of the chosen texts; sorted."""
    found = (path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if not chosen or any(text in path for text in chosen))


def sampled(mutations: Iterable[Mutation], size: int, seed: int) -> list[Mutation]:
    """As many as wanted, at most one of a place, so that what has many variations weighs no more than what has one.

    A smaller sample is the beginning of a larger one of the same seed, and an edit changes no more of a sample than it
    moves in its module.
    """
    places = defaultdict(list)
    for mutation in sorted(mutations):
        places[mutation.place].append(mutation)
    lots = sorted((_lot(seed, place), place) for place in places)
    return [places[place][lot % len(places[place])] for lot, place in lots[:size]]


def _lot(seed: int, place: tuple[str, int, int, str]) -> int:
    return int.from_bytes(hashlib.sha256(repr((seed, *place)).encode()).digest())


def meaningful(mutations: Iterable[Mutation], source: str) -> Iterator[Mutation]:
    """Those of one module that change what it does, not only what is said of it, and that are of a kind."""
    tree, lines = ast.parse(source), source.splitlines()
    spans = [_span(lines, node) for node in _left_alone(tree)]
    between = [
        (_span(lines, node.left)[1], _span(lines, node.right)[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp)
    ]
    for mutation in mutations:
        at = (mutation.line, mutation.column)
        if any(begin <= at < end for begin, end in spans) or not _is_of_a_kind(mutation.operator):
            continue
        # The stars of a call's arguments, of a function's and of a mapping's are no multiplications.
        if "BinaryOperator" not in mutation.operator or any(begin <= at <= end for begin, end in between):
            yield mutation


def _is_of_a_kind(operator: str) -> bool:
    turned = set(operator.split("_")[1:])
    return not turned or any(turned <= kind for kind in KINDS)


def _span(lines: list[str], node: ast.expr | ast.stmt) -> tuple[tuple[int, int], tuple[int, int]]:
    """From and to which line and column a node stands, the latter in characters.

    A decorator's node begins behind its sign, and its removal at it: so each span begins a character early.
    """
    last, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return (node.lineno, max(0, _column(lines, node.lineno, node.col_offset) - 1)), (last, _column(lines, last, end))


def _column(lines: list[str], line: int, offset: int) -> int:
    """The column in characters of one that Python counts in bytes."""
    return len(lines[line - 1].encode()[:offset].decode())


def _left_alone(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.FunctionDef(name="__repr__" | "__str__"):
                yield node
            case ast.FunctionDef(returns=returns, decorator_list=decorators):
                yield from (returns,) if returns else ()
                yield from (each for each in decorators if _name(each) in COSTS)
            case ast.ClassDef(decorator_list=decorators):
                yield from decorators
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.JoinedStr():
                yield node
            case ast.Raise(exc=ast.Call(args=arguments)):
                yield from arguments
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, types]):
                yield types


def _name(decorator: ast.expr) -> str:
    inner = decorator.func if isinstance(decorator, ast.Call) else decorator
    return inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
