"""A matrix for people: one page of HTML without network, and Markdown."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from customers_conformance import reports
from customers_conformance.harmless import one_line
from customers_conformance.model import Outcome, Verdict
from customers_conformance.reports.telling import wording
from customers_conformance.reports.telling.markdown import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from customers_conformance.proving.matrix.joining import Matrix, Target

#: How many characters of one text are shown.
_LONGEST = 400

#: Said of a requirement that a run did not judge.
NOT_JUDGED = ("·", "not judged")


def title(target: Target) -> str:
    """The outcome in words; never plainly conformant where only a part was judged."""
    words = wording.OUTCOMES[target.outcome][1]
    well = target.outcome in {Outcome.CONFORMANT, Outcome.CONFORMANT_WITH_WAIVERS}
    return f"{words} in part" if target.partial and well else words


def as_html(matrix: Matrix) -> bytes:
    """``matrix.html``: a file by itself, without a script, a picture or anything fetched."""
    files = importlib.resources.files(__package__ or "")
    style = "".join(
        place.joinpath(name).read_text("utf-8")
        for place, name in ((importlib.resources.files(reports), "page.css"), (files, "page.css"))
    )
    environment = jinja2.Environment(
        autoescape=True, lstrip_blocks=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["line"] = lambda value: one_line(str(value), _LONGEST)
    environment.globals.update(
        Verdict=Verdict, outcomes=wording.OUTCOMES, verdicts=wording.VERDICTS, title=title, not_judged=NOT_JUDGED
    )
    page: str = environment.from_string(files.joinpath("page.html.j2").read_text("utf-8")).render(
        matrix=matrix,
        coverage=matrix.coverage,
        differing=[row for row in matrix.rows if not row.is_kept_by_all],
        kept=[row for row in matrix.rows if row.is_kept_by_all],
        style=Markup(style),  # noqa: S704 - our own files, and they must stand as they are hashed
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return page.encode()


def as_markdown(matrix: Matrix) -> bytes:
    """``matrix.md``, for a comment or a job's summary."""
    return ("\n".join(_rows(matrix)) + "\n").encode()


def _rows(matrix: Matrix) -> Iterator[str]:
    targets = "1 target" if len(matrix.targets) == 1 else f"{len(matrix.targets)} targets"
    yield f"# {targets}, {len(matrix.rows)} requirements"
    yield ""
    if len(matrix.contracts) > 1:
        yield f"**Mind:** these runs were judged against {len(matrix.contracts)} contracts, and are not alike:"
        yield ""
        for target in matrix.targets:
            yield f"- contract {matrix.mark(target)}: {code(target.label)}, {code(target.contract)}"
        yield ""
    yield "| target | outcome | " + " | ".join(wording.VERDICTS[verdict][1] for verdict in Verdict) + " | suite |"
    yield "| --- | --- | " + " | ".join("---:" for _ in Verdict) + " | --- |"
    for target in matrix.targets:
        counts = " | ".join(str(target.counts[verdict.value]) for verdict in Verdict)
        sign = wording.OUTCOMES[target.outcome][0]
        outcome = f"{sign} {title(target)}" + ("" if target.complete else ", cut short")
        yield f"| {_named(matrix, target)} | {outcome} | {counts} | {_cell(target.suite)} |"
    yield ""
    yield "| requirement | " + " | ".join(_named(matrix, target) for target in matrix.targets) + " |"
    yield "| --- | " + " | ".join("---" for _ in matrix.targets) + " |"
    for row in matrix.rows:
        cells = [" ".join(wording.VERDICTS[verdict] if verdict else NOT_JUDGED) for verdict in row.verdicts]
        yield f"| {row.id} {prose(row.title).replace('|', '&#124;')} | " + " | ".join(cells) + " |"
    waived = [(target, waiver) for target in matrix.targets for waiver in target.waivers]
    if waived:
        yield ""
        yield f"## Waived ({len(waived)})"
        yield ""
        for target, waiver in waived:
            yield f"- {waiver.requirement}, {code(target.label)}: {prose(waiver.reason)}"


def _named(matrix: Matrix, target: Target) -> str:
    mark = matrix.mark(target)
    return _cell(target.label) + (f" (contract {mark})" if mark else "")


def _cell(text: str) -> str:
    """A text in a cell of a table, where a bar would end it."""
    shown: str = code(text)
    return shown.replace("|", "\\|")
