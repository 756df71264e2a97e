"""A ``report.json`` read back into the run that it was made of: what a stranger hands over, taken at nobody's word.

Bounded in size and depth, and held against the published schema before any of it is used. The exchanges of a run stand
in its evidence, and are put in by whoever reads that.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import math
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

from customers_conformance.harmless import one_line
from customers_conformance.model import (
    MEBI,
    Baseline,
    Before,
    EvidenceFile,
    Finding,
    Flaky,
    Group,
    Judgement,
    Ledger,
    Level,
    Location,
    Mode,
    News,
    Outcome,
    RecordedTraffic,
    Requirement,
    Run,
    ShownObject,
    ShownProperty,
    Sighting,
    Undocumented,
    UsageError,
    Use,
    Verdict,
    Waiver,
    Waivers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import jsonschema_rs

#: A report has so many bytes at the most.
LARGEST = 64 * MEBI

#: The published schema, beside this module.
SCHEMA = "report.schema.json"

#: Where it is broken, so many places are told.
VIOLATIONS_KEPT = 100

#: The member that holds the requirements with their verdicts.
_ENTRIES = "requirements"

#: How the formats of reports begin, whatever their version.
_FAMILY = "customers-conformance/report/"

#: What may be a lone surrogate.
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

#: Characters of what stands at a wrong place that are shown.
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Violation:
    """Where a report breaks its schema: a JSON pointer, and a phrase; both fit to be shown."""

    place: str
    says: str
    #: The id of the requirement whose entry it is in; empty where it is in none, or the entry has no id.
    requirement: str
    #: Whether it is no value of the kind that is read there; else what stands there contradicts the verdict beside it.
    is_shape: bool
    #: What is, as a word; empty where the schema says it.
    allowed: str = ""


def read(data: bytes) -> Run:
    """The run that a ``report.json`` holds, without exchanges; raises ``UsageError`` with the place that is wrong."""
    return run_of(value_of(data))


def value_of(data: bytes) -> dict[str, Any]:
    """A ``report.json`` as JSON that keeps the schema; raises ``UsageError`` with the place that is wrong."""
    value, violations = held(data)
    if violations:
        wrong = violations[0]
        allowed = f"allowed is {wrong.allowed or f'what reports/{SCHEMA} describes'}"
        raise UsageError(f"at {wrong.place or 'the top'}: {wrong.says}; {allowed}")
    return value


def held(data: bytes) -> tuple[dict[str, Any], tuple[Violation, ...]]:
    """A ``report.json`` as JSON, and where it breaks the schema; raises ``UsageError`` for what is no report at all."""
    if len(data) > LARGEST:
        raise UsageError(f"it has {len(data):,} bytes; allowed are {LARGEST:,}")
    value = parsed(data)
    if not isinstance(value, dict):
        raise UsageError("it holds no JSON object; allowed is the report.json of a run")
    _refuse_other_formats(value)
    try:
        found = tuple(_violation(value, wrong) for wrong in islice(_validator().iter_errors(value), VIOLATIONS_KEPT))
    except ValueError as error:
        # A nesting that no report has.
        raise UsageError(f"it is no report: {_brief(str(error))}; allowed is the report.json of a run") from None
    return value, found or tuple(_repeated_ids(value))


def _violation(value: dict[str, Any], wrong: jsonschema_rs.ValidationError) -> Violation:
    steps = list(wrong.instance_path)
    place = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    name = ""
    if len(steps) > 1 and steps[0] == _ENTRIES:
        entry = value[_ENTRIES][steps[1]]
        name = _brief(str(entry.get("id", ""))) if isinstance(entry, dict) else ""
    return Violation(one_line(place), _brief(wrong.message), name, is_shape="allOf" not in wrong.schema_path)


def _repeated_ids(value: dict[str, Any]) -> Iterator[Violation]:
    seen: set[str] = set()
    for number, entry in enumerate(value[_ENTRIES]):
        name = entry["id"]
        if name in seen:
            yield Violation(f"/{_ENTRIES}/{number}/id", f"{name} stands twice", name, is_shape=True, allowed="once")
        seen.add(name)


def parsed(data: bytes) -> Any:
    """The value of JSON in UTF-8 that a stranger wrote: finite, without half characters, each member once.

    Raises ``UsageError`` with the line where there is one.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_members, parse_constant=_refuse, parse_float=_finite
        )
        if _SURROGATE.search(data):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise UsageError(f"byte {error.start} is no UTF-8; allowed is JSON in UTF-8") from None
    except UnicodeEncodeError:
        raise UsageError("a text in it holds half a character (a lone surrogate); allowed is Unicode") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"line {error.lineno}, column {error.colno}: {error.msg}; allowed is JSON") from None
    except RecursionError:
        raise UsageError("it is nested too deep; allowed is JSON of some levels") from None
    except ValueError as error:
        raise UsageError(f"{_brief(str(error))}; allowed is JSON, each member of an object once") from None
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        left = iter(members)
        # Up to the first repetition the members stand in the order of the pairs.
        twice = next(name for name, _ in pairs if name != next(left, None))
        raise ValueError(f"the member {_brief(twice)} stands twice in an object")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {_brief(text)} is too large")
    return number


def _refuse_other_formats(value: dict[str, Any]) -> None:
    said, known = value.get("format"), _schema()["properties"]["format"]["const"]
    if said == known:
        return
    if isinstance(said, str) and said.startswith(_FAMILY):
        raise UsageError(
            f"at /format: {_brief(said)} cannot be read by this version; allowed is {known}: "
            "make the report again with `judge`, or read it with the version that wrote it"
        )
    raise UsageError(f"at /format: {_brief(str(said))} is no format of a report; allowed is {known}")


@functools.cache
def _schema() -> dict[str, Any]:
    text = importlib.resources.files(__package__ or "").joinpath(SCHEMA).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@functools.cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # noqa: PLC0415 - what writes reports need not wait for it

    return jsonschema_rs.Draft202012Validator(_schema(), validate_formats=True)


def _brief(text: str) -> str:
    return one_line(text, _SHOWN)


def run_of(value: dict[str, Any]) -> Run:
    """The run that a report says, a value that keeps the schema; without exchanges."""
    suite, run, target, evidence, ledger = (value[name] for name in ("suite", "run", "target", "evidence", "ledger"))
    return Run(
        id=run["id"],
        started=run["started"],
        finished=run["finished"],
        seed=run["seed"],
        profiles=tuple(run["profiles"]),
        complete=run["complete"],
        suite_version=suite["version"],
        contract_digest=suite["contract"],
        requirements_digest=suite["requirements"],
        target_url=target["url"],
        target_server=target["server"],
        evidence=EvidenceFile(evidence["file"], evidence["digest"], Mode(evidence["mode"]), evidence.get("left_out")),
        outcome=Outcome(value["outcome"]),
        exit_code=int(value["exit_code"]),
        summary=value["summary"],
        judgements=tuple(map(_judgement, value["requirements"])),
        not_judged=tuple(value["not_judged"]),
        undocumented=tuple(Undocumented(**one) for one in value["undocumented"]),
        flaky=tuple(Flaky(**one | {"met": tuple(one["met"])}) for one in value["flaky"]),
        coverage=value["coverage"],
        warnings=tuple(value["warnings"]),
        ledger=ledger
        and Ledger(ledger["requests"], ledger["methods"], tuple(ledger["hosts"]), ledger["bytes_received"]),
        exchanges=(),
        options=run["options"],
        partial=run["partial"],
        source=None if run["source"] == "live" else RecordedTraffic(**run["source"]),
        waivers=value["waivers"] and _waivers(value["waivers"]),
        baseline=value["baseline"] and _baseline(value["baseline"]),
        shown=tuple(
            ShownObject(one["name"], one["count"], tuple(ShownProperty(**each) for each in one["properties"]))
            for one in value["shown"]
        ),
    )


def _baseline(value: dict[str, Any]) -> Baseline:
    lists = {name: tuple(value[name]) for name in ("profiles", "only", "skip")}
    entries = {
        name: Before(Verdict(one["verdict"]), tuple(one["fingerprints"]), one["further"])
        for name, one in value["requirements"].items()
    }
    return Baseline(**value | lists | {"requirements": entries})


def _waivers(value: dict[str, Any]) -> Waivers:
    entries = [dict(entry) for entry in value["entries"]]
    uses, covered = ([entry.pop(name) for entry in entries] for name in ("use", "covered"))
    judged = bool(entries) and None not in uses
    return Waivers(
        file=value["file"],
        digest=value["digest"],
        entries=tuple(
            Waiver(**entry | {"accepts": Verdict(entry["accepts"]), "missing": tuple(entry["missing"])})
            for entry in entries
        ),
        uses=tuple(map(Use, uses)) if judged else (),
        covered=tuple(covered) if judged else (),
    )


def _judgement(entry: dict[str, Any]) -> Judgement:
    return Judgement(
        requirement=Requirement(
            id=entry["id"],
            title=entry["title"],
            level=Level(entry["level"]),
            profile=entry["profile"],
            says=entry["says"],
            source=entry["source"],
            judged=entry["judged"],
            quote=entry["quote"],
            section=entry["section"],
            needs=entry["needs"],
            after=tuple(entry["after"]),
            concerns=tuple(entry["concerns"]),
        ),
        verdict=Verdict(entry["verdict"]),
        reason=entry["reason"],
        findings=tuple(Finding(**one) for one in entry["findings"]),
        findings_total=entry["findings_total"],
        groups=tuple(map(_group, entry["groups"])),
        further=entry["further"],
        news=entry["news"] and News(entry["news"]),
        missing=tuple(entry["missing"]),
        observed=entry["observed"],
        faults=entry.get("faults"),
        location=entry["location"] and Location(**entry["location"]),
    )


def _group(entry: dict[str, Any]) -> Group:
    return Group(
        pattern=entry["pattern"],
        symptom=entry["symptom"],
        count=entry["count"],
        first=Finding(**entry["first"]),
        places=tuple(entry["places"]),
        sightings=tuple(Sighting(**one) for one in entry["sightings"]),
        fingerprint=entry["fingerprint"],
        waived=entry["waived"],
        known=entry["known"],
    )
