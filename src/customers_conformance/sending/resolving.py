"""Looking a host name up, once, without a thread that could keep the process alive."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

from customers_conformance.sending.aside import aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Addresses:
    """Where a host is, in the order in which it is tried: looked up once, and shared by all exchanges of a run."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Begin with what is known already."""
        self._known = list(known)

    def __iter__(self) -> Iterator[str]:
        """Each address, the one that answered last time first."""
        return iter(tuple(self._known))

    def add(self, found: Iterable[str]) -> None:
        """Take what was looked up."""
        self._known += found

    def prefer(self, address: str) -> None:
        """From now on try this one first: it answered."""
        self._known.sort(key=lambda other: other != address)


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver; raises ``OSError`` where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def resolve(host: str, port: int, timeout: float, resolver: Callable[[str, int], list[str]]) -> list[str]:  # noqa: ASYNC109
    """The addresses of a host within ``timeout`` seconds; an address stands for itself.

    Raises ``TimeoutError`` and ``OSError``.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass

    def work() -> list[str]:
        try:
            found = resolver(host, port)
        except UnicodeError:
            raise OSError("no valid name") from None
        if not found:
            raise OSError("no address")
        return found

    async with asyncio.timeout(timeout):
        return await aside(work, "name look-up")
