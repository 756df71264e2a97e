"""Secrets in every form that hides them, one after another: each goes whole, and nothing else does."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from tests.selftest.redaction.material import content, escaped, exchange, redact

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = {
    "s3cret-value": "<1>",
    "s3cret-value-longer": "<2>",
    "t0ken": "<3>",
    "another/s3cret": "<4>",
    "other:0123456789abcdefghij": "<5>",
}

#: How a secret is hidden, and what its token looks like there; bytes that stand between are none of a secret.
FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "JSON escapes": lambda text: escaped(text, "\\u{:04x}").encode(),
    "JSON escapes in JSON": lambda text: escaped(text, "\\\\u{:04X}").encode(),
    "some escapes": lambda text: (text[:2] + escaped(text[2:4], "\\u{:04x}") + text[4:]).encode(),
    "the first letter escaped": lambda text: (escaped(text[:1], "\\u{:04x}") + text[1:]).encode(),
    "the last letter escaped": lambda text: (text[:-1] + escaped(text[-1:], "\\x{:02x}")).encode(),
    "percent signs": lambda text: escaped(text, "%{:02X}").encode(),
    "percent signs twice": lambda text: quote(escaped(text, "%{:02x}")).encode(),
    "HTML": lambda text: escaped(text, "&#{};").encode(),
    "HTML in hexadecimal": lambda text: escaped(text, "&#x{:X};").encode(),
}
WIDE: dict[str, Callable[[str], bytes]] = {
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
}
BETWEEN = [b"", b".", b"..", b"-_-", b"(", b" ] ", b"~" * 31, b"!" * 100]


def struck(data: bytes) -> bytes:
    (one,) = redact(exchange(data, 500), forms=SECRETS)
    return content(one)


@pytest.mark.parametrize("form", [*FORMS, *WIDE])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_goes_whole_in_any_form_whatever_stands_beside_it(secret: str, form: str) -> None:
    hidden = (FORMS | WIDE)[form](secret)
    token = SECRETS[secret].encode(form if form in WIDE else "utf-8")
    for before, after in product(BETWEEN, BETWEEN):
        assert struck(before + hidden + after) == before + token + after


@pytest.mark.parametrize("seed", range(40))
def test_secrets_in_several_forms_go_one_by_one(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a test's sample
    raw, expected = b"", b""
    for _ in range(drawn.randint(2, 12)):
        secret, form = drawn.choice(list(SECRETS)), drawn.choice(list(FORMS))
        between = drawn.choice([each for each in BETWEEN if each])
        raw += FORMS[form](secret) + between
        expected += SECRETS[secret].encode() + between
    assert struck(raw) == expected


@pytest.mark.parametrize("seed", range(20))
def test_secrets_among_much_else_go_wherever_they_stand(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a test's sample
    before = b"." * (64 * 1024 * drawn.choice([1, 2, 16]) - drawn.randint(0, 60))
    form = drawn.choice(list(FORMS))
    hidden = b"".join(FORMS[form](secret) + b"." for secret in SECRETS)
    assert struck(before + hidden) == before + b"".join(token.encode() + b"." for token in SECRETS.values())


@pytest.mark.parametrize("outer", ["utf-8", *WIDE])
@pytest.mark.parametrize("inner", WIDE)
@pytest.mark.parametrize("before", ["", ".", "..", "." * 33, "." * 200])
def test_a_secret_in_utf_16_goes_whole_under_escapes_that_are_in_utf_16_themselves(
    before: str, inner: str, outer: str
) -> None:
    hidden = "".join(f"\\u{byte:04x}" for byte in "s3cret-value".encode(inner))
    shown = struck(f"{before}{hidden}..".encode(outer)).decode(outer)
    assert shown.replace("\\u0000", "") == f"{before}<1>.."


@pytest.mark.parametrize(
    "text", ["s3cret-valu", "3cret-value", "S3CRET-VALUE", "t0k\\u0065", "s3cret\0-value", "t 0 k e n"]
)
def test_what_is_almost_a_secret_stays(text: str) -> None:
    for form in ("plain", "percent signs", "HTML"):
        hidden = FORMS[form](text)
        assert struck(b"(" + hidden + b")") == b"(" + hidden + b")"
    for codec in ("utf-16-le", "utf-16-be"):
        assert struck(text.encode(codec)) == text.encode(codec)


@pytest.mark.parametrize(
    "raw", [b"%zz%4", b"&#;&#x;&bogus;", b"\\u12 \\q \\", b"&#99999999;", b"\\\\\\\\u0041", b"%%%"]
)
def test_what_is_no_escape_stays_as_it_is(raw: bytes) -> None:
    assert struck(raw) == raw
    assert struck(raw + b" t0ken " + raw) == raw + b" <3> " + raw
