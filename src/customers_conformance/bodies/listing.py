"""Bodies of answers, each distinct one judged once: what it breaks, what its objects tell, what was observed."""

from __future__ import annotations

import functools
from array import array
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from customers_conformance.bodies.listeners import Kind, Listener, Noted, known
from customers_conformance.bodies.observations import MOST_WIDE
from customers_conformance.bodies.parsing.bounds import room_for_depth, too_heavy
from customers_conformance.bodies.parsing.items import Stream, value_of
from customers_conformance.bodies.parsing.reading import Reading
from customers_conformance.bodies.survey import LISTED, Items, Survey
from customers_conformance.bodies.violations import MOST, Broken, Looked
from customers_conformance.bodies.walk import Node, walk
from customers_conformance.contract.document import ROOT, Contract
from customers_conformance.contract.pointers import steps_of

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from customers_conformance.bodies.observations import Observations


class Listing:
    """One distinct body of a 200, read, walked and judged in one go, on demand."""

    def __init__(self, content: bytes, contract: Contract) -> None:
        """Reads nothing yet."""
        self._content = content
        self.contract = contract
        self._starts, self._ends = array("Q"), array("Q")
        #: Places of what was noted while reading that stand beneath an undocumented property.
        self._undocumented: set[str] = set()
        self._ended: set[type[Listener]] = set()
        self._alone: dict[type[Listener], tuple[Listener, Noted]] = {}

    @property
    def reading(self) -> Reading:
        """What strict reading gave, without the value."""
        return self._surveyed[0]

    @property
    def seen(self) -> Observations:
        """What was counted on the way through the objects."""
        return self._surveyed[1].seen

    @property
    def is_listing(self) -> bool:
        """Whether the body holds a list of customers."""
        return self._surveyed[1].is_listing

    @property
    def size(self) -> int:
        """How many items of the list are objects."""
        return self._surveyed[1].objects if self.is_listing else 0

    @property
    def ids(self) -> Sequence[Any]:
        """The id of each item of the list; ``None`` where it has none, ``NO_OBJECT`` where it is no object."""
        return self._surveyed[1].ids

    @property
    def digests(self) -> Sequence[int]:
        """For each item of the list what is equal only where all that is compared of it is."""
        return self._surveyed[1].digests

    def item(self, index: int) -> Any:
        """An item of the list, read again."""
        return value_of(self._content[self._starts[index] : self._ends[index]])

    def objects_of(self, index: int) -> Iterator[Node]:
        """The objects of an item of the list, read again."""
        return walk(self.contract, Node(self._surveyed[1].schema, self.item(index), Node(ROOT, {}), LISTED, index))

    def documents(self, place: str) -> bool:
        """Whether the contract documents what was noted at a place; beneath an undocumented property nothing is."""
        return place not in self._undocumented

    def kept(self, kind: type[Kind]) -> Kind:
        """A listener of a kind that has seen all objects of the body, with what it kept; raises what it raised."""
        listener, noted = self._heard(kind)
        if noted.failure is not None:
            raise noted.failure
        return cast("Kind", listener)

    def noted(self, kind: type[Listener]) -> Noted:
        """What a listener of a kind observed."""
        return self._heard(kind)[1]

    def walk(self, make: Callable[[], Kind]) -> tuple[Kind, Noted]:
        """Goes through the body once more, for one listener alone; returns it, and what it observed."""
        survey = Survey(self.contract, [make], most=None)
        if self.reading.is_json:
            self._read(survey)
        ((listener, noted),) = survey.heard
        return cast("Kind", listener), noted

    @functools.cached_property
    def broken(self) -> Broken:
        """The violations by requirement; a number that no int64 or double holds breaks another one."""
        survey = self._surveyed[1]
        for judging in (survey.top_judging, survey.item_judging):
            if judging.failure is not None:
                raise judging.failure
        if len(survey.seen.wide_integers) > MOST_WIDE:
            why = f"the body holds more than {MOST_WIDE:,} integers beyond int64; the rest is not looked at"
            return Broken(looked=Looked(beyond=why))
        left = MOST - survey.top_judging.found
        items = survey.item_judging
        if left < MOST and (items.is_over or items.found > left):
            # Those of the top come first, and leave room for fewer.
            fewer = Survey(self.contract, (), most=left)
            self._read(fewer)
            items = fewer.item_judging
        broken = survey.top_judging.broken
        broken.follow(items.broken)
        return broken

    @functools.cached_property
    def applied(self) -> Counter[str]:
        """For each requirement of the document, how many cases there were to judge."""
        applied = self.broken.looked.cases + self.seen.cases
        for name, owner in self.contract.owners.items():
            if owner:
                applied[owner] += self.seen.objects[name]
        return applied

    @functools.cached_property
    def _surveyed(self) -> tuple[Reading, Survey]:
        with room_for_depth():
            if self.contract.listed_whole and (why := too_heavy(self._content)):
                reading, survey = Reading(beyond=why), self._survey()
            else:
                survey = self._survey()
                reading = self._read(survey, first=True)
                if not reading.is_json:
                    # What was seen before the defect counts for nothing.
                    survey = self._survey()
            survey.end()
            return replace(reading, value=None), survey

    def _survey(self) -> Survey:
        return Survey(self.contract, known(), MOST)

    def _read(self, survey: Survey, *, first: bool = False) -> Reading:
        """Reads the body, and shows all of it to a survey; places in it are noted the first time."""
        stream = Stream(self._content)
        whole: list[Any] = []
        for item in stream:
            if item is None:
                survey.begin()
                whole.clear()
                if first:
                    self._undocumented.clear()
                    del self._starts[:], self._ends[:]
                continue
            survey.item(item.value, item.numbers)
            if self.contract.listed_whole:
                whole.append(item.value)
            if first:
                self._starts.append(item.start)
                self._ends.append(item.end)
                if item.numbers or item.repeated:
                    self._note_undocumented(survey.schema, item.value, (*item.numbers, *item.repeated), above=2)
        reading = stream.reading
        if reading.is_json:
            self._read_top(reading, survey, whole, first=first)
        return reading

    def _read_top(self, reading: Reading, survey: Survey, whole: list[Any], *, first: bool) -> None:
        top, beneath = reading.value, tuple[str, ...]()
        if isinstance(top, dict) and isinstance(top.get(LISTED), list):
            survey.is_listing = True
            top = {**top, LISTED: whole if self.contract.listed_whole else Items(survey.ids)}
            beneath = (f"/{LISTED}/",)
        numbers = {place for place in reading.numbers if not place.startswith(beneath)}
        if first:
            repeated = {place for place, _ in reading.repeated if not place.startswith(beneath)}
            self._note_undocumented(ROOT, top, numbers | repeated)
        survey.top(top, numbers)

    def _note_undocumented(self, schema: str, value: Any, places: Iterable[str], above: int = 0) -> None:
        self._undocumented.update(
            place for place in places if not is_documented(self.contract, schema, value, steps_of(place)[above:])
        )

    def _heard(self, kind: type[Listener]) -> tuple[Listener, Noted]:
        heard = self._surveyed[1].find(kind) or self._alone.get(kind)
        if heard is None:
            heard = self._alone[kind] = self.walk(kind)
        if kind not in self._ended and heard[1].failure is None:
            self._ended.add(kind)
            for item in heard[0].end(self):
                heard[1].note(item)
        return heard


def is_documented(contract: Contract, schema: str, value: Any, steps: Iterable[str]) -> bool:
    """Whether the contract documents what stands at some steps from an object; beneath what it does not nothing is."""
    held = value
    ahead = iter(steps)
    for name in ahead:
        if not isinstance(held, dict):
            return True
        said = contract.properties[schema].get(name)
        if said is None:
            return False
        if said.holds is None:
            return True
        held = held[name]
        if said.listed and isinstance(held, list):
            index = next(ahead, None)
            if index is None:
                return True
            held = held[int(index)]
        schema = said.holds
    return True
