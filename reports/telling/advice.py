"""What an outcome means, what was left out of it, and what to do first, in a few sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from customers_conformance.model import ACCEPTED_CREDENTIALS, ENDPOINT, PLAIN, Outcome, Verdict
from customers_conformance.placeholders import KEY_VARIABLE
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.defects import defects
from customers_conformance.reports.telling.unlocking import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from customers_conformance.model import Exchange, Judgement, Run

#: How many requirements to mend are named.
NAMED = 4

#: What a run's sentence says where the target answers with web pages, and where its deadline cut it short.
_WEB_PAGES = "answers with web pages"
_BY_DEADLINE = "(--deadline)"

_REDIRECTS = range(300, 400)
_BUSY = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the sentence, more of it, and the id of the requirement that it is about, if any."""

    todo: str
    detail: str = ""
    about: str = ""
    #: The part of the page that tells more of it, where it is about no requirement alone.
    part: str = ""


_MEANINGS: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.NONCONFORMANT: "Sentences of the contract that a server must keep are broken: clients that rely on "
        "them will fail.",
        Outcome.INCOMPLETE: "Nothing that a server must keep was seen broken, and not all of it could be judged. "
        "Nobody can say yet whether the server conforms.",
        Outcome.INVALID: "The server could not be judged. This speaks neither for it nor against it.",
        Outcome.CONFORMANT_WITH_WAIVERS: "All that a server must keep is kept, but for the deviations that the "
        "waivers accept.",
        Outcome.CONFORMANT: "All that a server must keep, and that applies to this one, was judged and is kept.",
    }
)


def meaning(run: Run) -> str:
    """What the outcome says of the target, and what it does not."""
    if run.outcome is Outcome.INVALID:
        return _meaning_of_invalid(run)
    if run.partial and run.outcome in {Outcome.CONFORMANT, Outcome.CONFORMANT_WITH_WAIVERS}:
        return "What was judged is kept. Of the rest of the contract this run says nothing."
    if run.outcome is Outcome.NONCONFORMANT and not run.counts["fail"]:
        return "Sentences of the contract that a server should keep are broken, and this run is strict: they count."
    if run.outcome is Outcome.INCOMPLETE and run.counts["waived"]:
        return (
            "Nothing that a server must keep was seen broken but for what is waived, and not all of it could be "
            "judged. Nobody can say yet whether the server conforms."
        )
    return _MEANINGS[run.outcome]


def _meaning_of_invalid(run: Run) -> str:
    if not run.complete and run.counts["unverified"] == len(run.judgements):
        return "The run ended before anything was judged. This speaks neither for the server nor against it."
    if not run.complete:
        return "The run ended before it was done. What was judged stands below; it says nothing of the rest."
    if run.counts["error"]:
        return "The suite itself failed while it judged. That is no fault of the server's, and no verdict on it."
    return _MEANINGS[run.outcome]


def share(run: Run) -> str:
    """How many of those that could be judged are broken, and how many could not be; empty where all could."""
    counts = run.counts
    unseen, broken, warned, waived = (counts[name] for name in ("unverified", "fail", "warn", "waived"))
    judged = counts["pass"] + broken + warned + waived
    if not (unseen and judged):
        return ""
    told = f"{broken or 'None'} of the {judged} that could be judged {'is' if broken < 2 else 'are'} broken"
    if waived:
        told += f", but for {waived} that {'is' if waived == 1 else 'are'} waived"
    if warned:
        told += f", and {warned} {'is a warning' if warned == 1 else 'are warnings'}"
    return f"{told}; {unseen} could not be judged, for want of evidence."


def in_order(run: Run, judgements: Iterable[Judgement]) -> list[Judgement]:
    """What to mend, in the order to mend it: what the baseline does not have, and what most others wait for, first."""
    waiting = _waiting(run)
    return sorted(
        judgements,
        key=lambda one: (
            bool(one.groups) and all(group.known for group in one.groups),
            -waiting.get(one.requirement.id, 0),
        ),
    )


def _waiting(run: Run) -> dict[str, int]:
    """How many unverified requirements wait for each that has to be mended first, by its id."""
    return {row.mend: row.count for row in rows(run) if row.mend}


def steps(run: Run) -> tuple[Step, ...]:
    """What to do first; nothing where nothing has to be done."""
    if run.outcome is Outcome.INVALID:
        return tuple(_to_try(run))
    if run.outcome is Outcome.NONCONFORMANT:
        return tuple(_to_mend(run))
    if run.outcome is Outcome.INCOMPLETE:
        return tuple(_settling(run, NAMED - 1))
    return tuple(_to_better(run))


def _to_mend(run: Run) -> Iterator[Step]:
    if _WEB_PAGES in run.summary:
        yield Step(f"Check the base URL {run.target_url}", f"the suite adds {ENDPOINT} to it")
    waiting = _waiting(run)
    failing = wording.with_verdict(run, Verdict.FAIL)
    ordered = in_order(run, failing or wording.with_verdict(run, Verdict.WARN))
    for one in ordered[:NAMED]:
        found = defects(run, one)
        detail = [found[0].heading + (f", and {len(found) - 1} more" if len(found) > 1 else "")] if found else []
        if waits := waiting.get(one.requirement.id, 0):
            detail.append(f"{_requirements(waits)} {'waits' if waits == 1 else 'wait'} for it")
        yield Step(f"Mend {one.requirement.id}: {one.requirement.title}", "; ".join(detail), one.requirement.id)
    if len(ordered) > NAMED:
        yield Step(f"Then the other {len(ordered) - NAMED}, below", part="failures" if failing else "warnings")
    yield from _settling(run, 1)


def _settling(run: Run, most: int) -> Iterator[Step]:
    others = [row for row in rows(run) if not row.mend]
    for row in others[:most]:
        yield Step(row.todo, f"that settles {_requirements(row.count)}", part="unverified")


def _to_better(run: Run) -> Iterator[Step]:
    if waived := run.counts["waived"]:
        until = min((one.expires for one in run.waivers.entries), default="") if run.waivers else ""
        yield Step(
            f"Mend what is waived ({waived})" + (f"; the first waiver ends on {until}" if until else ""), part="waived"
        )
    if warned := run.counts["warn"]:
        yield Step(
            f"See to the {warned} warnings" if warned > 1 else "See to the warning",
            "they bind nobody" if warned > 1 else "it binds nobody",
            part="warnings",
        )
    if run.partial:
        yield Step("Run all of it before you call it conformant")


def _to_try(run: Run) -> Iterator[Step]:
    if not run.complete:
        deadline = run.options.get("deadline")
        late = deadline and _BY_DEADLINE in run.summary
        yield Step("Run again, and let it end", f"a longer --deadline helps (it was {deadline:g} s)" if late else "")
        return
    if run.counts["error"]:
        yield Step(
            "Report what stands under Errors of the suite", "with evidence.har, which holds no key", part="errors"
        )
        return
    plain = plain_of(run)
    if plain is None:
        yield Step(f"Record the plain request with the key: GET {ENDPOINT}")
        return
    yield from _after_the_plain(run, plain)


def plain_of(run: Run) -> Exchange | None:
    """The plain request with the key, which decides whether anything can be judged; ``None`` where none was made."""
    return next(filter(_is_plain, run.exchanges), None)


def _is_plain(exchange: Exchange) -> bool:
    """Whether it is the plain request; in traffic that others recorded no probe is named."""
    request = exchange.request
    if exchange.probe:
        return exchange.probe == PLAIN.name
    return request.method == PLAIN.method and not request.query and request.credential in ACCEPTED_CREDENTIALS


def _after_the_plain(run: Run, plain: Exchange) -> Iterator[Step]:
    if plain.response is None:
        yield from _after_no_answer(run, plain.error or "")
        return
    status = plain.response.status
    if status in {401, 403}:
        yield Step(
            f"Check the key: the variable {KEY_VARIABLE} must hold one that may list customers",
            "--key-env or --key-file name another place; --no-auth is for a target that takes no credentials",
        )
    elif status in {404, 405}:
        yield Step(f"Check the base URL {run.target_url}", f"the suite adds {ENDPOINT} to it")
    elif status in _REDIRECTS:
        to = plain.response.header("Location")
        yield Step("Give the address to which the server redirects", f"it says {to}" if to else "")
    elif status in _BUSY:
        yield Step("Wait until the server is ready, and run again", "the suite has waited once already")
    else:
        yield Step("Look at the answer below")


#: How the sentences begin that say why there is no connection: from a proxy, and by the proxy where there is one.
_BY_PROXY = "the proxy "
_CONNECTING = ("connection refused", "no connection", "the name ")

#: How others begin that say why there is no answer, and what to do then.
_BY_ERROR: tuple[tuple[str, str, str], ...] = (
    ("connection refused", "Check that the server runs, and that host and port are right", "nothing listens there"),
    ("the name .* resolve", "Check the name of the host", ""),
    ("TLS: the server does not speak TLS", "Give the URL with http:// if the server speaks no TLS", ""),
    ("TLS: the certificate", "Check the certificate", "--ca-bundle FILE names an authority of your own"),
    ("TLS: ", "Check that the server speaks TLS at this port", ""),
    ("(no answer|the answer did not end) within", "Check that the server answers in time", "--timeout S allows more"),
)


def _after_no_answer(run: Run, error: str) -> Iterator[Step]:
    if error.startswith(_BY_PROXY) or (run.options.get("proxy") and error.startswith(_CONNECTING)):
        yield Step("Check the proxy", "the suite got no connection to the server through it; --proxy URL names another")
        return
    found = ((todo, detail) for pattern, todo, detail in _BY_ERROR if re.match(pattern, error))
    todo, detail = next(found, ("Check that the server can be reached from here", ""))
    yield Step(todo, detail)
    yield Step(f"Check the base URL {run.target_url}", f"the suite adds {ENDPOINT} to it")


def _requirements(count: int) -> str:
    return "1 requirement" if count == 1 else f"{count} requirements"
