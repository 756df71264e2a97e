"""Ways to write a behaviour about the answer: its status, a header, its body, or who is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customers_conformance.reference.behaviour import Answer, Behaviour, Call, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers_conformance.reference.places import When


def admit(when: When) -> Behaviour:
    """A server that also lets in whoever this holds for."""
    return Behaviour(admits=lambda call: True if when(call) else None)


def refuse(when: When) -> Behaviour:
    """A server that answers 401 where this holds, whatever the credentials."""
    return Behaviour(admits=lambda call: False if when(call) else None)


def status(number: int, when: When, message: str = "Not like this") -> Behaviour:
    """A server that gives this status, with the documented error body, where this holds."""

    def change(call: Call, _: Answer) -> Answer | None:
        return error(number, message) if when(call) else None

    return Behaviour(answer=change)


def relabelled(number: int, when: When) -> Behaviour:
    """A server that gives the answer it would have given under another status."""

    def change(call: Call, answer: Answer) -> None:
        if when(call):
            answer.status = number

    return Behaviour(answer=change)


def redirect(number: int, to: str, when: When) -> Behaviour:
    """A server that redirects where this holds."""

    def change(call: Call, _: Answer) -> Answer | None:
        if not when(call):
            return None
        answer = error(number, "Elsewhere", WWW_Authenticate="Bearer")
        answer.set("Location", to)
        return answer

    return Behaviour(answer=change)


def header(name: str, value: str | None, where: Callable[[Call, Answer], bool]) -> Behaviour:
    """A server that sends this value of a header where this holds, or none for ``None``."""

    def change(call: Call, answer: Answer) -> None:
        if where(call, answer):
            answer.remove(name)
            if value is not None:
                answer.add(name, value)

    return Behaviour(answer=change)


def body(function: Callable[[bytes], bytes], where: Callable[[Call, Answer], bool]) -> Behaviour:
    """A server that changes the bytes of a body before they are coded and measured."""

    def change(call: Call, answer: Answer) -> None:
        if where(call, answer):
            answer.body = function(answer.body)

    return Behaviour(answer=change)


def error_body(path: str, value: Any, where: Callable[[Call, Answer], bool]) -> Behaviour:
    """A server whose error bodies hold this value at a dotted path; the value may be made from the call."""

    def change(call: Call, answer: Answer) -> None:
        if where(call, answer):
            content = answer.json
            *steps, last = path.split(".")
            holder = content
            for step in steps:
                holder = holder[step]
            holder[last] = value(call) if callable(value) else value
            answer.write(content)

    return Behaviour(answer=change)


def listed(_: Call, answer: Answer) -> bool:
    """A 200 that shows the list."""
    return answer.status == 200


def listed_from_memory(call: Call, answer: Answer) -> bool:
    """A 200 that shows the memory view."""
    return listed(call, answer) and call.shows_memory


def refused(_: Call, answer: Answer) -> bool:
    """A 401."""
    return answer.status == 401


def anonymous_refused(call: Call, answer: Answer) -> bool:
    """A 401 to a request that carries no credentials."""
    return refused(call, answer) and call.anonymous


def unknown_refused(call: Call, answer: Answer) -> bool:
    """A 401 to a bearer token."""
    return refused(call, answer) and bool(call.bearer)


def mistaken(_: Call, answer: Answer) -> bool:
    """A 400."""
    return answer.status == 400
