"""Bodies in UTF-16, which are worked on in UTF-8 and go back byte for byte."""

from __future__ import annotations

import codecs

_LOOKED_AT = 4096
_SHARE = 0.25


def codec_of(data: bytes) -> str | None:
    """The codec of a body in UTF-16, told by its byte order mark or by its zeros; ``None`` for any other body."""
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    head = data[:_LOOKED_AT]
    if b"\0" not in head:
        return None
    zeros = [head[parity::2].count(0) for parity in (0, 1)]
    if max(zeros) < len(head) * _SHARE or min(zeros) > max(zeros) / 2:
        return None
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def to_utf8(data: bytes, codec: str | None) -> bytes:
    """A body as it is worked on."""
    if codec is None:
        return data
    return data[: len(data) // 2 * 2].decode(codec, "surrogatepass").encode("utf-8", "surrogatepass")


def from_utf8(data: bytes, codec: str | None, original: bytes) -> bytes:
    """What ``to_utf8`` made, as it was; half a character at the end of the original stays."""
    if codec is None:
        return data
    rest = original[-1:] if len(original) % 2 else b""
    return data.decode("utf-8", "surrogatepass").encode(codec, "surrogatepass") + rest
