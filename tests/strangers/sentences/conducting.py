"""The servers of the sentences, each judged by the suite in a worker process, over sockets."""

from __future__ import annotations

import multiprocessing
import time
from typing import TYPE_CHECKING

from tests.strangers.conduct import Met
from tests.strangers.sentences.conforming import CONFORMING
from tests.strangers.sentences.faulty import FAULTY
from tests.strangers.sentences.listening import running
from tests.strangers.sentences.server import KEY, SESSION

from customers_conformance.model import PROFILES
from customers_conformance.running import run
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from customers_conformance.model import Judgement

SENTENCES = {entry.name: entry for entry in (*CONFORMING, *FAULTY)}

#: Seconds that a view may take to settle: a broken view costs as much, and no server here has one that lags.
SETTLE = 0.6


def met(name: str) -> Met:
    """Every profile of the suite against one server, which nobody has asked before."""
    begun = time.monotonic()
    entry = SENTENCES[name]
    with running(entry.made()) as url:
        settings = Settings(url=url, key=KEY, session=SESSION, profiles=PROFILES, settle=SETTLE, seed=1)
        judgements = run.conduct(settings).judgements
    verdicts = {one.requirement.id: one.verdict.value for one in judgements}
    complaints = tuple(entry.complaints(verdicts, {one.requirement.id: _said(one) for one in judgements}))
    return Met(entry, complaints, known=entry.known, seconds=time.monotonic() - begun)


def met_all(names: Sequence[str]) -> Iterator[Met]:
    """The same for several, one in each processor at a time; in the order in which they end."""
    if names:
        with multiprocessing.get_context("spawn").Pool(min(len(names), multiprocessing.cpu_count())) as pool:
            yield from pool.imap_unordered(met, names)


def _said(judgement: Judgement) -> str:
    """The reason of a judgement, and its findings, each with the probe that shows it."""
    findings = (f"{one.probe}: expected {one.expected}, got {one.actual}" for one in judgement.findings)
    return "; ".join(dict.fromkeys([judgement.reason or "", *findings])).strip("; ")
