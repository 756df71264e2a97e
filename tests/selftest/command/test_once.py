"""What may be given once is not taken in silence where it is given again."""

from __future__ import annotations

import pytest

from customers_conformance.command import cli
from customers_conformance.command.options import OPTIONS


@pytest.mark.parametrize(
    "name", [option.name for option in OPTIONS if option.metavar and not option.many and "run" in option.commands]
)
def test_every_option_of_a_run_that_has_one_value_is_refused_a_second(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.answer(["run", "http://127.0.0.1:1", f"--{name}", "canary-1", f"--{name}", "canary-2"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: --{name} is given twice")
    assert ("canary" in said) is (name not in {"proxy", "key-env", "virtual-key-env", "session-env"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "x", "--certificate", "a", "--certificate", "b"],
        ["verify", "x", "--public-key", "a", "--public-key", "b"],
        ["certify", "x", "--key", "a", "--key", "b"],
        ["compare", "x", "y", "--format", "json", "--format", "text"],
        ["matrix", "x", "--out", "a", "--out", "b", "--out", "c"],
        ["targets", "--config", "a", "--config", "b"],
    ],
    ids=" ".join,
)
def test_so_is_that_of_any_other_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(arguments) == 2
    name = arguments[-2]
    assert f"error: {name} is given {'3 times' if 'c' in arguments else 'twice'} (" in capsys.readouterr().err


def test_a_variable_with_blanks_is_one_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_CONFIG", "a b/c.toml")
    assert cli.answer(["targets"]) == 2
    assert "a b/c.toml: it cannot be read" in capsys.readouterr().err
