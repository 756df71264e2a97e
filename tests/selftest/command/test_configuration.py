"""The configuration: where it is looked for, what may stand in it, and which value holds."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.selftest import runs

from customers_conformance.command import cli, configuration, layers, options, printing
from customers_conformance.interface import toml_file
from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from customers_conformance.running.settings import Settings

TWO_TARGETS = """\
without = ["mcp"]
timeout = 20
skip = "CUST-REL-001"
strict = true

[targets.staging]
url = "https://staging.example/base"
key-env = "STAGING_KEY"
timeout = 2.5
strict = false

[targets.production]
url = "https://production.example"
key-file = "secrets/key"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, without variables of ours, on a wide screen."""
    for option in options.OPTIONS:
        monkeypatch.delenv(option.variable, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str, path: str = configuration.FILE) -> Path:
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def asked(
    values: dict[str, object] | None = None, environment: dict[str, str] | None = None, url: str | None = None
) -> layers.Asked:
    return layers.asked(options.RUN, values or {}, url=url, environment=environment or {})


def refusal(text: str, path: str = configuration.FILE) -> str:
    with pytest.raises(UsageError) as caught:
        configuration.read(written(text, path))
    return str(caught.value)


# Where it is looked for.


def test_without_a_configuration_nothing_is_given() -> None:
    assert asked() == layers.Asked({})


def test_the_nearest_folder_up_to_the_repositorys_root_has_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = folder / "repository" / "package"
    below.mkdir(parents=True)
    (folder / "repository" / ".git").mkdir()
    written("timeout = 1", "repository/customers-conformance.toml")
    monkeypatch.chdir(below)
    assert asked().values == {"timeout": "1"}
    assert asked().origins == {"timeout": "../customers-conformance.toml, line 1: timeout"}
    written("timeout = 2")
    assert asked().values == {"timeout": "2"}


def test_above_the_repositorys_root_none_is_looked_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written("timeout = 1")
    (folder / "repository" / ".git").mkdir(parents=True)
    monkeypatch.chdir(folder / "repository")
    assert asked().values == {}


def test_outside_of_a_repository_a_stranger_above_says_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written("timeout = 1")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    assert asked().values == {}


def test_a_section_of_pyproject_is_a_configuration() -> None:
    written(
        '[tool.customers-conformance]\ntimeout = 3\n[tool.customers-conformance.targets.a]\nurl="http://a"\n',
        "pyproject.toml",
    )
    assert asked().origins == {"timeout": "pyproject.toml, line 2: timeout"}
    assert asked({"target": "a"}).url == configuration.Value("http://a", "pyproject.toml, line 4: url")


@pytest.mark.parametrize(
    "text",
    ['[project]\nname = "customers-conformance"\n', "[tool.other]\ntimeout = 1\n", "this is no TOML"],
)
def test_a_pyproject_without_the_section_is_not_ours(text: str) -> None:
    written(text, "pyproject.toml")
    assert asked().values == {}


def test_two_configurations_in_a_folder_are_refused() -> None:
    written("")
    written("[tool.customers-conformance]", "pyproject.toml")
    with pytest.raises(UsageError, match=r"holds two configurations, customers-conformance.toml and pyproject.toml"):
        asked()


def test_another_file_can_be_named_by_option_and_by_variable() -> None:
    written("timeout = 1")
    written("timeout = 2", "other.toml")
    written("timeout = 3", "third.toml")
    assert asked({"config": "other.toml"}, {"CUSTOMERS_CONFORMANCE_CONFIG": "third.toml"}).values["timeout"] == "2"
    assert asked({}, {"CUSTOMERS_CONFORMANCE_CONFIG": "third.toml"}).values["timeout"] == "3"
    with pytest.raises(UsageError, match="--config is empty"):
        asked({"config": ""})
    with pytest.raises(UsageError, match=r"absent.toml: it cannot be read \(No such file or directory\)"):
        asked({"config": "absent.toml"})


def test_a_pyproject_that_is_named_has_to_have_the_section() -> None:
    written("[project]", "pyproject.toml")
    with pytest.raises(UsageError, match=r"pyproject.toml: it has no \[tool.customers-conformance\]"):
        asked({"config": "pyproject.toml"})


# Which value holds.


def test_an_option_holds_over_the_environment_over_the_target_over_the_defaults() -> None:
    written(TWO_TARGETS)
    variable = {"CUSTOMERS_CONFORMANCE_TIMEOUT": "3"}
    of_target: dict[str, object] = {"target": "staging"}
    assert asked({"timeout": "4", **of_target}, variable).given["timeout"] == configuration.Value("4", "--timeout")
    assert asked(of_target, variable).given["timeout"].origin == "CUSTOMERS_CONFORMANCE_TIMEOUT"
    assert asked(of_target).given["timeout"].value == "2.5"
    assert asked().given["timeout"].value == "20"


def test_a_flag_can_be_put_off_again() -> None:
    written(TWO_TARGETS)
    assert asked().values["strict"] is True
    assert asked({"target": "staging", "strict": False}).values["strict"] is False
    assert asked({}, {"CUSTOMERS_CONFORMANCE_STRICT": "no"}).values["strict"] is False
    assert asked({"strict": True}, {"CUSTOMERS_CONFORMANCE_STRICT": "off"}).values["strict"] is True


def test_a_value_of_many_parts_replaces_the_one_below_it() -> None:
    written(TWO_TARGETS)
    assert asked().values["skip"] == ("CUST-REL-001",)
    assert asked({"skip": ("CUST-REL-002",), "only": ()}).values["skip"] == ("CUST-REL-002",)
    assert "only" not in asked({"only": ()}).values


@pytest.mark.parametrize("option", options.OPTIONS, ids=lambda option: option.name)
def test_every_option_has_a_variable(option: options.Option) -> None:
    written('[targets.one]\nurl = "http://host"')
    text = {"target": "one", "config": configuration.FILE}.get(option.name, "1")
    (command,) = sorted(option.commands)[:1]
    found = layers.asked(command, {}, environment={f"CUSTOMERS_CONFORMANCE_{option.member.upper()}": text})
    value = True if option.metavar is None else (text,) if option.many else text
    assert found.given[option.member] == configuration.Value(value, option.variable)


def test_the_variable_of_the_key_is_none_of_an_option() -> None:
    assert options.KEY_VARIABLE not in {option.variable for option in options.OPTIONS}


def test_a_variable_of_many_parts_takes_them_by_blanks_commas_and_lines_and_headers_by_lines() -> None:
    names = asked({}, {"CUSTOMERS_CONFORMANCE_SKIP": "A, B\nC  D\n"}).values["skip"]
    assert names == ("A", "B", "C", "D")
    headers = asked({}, {"CUSTOMERS_CONFORMANCE_HEADER": "X-One: a, b\nX-Two: c d\n"}).values["header"]
    assert headers == ("X-One: a, b", "X-Two: c d")


def test_an_empty_variable_says_nothing() -> None:
    written("timeout = 1")
    empty = {option.variable: "" for option in options.OPTIONS}
    assert asked({}, empty).values == {"timeout": "1"}


def test_a_variable_that_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        asked({}, {"CUSTOMERS_CONFORMANCE_STRICT": "perhaps"})
    assert str(caught.value).startswith("CUSTOMERS_CONFORMANCE_STRICT: 'perhaps' is not allowed; allowed: 1, true")


def test_a_command_is_given_its_own_options_alone() -> None:
    written(TWO_TARGETS)
    assert set(layers.asked(options.JUDGE, {}, environment={}).values) == {"without", "skip", "strict"}


def test_of_two_sources_of_the_key_the_nearer_holds() -> None:
    written('key-env = "DEFAULT"\n' + TWO_TARGETS)
    assert asked().values["key_env"] == "DEFAULT"
    found = asked({"target": "production"}).values
    assert found["key_file"] == "secrets/key"
    assert "key_env" not in found
    nearest = asked({"target": "production"}, {"CUSTOMERS_CONFORMANCE_KEY_ENV": "NEAREST"}).values
    assert nearest["key_env"] == "NEAREST"
    assert "key_file" not in nearest


def test_a_path_is_relative_to_the_file_that_names_it(folder: Path) -> None:
    written('out = "reports"\nkey-file = "/run/key"\nca-bundle = ""\n', "ci/gate.toml")
    found = asked({"config": "ci/gate.toml"}).values
    assert (found["out"], found["key_file"], found["ca_bundle"]) == ("ci/reports", "/run/key", "")
    assert asked({"config": str(folder / "ci" / "gate.toml")}).values["out"] == f"{folder}/ci/reports"
    assert asked({"config": "ci/gate.toml", "out": "here"}).values["out"] == "here"


# Targets.


def test_a_target_brings_its_url_and_a_url_that_is_given_holds_over_it() -> None:
    written(TWO_TARGETS)
    assert asked().url is None
    found = asked({"target": "staging"}).url
    assert found == configuration.Value("https://staging.example/base", "customers-conformance.toml, line 7: url")
    given = asked({"target": "staging"}, url="http://other")
    assert given.url == configuration.Value("http://other", "the command line")
    assert given.values["key_env"] == "STAGING_KEY"


def test_a_default_target_holds_where_no_url_is_given() -> None:
    written('target = "staging"\n' + TWO_TARGETS)
    assert asked().values["key_env"] == "STAGING_KEY"
    assert "key_env" not in asked(url="http://other").values


def test_an_unknown_target_is_told_the_nearest() -> None:
    written(TWO_TARGETS)
    with pytest.raises(UsageError) as caught:
        asked({}, {"CUSTOMERS_CONFORMANCE_TARGET": "stagin"})
    assert str(caught.value) == (
        "CUSTOMERS_CONFORMANCE_TARGET: there is no target 'stagin' in customers-conformance.toml; the nearest: "
        "staging, production; `customers-conformance targets` lists all"
    )
    written("")
    with pytest.raises(UsageError, match="it has none"):
        asked({"target": "staging"})


def test_a_target_without_a_configuration_is_told_where_one_may_be() -> None:
    with pytest.raises(UsageError, match=r"^--target: there is no configuration .* working directory or above it"):
        asked({"target": "staging"})


# What may stand in it.


@pytest.mark.parametrize(
    "text, said",
    [
        ("\ntimeot = 1", "line 2: there is no option 'timeot'; the nearest: timeout, "),
        ("key_env = 'A'", "line 1: there is no option 'key_env'; the nearest: key-env, "),
        (
            "[targets.a]\nurl = 'http://a'\nwithuot = 'mcp'",
            "line 3: there is no option 'withuot'; the nearest: without",
        ),
        ("[target.a]\nurl = 'http://a'", "line 1: [target] is no table of a configuration; allowed is [targets.NAME]"),
        ("[defaults]\ntimeout = 1", "line 1: [defaults] is no table of a configuration"),
        ("[targets.a.timeout]\ns = 1", "line 1: [timeout] is no table of a configuration"),
        ("url = 'http://a'", "line 1: url belongs to a target; allowed is [targets.NAME] with url in it"),
        ("plan = true", "line 1: plan cannot stand here; give it on the command line"),
        ("config = 'a.toml'", "line 1: config cannot stand here"),
        ("[targets.a]\nurl = 'http://a'\ntarget = 'b'", "line 3: target cannot stand here"),
        ("strict = 'yes'", "line 1: strict: it is neither true nor false; allowed are these"),
        ("timeout = true", "line 1: timeout: it is no number; allowed is one"),
        ("timeout = [1]", "line 1: timeout: it is no number"),
        ("out = 3", "line 1: out: it is no text"),
        ("skip = ['A', 3]", 'line 1: skip: it is no list of texts; allowed is one: ["…", "…"]'),
        ("skip = 3", "line 1: skip: it is no list of texts"),
        ("targets = 3", "line 1: targets is no table; allowed is one"),
        ("[targets]\na = 'http://a'", "line 2: targets.a is no table"),
        ("[targets.a]\ntimeout = 1", "line 1: the target a has no url"),
        ("[targets.a]\nurl = 3", "line 2: url: it is no text"),
        ("[targets.a]\nurl = 'ftp://a'", "line 2: url: the URL 'ftp://a' has the scheme 'ftp'; allowed is http://"),
        ("[targets.'a b']\nurl = 'http://a'", "line 1: 'a b' is no name of a target; allowed are letters"),
        ("targets = {a = {url = 'http://a', timeot = 1}}", "line 1: there is no option 'timeot'"),
        ("[targets]\n'a'.url = 'http://a'\na.timeot = 1", "line 3: there is no option 'timeot'"),
    ],
)
def test_what_may_not_stand_in_it_is_told_with_its_line(text: str, said: str) -> None:
    assert f"customers-conformance.toml, {said}" in refusal(text)


@pytest.mark.parametrize(
    "text, instead",
    [
        ("key = 'canary'", "key-env"),
        ("api_key = 'canary'", "key-env"),
        ("[targets.a]\nurl = 'http://a'\ntoken = 'canary'", "key-env"),
        ("session = 'canary'", "session-env"),
        ("virtual-key = 'canary'", "virtual-key-env"),
        ("header = ['X-One: canary']", "header-env"),
        ("proxy = 'http://user:canary@proxy:3128'", "CUSTOMERS_CONFORMANCE_PROXY"),
        ("[targets.a]\nurl = 'http://user:canary@a'", "allowed is http:// or https://"),
    ],
)
def test_a_secret_in_it_is_refused_with_what_to_do_instead_and_not_repeated(text: str, instead: str) -> None:
    said = refusal(text)
    assert instead in said
    assert ", line " in said
    assert "canary" not in said


def test_a_key_in_the_place_of_a_variables_name_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    written("key-env = 'sk-canary'\n[targets.a]\nurl = 'http://a'")
    for command in (["run", "http://a"], ["run", "http://a", "--show-config"], ["targets"]):
        cli.answer(command)
        shown = capsys.readouterr()
        assert "canary" not in shown.out + shown.err
    assert cli.answer(["run", "http://a"]) == 2
    assert "line 1: key-env: its value is no name of an environment variable; allowed are" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content, said",
    [
        (b"timeout = 1\ntimeout 2", "customers-conformance.toml, line 2: this is no TOML (Expected '=' after a key"),
        (b"timeout = 1\ntimeout = 2", "customers-conformance.toml, line 2: this is no TOML (Cannot overwrite a value)"),
        (b"\n# \xff", "customers-conformance.toml, line 2: byte 3 is no UTF-8; allowed is a file of TOML in UTF-8"),
        (b"a = " + b"[" * 4000, "customers-conformance.toml: it is nested too deep"),
        (b"\n" + b"a." * 3000, "customers-conformance.toml, line 2: it has more than 4096 characters"),
        (b"#\n" * 140_000, "customers-conformance.toml: it has more than 256 KiB"),
    ],
)
def test_a_file_that_is_none_is_told_where(content: bytes, said: str) -> None:
    Path(configuration.FILE).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        asked()
    assert str(caught.value).startswith(said)


def test_a_byte_order_mark_is_no_mistake() -> None:
    Path(configuration.FILE).write_bytes(b"\xef\xbb\xbftimeout = 1\r\n")
    assert asked().values == {"timeout": "1"}


def test_what_is_no_regular_file_is_not_waited_for() -> None:
    os.mkfifo("pipe.toml")
    for name, said in (("pipe.toml", "no regular file"), (".", "no regular file"), ("a\0b", "the name is not valid")):
        with pytest.raises(UsageError, match=said):
            toml_file.read(Path(name))


#: Values of options that take no text whatever.
ALLOWED = {
    "evidence": "shape",
    "header-env": "X-A=A",
    "max-body": "2048",
    "profile": "http",
    "proxy": "http://p:1",
    "without": "mcp",
}


@pytest.mark.parametrize("name", sorted(option.name for option in options.OPTIONS if option.stored))
def test_every_other_option_may_stand_in_it(name: str) -> None:
    option = next(each for each in options.OPTIONS if each.name == name)
    given = ALLOWED.get(name, "1" if option.is_number else "a")
    text = "true" if option.metavar is None else f'["{given}"]' if option.many else f'"{given}"'
    text = text.strip('"') if option.is_number else text
    found = configuration.read(written(f"{name} = {text}")).defaults[option.member]
    assert found.value == (True if option.metavar is None else (given,) if option.many else given)
    assert found.origin == f"customers-conformance.toml, line 1: {name}"


@pytest.mark.parametrize(
    "line, said",
    [
        ("retries = 99", "retries: '99' is not allowed; allowed: a whole number from 0 to 10"),
        ("timeout = nan", "timeout: 'nan' is not allowed; allowed: a number from 0.001 to 3600"),
        ('without = ["nope"]', "without: 'nope' is not known; allowed: mcp"),
        ('key-env = "sk-canary"', "key-env: its value is no name of an environment variable"),
        ('header-env = ["X-A=sk-canary"]', "header-env: its value is no name of an environment variable"),
    ],
)
def test_a_value_that_no_run_takes_is_told_whichever_target_it_is_of(line: str, said: str) -> None:
    file = f'[targets.one]\nurl = "http://one"\n[targets.two]\nurl = "http://two"\n{line}\n'
    with pytest.raises(UsageError) as caught:
        configuration.read(written(file))
    assert str(caught.value).startswith(f"customers-conformance.toml, line 5: {said}")
    assert "canary" not in str(caught.value)


# What the commands make of it.


@pytest.fixture
def conducted(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Make no run, and keep what one was asked for."""
    kept: list[Settings] = []

    def judged(settings: Settings, _: object) -> int:
        kept.append(settings)
        return runs.conformant().exit_code

    monkeypatch.setattr(printing, "judged", judged)
    return kept


def test_run_takes_what_the_configuration_says(conducted: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    written(TWO_TARGETS)
    monkeypatch.setenv("STAGING_KEY", "canary")
    assert cli.answer(["run", "--target", "staging", "--settle", "0"]) == 0
    (settings,) = conducted
    assert (settings.url, settings.key) == ("https://staging.example/base", "canary")
    assert (settings.timeout, settings.settle, settings.strict) == (2.5, 0, False)
    assert settings.without == {"mcp"}
    assert settings.skip == ("CUST-REL-001",)


def test_judge_takes_what_the_configuration_says(conducted: list[Settings]) -> None:
    written(TWO_TARGETS)
    assert cli.answer(["judge", "some.har", "--target", "staging"]) == 0
    assert conducted[0].without == {"mcp"}
    assert (conducted[0].strict, conducted[0].url) == (False, None)


@pytest.mark.parametrize(
    "text, said",
    [
        ("timeout = 0", "error: customers-conformance.toml, line 1: timeout: '0' is not allowed; allowed: a number"),
        ("without = 'cars'", "error: customers-conformance.toml, line 1: without: 'cars' is not known; allowed: mcp"),
        ("ca-bundle = 'absent'", "error: customers-conformance.toml, line 1: ca-bundle: 'absent' cannot be read"),
        ("proxy = 'proxy:1'", "error: customers-conformance.toml, line 1: proxy: the URL 'proxy:1' has no scheme"),
        ("key-env = 'ABSENT'", "line 1: key-env: the environment variable 'ABSENT' is not set"),
        ("header-env = ['X-One']", "line 1: header-env: 'X-One' has no '='"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_with_its_line(
    text: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_KEY", "canary")
    written(text)
    assert cli.answer(["run", "http://host"]) == 2
    assert said in capsys.readouterr().err


def test_an_unknown_id_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_KEY", "canary")
    written("skip = ['CUST-REL-999']")
    assert cli.answer(["run", "http://127.0.0.1:9"]) == 2
    shown = capsys.readouterr().err
    assert (
        "customers-conformance.toml, line 1: skip: there is no requirement 'CUST-REL-999'; the nearest: CUST-" in shown
    )


def test_run_without_a_url_says_how_to_name_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["run"]) == 2
    assert capsys.readouterr().err == (
        "error: no URL: give the server's base, such as https://gateway.example, or name a target of the "
        "configuration with --target\n"
    )


# What is shown of it.


def _shown(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, ...]]:
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    return {row[0]: tuple(cell.strip() for cell in row[1:] if cell.strip()) for row in rows}


def test_each_value_is_shown_with_where_it_is_from_and_nothing_is_sent(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, conducted: list[Settings]
) -> None:
    written(TWO_TARGETS)
    monkeypatch.setenv("STAGING_KEY", "canary-key")
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_RATE", "5")
    assert cli.answer(["run", "--target", "staging", "--settle", "0", "--show-config"]) == 0
    assert conducted == []
    shown = _shown(capsys)
    assert shown["URL"] == ("https://staging.example/base", "customers-conformance.toml, line 7: url")
    assert shown["key"] == ("(not shown)", "the environment variable STAGING_KEY")
    assert shown["settle"] == ("0", "--settle")
    assert shown["rate"] == ("5", "CUSTOMERS_CONFORMANCE_RATE")
    assert shown["timeout"] == ("2.5", "customers-conformance.toml, line 9: timeout")
    assert shown["strict"] == ("false", "customers-conformance.toml, line 10: strict")
    assert shown["without"] == ("mcp", "customers-conformance.toml, line 1: without")
    assert shown["deadline"] == ("300", "default")
    assert shown["config"] == ("customers-conformance.toml", "found")
    told = {option.name for option in options.options_of(options.RUN)} - {"show-config"}
    assert set(shown) == {"option", "URL", "key", *told}


def test_no_secret_is_among_what_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, conducted: list[Settings]
) -> None:
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_KEY", "canary-key")
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_HEADER", "X-One: canary-header\nX-Two: canary-other")
    monkeypatch.setenv("CUSTOMERS_CONFORMANCE_PROXY", "http://user:canary-password@proxy.example:3128")
    monkeypatch.setenv("EXTRA", "canary-extra")
    assert cli.answer(["run", "http://host", "--header-env", "X-Three=EXTRA", "--show-config"]) == 0
    shown = capsys.readouterr()
    assert "canary" not in shown.out + shown.err
    assert "X-One: (not shown), X-Two: (not shown)" in shown.out
    assert "(not shown)@proxy.example:3128" in shown.out
    assert "X-Three=EXTRA" in shown.out
    assert conducted == []


def test_what_a_run_would_refuse_is_told_below_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.answer(["run", "--show-config", "--timeout", "0", "--header", "canary", "--key-env", "sk-canary"]) == 2
    shown = capsys.readouterr()
    assert "timeout" in shown.out
    assert "canary" not in shown.out + shown.err
    assert shown.err.startswith("error: no URL")


@pytest.mark.parametrize(
    "arguments, key",
    [
        (["--no-auth"], ("none", "--no-auth")),
        (["--key-file", "absent"], ("(not shown)", "the file absent")),
        ([], ("none", "the environment variable CUSTOMERS_CONFORMANCE_KEY")),
    ],
)
def test_where_the_key_is_from_is_shown(
    arguments: list[str], key: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUSTOMERS_CONFORMANCE_KEY", raising=False)
    cli.answer(["run", "http://host", "--show-config", *arguments])
    assert _shown(capsys)["key"] == key


def test_judge_shows_its_own_values(capsys: pytest.CaptureFixture[str], conducted: list[Settings]) -> None:
    written("strict = true")
    assert cli.answer(["judge", "some.har", "--show-config"]) == 0
    shown = _shown(capsys)
    assert shown["strict"] == ("true", "customers-conformance.toml, line 1: strict")
    assert shown["key-placeholder"] == ("<key>", "default")
    assert "URL" not in shown
    assert conducted == []


def test_targets_are_listed_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    written(TWO_TARGETS)
    assert cli.answer(["targets"]) == 0
    shown = _shown(capsys)
    assert shown["staging"] == ("https://staging.example/base", "STAGING_KEY")
    assert shown["production"] == ("https://production.example",)
    assert cli.answer(["targets", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "staging", "url": "https://staging.example/base", "key_env": "STAGING_KEY"},
        {"name": "production", "url": "https://production.example", "key_env": None},
    ]


def test_a_target_that_says_nothing_of_its_key_takes_the_one_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    written('[targets.a]\nurl = "http://a"\n[targets.b]\nurl = "http://b"\nno-auth = true\n', "other.toml")
    assert cli.answer(["targets", "--format", "json", "--config", "other.toml"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["key_env"] for each in found] == ["CUSTOMERS_CONFORMANCE_KEY", None]


@pytest.mark.parametrize(
    "text, said",
    [
        (None, "there is no configuration; allowed is customers-conformance.toml, or a [tool.customers-conformance]"),
        ("timeout = 1", "customers-conformance.toml has no targets; allowed is one or more: [targets.NAME]"),
    ],
)
def test_no_targets_are_a_mistake_and_not_an_empty_list(
    text: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        written(text)
    assert cli.answer(["targets", "--format", "json"]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
