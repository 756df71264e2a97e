"""The options of a run: one table, for the command, the pytest plugin, the environment and the configuration alike.

What they collect goes to ``interface.values.settings``, which says what is allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

from customers_conformance import placeholders
from customers_conformance.model import ABSENT_THINGS, ALL_PROFILES, DEFAULT_PROFILES, MEBI, PROFILES, Mode
from customers_conformance.running.settings import Settings

KEY_VARIABLE = placeholders.KEY_VARIABLE

RUN = "run"
JUDGE = "judge"
_BOTH = frozenset({RUN, JUDGE})
_RUN = frozenset({RUN})
_JUDGE = frozenset({JUDGE})

_DEFAULTS = Settings()

#: What a run may print: lines for people, or its report for programs.
TEXT, JSON = FORMATS = ("text", "json")

#: What stands for a number in the help, and what for a path.
_NUMBERS = frozenset({"S", "N", "BYTES"})
_PATHS = frozenset({"DIR", "FILE", "REPORT"})


@dataclass(frozen=True, slots=True)
class Option:
    """One option as the user meets it; ``name`` is without its dashes."""

    name: str
    says: str
    #: What stands for the value in the help; ``None`` for an option without one.
    metavar: str | None = None
    #: The default as the user would write it, for the help; empty where there is none.
    default: str = ""
    many: bool = False
    commands: frozenset[str] = _BOTH
    #: Whether a configuration may hold it: not where it belongs to one call, or where its value is a secret.
    stored: bool = True
    #: Whether one of many values may hold blanks and commas.
    free: bool = False
    #: Whether it says what the command prints, which pytest and a program print themselves.
    printing: bool = False

    @property
    def member(self) -> str:
        """Its name as a Python name."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable that gives it."""
        return f"CUSTOMERS_CONFORMANCE_{self.member.upper()}"

    @property
    def is_number(self) -> bool:
        """Whether its value is a number, or may be one."""
        return self.metavar in _NUMBERS

    @property
    def is_path(self) -> bool:
        """Whether its value is the path of a file or a folder."""
        return self.metavar in _PATHS

    @property
    def help(self) -> str:
        """What it does, and its default."""
        return f"{self.says} (default: {self.default})" if self.default else self.says


CONFIG = Option(
    "config",
    "read this configuration; unless given, customers-conformance.toml or pyproject.toml is looked for",
    "FILE",
    stored=False,
)

OPTIONS: tuple[Option, ...] = (
    Option(
        "profile",
        f"judge this profile: {', '.join(PROFILES)}, or {ALL_PROFILES}; may be given several times",
        "NAME",
        ", ".join(DEFAULT_PROFILES),
        many=True,
    ),
    Option("only", "judge this requirement alone, of whatever profile; may be given several times", "ID", many=True),
    Option("skip", "do not judge this requirement; may be given several times", "ID", many=True),
    Option("out", "write the report's files to this folder", "DIR", str(_DEFAULTS.out)),
    Option("plan", "print the requests that would be sent, and send none", commands=_RUN, stored=False),
    Option("strict", "a broken SHOULD makes the target nonconformant, too"),
    Option("allow-unverified", "exit 0 although a MUST could not be judged"),
    Option("no-auth", "the target takes no credentials: send none, and judge no authentication"),
    Option(
        "without",
        f"what the target does not have, separated by commas: {', '.join(ABSENT_THINGS)}",
        "WHAT",
        many=True,
    ),
    Option(
        "timeout",
        "seconds that a request may take, from first to last byte",
        "S",
        f"{_DEFAULTS.timeout:g}",
        commands=_RUN,
    ),
    Option("deadline", "seconds that the whole run may take", "S", f"{_DEFAULTS.deadline:g}", commands=_RUN),
    Option("settle", "seconds in which views may come to agree", "S", f"{_DEFAULTS.settle:g}", commands=_RUN),
    Option(
        "max-body",
        "bytes of a body that are read; KiB, MiB and GiB are understood",
        "BYTES",
        f"{_DEFAULTS.max_body // MEBI}MiB",
    ),
    Option("rate", "requests a second at the most; no limit unless given", "N", commands=_RUN),
    Option(
        "retries",
        "ask again so often at the most what met a reset, a timeout, 429, 502, 503 or 504, and name it in the report",
        "N",
        str(_DEFAULTS.retries),
        commands=_RUN,
    ),
    Option("concurrency", "requests at one time at the most", "N", str(_DEFAULTS.concurrency), commands=_RUN),
    Option("examples", "generated requests at the most; 0 for none", "N", str(_DEFAULTS.examples), commands=_RUN),
    Option("seed", "makes the same generated requests again; drawn unless given", "N", commands=_RUN),
    Option(
        "header",
        "add this header to every request; its value is kept secret; may be given several times",
        "'NAME: VALUE'",
        many=True,
        commands=_RUN,
        stored=False,
        free=True,
    ),
    Option(
        "header-env",
        "as --header, with the value of the environment variable VAR",
        "NAME=VAR",
        many=True,
        commands=_RUN,
    ),
    Option("ca-bundle", "trust the certificate authorities of this PEM file instead", "FILE", commands=_RUN),
    Option("proxy", "send through this proxy; those of the environment are not used", "URL", commands=_RUN),
    Option("evidence", f"what of the answers is written: {', '.join(Mode)}", "MODE", _DEFAULTS.evidence.value),
    Option("waivers", "accept the known deviations that this file lists", "FILE"),
    Option("strict-waivers", "exit 2 where a waiver is not needed any more"),
    Option("baseline", "fail only on what is new since this report, a folder or a report.json", "REPORT"),
    Option("key-env", "environment variable that holds the key", "NAME", KEY_VARIABLE, commands=_RUN),
    Option("key-file", "file that holds the key", "FILE", commands=_RUN),
    Option(
        "virtual-key-env",
        "environment variable that holds a virtual key, for the profile intrusive",
        "NAME",
        commands=_RUN,
    ),
    Option(
        "session-env",
        "environment variable that holds a session token, for the profile intrusive",
        "NAME",
        commands=_RUN,
    ),
    Option(
        "key-placeholder",
        "what stands for the key in the recording",
        "TEXT",
        _DEFAULTS.key_placeholder,
        commands=_JUDGE,
    ),
    Option("quiet", "print the outcome alone, on one line, and mistakes", printing=True),
    Option("verbose", "print a line for each exchange as well, to standard error", printing=True),
    Option(
        "format",
        f"what is printed to standard output: {', '.join(FORMATS)} (the report, as in report.json)",
        "FORM",
        FORMATS[0],
        printing=True,
    ),
    Option("target", "judge this target of the configuration, by its URL and its options", "NAME"),
    CONFIG,
    Option("show-config", "print each value and where it is from, and send nothing", stored=False),
)


def options_of(command: str) -> tuple[Option, ...]:
    """The options that a command takes."""
    return tuple(option for option in OPTIONS if command in option.commands)
