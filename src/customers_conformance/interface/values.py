"""What the user gave for the options, whichever way, read and checked: one ``Settings``."""

from __future__ import annotations

import contextlib
import math
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customers_conformance.model import (
    ABSENT_THINGS,
    ALL_PROFILES,
    DEFAULT_PROFILES,
    KIBI,
    MEBI,
    PROFILES,
    Mode,
    UsageError,
)
from customers_conformance.placeholders import KEY_VARIABLE
from customers_conformance.running.settings import Settings
from customers_conformance.sending.credentials import Credentials
from customers_conformance.sending.origin import parse_proxy, parse_url
from customers_conformance.sending.trust import ssl_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from customers_conformance.model import Baseline, Waivers

#: Key files are read no further: a longer one is no key.
LONGEST_KEY_FILE = 64 * KIBI

_DEFAULTS = Settings()

_UNITS = {"": 1, "b": 1, "kib": KIBI, "mib": MEBI, "gib": KIBI * MEBI, "kb": 1000, "mb": 1000**2, "gb": 1000**3}
_SIZE = re.compile(r"([0-9]{1,18})\s*([A-Za-z]*)")
_WHOLE = re.compile(r"[0-9]{1,18}")

#: The name of an environment variable, as shells take it.
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a caller who hands over their values, and names neither a variable nor a file."""

    key: str | None = field(default=None, repr=False)
    virtual_key: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def settings(
    values: Mapping[str, object],
    *,
    url: str | None = None,
    har: str | None = None,
    environment: Mapping[str, str] | None = None,
    origins: Mapping[str, str] | None = None,
    secrets: Secrets | None = None,
    files: bool = True,
) -> Settings:
    """Read and check what a front end collected: ``values`` by ``Option.member``, texts, lists of texts, booleans.

    What is missing, ``None``, ``False`` or empty was not given. ``origins`` says how a value was given, for what is
    said of it: unless told by the option. Without ``secrets`` they are read where the values name. ``files`` says
    whether the run writes any. Raises ``UsageError`` for the first value that is not
    allowed, a file that cannot be read, and a live run that has neither key nor ``--no-auth`` (a plan needs none).
    """
    reader = _Reader(values, os.environ if environment is None else environment, origins or {}, secrets, files=files)
    return reader.settings(url, har)


def hold(member: str, value: object, origin: str) -> None:
    """Raises ``UsageError`` for a value of an option that no run takes; no file, variable or network is asked."""
    reader = _Reader({member: value}, {}, {member: origin}, Secrets(), files=False)
    reader.plain()
    reader.variables()


class _Reader:
    """Reads one set of given values."""

    def __init__(
        self,
        values: Mapping[str, object],
        environment: Mapping[str, str],
        origins: Mapping[str, str],
        secrets: Secrets | None,
        *,
        files: bool,
    ) -> None:
        self._values = values
        self._environment = environment
        self._origins = origins
        self._secrets = secrets
        self._files = files

    def settings(self, url: str | None, har: str | None) -> Settings:
        credentials = self._credentials() if url is not None else Credentials(key=None, unknown="unknown")
        if url is not None:
            parse_url(url)
            if credentials.key is None and not (self._flag("no_auth") or self._flag("plan")):
                raise UsageError(f"no key: {self._how_to_give_a_key()} where the target takes no credentials")
        return Settings(
            url=url,
            har=None if har is None else Path(har),
            **self.plain(),
            out=Path(self._text("out") or _DEFAULTS.out),
            plan=self._flag("plan"),
            strict=self._flag("strict"),
            allow_unverified=self._flag("allow_unverified"),
            no_auth=self._flag("no_auth"),
            headers=credentials.headers,
            ca_bundle=self._ca_bundle(),
            waivers=self._waivers(),
            strict_waivers=self._flag("strict_waivers"),
            baseline=self._baseline(),
            key=credentials.key,
            virtual_key=credentials.virtual_key,
            session=credentials.session,
            key_placeholder=self._text("key_placeholder") or _DEFAULTS.key_placeholder,
            secrets_from=() if url is None else tuple(self._secrets_from()),
            origins=tuple(self._origins.items()),
        )

    def plain(self) -> dict[str, Any]:
        """The members of the settings for which nothing but the value itself is asked."""
        examples = self._whole("examples", 0, 100_000)
        return {
            "profiles": self._profiles(),
            "only": tuple(dict.fromkeys(self._many("only"))),
            "skip": tuple(dict.fromkeys(self._many("skip"))),
            "without": frozenset(self._without()),
            "timeout": self._number("timeout", _DEFAULTS.timeout, 0.001, 3600),
            "deadline": self._number("deadline", _DEFAULTS.deadline, 0.001, 86400),
            "settle": self._number("settle", _DEFAULTS.settle, 0, 3600),
            "max_body": self._size("max_body", _DEFAULTS.max_body),
            "rate": self._number("rate", 0, 0.001, 1_000_000) or None,
            "concurrency": self._whole("concurrency", 1, 256) or _DEFAULTS.concurrency,
            "retries": self._whole("retries", 0, 10) or 0,
            "examples": _DEFAULTS.examples if examples is None else examples,
            "seed": self._whole("seed", 0, 2**32 - 1),
            "proxy": self._proxy(),
            "evidence": Mode(self._choice("evidence", tuple(Mode)) or _DEFAULTS.evidence),
        }

    def variables(self) -> None:
        """Raises ``UsageError`` where what should name a variable cannot: it may be the secret itself."""
        for member in ("key_env", "virtual_key_env", "session_env"):
            if (name := self._text(member)) is not None:
                self._hold_variable(member, name)
        for _, name in self._header_variables():
            self._hold_variable("header_env", name)

    def _how_to_give_a_key(self) -> str:
        if self._secrets is not None:
            return "give the server's as key, or say no_auth=True"
        return (
            f"set the environment variable {KEY_VARIABLE}, name another with --key-env or a file "
            "with --key-file, or say --no-auth"
        )

    def _named(self, member: str) -> str:
        return self._origins.get(member) or "--" + member.replace("_", "-")

    def _mistake(self, member: str, says: str) -> UsageError:
        return UsageError(f"{self._named(member)}: {says}")

    def _refused(self, member: str, text: str, allowed: str) -> UsageError:
        return self._mistake(member, f"{text!a} is not allowed; allowed: {allowed}")

    @contextlib.contextmanager
    def _naming(self, member: str) -> Iterator[None]:
        """Say which option a mistake in the block is about."""
        try:
            yield
        except UsageError as mistake:
            raise self._mistake(member, str(mistake)) from None

    def _secrets_from(self) -> Iterator[tuple[str, str]]:
        """Where secrets are read, by the names of variables; the path of a file is the user's own."""
        for member in () if self._flag("no_auth") else ("key_env", "virtual_key_env", "session_env"):
            if (name := self._text(member)) is not None:
                yield member, name
        for given in self._many("header_env"):
            yield "header_env", given

    def _flag(self, member: str) -> bool:
        return bool(self._values.get(member))

    def _text(self, member: str) -> str | None:
        value = self._values.get(member)
        if value is None:
            return None
        if value == "":
            raise UsageError(f"{self._named(member)} is empty; give it a value or leave it out")
        return str(value)

    def _many(self, member: str) -> tuple[str, ...]:
        value = self._values.get(member)
        return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()

    def _profiles(self) -> tuple[str, ...]:
        asked = self._many("profile")
        for name in asked:
            if name not in (*PROFILES, ALL_PROFILES):
                allowed = ", ".join((*PROFILES, ALL_PROFILES))
                raise self._mistake("profile", f"there is no profile {name!a}; allowed: {allowed}")
        if ALL_PROFILES in asked or (not asked and self._many("only")):
            return PROFILES
        return tuple(name for name in PROFILES if name in asked) or DEFAULT_PROFILES

    def _without(self) -> Iterator[str]:
        for given in self._many("without"):
            for name in given.split(","):
                if (thing := name.strip()) not in ABSENT_THINGS:
                    raise self._mistake("without", f"{thing!a} is not known; allowed: {', '.join(ABSENT_THINGS)}")
                yield thing

    def _choice(self, member: str, allowed: tuple[str, ...]) -> str | None:
        text = self._text(member)
        if text is not None and text not in allowed:
            raise self._refused(member, text, ", ".join(allowed))
        return text

    def _number(self, member: str, default: float, least: float, most: float) -> float:
        """Read a number within bounds; both are allowed."""
        text = self._text(member)
        if text is None:
            return default
        allowed = f"a number from {least:g} to {most:g}"
        try:
            number = float(text)
        except ValueError:
            raise self._refused(member, text, allowed) from None
        if not (math.isfinite(number) and least <= number <= most):
            raise self._refused(member, text, allowed)
        return number

    def _whole(self, member: str, least: int, most: int) -> int | None:
        text = self._text(member)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise self._refused(member, text, f"a whole number from {least} to {most}")
        return int(text)

    def _size(self, member: str, default: int) -> int:
        text = self._text(member)
        if text is None:
            return default
        match = _SIZE.fullmatch(text.strip())
        unit = _UNITS.get(match[2].lower()) if match else None
        size = int(match[1]) * unit if match and unit else 0
        if not KIBI <= size <= KIBI * KIBI * MEBI:
            raise self._refused(member, text, "a size from 1KiB to 1024GiB, in bytes or with KiB, MiB or GiB (256MiB)")
        return size

    def _proxy(self) -> str | None:
        if (text := self._text("proxy")) is not None:
            with self._naming("proxy"):
                parse_proxy(text)
        return text

    def _ca_bundle(self) -> Path | None:
        text = self._text("ca_bundle")
        if text is None:
            return None
        with self._naming("ca_bundle"):
            ssl_context(text)
        return Path(text)

    def _waivers(self) -> Waivers | None:
        text = self._text("waivers")
        if text is None:
            if self._flag("strict_waivers"):
                raise self._mistake(
                    "strict_waivers", f"there are no waivers; allowed is beside {self._named('waivers')}"
                )
            return None
        from customers_conformance.interface import waivers  # noqa: PLC0415 - who has none need not wait for the checks

        with self._naming("waivers"):
            return waivers.read(Path(text))

    def _baseline(self) -> Baseline | None:
        text = self._text("baseline")
        if text is None:
            return None
        from customers_conformance.judging.baseline import baseline_of  # noqa: PLC0415 - as above
        from customers_conformance.proving.folder import opened  # noqa: PLC0415 - as above
        from customers_conformance.reports.telling import digest  # noqa: PLC0415 - as above

        with self._naming("baseline"):
            stored = opened(Path(text))
            out = Path(self._text("out") or _DEFAULTS.out)
            if self._files and (stored.folder / stored.name).resolve() == (out / "report.json").resolve():
                replaces = f"replaces ({self._named('out')})"
                raise UsageError(
                    f"{text} is the report that this run {replaces}: what is new would be known the next time; "
                    "allowed is one in another folder"
                )
            return baseline_of(stored.run, Path(text).name or stored.name, digest.of(stored.data))

    def _credentials(self) -> Credentials:
        """What the run authenticates with; with ``--no-auth`` nothing but the added headers."""
        own = self._secrets
        headers = tuple(self._headers()) if own is None else own.headers
        if self._flag("no_auth"):
            return Credentials(key=None, unknown="unknown", headers=headers)
        if own is not None:
            key = _without_scheme(own.key)
            return Credentials(
                key=key, unknown="unknown", virtual_key=own.virtual_key, session=own.session, headers=headers
            )
        return Credentials(
            key=_without_scheme(self._key()),
            unknown="unknown",
            virtual_key=self._named_variable("virtual_key_env"),
            session=self._named_variable("session_env"),
            headers=headers,
        )

    def _key(self) -> str | None:
        if (file := self._text("key_file")) is None:
            if self._text("key_env") is not None:
                return self._named_variable("key_env")
            return self._variable("key_env", KEY_VARIABLE) if self._environment.get(KEY_VARIABLE) else None
        if self._text("key_env") is not None:
            both = f"{self._named('key_env')} and {self._named('key_file')}"
            raise UsageError(f"{both} are both given; allowed is one of them")
        try:
            with Path(file).open("rb") as stream:
                content = stream.read(LONGEST_KEY_FILE + 1)
        except (OSError, ValueError) as cause:
            why = cause.strerror if isinstance(cause, OSError) and cause.strerror else "the name is not valid"
            raise self._mistake("key_file", f"{file!a} cannot be read ({why}); allowed is a file that can") from None
        if len(content) > LONGEST_KEY_FILE:
            raise self._mistake(
                "key_file", f"{file!a} has more than {LONGEST_KEY_FILE} bytes; allowed is the key alone"
            )
        return content.decode("latin-1").removesuffix("\n").removesuffix("\r")

    def _named_variable(self, member: str) -> str | None:
        name = self._text(member)
        return None if name is None else self._variable(member, name)

    def _hold_variable(self, member: str, name: str) -> None:
        if not VARIABLE.fullmatch(name):
            # What was given may be the secret itself, so it is not shown.
            says = "its value is no name of an environment variable; allowed are letters, digits and _, no secret"
            raise self._mistake(member, says)

    def _variable(self, member: str, name: str) -> str:
        self._hold_variable(member, name)
        value = self._environment.get(name)
        if not value:
            state = "is not set" if value is None else "is empty"
            says = f"the environment variable {name!a} {state}; allowed is one that holds a value"
            raise self._mistake(member, says)
        if value.endswith(("\n", "\r")):
            message = (
                f"the environment variable {name!a} ends in a line's end; "
                "allowed is the value alone, as NAME=$(cat FILE) gives it"
            )
            raise UsageError(message)
        return value

    def _headers(self) -> Iterator[tuple[str, str]]:
        for given in self._many("header"):
            name, colon, value = given.partition(":")
            if not colon:
                # What was given may be the secret itself, so it is not shown.
                raise self._mistake("header", "there is no colon in its value; allowed is 'Name: value'")
            yield name.strip(), value.strip(" \t")
        for name, variable in self._header_variables():
            yield name, self._variable("header_env", variable).strip(" \t")

    def _header_variables(self) -> Iterator[tuple[str, str]]:
        for given in self._many("header_env"):
            name, sign, variable = given.partition("=")
            if not sign:
                raise self._mistake("header_env", f"{given!a} has no '='; allowed is Name=VARIABLE")
            yield name.strip(), variable.strip()


def _without_scheme(key: str | None) -> str | None:
    """The key; raises ``UsageError`` where it stands as the header has it."""
    if key is not None and key.lower().startswith("bearer "):
        message = "the key begins with 'Bearer '; allowed is the key alone: the suite writes the scheme itself"
        raise UsageError(message)
    return key
