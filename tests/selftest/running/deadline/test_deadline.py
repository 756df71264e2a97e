"""A run ends by its deadline, writing included, with every verdict that its evidence gives."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import signal
import threading
import weakref
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.hostile import conduct
from tests.selftest.running.leaping import leap

from customers_conformance.judging.judge import judge
from customers_conformance.model import PREFIX, ExitCode, Mode, Outcome, Verdict
from customers_conformance.redaction.redactor import Redactor
from customers_conformance.reference.app import DEFAULT_KEY, create_app
from customers_conformance.reference.behaviour import Behaviour, Variant
from customers_conformance.running import judged, run
from customers_conformance.running.asking import long_lists
from customers_conformance.running.deadline import reserve
from customers_conformance.running.deadline.ending import CutShortError, OverdueError, Watch, by_deadline
from customers_conformance.running.deadline.reserve import Reserve
from customers_conformance.running.progress import Notice
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from customers_conformance.model import Exchange, Run

LATE = by_deadline(300)


def chosen(**options: Any) -> Settings:
    defaults: dict[str, Any] = {
        "url": "http://127.0.0.1:1",
        "key": DEFAULT_KEY,
        "seed": 1,
        "settle": 0.0,
        "examples": 0,
    }
    return Settings(**defaults | options)


def conducted(application: Any, progress: Callable[[str], None] | None = None, **options: Any) -> Run:
    return run.conduct(chosen(**options), progress, transport=httpx.ASGITransport(app=application))


def verdicts(found: Run) -> dict[str, Verdict]:
    return {j.requirement.id: j.verdict for j in found.judgements}


def is_whole(exchanges: Iterable[Exchange]) -> bool:
    """Whether more is there than heads and beginnings."""
    return any(one.response and len(one.response.body.content) > PREFIX for one in exchanges)


def overdue_in_judging(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged_in_time(evidence: Any, *rest: Any, **named: Any) -> Any:
        if is_whole(evidence.exchanges):
            raise OverdueError(LATE)
        return judge(evidence, *rest, **named)

    monkeypatch.setattr(judged, "judge", judged_in_time)


def overdue_in_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    redact = Redactor.exchanges

    def redacted(self: Redactor, exchanges: Iterable[Exchange], *rest: Any) -> Any:
        came = list(exchanges)
        if is_whole(came):
            raise OverdueError(LATE)
        return redact(self, came, *rest)

    monkeypatch.setattr(Redactor, "exchanges", redacted)


def executed(out: Path, **options: Any) -> Run:
    transport = httpx.ASGITransport(app=create_app(customers=10))
    found = run.execute(chosen(out=out, **options), transport=transport)
    assert {path.name for path in out.iterdir()} == conduct.FILES
    report = json.loads((out / "report.json").read_bytes())
    assert (report["run"]["complete"], report["outcome"], report["exit_code"]) == (False, "invalid", 4)
    assert report["summary"] == found.summary == LATE
    return found


@pytest.mark.parametrize("overdue", [overdue_in_judging, overdue_in_redaction])
@pytest.mark.parametrize("mode", ["redacted", "shape", "full"])
def test_where_there_is_no_time_for_all_that_came_its_heads_are_judged_and_kept(
    overdue: Callable[[pytest.MonkeyPatch], None], mode: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    overdue(monkeypatch)
    found = executed(tmp_path / "out", evidence=Mode(mode))
    assert verdicts(found)["CUST-AUTH-002"] is Verdict.PASS
    assert verdicts(found)["CUST-SCH-001"] is Verdict.UNVERIFIED
    assert any("deadline" in (judgement.reason or "") for judgement in found.judgements)
    again = run.conduct(Settings(har=tmp_path / "out" / "evidence.har"))
    assert verdicts(again) == verdicts(found)
    assert (again.complete, again.summary) == (False, LATE)
    assert not is_whole(again.exchanges)


def test_where_there_is_no_time_for_anything_the_files_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def redacted(*_: Any) -> Any:
        raise OverdueError(LATE)

    monkeypatch.setattr(Redactor, "exchanges", redacted)
    found = executed(tmp_path / "out")
    monkeypatch.undo()
    assert set(verdicts(found).values()) == {Verdict.UNVERIFIED}
    again = run.conduct(Settings(har=tmp_path / "out" / "evidence.har"))
    assert verdicts(again) == verdicts(found)
    assert (again.complete, again.summary) == (False, LATE)


def test_a_recording_that_takes_too_long_to_judge_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run.execute(chosen(out=tmp_path), transport=httpx.ASGITransport(app=create_app(customers=10)))
    recorded = (tmp_path / "evidence.har").read_bytes()
    overdue_in_judging(monkeypatch)
    found = run.execute(Settings(har=tmp_path / "evidence.har", out=tmp_path))
    assert (found.outcome, found.exit_code, found.complete) == (Outcome.INVALID, ExitCode.INVALID, False)
    run.execute(Settings(har=tmp_path / "evidence.har", out=tmp_path))
    assert (tmp_path / "evidence.har").read_bytes()[:2] == recorded[:2]


def slow(delay: float, customers: int = 2) -> Any:
    return create_app(customers=customers, variant=Variant("slow", "takes its time", Behaviour(delay=delay)))


def test_what_is_held_takes_its_share_of_the_time_that_is_left_for_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)
    asked = {}
    for speed in (1e9, 5e4):
        monkeypatch.setattr(reserve, "MEBI", 1000)
        monkeypatch.setattr(reserve, "reading_speed", lambda speed=speed: speed)
        found = conducted(slow(1.0), deadline=60.0, concurrency=1)
        assert (found.complete, found.summary) == (False, by_deadline(60))
        asked[speed] = len(found.exchanges)
    assert 10 < asked[5e4] < asked[1e9] - 3


def test_a_deadline_in_danger_is_told_after_the_plain_request_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)
    told: list[str] = []
    found = conducted(slow(3.0), told.append, deadline=60.0, concurrency=2, rate=0.5)
    (notice,) = [text for text in told if isinstance(text, Notice)]
    assert told.index(notice) < 5
    assert notice in found.warnings
    assert notice.startswith("The deadline of 60 s will probably cut the run short: the plain answer of 2")
    assert " kB took 3.0 s, " in notice
    for advice in ("--deadline", "--only", "--profile", "--examples 0", "--rate"):
        assert advice in notice
    assert not found.complete
    proposed = float(notice.partition("(--deadline ")[2].partition(")")[0])
    found = conducted(slow(3.0), told.append, deadline=proposed, concurrency=2, rate=0.5)
    assert found.complete
    assert found.warnings == ()


@pytest.mark.parametrize("long", [1, 10**9])
def test_a_deadline_that_is_kept_is_in_no_danger(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)
    monkeypatch.setattr(long_lists, "LONG", long)
    found = conducted(slow(0.5), examples=20)
    assert (found.complete, found.warnings) == (True, ())


@pytest.mark.parametrize("deadline", [0.1, 1.0, 5.0, 20.0, 300.0, 86400.0])
def test_the_shares_of_a_deadline_leave_most_of_it_for_asking(deadline: float) -> None:
    shares = Reserve(deadline)
    assert 0 < shares.reports < shares.last(0) < shares.whole(0) < deadline * 0.6
    assert shares.whole(0) < 10


def test_more_bytes_take_a_longer_share_by_what_reading_them_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve, "reading_speed", lambda: 50e6)
    shares = Reserve(300)
    assert shares.last(50_000_000) == shares.last(0) + 1
    assert shares.whole(50_000_000) - shares.whole(0) == 1 + reserve.WRITTEN + reserve.JUDGED
    assert shares.whole(100_000) == shares.whole(0)


def test_the_speed_is_measured_once_and_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[float] = []
    speed = reserve.reading_speed

    def measure() -> float:
        measured.append(speed())
        return measured[-1]

    monkeypatch.setattr(reserve, "reading_speed", measure)
    shares = Reserve(300)
    assert shares.read(1000) == 0
    assert not measured
    assert shares.read(5_000_000) == 5_000_000 / measured[0] > 0
    shares.whole(9_000_000)
    assert len(measured) == 1


def test_work_of_the_process_is_ended_when_its_time_is_over_and_goes_on_within_the_next() -> None:
    watch = Watch(100)
    with watch.watching():
        watch.limit(99.9)
        with pytest.raises(OverdueError, match=r"its deadline of 100 s \(--deadline\)"):
            all(True for _ in itertools.count())
        watch.limit(0)
        watch.check()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_where_no_signal_can_be_had_the_clock_is_looked_at() -> None:
    ended: list[BaseException] = []

    def work() -> None:
        watch = Watch(100)
        with watch.watching():
            watch.check()
            watch.limit(100)
            try:
                while True:
                    watch.check()
            except OverdueError as problem:
                ended.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [str(one) for one in ended] == [by_deadline(100)]


def test_an_end_that_comes_where_nothing_can_be_raised_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    class Held:
        pass

    def lost(_: Any) -> None:
        signal.raise_signal(signal.SIGTERM)

    held = [Held()]
    reference = weakref.ref(held[0], lost)

    def let_go() -> None:
        held.clear()
        gc.collect()
        all(reference() is None for _ in itertools.count())

    watch = Watch(100)
    with watch.watching():
        watch.limit(0)
        with pytest.raises(CutShortError, match="SIGTERM"):
            let_go()
    assert "Traceback" not in capsys.readouterr().err


def test_whoever_ends_a_run_does_not_wait_for_the_deadline() -> None:
    watch = Watch(300)
    assert watch.left > 290
    watch.hurry()
    assert watch.left <= 8
    soon = Watch(2)
    soon.hurry()
    assert soon.left <= 2


def test_a_run_that_is_interrupted_amid_a_request_is_judged_within_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    leap(monkeypatch)
    reference = create_app(customers=2)
    asked = 0

    async def interrupted(scope: Any, receive: Any, send: Any) -> None:
        nonlocal asked
        asked += 1
        if asked == 30:
            raise KeyboardInterrupt
        await asyncio.sleep(1)
        await reference(scope, receive, send)

    found = conducted(interrupted)
    assert (found.exit_code, found.complete, found.summary) == (130, False, "The run was cut short by Ctrl-C.")
    assert verdicts(found)["CUST-AUTH-001"] is Verdict.PASS
    # The task in which it was raised is told of as it goes: here, and not amid whatever pytest does next.
    gc.collect()
