"""One request, as it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Ask:
    """A method, a target and the header fields, each a name and a value, in their order."""

    def __init__(self, method: str, target: str, headers: Iterable[tuple[str, str]]) -> None:
        self.method = method
        parts = urlsplit(target)
        self.path, self.query = parts.path, parts.query
        self.headers = list(headers)
        self.parameters = parse_qsl(self.query, keep_blank_values=True)

    def all(self, name: str) -> list[str]:
        """The value of each field of a name."""
        return [value for held, value in self.headers if held.lower() == name.lower()]

    def first(self, name: str) -> str | None:
        """The value of the first of them."""
        return next(iter(self.all(name)), None)

    @property
    def scheme(self) -> str | None:
        """The scheme of the only ``Authorization``, as it is written; ``None`` where there is none, or more."""
        fields = self.all("Authorization")
        return fields[0].split(None, 1)[0] if len(fields) == 1 and fields[0].strip() else None

    @property
    def token(self) -> str | None:
        """What follows the scheme, ``''`` where nothing does; ``None`` without one ``Authorization``."""
        if self.scheme is None:
            return None
        return [*self.all("Authorization")[0].split(None, 1), ""][1].strip()

    @property
    def bearer(self) -> str | None:
        """The bearer token, ``''`` where it is empty; ``None`` where the request has none."""
        return self.token if (self.scheme or "").lower() == "bearer" else None

    @property
    def anonymous(self) -> bool:
        """Whether nothing in it could be a credential."""
        return not any(self.all(name) for name in ("Authorization", "x-api-key", "x-bf-vk", "Cookie"))

    @property
    def memory(self) -> str:
        """``true``, ``false`` or ``bad``; ``''`` where ``from_memory`` is missing."""
        values = self.values
        if not values:
            return ""
        return values[0] if len(values) == 1 and values[0] in {"true", "false"} else "bad"

    @property
    def values(self) -> list[str]:
        """Each value of ``from_memory``."""
        return [value for name, value in self.parameters if name == "from_memory"]

    @property
    def from_memory(self) -> bool:
        """Whether it asks for the memory view."""
        return self.memory == "true"

    @property
    def unknown(self) -> bool:
        """Whether the query has a parameter that nobody documents."""
        return any(name != "from_memory" for name, _ in self.parameters)

    def quality(self, field: str, wanted: Sequence[str]) -> float | None:
        """The quality of the first of ``wanted``, the most specific first, in a field; ``None`` where none is in it."""
        held = {}
        for part in ",".join(self.all(field)).split(","):
            name, *parameters = [piece.strip().lower() for piece in part.split(";")]
            weights = [piece[2:] for piece in parameters if piece.startswith("q=")]
            if name:
                held[name] = _weight(weights[0]) if weights else 1.0
        return next((held[name] for name in wanted if name in held), None)


def _weight(text: str) -> float:
    """A quality value; one that cannot be read counts as none given."""
    try:
        return float(text)
    except ValueError:
        return 1.0
