"""The command ``customers-conformance``.

Each command imports what it needs when it is called, so that none waits for what another needs.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

import click

from customers_conformance.command import options
from customers_conformance.command.finished import commands
from customers_conformance.command.once import Once
from customers_conformance.harmless import one_line
from customers_conformance.model import ALL_PROFILES, PROFILES, ExitCode, UsageError
from customers_conformance.sending.origin import HIGHEST_PORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

    from customers_conformance.command.layers import Asked
    from customers_conformance.model import Requirement
    from customers_conformance.running.settings import Settings

_NAME = "customers-conformance"
_FORMAT = "--format"


class _Commands(click.Group):
    """Commands that are listed with the whole sentence of each."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, but nothing is cut off."""
        del ctx
        rows = [(name, (one.help or "").partition("\n\n")[0]) for name, one in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl([(name, " ".join(sentence.split())) for name, sentence in rows])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=_NAME)
def command() -> None:
    """Tell whether a server keeps the contract of GET /api/governance/customers."""


def _with_options(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command its options from the one table."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options.options_of(name)):
            # Each value is taken, so that one too many is refused.
            kind: dict[str, Any] = (
                {"is_flag": True} if option.metavar is None else {"metavar": option.metavar, "multiple": True}
            )
            function = click.option(f"--{option.name}", help=option.help, **kind)(function)
        return function

    return decorate


@command.command(options.RUN)
@click.argument("url", required=False)
@_with_options(options.RUN)
def run_command(url: str | None, **given: object) -> int:
    """Judge the live server at URL, its base: /api/governance/customers is added.

    The key is read from the environment variable CUSTOMERS_CONFORMANCE_KEY. Every option is also taken from
    CUSTOMERS_CONFORMANCE_ and its name, such as CUSTOMERS_CONFORMANCE_MAX_BODY, and from the configuration.
    """
    from customers_conformance.command import layers, printing
    from customers_conformance.interface import values

    asked = layers.asked(options.RUN, given, url=url)
    if asked.wants("show_config"):
        _shown(asked, options.RUN)
    if asked.url is None:
        raise UsageError(
            "no URL: give the server's base, such as https://gateway.example, or name a target of the configuration "
            "with --target"
        )
    settings = values.settings(asked.values, url=str(asked.url.value), origins=asked.origins)
    how = printing.printing(asked)
    if asked.wants("show_config"):
        return 0
    if not settings.plan:
        return printing.judged(settings, how)
    if how.form == options.JSON and asked.given["format"].origin == _FORMAT:
        raise UsageError(f"--plan and {_FORMAT} json contradict each other: a plan is a table; leave one out")
    return planned(settings)


@command.command(options.JUDGE)
@click.argument("har")
@_with_options(options.JUDGE)
def judge_command(har: str, **given: object) -> int:
    """Judge recorded traffic, the file HAR, offline."""
    from customers_conformance.command import layers, printing
    from customers_conformance.interface import values

    asked = layers.asked(options.JUDGE, given)
    if asked.wants("show_config"):
        _shown(asked, options.JUDGE)
    settings = values.settings(asked.values, har=har, origins=asked.origins)
    how = printing.printing(asked)
    return 0 if asked.wants("show_config") else printing.judged(settings, how)


def _shown(asked: Asked, name: str) -> None:
    from customers_conformance.command import showing

    showing.shown(asked, name)


def planned(settings: Settings) -> int:
    """Print the requests that a run would send, and send none."""
    from customers_conformance.command import terminal
    from customers_conformance.running import run

    probes = run.plan(settings)
    table = terminal.table(*terminal.PROBE_COLUMNS)
    for probe, alike in itertools.groupby(probes):
        times = sum(1 for _ in alike)
        name, *rest = terminal.probe_row(probe)
        table.add_row(
            *(terminal.cell(text, terminal.PROBE_CELL) for text in (f"{name} × {times}" if times > 1 else name, *rest))
        )
    screen = terminal.Screen()
    screen.print(table)
    depending = sum(bool(probe.depends_on) for probe in probes)
    when = f"; {depending} of them are if an earlier answer gives cause (*)" if depending else ""
    screen.say(f"these would be sent, and none was{when}")
    again = f"up to {settings.retries} times more" if settings.retries else "once more where the server asks to wait"
    screen.say(
        f"{len(probes)} requests, up to {run.further(settings)} more: generated ones, repeats until the data settles, "
        f"shrinking, and each {again}; fewer where the list is longer than 4 MiB"
    )
    return 0


@command.command("requirements")
@click.option("--format", "form", type=click.Choice(["table", "json", "markdown"]), default="table", show_default=True)
@click.option("--profile", multiple=True, type=click.Choice([*PROFILES, ALL_PROFILES]), metavar="NAME")
def requirements_command(form: str, profile: tuple[str, ...]) -> int:
    """List the catalogue: every requirement with its id."""
    from customers_conformance.command import terminal
    from customers_conformance.contract import document

    chosen = [
        requirement
        for requirement in document.load().requirements
        if not profile or ALL_PROFILES in profile or requirement.profile in profile
    ]
    screen = terminal.Screen()
    if form == "json":
        screen.say(json.dumps([_as_data(requirement) for requirement in chosen], indent=2, ensure_ascii=False))
    elif form == "markdown":
        for line in _markdown(chosen):
            screen.say(line)
    else:
        table = terminal.table("id", "title", "level", "profile", "needs")
        for requirement in chosen:
            table.add_row(*map(terminal.cell, (*_head(requirement), _needs(requirement))))
        screen.print(table)
        screen.say("`customers-conformance explain ID` tells the sentence of each, and how it is judged")
    return 0


def _as_data(requirement: Requirement) -> dict[str, object]:
    return {
        "id": requirement.id,
        "title": requirement.title,
        "level": str(requirement.level),
        "profile": requirement.profile,
        "says": requirement.says,
        "judged": requirement.judged,
        "source": requirement.source,
        "quote": requirement.quote,
        "section": requirement.section,
        "needs": requirement.needs,
        "after": list(requirement.after),
        "pending": requirement.pending,
    }


def _head(requirement: Requirement) -> tuple[str, ...]:
    title = f"{requirement.title} (not judged yet)" if requirement.pending else requirement.title
    return requirement.id, title, str(requirement.level), requirement.profile


def _needs(requirement: Requirement) -> str:
    needs = [requirement.needs] if requirement.needs else []
    return "; ".join([*needs, *(f"after {name}" for name in requirement.after)])


def _markdown(requirements: Iterable[Requirement]) -> Iterable[str]:
    yield "| id | title | level | profile | a conforming server … | how it is judged | source | needs |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for requirement in requirements:
        row = (*_head(requirement), requirement.says, requirement.judged, requirement.source, _needs(requirement))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


@command.command("document")
@click.argument("file")
@click.option(
    *("--format", "form"),
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="lines for people, or JSON for programs (reports/document.schema.json describes it)",
)
def document_command(file: str, form: str) -> int:
    """Hold FILE, your own OpenAPI document, against the contract; asks no server.

    FILE is OpenAPI 3.0 or 3.1, in YAML or JSON, and refers to nothing beyond itself: nothing is fetched. It has to be
    valid, to describe GET /api/governance/customers (a server's URL may end in a part of the path), and to promise what
    the contract does: each property, its type and format, whether it is required and whether it may be null; the
    parameter from_memory; the statuses and their bodies; the bearer token.

    \b
    Exit codes:
      0  it promises what the contract does; what it promises beyond that is told
      1  it is not valid, or promises less than the contract or something other
      2  a mistake in the call: FILE cannot be read, is no OpenAPI 3.0 or 3.1, refers beyond itself, or is too large or
         too deep
    """  # noqa: D301 - click's mark for lines that stay as they are
    from customers_conformance.command import document

    return document.told(file, form)


@command.command("explain")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
def explain_command(ids: tuple[str, ...], form: str) -> int:
    """Explain requirements: the sentence, its source, how it is judged, right and wrong answers."""
    from customers_conformance.command import explain

    return explain.told(ids, form)


for each in commands.COMMANDS:
    command.add_command(each)


@command.command("targets")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    f"--{options.CONFIG.name}",
    cls=Once,
    metavar=options.CONFIG.metavar,
    help=options.CONFIG.help,
    envvar=options.CONFIG.variable,
)
def targets_command(form: str, config: str | None) -> int:
    """List the configuration's targets; as JSON for the matrix of a CI."""
    from customers_conformance.command import showing

    return showing.targets(form, config)


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="listen on this address")
@click.option("--port", type=click.IntRange(0, HIGHEST_PORT), default=0, metavar="N", help="0, the default: a free one")
@click.option(
    "--customers", type=click.IntRange(0, 100_000), default=4, show_default=True, metavar="N", help="it holds so many"
)
@click.option("--fault", metavar="NAME", help="break the contract in this one way")
@click.option("--variant", metavar="NAME", help="keep the contract in this unusual way")
@click.option("--faults", is_flag=True, help="list the faults and start nothing")
@click.option("--variants", is_flag=True, help="list the variants and start nothing")
def serve_command(
    *, host: str, port: int, customers: int, fault: str | None, variant: str | None, faults: bool, variants: bool
) -> int:
    """Start the reference server; it takes the key of CUSTOMERS_CONFORMANCE_KEY (default: reference-key)."""
    if faults or variants:
        return _listed_behaviours(faults=faults)
    from customers_conformance.command import terminal
    from customers_conformance.reference import app, server

    own_key = os.environ.get(options.KEY_VARIABLE)
    application = app.create_app(
        key=own_key or app.DEFAULT_KEY,
        customers=customers,
        fault=fault,
        variant=variant,
    )

    def ready(url: str) -> None:
        screen = terminal.Screen()
        screen.say(url)
        given = "" if own_key else f"{options.KEY_VARIABLE}={app.DEFAULT_KEY} "
        screen.say(f"key:  {f'that of {options.KEY_VARIABLE}' if own_key else app.DEFAULT_KEY}")
        screen.say(f"next: {given}customers-conformance run {url}")
        screen.say("stop: Ctrl-C")

    server.serve(host, port, application, ready)
    return 0


def _listed_behaviours(*, faults: bool) -> int:
    from customers_conformance.command import terminal
    from customers_conformance.reference.faults import FAULTS
    from customers_conformance.reference.variants import VARIANTS

    if faults:
        table = terminal.table("name", "breaks", "the server …")
        for fault in FAULTS:
            table.add_row(*map(terminal.cell, (fault.name, fault.breaks, fault.says)))
    else:
        table = terminal.table("name", "the server …")
        for variant in VARIANTS:
            table.add_row(*map(terminal.cell, (variant.name, variant.says)))
    terminal.Screen().print(table)
    return 0


def answer(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code; what went wrong is told on standard error."""
    try:
        result = command.main(list(arguments), prog_name=_NAME, standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        return ExitCode.USAGE
    except UsageError as mistake:
        _complain(f"error: {mistake}")
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - any other is a fault of the suite, and never the target's
        _complain(f"the suite itself failed ({type(fault).__name__}); please report these lines:")
        # Its text may hold what the target sent or a secret, so it is not shown.
        for line in traceback.format_tb(fault.__traceback__)[-6:]:
            _complain(line.strip().partition("\n")[0])
        return ExitCode.INVALID
    return result if isinstance(result, int) else 0


def _complain(text: str) -> None:
    from customers_conformance.command import terminal

    with contextlib.suppress(OSError):
        terminal.Screen(stderr=True).say(one_line(text, 4000))


def main() -> NoReturn:
    """Be the command: carry out the command line of this process and end it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started the command.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole process
        else:
            stream.reconfigure(errors="backslashreplace")
    code = answer(sys.argv[1:])
    for stderr, stream in ((False, sys.stdout), (True, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            from customers_conformance.command import terminal

            terminal.discard(stderr)
    # All that is left goes with the process: Python would look for garbage in it before it ends, for a tenth of a run.
    gc.freeze()
    sys.exit(code)
