"""Runs pytest again and again, each time in a fork of one process that has imported what the tests need of others.

Started in the folder of a copy of the project. A line of JSON asks for a run: ``arguments`` of pytest, ``seconds``
that it may take, ``most`` seconds of CPU, and the file that its ``output`` goes to. A line answers: the exit code,
below 0 where a signal ended it, or ``null`` for too long.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing
import os
import resource
import signal
import sys

import pytest

#: Of other people alone: what is of the project must be read anew in each run.
IMPORTED = (
    "click",
    "h11",
    "httpcore",
    "httpx",
    "hypothesis.strategies",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "openapi_spec_validator",
    "rich.console",
    "schemathesis",
    "starlette.applications",
    "uvicorn",
    "yaml",
)


def tested(arguments: list[str], output: str, most: int) -> None:
    """One run of pytest in this process, which is a fork, and the first of a group of its own."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.exit(pytest.main(arguments))


def main() -> None:
    """Answer every line of the standard input."""
    for name in IMPORTED:
        importlib.import_module(name)
    context = multiprocessing.get_context("fork")
    for line in sys.stdin:
        asked = json.loads(line)
        process = context.Process(target=tested, args=(asked["arguments"], asked["output"], asked["most"]))
        process.start()
        process.join(asked["seconds"])
        code = process.exitcode
        # What it has started ends with it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.ident or 0, signal.SIGKILL)
        process.join()
        sys.stdout.write(json.dumps(code) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
