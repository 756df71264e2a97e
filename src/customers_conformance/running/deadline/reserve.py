"""What of a run's time is kept for what comes after the requests: striking out, judging and writing."""

from __future__ import annotations

import json
import time

from customers_conformance.model import MEBI

#: What a body takes after it came, in the time that ``json.loads`` takes for a list as long: to be struck out and
#: written, and to be judged; each is about twice what a valid list takes.
WRITTEN, JUDGED = 4.0, 8.0

#: Seconds that judging the heads of answers may take however late it is: a run says more than that it was cut short.
LEAST = 3.0

#: For how many seconds is measured how fast JSON is read here and now: other processes have their turn meanwhile.
_MEASURED = 0.05

_TEXT = json.dumps([{"id": f"customer-{number}", "limit": number / 7, "teams": None} for number in range(500)])


def _share(deadline: float, most: float) -> float:
    return min(most, max(deadline / 20, min(0.25, deadline / 4)))


class Reserve:
    """The seconds before a deadline by which each step has to end; ``deadline`` is the whole run's, in seconds.

    Judging everything has to end ``last`` seconds before it: in those the heads of the answers are judged, where there
    was no time for more. That has to end ``reports`` seconds before it, in which the reports are written.
    """

    def __init__(self, deadline: float) -> None:
        """Nothing is measured yet."""
        self._speed: float | None = None
        self.within(deadline)

    def within(self, deadline: float) -> None:
        """Share out so many seconds from here on."""
        self.reports = _share(deadline, 3.0)
        self._heads = _share(deadline, 5.0)
        self._few = min(1.0, deadline / 40)

    def read(self, size: int) -> float:
        """Seconds that ``json.loads`` takes for so many bytes here and now; nothing is measured for a few."""
        if size < MEBI:
            return 0.0
        if self._speed is None:
            self._speed = reading_speed()
        return size / self._speed

    def last(self, longest: int) -> float:
        """Seconds for judging heads and writing; ``longest`` are the bytes of the longest body.

        What cannot be interrupted takes no longer than reading that body does.
        """
        return self.reports + self._heads + self.read(longest)

    def whole(self, held: int) -> float:
        """Seconds for striking out, judging and writing bodies of so many bytes together."""
        return self.last(held) + self._few + (WRITTEN + JUDGED) * self.read(held)


def reading_speed() -> float:
    """How many bytes ``json.loads`` reads in a second, here and now."""
    begun = time.perf_counter()
    done = 0
    while (taken := time.perf_counter() - begun) < _MEASURED:
        json.loads(_TEXT)
        done += len(_TEXT)
    return done / taken
