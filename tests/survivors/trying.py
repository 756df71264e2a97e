"""Tries changes: each in a copy of the project, by the self-tests of its room and then by others."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from tests.survivors.mutations import ROOMS, ROOT, Mutation, meaningful

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What a copy does without.
LEFT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "conformance-report", "strangers", "bench")

#: The self-tests that may notice a change: fast ones, that need no process, no browser and no signal.
TESTS = tuple(
    f"tests/selftest/{name}"
    for name in (
        "checks",
        "judging",
        "evidence",
        "bodies",
        "redaction",
        "running",
        "command/test_mutants.py",
        "reports",
    )
)

#: Slow ones among them.
SLOW = (
    "tests/selftest/bodies/test_second_opinion.py::test_both_validators_see_every_text_that_is_another",
    "tests/selftest/running/deadline/test_ending.py",
    "tests/selftest/running/asking/test_generated.py",
    "tests/selftest/running/asking/test_slowing.py",
    "tests/selftest/reports/test_page.py",
)

#: Seconds after which a run of tests waits for what will not come, many since a machine may have much else to do, and
#: seconds of CPU after which it goes round in circles: the longest run takes a third of them.
PATIENCE, MOST = 900, 150

PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-seed=0")


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a change: the ``before`` and ``after`` of its lines, and the test that noticed it, if one did.

    ``notice`` is the last line of pytest's short summary, or what else happened; empty where all passed.
    """

    mutation: Mutation
    before: str
    after: str
    notice: str

    @property
    def noticed(self) -> bool:
        """Whether a self-test failed, or did not come to its end."""
        return bool(self.notice)


def mutations(module: str) -> Iterator[Mutation]:
    """Every change that means anything and that an operator of Cosmic Ray, of those without arguments, makes of it."""
    source = (ROOT / module).read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(source)))
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if not operator.arguments() and not name.endswith("/NoOp"):
            places = (place for node in nodes for place, _ in operator().mutation_positions(node))
            found = (Mutation(module, line, column, name, nth) for nth, (line, column) in enumerate(places))
            yield from meaningful(found, source)


def stages(module: str) -> Iterator[list[str]]:
    """The arguments of pytest, stage by stage: the room of the module, and then all others."""
    room = next(room for room in ROOMS if module.startswith(f"{room}/")).rpartition("/")[2]
    own = [f"tests/selftest/{room}", *(["tests/selftest/checks"] if room not in {"checks", "redaction"} else [])]
    ignored = [f"--deselect={path}" for path in SLOW]
    for paths in (own, [path for path in TESTS if path not in own]):
        yield [*PYTEST, *ignored, *paths]


class Copy:
    """A copy of the project, and a process that runs its self-tests; a context, after which both are gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT)
        # The root folders are packages only once installed; the installed ones must not be read instead.
        layout = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
        for package, path in layout["package-dir"].items():
            if package:
                (folder / "src" / package.replace(".", "/")).symlink_to(folder / path)
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(folder / "tests" / "survivors" / "warm.py")],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tried(self, mutation: Mutation) -> Tried:
        """Make one change, run the self-tests until one notices it, and take the change back."""
        path = self.folder / mutation.module
        original = path.read_text(encoding="utf-8")
        changed = mutate_code(original, get_operator(mutation.operator)(), mutation.occurrence)
        if changed is None:
            raise RuntimeError(f"the module is not the one that {mutation} was found in")
        path.write_text(changed, encoding="utf-8")
        try:
            return Tried(mutation, *differing(original, changed), self.notice(mutation.module))
        finally:
            path.write_text(original, encoding="utf-8")

    def notice(self, module: str) -> str:
        """What the self-tests say against the module as it stands in the copy; empty where they all pass."""
        for arguments in stages(module):
            code, output = self._run(arguments)
            if code is None:
                return f"not at its end after {PATIENCE} s"
            if code == -signal.SIGXCPU:
                return f"not at its end after {MOST} s of CPU"
            if code:
                told = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
                return told[-1] if told else f"pytest answered {code}: {output.strip()[-200:]}"
        return ""

    def _run(self, arguments: list[str]) -> tuple[int | None, str]:
        output = self.folder / "output.txt"
        asked = {"arguments": arguments, "seconds": PATIENCE, "most": MOST, "output": str(output)}
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process was started without pipes")
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = json.loads(self._process.stdout.readline())
        return code, output.read_text(encoding="utf-8", errors="replace")


def differing(original: str, changed: str) -> tuple[str, str]:
    """The lines in which two texts differ, of each, without what is around them."""
    before, after = original.splitlines(), changed.splitlines()
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1]
    return "\n".join(before).strip(), "\n".join(after).strip()
