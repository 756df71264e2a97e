"""``python -m customers_conformance`` is the command."""

from __future__ import annotations

from customers_conformance.command.cli import main

if __name__ == "__main__":
    main()
