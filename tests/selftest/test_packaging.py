"""The distribution, and the sessions that a newcomer runs first."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import importlib.util
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from customers_conformance.command import cli, options
from customers_conformance.reference.app import DEFAULT_KEY

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def noxfile() -> ModuleType:
    spec = importlib.util.spec_from_file_location("noxfile", ROOT / "noxfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_folder_with_code_is_a_package_of_the_distribution(project: dict[str, Any]) -> None:
    setuptools = project["tool"]["setuptools"]
    mapping = setuptools["package-dir"]
    folders = {ROOT / mapping[name] for name in setuptools["packages"] if name in mapping}
    sources = ROOT / mapping[""]
    folders |= {sources / name.replace(".", "/") for name in setuptools["packages"] if name not in mapping}
    roots = ("src", "checks", "openapi", "reports", "tests/conformance")
    found = {file.parent for root in roots for file in (ROOT / root).rglob("*.py")}
    assert found == folders
    assert all((folder / "__init__.py").is_file() for folder in folders)


@pytest.mark.parametrize(
    "package, name",
    [
        ("openapi", "customers.yaml"),
        ("openapi", "requirements.yaml"),
        ("reports", "report.schema.json"),
        ("tests", "pytest.ini"),
    ],
)
def test_data_is_reached_as_a_resource(package: str, name: str) -> None:
    assert importlib.resources.files(f"customers_conformance.{package}").joinpath(name).is_file()


def test_the_version_stands_in_one_place(project: dict[str, Any]) -> None:
    version = project["project"]["version"]
    assert importlib.metadata.version("customers-conformance") == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments, passed_on",
    [
        ([], []),
        (["http://host", "--profile", "core"], ["--cc-url=http://host", "--cc-profile", "core"]),
        (["--strict", "-v"], ["--cc-strict", "-v"]),
        (["--cc-strict", "http://host"], ["--cc-strict", "--cc-url=http://host"]),
        (["--only", "CUST-X-1", "http://host"], ["--cc-only", "CUST-X-1", "--cc-url=http://host"]),
        (["--only=CUST-X-1", "http://host", "--plan"], ["--cc-only=CUST-X-1", "--cc-url=http://host", "--cc-plan"]),
        (["--plan"], ["--cc-plan"]),
        (["--plan", "http://host"], ["--cc-plan", "--cc-url=http://host"]),
        (["--proxy", "http://proxy", "http://host"], ["--cc-proxy", "http://proxy", "--cc-url=http://host"]),
        (["--cc-proxy", "http://proxy"], ["--cc-proxy", "http://proxy"]),
        (["-k", "REL", "http://host"], ["-k", "REL", "--cc-url=http://host"]),
        (["-v", "http://host"], ["-v", "--cc-url=http://host"]),
        (["--header", "X: y", "gateway.example"], ["--cc-header", "X: y", "--cc-url=gateway.example"]),
        (["--help"], ["--help"]),
        (["--quiet", "--verbose", "http://host"], ["--quiet", "--verbose", "--cc-url=http://host"]),
    ],
)
def test_the_session_takes_the_options_of_the_command(
    noxfile: ModuleType, arguments: list[str], passed_on: list[str]
) -> None:
    assert noxfile.front_end_options(arguments) == passed_on


def test_the_session_knows_which_options_of_the_command_take_no_value(noxfile: ModuleType) -> None:
    assert {option.name for option in options.options_of(options.RUN) if option.metavar is None} == noxfile.FLAGS
    for option in options.options_of(options.RUN):
        if option.printing:
            # What is printed is pytest's own matter.
            continue
        given = [f"--{option.name}", *([] if option.metavar is None else ["value"])]
        assert noxfile.front_end_options([*given, "http://host"]) == [
            f"--cc-{option.name}",
            *given[1:],
            "--cc-url=http://host",
        ]


def test_the_help_of_serve_tells_the_key_that_it_takes() -> None:
    assert f"(default: {DEFAULT_KEY})" in (cli.serve_command.help or "")


def test_the_readme_and_continuous_integration_run_the_same_command() -> None:
    (command,) = re.findall(
        r"^(python3 -m venv .*-s tests)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
