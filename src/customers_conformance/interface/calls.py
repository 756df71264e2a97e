"""The three calls of Python: ``run``, ``judge`` and ``verify``, which the package itself exports.

They print nothing, take no signal and end no process; they may be called from any thread, several at a time, and where
an event loop runs, which waits meanwhile: ``await asyncio.to_thread(run, url, key=key)`` does not keep it. Nothing is
taken from the environment or a configuration. What the command does beyond that, it does around these: it reads its
options as they are read here, and makes its runs by the same function, in the main thread, where signals end them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from customers_conformance.interface import values
from customers_conformance.model import UsageError
from customers_conformance.running.settings import NEAREST, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeGuard, Unpack

    from customers_conformance.model import Mode, Run
    from customers_conformance.proving.verifying import Verification

    File = str | os.PathLike[str]
    #: One name, or several.
    Names = str | Iterable[str]

#: Keywords that the table of options names by what it takes one at a time.
_SINGULAR = {"profiles": "profile"}

#: Numbers that have no default, by which the others are told.
_NUMBERS = frozenset({"rate", "seed"})

_DEFAULTS = Settings()


class JudgeOptions(TypedDict, total=False):
    """The options of ``judge``, named and with defaults as those of the command; ``None`` is as not given."""

    #: Profiles, or ``all``; all but ``intrusive`` unless told.
    profiles: Names
    #: Ids of the requirements that alone are judged, and of those that are not.
    only: Names
    skip: Names
    #: A folder for the report's files; none are written unless told.
    out: File | None
    #: A broken SHOULD makes the target nonconformant, too.
    strict: bool
    #: ``exit_code`` is 0 although a MUST could not be judged.
    allow_unverified: bool
    #: The target takes no credentials.
    no_auth: bool
    #: What the target does not have: ``["mcp", "teams"]``.
    without: Names
    #: Bytes, or a text such as ``64MiB``.
    max_body: int | str
    #: ``redacted``, ``shape`` or ``full``: what of the answers is kept.
    evidence: Mode | str
    #: A file of waivers.
    waivers: File | None
    strict_waivers: bool
    #: An earlier report, a folder or a ``report.json``: what is new since then is told.
    baseline: File | None


class RunOptions(JudgeOptions, total=False):
    """The options of ``run``; times are in seconds. Secrets are values here, and reach no file."""

    #: For one request, and for the whole run.
    timeout: float
    deadline: float
    #: In which views may come to agree.
    settle: float
    #: Requests a second at the most; no limit unless told.
    rate: float | None
    #: How often a request is made again that met a reset, a timeout, 429, 502, 503 or 504.
    retries: int
    #: Requests at one time at the most.
    concurrency: int
    #: Generated requests at the most, and what makes the same ones again.
    examples: int
    seed: int | None
    #: Added to every request; their values are secrets.
    headers: Mapping[str, str] | Iterable[tuple[str, str]]
    #: A PEM file of the certificate authorities to trust instead.
    ca_bundle: File | None
    #: The URL of a proxy.
    proxy: str | None
    #: For the profile ``intrusive``: secrets.
    virtual_key: str | None
    session: str | None


def run(
    url: str, *, key: str | None = None, progress: Callable[[str], None] | None = None, **options: Unpack[RunOptions]
) -> Run:
    """The run that judges the live server at a URL, its base: ``/api/governance/customers`` is added.

    ``key`` is the server's; without one ``no_auth=True`` says that it takes none. ``progress`` is called, in another
    thread, with what the run is at, a sentence each time; ``options`` are those of ``RunOptions``. A server that cannot
    be asked, and one that breaks the contract, are no errors: ``outcome`` tells. Takes up to ``deadline`` seconds.
    Raises ``UsageError`` before anything is sent for an option that is not allowed, and for a file that cannot be read
    or written.
    """
    given = dict(options)
    secrets = _secrets(key, given)
    settings = _settings(given, RunOptions, url=_path("url", url), secrets=secrets)
    return _made(settings, progress, files=options.get("out") is not None)


def judge(
    har: str | os.PathLike[str],
    *,
    key_placeholder: str | None = None,
    progress: Callable[[str], None] | None = None,
    **options: Unpack[JudgeOptions],
) -> Run:
    """The run that judges recorded traffic, the file of a HAR, offline.

    ``key_placeholder`` is what stands for the key there, ``<key>`` unless told; ``options`` are those of
    ``JudgeOptions``. Otherwise as ``run``.
    """
    given = {**options, "key_placeholder": key_placeholder}
    settings = _settings(given, JudgeOptions, har=_path("har", har))
    return _made(settings, progress, files=options.get("out") is not None)


def verify(
    folder: str | os.PathLike[str],
    *,
    certificate: str | os.PathLike[str] | None = None,
    public_key: str | os.PathLike[str] | None = None,
) -> Verification:
    """What differs in the folder of a run from what its evidence gives, offline: ``agrees`` where nothing does.

    With ``certificate``, a file, also whether that is of this folder and holds, and is signed by the ed25519 key in the
    PEM file ``public_key``. Raises ``UsageError`` for a folder that holds no report, and for a certificate or a key
    that is none.
    """
    from customers_conformance.proving.certifying import checked  # noqa: PLC0415 - who only runs need not wait for it
    from customers_conformance.proving.verifying import verified  # noqa: PLC0415 - as above

    place = Path(_path("folder", folder))
    key = None if public_key is None else Path(_path("public_key", public_key))
    if certificate is None:
        if public_key is not None:
            raise UsageError("a public key is given without a certificate; name the certificate that it checks")
        return verified(place)
    return checked(place, Path(_path("certificate", certificate)), key)


def _made(settings: Settings, progress: Callable[[str], None] | None, *, files: bool) -> Run:
    from customers_conformance.interface.apart import apart  # noqa: PLC0415 - who only verifies need not wait for it
    from customers_conformance.running.run import conduct, execute  # noqa: PLC0415 - as above

    make = execute if files else conduct
    return apart(lambda watch: make(settings, progress and _steps(progress), watch=watch), settings.deadline)


def _steps(progress: Callable[[str], None]) -> Callable[[str], None]:
    """Tells steps, and how far each is, but no single answer."""
    from customers_conformance.running.progress import Answered  # noqa: PLC0415 - as above

    return lambda text: None if isinstance(text, Answered) else progress(text)


def _settings(
    options: Mapping[str, object],
    known: type,
    *,
    url: str | None = None,
    har: str | None = None,
    secrets: values.Secrets | None = None,
) -> Settings:
    """The options, read as the command reads its own; raises ``UsageError``."""
    taken: frozenset[str] = known.__optional_keys__  # type: ignore[attr-defined]
    if har is not None:
        taken |= {"key_placeholder"}
    given: dict[str, object] = {}
    for name, value in options.items():
        if name not in taken:
            near = ", ".join(get_close_matches(name, taken, NEAREST, cutoff=0))
            raise UsageError(f"there is no option {name!a}; the nearest: {near}")
        if value is not None:
            given[_SINGULAR.get(name, name)] = _read(name, value)
    origins = {_SINGULAR.get(name, name): name for name in taken}
    files = options.get("out") is not None
    return values.settings(
        given, url=url, har=har, environment={}, origins=origins, secrets=secrets or values.Secrets(), files=files
    )


def _read(name: str, value: object) -> object:
    """A value of an option as the reader takes it: a text, texts, or a truth, whichever its default is."""
    default = getattr(_DEFAULTS, name)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise UsageError(f"{name}: {value!a} is not allowed; allowed: True, False")
        return value
    if isinstance(default, tuple | frozenset):
        texts = [value] if isinstance(value, str) else list(value) if _is_iterable(value) else [value]
        if not all(isinstance(text, str) for text in texts):
            raise UsageError(f"{name}: {value!a} is not allowed; allowed: a text, or several")
        return texts
    if isinstance(default, int | float) or name in _NUMBERS:
        return str(value)
    return _path(name, value)


def _path(name: str, value: object) -> str:
    """A text, or the path of a file or folder as one."""
    text = os.fspath(value) if isinstance(value, os.PathLike) else value
    if not isinstance(text, str):
        raise UsageError(f"{name}: {value!a} is not allowed; allowed: a text, or a path")
    return text


def _secrets(key: object, options: dict[str, object]) -> values.Secrets:
    """The secrets among the options, which are taken out; what is wrong with one is told without it."""
    texts: dict[str, str | None] = {}
    for name, value in (("key", key), *((name, options.pop(name, None)) for name in ("virtual_key", "session"))):
        if value is not None and not isinstance(value, str):
            raise UsageError(f"{name}: it is no text; allowed is one")
        texts[name] = value
    return values.Secrets(**texts, headers=tuple(_headers(options.pop("headers", None) or ())))


def _headers(given: object) -> Iterator[tuple[str, str]]:
    for pair in given.items() if isinstance(given, Mapping) else given if _is_iterable(given) else [given]:
        match pair:
            case (str(name), str(value)):
                yield name, value
            case _:
                raise UsageError('headers: they are no names and values; allowed: {"Name": "value"}, of texts')


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)
