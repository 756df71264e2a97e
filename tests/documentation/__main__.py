"""``python -m tests.documentation [pictures]``: writes the pages of ``docs`` that are generated, or its pictures."""

from __future__ import annotations

import argparse
import sys

from tests.documentation import links, pages


def main() -> int:
    """Write what was asked for, and tell each link that leads nowhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["pages", "pictures"], default="pages")
    if parser.parse_args().what == "pictures":
        from tests.documentation import pictures

        pictures.write()
    else:
        for path in pages.write():
            sys.stdout.write(f"docs/{path}\n")
    broken = [sentence for page in links.pages() for sentence in links.broken(page)]
    sys.stdout.writelines(f"{sentence}\n" for sentence in broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
