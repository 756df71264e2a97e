"""What is told of a run while it lasts: its steps, and how far each is."""

from __future__ import annotations

from tests.selftest import made

from customers_conformance.running.progress import Answered, HowFar, Notice, Requests, Thinned, amount


class Clock:
    """Shows the seconds that it is set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_step_is_told_and_how_far_it_is_once_in_ten_seconds() -> None:
    clock, told = Clock(), list[str]()
    tell = Thinned(told.append, clock=clock)
    tell("asking")
    for second in range(1, 35):
        clock.now = second
        tell(HowFar(f"{second} of 40 requests"))
    tell("judging")
    clock.now = 40
    tell(HowFar("1 of 9 requirements"))
    tell(Notice("The deadline is in danger"))
    clock.now = 51
    tell(HowFar("2 of 9 requirements"))
    assert told == [
        "asking",
        "10 of 40 requests",
        "20 of 40 requests",
        "30 of 40 requests",
        "judging",
        "The deadline is in danger",
        "2 of 9 requirements",
    ]


def test_requests_are_told_by_number_and_bytes() -> None:
    told: list[str] = []
    requests = Requests(told.append, 2)
    requests.step("asking the plain request")
    requests.arrived(1_500_000)
    requests.made(made.said())
    requests.step("asking again")
    for _ in range(2):
        requests.made(made.silent())
    assert told == [
        "asking the plain request",
        "asking the plain request: 0 of 2 requests, 1.5 MB received",
        "  0 default: GET 200, 0 bytes, 0 ms",
        "asking the plain request: 1 of 2 requests, 1.5 MB received",
        "asking again",
        "  0 default: GET, no answer: The connection was refused.",
        "asking again: 2 of 2 requests, 1.5 MB received",
        # More than were planned: comparisons are made again, and requests generated.
        "  0 default: GET, no answer: The connection was refused.",
        "asking again: 3 of 3 requests, 1.5 MB received",
    ]
    steps = [text for text in told if not isinstance(text, Answered)]
    assert [isinstance(text, HowFar) for text in steps] == [False, True, True, False, True, True]


def test_bytes_are_written_as_people_read_them() -> None:
    shown = [amount(size) for size in (0, 999, 1000, 25_900, 999_999, 65_400_000, 2_345_678_901)]
    assert shown == ["0 bytes", "999 bytes", "1 kB", "25.9 kB", "1000 kB", "65.4 MB", "2.35 GB"]
