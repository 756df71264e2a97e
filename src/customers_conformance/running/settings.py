"""What a run was asked to do: one frozen value, whichever front end asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from customers_conformance import placeholders
from customers_conformance.model import DEFAULT_LIMITS, DEFAULT_PROFILES, Limits, Mode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from customers_conformance.model import Baseline, Requirement, Waivers


#: How many ids are named where one is unknown.
NEAREST = 3

_LISTED = "`customers-conformance requirements` lists all"


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of one run, read and validated; times are in seconds, sizes in bytes.

    One of ``url`` (a live server) and ``har`` (recorded traffic) is set. What holds a secret has no ``repr``.
    """

    url: str | None = None
    har: Path | None = None
    profiles: tuple[str, ...] = DEFAULT_PROFILES
    #: Ids to select; empty for all of the profiles.
    only: tuple[str, ...] = ()
    #: Ids to leave out.
    skip: tuple[str, ...] = ()
    out: Path = Path("conformance-report")
    plan: bool = False
    strict: bool = False
    allow_unverified: bool = False
    no_auth: bool = False
    without: frozenset[str] = frozenset()
    timeout: float = DEFAULT_LIMITS.timeout
    deadline: float = DEFAULT_LIMITS.deadline
    settle: float = 5.0
    max_body: int = DEFAULT_LIMITS.max_body
    #: Requests a second; ``None`` for no limit.
    rate: float | None = DEFAULT_LIMITS.rate
    concurrency: int = DEFAULT_LIMITS.concurrency
    #: How often a request is made again that met a reset, a timeout, 429, 502, 503 or 504.
    retries: int = 0
    examples: int = 20
    seed: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_bundle: Path | None = None
    #: May hold a password.
    proxy: str | None = field(default=None, repr=False)
    evidence: Mode = Mode.REDACTED
    waivers: Waivers | None = None
    strict_waivers: bool = False
    baseline: Baseline | None = None
    key: str | None = field(default=None, repr=False)
    virtual_key: str | None = field(default=None, repr=False)
    session: str | None = field(default=None, repr=False)
    key_placeholder: str = placeholders.KEY
    #: Options that name where a secret is read, in order: ``("key_env", "STAGING_KEY")``.
    secrets_from: tuple[tuple[str, str], ...] = ()
    #: How each option was given, for what is said of its value: ``("skip", "pyproject.toml, line 9: skip")``.
    origins: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)

    def named(self, option: str) -> str:
        """How what is said of an option's value names it; ``option`` with underscores."""
        return dict(self.origins).get(option) or "--" + option.replace("_", "-")

    @property
    def limits(self) -> Limits:
        """What the run may take."""
        return Limits(self.timeout, self.deadline, self.max_body, self.rate, self.concurrency)


def unknown(where: str, name: str, known: Iterable[str]) -> UsageError:
    """What is said of an id that is none; ``where`` is the option or the command that was given it."""
    near = ", ".join(get_close_matches(name.upper(), list(known), NEAREST, cutoff=0))
    return UsageError(f"{where}: there is no requirement {name!a}; the nearest: {near}; {_LISTED}")


def selected(requirements: Sequence[Requirement], settings: Settings) -> tuple[Requirement, ...]:
    """The requirements that a run judges, in catalogue order.

    Raises ``UsageError`` for an id that is unknown or not judged yet, and where nothing is left.
    """
    known = {requirement.id: requirement for requirement in requirements}
    for option, names in ((settings.named("only"), settings.only), (settings.named("skip"), settings.skip)):
        for name in names:
            if name not in known:
                raise unknown(option, name, known)
    for name in settings.only:
        if known[name].pending:
            judged = [requirement.id for requirement in requirements if not requirement.pending]
            near = ", ".join(get_close_matches(name, judged, NEAREST, cutoff=0))
            msg = f"{settings.named('only')}: {name} is not judged yet; the nearest that are: {near}; {_LISTED}"
            raise UsageError(msg)
    chosen = tuple(
        requirement
        for requirement in requirements
        if not requirement.pending
        and requirement.profile in settings.profiles
        and (not settings.only or requirement.id in settings.only)
        and requirement.id not in settings.skip
    )
    if not chosen:
        asked = f"{settings.named('profile')} {', '.join(settings.profiles)}"
        if settings.only:
            asked += f" and {settings.named('only')} {', '.join(settings.only)}"
        if settings.skip:
            asked += f" and {settings.named('skip')} {', '.join(settings.skip)}"
        judged = sorted({requirement.profile for requirement in requirements if not requirement.pending})
        message = f"nothing is selected by {asked}; profiles with requirements that are judged: {', '.join(judged)}"
        raise UsageError(message)
    return chosen
