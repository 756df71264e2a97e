"""One run against a hostile server: what the server does, and what must come of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hostile.conduct import MOST_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hostile import peers
    from tests.hostile.conduct import Ended
    from tests.hostile.scripts import Script

#: Exit codes: the target broke something, the suite was not let in or cut short, or could not judge enough.
BROKEN, INVALID, INCOMPLETE = 1, 4, 3

QUICKLY = ("--settle", "0", "--examples", "0")
GIVEN = ("--profile", "all", "--virtual-key-env", "VIRTUAL_KEY", "--session-env", "SESSION")
ALL = (*QUICKLY, *GIVEN)
#: For bodies so large that sending them for every probe would be what takes the time.
FEW = (*QUICKLY, "--only", "CUST-RSP-002", "--only", "CUST-REL-001", "--only", "CUST-SEC-006")
HEADED = (*ALL, "--header-env", "X-Extra=EXTRA")

ANY = frozenset({BROKEN, INVALID, INCOMPLETE})
SOUND = frozenset({0})
FAILS = frozenset({BROKEN})
NONE = frozenset({INVALID})


@dataclass(frozen=True)
class Story:
    """A hostile server and what must come of a whole run against it."""

    name: str
    #: What the server does.
    does: str
    script: Script | bytes
    #: The exit codes that are sound.
    exits: frozenset[int]
    #: Requirements that must fail, and that must be unverified.
    fails: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    #: Requirements, or beginnings of their ids, that must not fail.
    keeps: tuple[str, ...] = ()
    #: What some reason, finding or warning of the report must say.
    says: str = ""
    options: tuple[str, ...] = ("--settle", "0.2", "--examples", "0")
    #: ``--timeout`` and ``--deadline``.
    timeout: float = 5.0
    deadline: float = 60.0
    #: MiB and seconds that it may cost at most; 0 for any time within the deadline.
    memory: int = MOST_MEMORY
    seconds: float = 0.0
    #: What else must not be in any file.
    secrets: tuple[str, ...] = ()
    #: How the server is asked.
    scheme: str = "http"
    #: Quick enough for every run of the self-tests.
    fast: bool = False

    def __str__(self) -> str:
        """The name, for the list of tests."""
        return self.name

    def scripts(self, elsewhere: peers.Server) -> list[Script | bytes]:
        """What is served; a place that is written ``ELSEWHERE`` is another origin's."""
        script = self.script
        if isinstance(script, bytes):
            return [script.replace(b"ELSEWHERE", elsewhere.url().encode())]
        return [script]

    def looks(self, ended: Ended) -> Iterator[str]:
        """What the report says otherwise than it must."""
        for identifier in self.fails:
            if ended.verdict(identifier) != "fail":
                yield f"{identifier} is {ended.verdict(identifier)}, not fail"
        for identifier in self.unverified:
            if ended.verdict(identifier) != "unverified":
                yield f"{identifier} is {ended.verdict(identifier)}, not unverified"
        if wrong := [one for one in ended.of("fail") if one.startswith(self.keeps)] if self.keeps else []:
            yield f"failed, and must not: {wrong}"
        if self.says and self.says not in json.dumps(ended.report, ensure_ascii=False):
            yield f"the report does not say {self.says!r}"
