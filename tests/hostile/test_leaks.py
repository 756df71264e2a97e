"""The instrument that looks for leaks finds them: without that, its silence would prove nothing."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from tests.hostile import leaks

SECRET = "cAnary9Key+Zq7f3aK1ndly_Xw"

HIDDEN = {
    "plain": SECRET.encode(),
    "other-case": SECRET.swapcase().encode(),
    "a-part": SECRET[5:16].encode(),
    "url": "".join(f"%{ord(c):02x}" for c in SECRET).encode(),
    "url-twice": quote("".join(f"%{ord(c):02x}" for c in SECRET)).encode(),
    "json": "".join(f"\\u{ord(c):04X}" for c in SECRET).encode(),
    "json-in-json": json.dumps("".join(f"\\u{ord(c):04x}" for c in SECRET)).encode(),
    "references": "".join(f"&#{ord(c)};" for c in SECRET).encode(),
    "utf-16": SECRET.encode("utf-16-le"),
    **{f"base64-{n}": b'"' + base64.b64encode(b"x" * n + SECRET.encode()) + b'"' for n in range(3)},
    "base64-url-safe": base64.urlsafe_b64encode(b"??>" + SECRET.encode()),
    "utf-16-in-base64": base64.b64encode(SECRET.encode("utf-16-be")),
}


@pytest.mark.parametrize("data", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_is_found_in_every_encoding(data: bytes) -> None:
    assert leaks.traces(b"before " + data + b" after", [SECRET])


def test_placeholders_are_no_trace() -> None:
    assert leaks.traces(b'{"a": "<key> <key:basic> \\u27e6secret:1\\u27e7"}', [SECRET]) == []


@pytest.mark.parametrize(
    "text",
    ["\x1b[31m", "a\u202eb", "a\rb", "x\x9by", "\n::error::x", "  ::error::x", "a ##[error]", "##vso[x]", "a\u2028b"],
)
def test_what_a_reader_would_obey_is_found(text: str) -> None:
    assert leaks.obeyed(text)


def test_plain_lines_are_obeyed_by_nobody() -> None:
    assert leaks.obeyed("one\ntwo \\x1b[31m a::b # c\n") == []
