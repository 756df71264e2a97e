"""How a program tells where it listens: one line, which whoever started it waits for."""

from __future__ import annotations

import socket
import sys


def bound() -> socket.socket:
    """A listening socket on a free port of this machine; connections wait in it until the framework takes them."""
    return socket.create_server(("127.0.0.1", 0))


def announce(port: int) -> None:
    """Say the line."""
    sys.stdout.write(f"listening on http://127.0.0.1:{port}\n")
    sys.stdout.flush()
