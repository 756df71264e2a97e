"""The tables of servers: what each breaks, or what it keeps in an unusual way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.strangers.sentences.server import Lawful

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Made = TypeVar("Made", bound=Lawful)

#: Before the name of each, where it stands among other strangers.
PREFIX = "sentences/"

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])")


@dataclass(frozen=True)
class Entry:
    """One server, and the verdicts that it must get by the letter of the sentences; all ids are whole."""

    made: type[Lawful]
    #: What fails, or warns where it is a SHOULD; empty for a server that breaks nothing that binds.
    breaks: str = ""
    #: What may fail or warn beside it.
    also: tuple[str, ...] = ()
    #: What warns although the server conforms.
    warns: tuple[str, ...] = ()
    #: What is unverified although the server conforms; begins of ids.
    unverified: tuple[str, ...] = ()
    #: Where the suite is known to differ from the letter: the verdict that it gives, by id.
    differs: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the class, in lower case and with hyphens."""
        return PREFIX + _WORDS.sub("-", self.made.__name__).lower()

    @property
    def says(self) -> str:
        """What the server does: the first sentence of its class."""
        return " ".join((self.made.__doc__ or "").partition("\n\n")[0].split())

    @property
    def expected(self) -> str:
        """In short, for a table."""
        if self.breaks:
            return f"breaks {self.breaks}"
        return f"warns {', '.join(self.warns)}" if self.warns else "conforms"

    @property
    def known(self) -> str:
        """How the suite is known to differ from the letter."""
        return ", ".join(f"{identifier} gets {verdict}" for identifier, verdict in self.differs.items())

    def complaints(self, verdicts: Mapping[str, str], said: Mapping[str, str]) -> Iterator[str]:
        """What is not as it must be: ``verdicts`` and what the suite ``said`` of them, by id."""
        due = (self.breaks,) if self.breaks else self.warns
        for identifier, verdict in verdicts.items():
            if identifier in self.differs:
                if verdict != self.differs[identifier]:
                    yield f"{identifier} no longer gets {self.differs[identifier]}, take that out: {verdict}"
            elif identifier in due and verdict not in {"fail", "warn"}:
                yield f"{identifier} is broken; got {verdict}: {said[identifier]}"
            elif verdict in {"fail", "warn", "error"} and not self._may(identifier, verdict):
                yield f"{identifier} is kept; got {verdict}: {said[identifier]}"
            elif verdict == "unverified" and not self.breaks and not identifier.startswith((*self.unverified, "-")):
                yield f"{identifier} can be seen; got unverified: {said[identifier]}"

    def _may(self, identifier: str, verdict: str) -> bool:
        if self.breaks:
            return verdict != "error" and identifier in {self.breaks, *self.also}
        return verdict == "warn" and identifier in self.warns


class Entries(list[Entry]):
    """The table of one module; its methods are decorators of classes and enter them.

    Ids are written without ``CUST-``.
    """

    def breaks(
        self, identifier: str, also: Sequence[str] = (), differs: Mapping[str, str] | None = None
    ) -> Callable[[type[Made]], type[Made]]:
        """A server that breaks one sentence."""

        def put(made: type[Made]) -> type[Made]:
            self.append(
                Entry(
                    made,
                    _whole(identifier)[0],
                    also=_whole(*also),
                    differs={f"CUST-{known}": verdict for known, verdict in (differs or {}).items()},
                )
            )
            return made

        return put

    def keeps(self, warns: Sequence[str] = (), unverified: Sequence[str] = ()) -> Callable[[type[Made]], type[Made]]:
        """A server that keeps every sentence that binds."""

        def put(made: type[Made]) -> type[Made]:
            self.append(Entry(made, warns=_whole(*warns), unverified=_whole(*unverified)))
            return made

        return put


def _whole(*ids: str) -> tuple[str, ...]:
    return tuple(f"CUST-{identifier}" for identifier in ids)
