"""Options of every command, variables, keys of a configuration and exit codes, as a page made of what reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from tests.documentation import marks

from customers_conformance.command import cli, options
from customers_conformance.judging.judge import EXIT_CODES
from customers_conformance.model import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.command.options import Option

PAGE = "options.md"

_HEAD = """# Options, variables, exit codes

`customers-conformance COMMAND --help` tells the same on the terminal. In pytest every option of `run` has the prefix
`--cc-`, but for {printing}, which say what the command prints.
`nox -s conformance -- URL --profile core` takes them without the prefix.
"""

_CODES_HEAD = """## Exit codes

Of `run` and `judge`, of pytest with the plugin, and of `nox -s conformance`. Other commands use 0, 1 and 2; what each
means stands with it below.
"""

#: When each code is the end; the outcomes stand in ``EXIT_CODES``.
_CODES = {
    ExitCode.DONE: "every MUST that was selected passes or does not apply, and at least one passes; "
    "`conformant_with_waivers` where a MUST is waived. Also `incomplete` with `--allow-unverified`, and whatever is "
    "known with `--baseline`",
    ExitCode.NONCONFORMANT: "a MUST fails; with `--strict`, or a SHOULD warns",
    ExitCode.USAGE: "a mistake in the call: an option, an id, a file, a waiver that has expired, no key. Nothing was "
    "sent. With `--strict-waivers` also in place of a 0 where a waiver is not needed any more",
    ExitCode.INCOMPLETE: "a MUST could not be judged; 0 with `--allow-unverified`",
    ExitCode.INVALID: "the server could not be asked (no answer, 401 to the key, 404, a redirect, 429, 502 to 504), "
    "the run was cut short, or the suite failed",
    ExitCode.INTERRUPTED: "Ctrl-C",
}

_CODES_TAIL = """
A run that judged a part only (`--only`, `--skip`, `--without`, `--no-auth`, `--examples 0`) says so wherever its
outcome is shown: "conformant in part". Whatever the outcome, all files are written once the call itself was sound; a
run that was cut short says `"complete": false`, also when its evidence is judged again. pytest's own argument errors
stay 4.
"""

_RUN_HEAD = """## `run URL` and `judge HAR`

A dot says which of the two takes an option.
"""

#: What the help of an option is too short for.
_MORE = {
    "plan": "how many more may be sent is told, too",
    "without": "should it show up, it is judged all the same",
    "deadline": "judging and writing included ([long lists](large-lists.md))",
    "retries": "each time twice as far apart: 0.5 s, 1 s, 2 s … ([flaky servers](ci.md#flaky-servers))",
    "rate": "slower where the server asks for it with a 429",
    "evidence": "`shape` keeps no text at all, `full` keeps secrets of the target, and no mode the key",
    "waivers": "[waivers](waivers.md)",
    "baseline": "[a baseline](waivers.md#a-baseline)",
    "target": "[configuration](configuration.md)",
}

_LAYERS = """## Environment and configuration

Every option above is also taken from the environment, and from `customers-conformance.toml` or
`[tool.customers-conformance]` in `pyproject.toml`. An option holds over the environment, that over the target, that
over the file's defaults; `--show-config` says which did. [Configuration](configuration.md) has the rest.
"""

_SECRETS = """
Three variables hold what is no option's value:

| variable | holds |
| --- | --- |
| `{key}` | the key, unless `--key-env` or `--key-file` names another place |
| `NO_COLOR`, `FORCE_COLOR` | set: no colours on the terminal, or colours elsewhere, too |

A target (`[targets.NAME]`) has the keys above but `target`, and `url`.
"""

_COMMANDS_HEAD = """## The other commands
"""


def pages() -> dict[str, str]:
    """The page by its path in ``docs``."""
    printing = ", ".join(f"`--{option.name}`" for option in options.OPTIONS if option.printing)
    parts = [_HEAD.format(printing=printing), *_exit_codes(), *_of_runs(), *_layers(), *_others()]
    return {PAGE: "\n".join(parts)}


def _exit_codes() -> Iterator[str]:
    yield _CODES_HEAD
    outcomes = {code: next((str(one) for one in EXIT_CODES if EXIT_CODES[one] is code), "") for code in ExitCode}
    outcomes[ExitCode.INTERRUPTED] = outcomes[ExitCode.INVALID]
    rows = [(str(int(code)), f"`{outcomes[code]}`" if outcomes[code] else "", _CODES[code]) for code in ExitCode]
    yield from marks.table(("code", "outcome", "when"), rows)
    yield _CODES_TAIL


def _of_runs() -> Iterator[str]:
    yield _RUN_HEAD
    taken = {name: options.options_of(name) for name in (options.RUN, options.JUDGE)}
    rows = [
        (
            f"`{_typed(option)}`",
            *("●" if option in taken[name] else "" for name in taken),
            "; ".join(part for part in (_prose(option.says), _MORE.get(option.name)) if part),
            f"`{option.default}`" if option.default else "",
        )
        for option in options.OPTIONS
    ]
    yield from marks.table(("option", *taken, "what it does", "unless given"), rows)
    yield ""


def _typed(option: Option) -> str:
    return f"--{option.name} {option.metavar}" if option.metavar else f"--{option.name}"


def _layers() -> Iterator[str]:
    yield _LAYERS
    rows = [
        (
            f"`--{one.name}`",
            f"`{one.variable}`",
            f"`{one.name}`" if one.stored else "",
            _kind(one) if one.stored else "",
        )
        for one in options.OPTIONS
    ]
    yield from marks.table(("option", "variable", "key in a file", "of type"), rows)
    yield _SECRETS.format(key=options.KEY_VARIABLE)


def _kind(option: Option) -> str:
    if option.metavar is None:
        return "`true` or `false`"
    if option.many:
        return "a list of texts, or a text"
    return "a number or a text" if option.is_number else "a text"


def _others() -> Iterator[str]:
    yield _COMMANDS_HEAD
    for name in sorted(cli.command.commands):
        if name not in {options.RUN, options.JUDGE}:
            yield from _command(name, cli.command.commands[name])


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]")
    yield f"### `{f'{name} {usage}'.strip()}`"
    yield ""
    yield from _described(command.help or "")
    rows = [_row(one, context) for one in command.params if isinstance(one, click.Option)]
    if rows:
        yield from marks.table(("option", "what it does", "unless given"), rows)
        yield ""


def _described(text: str) -> Iterator[str]:
    """The help of a command as Markdown: paragraphs, and the list of its exit codes."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if "\b" not in block:
            yield _prose(" ".join(block.split()))
            yield ""
            continue
        head, *lines = [line for line in block.replace("\b", "").splitlines() if line.strip()]
        yield f"{head.strip()}\n"
        # A line that goes on is indented further than one that begins with a code.
        for item in re.split(r"\n(?=\s*\d+\s{2})", "\n".join(lines)):
            code, says = item.split(maxsplit=1)
            yield f"- {code}: {_prose(' '.join(says.split()))}"
        yield ""


def _row(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    kind = option.type
    if option.is_flag:
        value = ""
    elif isinstance(kind, click.Choice):
        value = " " + "|".join(map(str, kind.choices))
    else:
        value = f" {option.metavar or option.make_metavar(context)}"
    says = _prose(option.help or ("how it is printed" if option.name == "form" else "may be given several times"))
    return f"`{option.opts[0]}{value}`", f"{says}{' (needed)' if option.required else ''}", _default(option)


def _default(option: click.Option) -> str:
    """The default as the user would write it; of an option that may be given once it is a list of one."""
    found = option.default
    if isinstance(found, (list, tuple)):
        found = found[0] if found else None
    return f"`{found}`" if not option.is_flag and isinstance(found, (str, int)) and found != "" else ""


def _prose(text: str) -> str:
    """A text of the help, whose backticks are code, with what else Markdown would read as its own escaped."""
    return re.sub(r"([*_\[\]<>])(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\\1", text)
