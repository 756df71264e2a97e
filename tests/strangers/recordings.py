"""Recordings of the reference server by other tools, with placeholders for secrets as the README asks for them."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Literal

from tests.strangers import contract, data, serving
from tests.strangers.stranger import MissingError

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright

Opened = Callable[["Path"], AbstractContextManager[list[str]]]

#: How Playwright keeps bodies: in the file, or not at all.
Bodies = Literal["embed", "omit"]

_KEYED = {"Authorization": f"Bearer {data.KEY}"}
#: The key where it does not belong, and what is nearly the key.
MISPLACED = (
    f"Basic {base64.b64encode(f'{data.KEY}:'.encode()).decode()}",
    f"Basic {base64.b64encode(f'user:{data.KEY}'.encode()).decode()}",
    f"Token {data.KEY}",
    data.KEY,
    *(
        f"Bearer {token}"
        for token in (
            data.KEY[:-1],
            f"{data.KEY}x",
            data.KEY.swapcase(),
            f"T{data.KEY[1:]}",
            f"{data.KEY[:-1]}7",
        )
    ),
)

#: What a person tries in a browser: query, headers, method.
_TRIED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("", _KEYED, "GET"),
    ("", _KEYED, "GET"),
    ("?from_memory=false", _KEYED, "GET"),
    ("?from_memory=true", _KEYED, "GET"),
    ("", _KEYED, "GET"),
    ("?cc_unknown_7f3a91c2=1", _KEYED, "GET"),
    ("", _KEYED, "GET"),
    *((f"?from_memory={value}", _KEYED, "GET") for value in ("banana", "", "1", "yes", "TRUE", "a" * 2000)),
    ("?from_memory=true&from_memory=false", _KEYED, "GET"),
    ("", {**_KEYED, "Accept": "application/json"}, "GET"),
    ("", {**_KEYED, "Accept": "image/png"}, "GET"),
    ("", {"Authorization": f"bearer {data.KEY}"}, "GET"),
    ("", _KEYED, "HEAD"),
    ("", {}, "GET"),
    ("?from_memory=true", {}, "GET"),
    ("?from_memory=false", {}, "GET"),
    ("?from_memory=banana", {}, "GET"),
    ("?cc_unknown_7f3a91c2=1", {}, "GET"),
    ("", {"Accept": "application/json"}, "GET"),
    ("", {"Authorization": "Bearer nobody-gave-this"}, "GET"),
    ("?from_memory=true", {"Authorization": "Bearer nobody-gave-this"}, "GET"),
    ("?from_memory=banana", {"Authorization": "Bearer nobody-gave-this"}, "GET"),
    ("", {"Authorization": "Bearer"}, "GET"),
    *((f"?{name}={data.KEY}", {}, "GET") for name in ("access_token", "api_key", "key")),
    *(("", {"Authorization": value}, "GET") for value in MISPLACED),
    ("", {"x-api-key": data.KEY}, "GET"),
    ("", {"x-api-key": data.KEY, "Authorization": "Bearer nobody-gave-this"}, "GET"),
)

_FETCH = """async ([url, method, headers]) => {
    const answer = await fetch(url, {method, headers, cache: "no-store"});
    await answer.arrayBuffer();
    return answer.status;
}"""


def reference() -> AbstractContextManager[str]:
    """The URL of the reference server, as ``serve`` starts it."""
    return serving.started([sys.executable, "-m", "customers_conformance", "serve"])


@contextlib.contextmanager
def mitmproxy(folder: Path) -> Iterator[list[str]]:
    """Mitmproxy as a reverse proxy before the reference server, which it records to a file."""
    with mitmdump(folder) as proxy:
        yield ["run", proxy]


@contextlib.contextmanager
def mitmdump(folder: Path) -> Iterator[str]:
    """The URL of mitmproxy before the reference server; once it has ended, ``recorded.har`` holds the traffic."""
    program = [serving.found("mitmdump"), "--listen-host", "127.0.0.1", "--listen-port", "0"]
    kept = ["--set", f"hardump={folder / 'recorded.har'}", "--set", f"confdir={folder}"]
    with reference() as url, serving.started([*program, "--mode", f"reverse:{url}", *kept], "listening at ") as proxy:
        yield proxy


@contextlib.contextmanager
def recorded_by_mitmproxy(folder: Path) -> Iterator[list[str]]:
    """What mitmproxy recorded of a whole run of the command."""
    with mitmdump(folder) as proxy:
        options = ("--profile", "all", "--session-env", "STRANGER_SESSION", "--seed", "1", "--out", folder / "out")
        subprocess.run(
            [sys.executable, "-m", "customers_conformance", "run", proxy, *options],
            check=True,
            capture_output=True,
            env=serving.environment(STRANGER_SESSION=data.SESSION),
        )
    yield ["judge", str(prepared(folder / "recorded.har"))]


def playwright(bodies: Bodies, *, key_shown: bool = False) -> Opened:
    """What Playwright recorded of Chromium, which asked what ``_TRIED`` says; with ``key_shown`` it is not prepared."""

    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[list[str]]:
        if importlib.util.find_spec("playwright") is None:
            raise MissingError("playwright is not installed")
        from playwright.sync_api import sync_playwright

        path = folder / "recorded.har"
        with reference() as url, sync_playwright() as driver, _chromium(driver) as browser:
            context = browser.new_context(record_har_path=path, record_har_content=bodies)
            _try_all(context.new_page(), url)
            # Only now is the file written.
            context.close()
        yield ["judge", str(path if key_shown else prepared(path))]

    return opened


@contextlib.contextmanager
def _chromium(driver: Playwright) -> Iterator[Browser]:
    from playwright.sync_api import Error

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        browser = driver.chromium.launch(executable_path=program)
    except Error as problem:
        raise MissingError("chromium is not installed") from problem
    with browser:
        yield browser


def _try_all(page: Page, url: str) -> None:
    # Without credentials; from here on the page's requests stay within the origin.
    page.goto(url + contract.PATH)
    for query, headers, method in _TRIED:
        page.evaluate(_FETCH, [contract.PATH + query, method, headers])


def prepared(path: Path) -> Path:
    """The recording with placeholders in place of the key, its Basic forms, its near misses and the session token."""
    recording = json.loads(path.read_text(encoding="utf-8"))
    for entry in recording["log"]["entries"]:
        for header in entry["request"]["headers"]:
            if header["name"].lower() == "authorization":
                header["value"] = _with_placeholder(header["value"])
    # Escaped: mitmproxy writes header bytes above 127 as lone surrogates.
    text = json.dumps(recording)
    path.write_text(text.replace(data.KEY, "<key>").replace(data.SESSION, "<session>"), encoding="utf-8")
    return path


def _with_placeholder(value: str) -> str:
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic":
        user, _, password = base64.b64decode(rest).decode().partition(":")
        return f"{scheme} {'<key:basic-user>' if user == data.KEY else '<key:basic>'}" if password or user else value
    return f"{scheme} {_near_miss(rest)}" if rest else value


def _near_miss(token: str) -> str:
    """The placeholder of what differs from the key by little; whatever else is left as it is."""
    key = data.KEY
    changed = [index for index, (one, other) in enumerate(zip(token, key, strict=False)) if one != other]
    found: dict[str, Any] = {
        "<key:cut>": token == key[:-1],
        "<key:case-changed>": token != key and token.lower() == key.lower(),
        "<key:changed-early>": len(token) == len(key) and len(changed) == 1 and changed[0] < len(key) // 2,
        "<key:changed-late>": len(token) == len(key) and len(changed) == 1 and changed[0] >= len(key) // 2,
    }
    return next((placeholder for placeholder, holds in found.items() if holds), token)
