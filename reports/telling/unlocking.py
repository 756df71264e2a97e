"""What to do about the unverified requirements: one row for each thing to do, that which would unlock most first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from customers_conformance.model import Outcome, Verdict
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from customers_conformance.model import Group, Judgement, Run

#: How many probes are named in a row.
PROBES_NAMED = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do, and the unverified requirements that wait for it, in catalogue order."""

    #: What to do, as a phrase without a full stop: ``Add a virtual key with a provider config``.
    todo: str
    #: More of it, as a sentence; empty where there is no more.
    detail: str
    judgements: tuple[Judgement, ...]
    #: The id of the requirement that has to be mended for it; empty where it is something else that they wait for.
    mend: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the requirements."""
        return tuple(one.requirement.id for one in self.judgements)

    @property
    def count(self) -> int:
        """How many requirements it would unlock."""
        return len(self.judgements)


class _Datum(Enum):
    """Data that a target may hold; each is one object to add, with what stands within it."""

    LIST = auto()
    PROVIDER = auto()
    MCP = auto()
    RATE_LIMIT = auto()
    BUDGET = auto()


#: What a need asks for: the first pattern that fits says which datum meets it, and with what.
_DATA: tuple[tuple[re.Pattern[str], _Datum, str], ...] = tuple(
    (re.compile(pattern), datum, part)
    for pattern, datum, part in (
        ("siblings", _Datum.LIST, "two teams"),
        ("MCP client with headers", _Datum.MCP, "headers"),
        ("ca_cert_pem", _Datum.MCP, "a ca_cert_pem in its tls_config"),
        ("tools_to_auto_execute", _Datum.MCP, "tools to execute, some of them by themselves"),
        ("list of models or tools", _Datum.PROVIDER, "a list of models"),
        ("comes from the environment", _Datum.PROVIDER, "a provider key that comes from the environment"),
        ("provider key", _Datum.PROVIDER, "a provider key"),
        ("holds a rate limit|rate limit that sets", _Datum.RATE_LIMIT, "a token limit or a request limit"),
        ("aligned to the calendar", _Datum.BUDGET, "calendar_aligned true"),
        ("owner id of its kind", _Datum.BUDGET, "its owner's id"),
        ("budget or a rate limit that has a reset duration", _Datum.BUDGET, "a reset duration"),
        ("budget_id and budget", _Datum.BUDGET, "its id beside it"),
        ("^(an?|.* holds) (a )?budget|holds a budget|^a budget", _Datum.BUDGET, ""),
        ("provider config", _Datum.PROVIDER, ""),
        ("MCP", _Datum.MCP, ""),
        ("shows its customer|shows twice", _Datum.LIST, "a team that shows its customer"),
        ("holds a team", _Datum.LIST, "a team"),
        ("virtual keys", _Datum.LIST, "two customers"),
        ("virtual key", _Datum.LIST, "a virtual key"),
        ("two customers", _Datum.LIST, "two customers"),
        ("^a customer|date-time|created_at|shows a time|shows a number", _Datum.LIST, "a customer"),
    )
)
#: A phrase that says all that another says.
_RICHER: Mapping[str, str] = {
    "a customer": "two customers",
    "a team": "a team that shows its customer",
    "a provider key": "a provider key that comes from the environment",
}
#: What to add, and what leads to its parts. Often more would do; these say one way, which always does.
_WORDS: Mapping[_Datum, tuple[str, str]] = {
    _Datum.PROVIDER: ("a virtual key with a provider config", " that has "),
    _Datum.MCP: ("a virtual key with an MCP config that shows its MCP client", ", with "),
    _Datum.RATE_LIMIT: ("a virtual key with a rate limit", " that sets "),
    _Datum.BUDGET: ("a budget to a team or a virtual key", ", with "),
}

#: The area of what is given to the suite, and not held by the target.
_CREDENTIALS = "AUTH"

_LIVE = "Run the suite against the live server instead"
_WIRE = "nothing is known of the bytes on the wire"
_ECHO = "only a recording made by this suite shows what was echoed"
_BYTES = "the recording does not hold the bytes of the body"
_NO_KEY = "the recording holds no key placeholder"
_NO_DATE = "the answer has no Date"
_CHANGED = "the data changed while it was read"
_LOOK_AT = re.compile(r"look at (CUST-[A-Z]+-[0-9]{3})$")
_NO_LIST = "does not show a list of customers"
_BREAKS_HTTP = "breaks HTTP"
#: What is needed where the catalogue does not name it.
_UNNAMED = "an answer that shows it"
#: What keeps every list from being read where it is broken, that which comes first first.
_BEFORE_A_LIST = ("CUST-HTTP-003", "CUST-ROB-001", "CUST-RSP-001", "CUST-RSP-002", "CUST-SCH-001")
_TAKES = re.compile(r"^the probe .+ was not sent: it takes (.+)$", re.DOTALL)
_SILENT = re.compile(r"^the probe (.+?) has no answer(?:: (.*))?$", re.DOTALL)


def rows(run: Run) -> tuple[Row, ...]:
    """What to do, each unverified requirement under one row, the longest row first."""
    judgements = [one for one in run.judgements if one.verdict is Verdict.UNVERIFIED]
    if run.outcome is Outcome.INVALID and judgements and len({one.reason for one in judgements}) == 1:
        reason = _capital(judgements[0].reason or "")
        return (Row(_to_judge_any(run), reason, tuple(judgements)),)
    sorter = _Sorter(run)
    for one in judgements:
        sorter.place(one)
    return tuple(sorted(sorter.rows(), key=lambda row: -row.count))


def _to_judge_any(run: Run) -> str:
    """What to do where nothing could be judged."""
    if not run.complete:
        return "Run again, and let it end" if run.source is None else "Judge again, and let it end"
    return "Record the plain request with the key" if run.source else "Make the plain request with the key answer"


class _Sorter:
    """Puts each judgement where what it lacks is met."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._by_id = {one.requirement.id: one for one in run.judgements}
        #: What has to be mended before any list can be read; empty where one was.
        self._first = "" if run.coverage else next(filter(self._fails, _BEFORE_A_LIST), "")
        self._data: dict[_Datum, list[tuple[Judgement, str]]] = {}
        self._live: list[Judgement] = []
        #: By what to do, more of it, and what has to be mended.
        self._others: dict[tuple[str, str, str], list[Judgement]] = {}

    def place(self, one: Judgement) -> None:
        """Take note of one judgement."""
        reason = one.reason or ""
        if one.missing and one.missing[0] in one.requirement.after:
            self._after(one, one.missing[0])
        elif self._run.source is not None and self._lacks_the_recording(one):
            self._live.append(one)
        elif self._first and (_NO_LIST in reason or _BREAKS_HTTP in reason or _asks_for_a_list(one)):
            self._mend(one, self._first)
        elif reason.startswith("needs ") and one.missing:
            self._need(one, one.missing[0])
        elif found := _LOOK_AT.search(reason):
            self._after(one, found[1])
        elif _NO_LIST in reason and (first := self._broken(lambda group: group.pattern == "/customers")):
            self._mend(one, first)
        elif found := _TAKES.match(reason):
            self._need(one, found[1])
        else:
            self._other(one, *_said(reason))

    def rows(self) -> Iterator[Row]:
        """All that came together."""
        if self._live:
            yield Row(_LIVE, self._live_detail(), tuple(self._live))
        for datum, waiting in self._data.items():
            yield Row(_add(datum, [part for _, part in waiting]), "", tuple(one for one, _ in waiting))
        for (todo, detail, mend), waiting_here in self._others.items():
            yield Row(todo, detail, tuple(waiting_here), mend)

    def _other(self, one: Judgement, todo: str, detail: str = "", mend: str = "") -> None:
        self._others.setdefault((todo, detail, mend), []).append(one)

    def _lacks_the_recording(self, one: Judgement) -> bool:
        reason = one.reason or ""
        return reason.endswith("was not recorded") or _BYTES in reason or reason in {_WIRE, _ECHO}

    def _need(self, one: Judgement, need: str) -> None:
        for pattern, datum, part in _DATA:
            if one.requirement.area != _CREDENTIALS and pattern.search(need):
                self._data.setdefault(datum, []).append((one, part))
                return
        if "401" in need or "error answer" in need:
            if unrefused := self._broken(lambda group: group.first.expected.startswith("401")):
                self._mend(one, unrefused)
            else:
                self._other(one, "Let the suite see a refusal with a body, such as a 401")
            return
        if "status 200" in need or "has a body" in need or "body that is JSON" in need:
            self._other(one, "Answer the plain request with status 200 and the list in JSON")
            return
        given = need.removesuffix(", given")
        if one.requirement.area == _CREDENTIALS and ("virtual key" in need or "session" in need):
            option = "--virtual-key-env" if "virtual key" in need else "--session-env"
            self._other(
                one, f"Give {given.partition(':')[0]}", f"With {option} NAME, the name of the variable that holds it."
            )
        elif need == _UNNAMED:
            self._other(one, "Let the suite see an answer to judge it by")
        elif "key of 8 characters" in need:
            self._other(one, f"Run with {need}")
        else:
            self._other(one, f"Make the target show {need}")

    def _after(self, one: Judgement, identifier: str) -> None:
        """Under the requirement that has to be mended first: the one at the root, where that waits for another."""
        seen = {one.requirement.id}
        while identifier not in seen and (before := self._by_id.get(identifier)) is not None:
            seen.add(identifier)
            root = before.missing[0] if before.verdict is Verdict.UNVERIFIED and before.missing else ""
            if root not in before.requirement.after:
                break
            identifier = root
        self._mend(one, identifier)

    def _mend(self, one: Judgement, identifier: str) -> None:
        first = self._by_id.get(identifier)
        todo = f"Mend {identifier} first"
        if first is not None and first.verdict is Verdict.WAIVED:
            todo = f"Mend {identifier}, which is waived, or waive what comes after it, too"
        self._other(one, todo, f"{first.requirement.title}." if first else "", identifier)

    def _fails(self, identifier: str) -> bool:
        return identifier in self._by_id and self._by_id[identifier].verdict is Verdict.FAIL

    def _broken(self, by: Callable[[Group], bool]) -> str:
        """The first requirement that is broken so; empty where none is."""
        broken = (one for one in self._by_id.values() if any(by(group) for group in one.groups))
        return next((one.requirement.id for one in broken), "")

    def _live_detail(self) -> str:
        probes = list(dict.fromkeys(_probes(self._live)))
        parts = []
        if probes:
            named = ", ".join(f"`{name}`" for name in probes[:PROBES_NAMED])
            more = f" and {len(probes) - PROBES_NAMED} more" if len(probes) > PROBES_NAMED else ""
            noun = "probe" if len(probes) == 1 else f"{len(probes)} probes"
            parts.append(f"The recording lacks the {noun} {named}{more}.")
        reasons = {one.reason or "" for one in self._live}
        if reasons & {_WIRE, _ECHO} or any(_BYTES in reason for reason in reasons):
            parts.append("No foreign recording shows the bytes on the wire, nor all that was sent.")
        return " ".join(parts)


def _probes(judgements: Iterable[Judgement]) -> Iterator[str]:
    for one in judgements:
        if (one.reason or "").endswith("was not recorded"):
            yield from (name for name in one.missing if " " not in name)


def _asks_for_a_list(one: Judgement) -> bool:
    """Whether it needs what an answer to the plain request shows where it is sound."""
    need = one.missing[0] if one.missing and (one.reason or "").startswith("needs ") else ""
    in_data = one.requirement.area != _CREDENTIALS and any(pattern.search(need) for pattern, _, _ in _DATA)
    return bool(need) and (in_data or "status 200" in need or "body that is JSON" in need or need == _UNNAMED)


def _said(reason: str) -> tuple[str, str]:
    """What to do about another reason: a phrase, and a sentence."""
    for start, todo in (
        (_NO_KEY, "Record with a key, and put <key> in its place; or run the suite against the live server"),
        (_NO_DATE, "Send a Date with every answer"),
        (_CHANGED, "Run again while the target is quiet, or with a longer --settle"),
    ):
        if reason.startswith(start):
            return todo, ""
    if found := _SILENT.match(reason):
        why = found[2] or ""
        return "See why there was no answer, and run again", f"{_capital(why)}." if why else ""
    return _capital(reason) or wording.VERDICTS[Verdict.UNVERIFIED][1], ""


def _add(datum: _Datum, parts: Iterable[str]) -> str:
    """What to add, of all the parts that are asked for."""
    wanted = dict.fromkeys(part for part in parts if part)
    named = [part for part in wanted if not _is_said(part, wanted)]
    if datum is _Datum.LIST:
        customers = [part for part in named if "customers" in part or part == "a customer"]
        within = [part for part in named if part not in customers]
        if not within:
            return f"Add {customers[0]}"
        if not customers:
            return f"Add to a customer {_and(within)}"
        one = "one of them with" if customers[0] != "a customer" else "with"
        return f"Add {customers[0]}, {one} {_and(within)}"
    what, with_ = _WORDS[datum]
    return f"Add {what}" + (f"{with_}{_and(named)}" if named else "")


def _is_said(part: str, wanted: Iterable[str]) -> bool:
    richer = _RICHER.get(part)
    return richer is not None and richer in wanted


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
