"""The requirements as pages: an index, and a page for each area."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from tests.documentation import marks

from customers_conformance.command import explain
from customers_conformance.contract import document
from customers_conformance.judging.proofs import proofs
from customers_conformance.model import Level
from customers_conformance.reports.telling import wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.model import Location, Requirement

FOLDER = "requirements"

#: An id in running text, and not in a span of code or a link.
_ID = re.compile(r"(?<![\w`\[#-])CUST-[A-Z]+-\d{3}(?![\w`\]-])")


def areas() -> list[tuple[str, list[Requirement]]]:
    """The areas of the catalogue in its order: the code of each, and its requirements."""
    every = document.load().requirements
    return [(code, list(members)) for code, members in groupby(every, lambda one: one.id.split("-")[1])]


def file_of(code: str) -> str:
    """The name of an area's page."""
    return f"{wording.AREAS[code].lower().replace(' ', '-')}.md"


def link(identifier: str, folder: str = "", here: str = "") -> str:
    """A link to a requirement; ``folder`` leads from its page to those of the areas, ``here`` is its own area."""
    requirement = document.load().by_id[identifier]
    code = identifier.split("-")[1]
    page = "" if code == here else f"{folder}{file_of(code)}"
    return f"[{identifier}]({page}#{marks.slug(requirement.heading)})"


def pages() -> dict[str, str]:
    """Every page by its path in ``docs``."""
    written = {f"{FOLDER}/{file_of(code)}": _area(code, members) for code, members in areas()}
    return {f"{FOLDER}/README.md": _index(), **written}


def _index() -> str:
    every = document.load().requirements
    musts = sum(one.level is Level.MUST for one in every)
    lines = [
        "# Requirements",
        "",
        f"{len(every)} requirements in {len(areas())} areas: {musts} are a MUST, {len(every) - musts} a SHOULD.",
        "Ids and titles are permanent.",
        "",
        "The last column says how many faulty servers prove that the suite can fail a requirement;",
        "the [kill matrix](../kill-matrix.md) names them. On the command line `customers-conformance explain ID`",
        "tells the same.",
        "",
    ]
    for code, members in areas():
        lines += [f"## [{wording.AREAS[code]}]({file_of(code)})", "", *_table(members), ""]
    return "\n".join(lines)


def _table(members: list[Requirement], here: str = "") -> Iterator[str]:
    rows = [
        (link(one.id, here=here), one.title, str(one.level), one.profile, str(proofs().get(one.id, 0)))
        for one in members
    ]
    return marks.table(("id", "title", "level", "profile", "proven by"), rows)


def _area(code: str, members: list[Requirement]) -> str:
    contract = document.load()
    lines = [f"# {wording.AREAS[code]}", "", "[All requirements](README.md) · [Kill matrix](../kill-matrix.md)", ""]
    lines += [*_table(members, code), ""]
    for requirement in members:
        told = explain.markdown(explain.explanation(contract, requirement), _placed, folded=True)
        lines += [*(line if line.startswith("## ") else _linked(line, requirement.id) for line in told), ""]
    return "\n".join(lines)


def _placed(location: Location) -> str:
    return f"[`{location}`](../../{location.file}#L{location.line})"


def _linked(line: str, own: str) -> str:
    """A line whose ids lead to their requirements, but for that whose section it is."""
    known = document.load().by_id
    here = own.split("-")[1]
    return _ID.sub(lambda found: link(found[0], here=here) if found[0] in known and found[0] != own else found[0], line)
