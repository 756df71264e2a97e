"""What starts with a command: the libraries that it needs, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RECORDING = Path(__file__).parents[1] / "recordings" / "bifrost-1.4.19-auth-on.har"

#: Libraries by what they are for.
SCREEN = {"rich"}
CONTRACT = {"yaml", "jsonschema_rs"}
NETWORK = {"asyncio", "httpx", "httpcore", "h11", "werkzeug", "ada_url"}
REPORTS = {"jinja2"}
GENERATING = {"schemathesis", "hypothesis", "requests"}
#: The second opinion, somebody's own document, the reference server, the front end.
ELSEWHERE = {"jsonschema", "openapi_spec_validator", "starlette", "uvicorn", "pytest"}

ALL = SCREEN | CONTRACT | NETWORK | REPORTS | GENERATING | ELSEWHERE

#: Says at its end which of the libraries it has loaded.
TELLING = "import json, sys\n{code}\nsys.stderr.write(json.dumps(sorted({names!r} & sys.modules.keys())))\n"


def loaded_by(code: str) -> set[str]:
    """Which of the libraries a new process has loaded after this code."""
    program = TELLING.format(code=code, names=ALL)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found: Any = json.loads(done.stderr.splitlines()[-1])
    return set(found)


def loaded_with(*arguments: str) -> set[str]:
    return loaded_by(f"from customers_conformance.command import cli\ncli.answer({list(arguments)!r})")


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["run", "--help"], ["document", "--help"], ["verify", "--help"], ["matrix", "--help"]],
)
def test_help_loads_no_library_but_the_one_that_reads_the_command_line(arguments: list[str]) -> None:
    assert loaded_with(*arguments) == set()


def test_the_package_loads_no_library_before_something_of_it_is_used() -> None:
    assert loaded_by("import customers_conformance") == set()
    assert loaded_by("from customers_conformance import Run, UsageError, Verdict") == set()


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_the_catalogue_is_listed_without_a_network_a_report_or_a_generator(form: str) -> None:
    assert loaded_with("requirements", "--format", form) <= SCREEN | CONTRACT


def test_recorded_traffic_is_judged_without_a_client() -> None:
    code = "from pathlib import Path\nfrom customers_conformance.running import run\n"
    code += "from customers_conformance.running.settings import Settings\n"
    assert not loaded_by(f"{code}run.conduct(Settings(har=Path({str(RECORDING)!r})))") & {"httpx", "httpcore", "h11"}


def test_a_run_loads_what_generates_only_once_the_plain_request_was_answered() -> None:
    refused = "run.conduct(Settings(url='http://127.0.0.1:1', key='k', seed=1))"
    answered = (
        "import httpx\nfrom customers_conformance.reference.app import create_app\n"
        "transport = httpx.ASGITransport(app=create_app(key='k', customers=1))\n"
        "run.conduct(Settings(url='http://127.0.0.1:1', key='k', seed=1, settle=0, examples={}), transport=transport)"
    )
    settings = (
        "from customers_conformance.running import run\nfrom customers_conformance.running.settings import Settings\n"
    )
    assert not loaded_by(settings + refused) & (GENERATING | ELSEWHERE)
    assert not loaded_by(settings + answered.format(0)) & GENERATING
    assert loaded_by(settings + answered.format(2)) >= GENERATING
