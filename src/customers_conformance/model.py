"""The values that every part of the suite speaks in: frozen, without I/O, importing nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What the suite asks for, below the server's base URL.
ENDPOINT = "/api/governance/customers"

#: The ports that a URL of each scheme need not say.
DEFAULT_PORTS = MappingProxyType({"http": 80, "https": 443})

#: The methods that may leave; all are safe (RFC 9110, 9.2.1).
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

PROFILES = ("core", "integrity", "security", "http", "robustness", "intrusive")
DEFAULT_PROFILES = PROFILES[:-1]

#: Names every profile.
ALL_PROFILES = "all"

#: What ``--without`` may name.
ABSENT_THINGS = ("mcp", "provider-keys", "teams", "virtual-keys", "budgets", "rate-limits", "memory")

#: Where a requirement's sentence may come from, and what that is.
SOURCES = MappingProxyType(
    {
        "page": "the published reference page of the endpoint, the authority",
        "vendor": "the same vendor's published OpenAPI schemas, where the page is silent",
        "impl": "rules that the vendor's open-source implementation enforces when it stores the data",
        "http": "the standards of HTTP, JSON and bearer tokens",
        "ours": "a decision of this contract",
    }
)

#: How many findings of one requirement are kept; all are counted.
FINDINGS_KEPT = 20

#: How many groups of findings are told apart for one requirement; what is in none of them is counted.
GROUPS_KEPT = 100

#: Of a group, how many places are named, and how many texts that stood there are counted one by one.
PLACES_KEPT = 5
SIGHTINGS_KEPT = 20

#: How many missing things of one requirement are told apart.
MISSING_KEPT = 100

#: How many undocumented properties are listed.
UNDOCUMENTED_KEPT = 1000

KIBI = 1024
MEBI = 1024 * KIBI

#: What is kept of a body that was cut, in bytes.
PREFIX = 64 * KIBI


class UsageError(Exception):
    """A mistake of the user's: its text says what was wrong, with which value, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take; the defaults are those of the options."""

    #: Seconds for one request from first to last byte; waiting for a turn does not count.
    timeout: float = 10.0
    #: Seconds for the whole run.
    deadline: float = 300.0
    #: Bytes of one body, as sent and as decoded; all bodies together may take twice as much.
    max_body: int = 256 * MEBI
    #: Requests a second; ``None`` for as many as come.
    rate: float | None = None
    #: Requests at one time.
    concurrency: int = 8


DEFAULT_LIMITS = Limits()


class Level(StrEnum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"


class Verdict(StrEnum):
    """What the suite says of one requirement (design: verdicts)."""

    PASS = "pass"
    FAIL = "fail"
    WARN = "warn"
    UNVERIFIED = "unverified"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    ERROR = "error"


class Outcome(StrEnum):
    """What the suite says of a whole run."""

    INVALID = "invalid"
    NONCONFORMANT = "nonconformant"
    INCOMPLETE = "incomplete"
    CONFORMANT_WITH_WAIVERS = "conformant_with_waivers"
    CONFORMANT = "conformant"


class ExitCode(IntEnum):
    """What the process ends with, whichever front end it has (docs/options.md: exit codes)."""

    #: The target conforms, or what could not be judged was accepted.
    DONE = 0
    NONCONFORMANT = 1
    #: A mistake in the call: nothing was sent.
    USAGE = 2
    INCOMPLETE = 3
    #: The target could not be judged, or the suite failed.
    INVALID = 4
    #: Ctrl-C.
    INTERRUPTED = 130


class Mode(StrEnum):
    """How much of what the target holds is written: see ``redaction``."""

    REDACTED = "redacted"
    SHAPE = "shape"
    FULL = "full"


class Credential(StrEnum):
    """The kind of credentials that a request carries."""

    NONE = "none"
    KEY = "key"
    KEY_LOWER_SCHEME = "key-lower-scheme"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    BASIC_USER = "basic-user"
    BASIC_PASSWORD = "basic-password"
    TOKEN_SCHEME = "token-scheme"
    NO_SCHEME = "no-scheme"
    API_KEY = "x-api-key"
    API_KEY_BESIDE_UNKNOWN = "x-api-key-beside-unknown"
    CUT = "cut"
    EXTENDED = "extended"
    CHANGED_EARLY = "changed-early"
    CHANGED_LATE = "changed-late"
    CASE_CHANGED = "case-changed"
    QUERY = "query"
    VIRTUAL_KEY = "virtual-key"
    VIRTUAL_KEY_HEADER = "virtual-key-header"
    SESSION = "session"
    #: In recorded traffic only: credentials that no probe sends.
    OTHER = "other"


#: Kinds that authenticate, so that a refused answer is not what they are sent for.
ACCEPTED_CREDENTIALS = frozenset({Credential.KEY, Credential.KEY_LOWER_SCHEME})


class Role(StrEnum):
    """What a request is there for, where that bears on how it is sent or judged."""

    #: A request by itself; the plain one is the control of comparisons as well.
    ALONE = "alone"
    #: One of several that are sent at the same time.
    TOGETHER = "together"
    #: One with a header that is odd but legal.
    ODD_HEADER = "odd-header"
    #: One that was generated from the document, and one with an odd header besides.
    GENERATED = "generated"
    GENERATED_ODD = "generated-odd"


#: The roles of what was generated, and of what carries an odd header.
GENERATED_ROLES = frozenset({Role.GENERATED, Role.GENERATED_ODD})
ODD_ROLES = frozenset({Role.ODD_HEADER, Role.GENERATED_ODD})


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence of the contract with its permanent id, as the catalogue gives it."""

    id: str
    #: What a conforming server does, at a glance: 60 characters at most, as permanent as the id.
    title: str
    level: Level
    profile: str
    #: The rest of the sentence that begins with "a conforming server": 220 characters at most.
    says: str
    #: Names of ``SOURCES``, joined by a comma.
    source: str
    #: How it is judged, as notes; empty where the sentence says all.
    judged: str = ""
    #: The words of the published page, white space aside; empty where that is no source of it.
    quote: str = ""
    #: Sections of standards, joined by a semicolon (``RFC 9110, 15.5.2``); empty where none is a source of it.
    section: str = ""
    #: What the target must hold or be given, as a phrase: the reason where it is missing.
    needs: str = ""
    #: Ids that must hold first.
    after: tuple[str, ...] = ()
    #: Which of ``ABSENT_THINGS`` it concerns.
    concerns: tuple[str, ...] = ()
    #: Whether it does not apply where its condition never arose although it was provoked.
    conditional: bool = False
    #: Whether it judges credentials, which some targets do not take and some recordings do not show.
    authentication: bool = False
    #: Whether the suite cannot judge it yet.
    pending: bool = False

    @property
    def heading(self) -> str:
        """The id and the title, as every format names it."""
        return f"{self.id} {self.title}"

    @property
    def sources(self) -> tuple[str, ...]:
        """The names in ``source``."""
        return tuple(name.strip() for name in self.source.split(","))

    @property
    def area(self) -> str:
        """The middle of the id: ``AUTH`` of ``CUST-AUTH-001``."""
        return self.id.split("-")[1]


@dataclass(frozen=True, slots=True)
class Probe:
    """A named request, before any secret or host is put in.

    ``query`` holds decoded pairs in order; a value may hold the placeholder ``<key>``. ``headers`` are those that the
    probe sets beside its credential's; a value is text of the code points 0 to 255, one byte each.
    """

    name: str
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    credential: Credential = Credential.KEY
    role: Role = Role.ALONE
    #: What it is sent for, as the plan prints it.
    says: str = ""
    #: Which earlier answer it depends on, as the plan prints it; empty where it depends on none.
    depends_on: str = ""
    #: How recorded traffic answers it, where that is more than an equal query and equal headers.
    matches: Callable[[Request], bool] | None = None
    #: The names of probes that it asks in one request; where a list is long, its answer counts for theirs.
    stands_for: tuple[str, ...] = ()


#: The plain request with the key: the control read, and the request that decides whether a run is valid.
PLAIN = Probe("default", says="the plain request with the key")

#: The two views, asked for by name.
DATABASE = Probe("database", query=(("from_memory", "false"),), says="the database view, asked for by name")
MEMORY = Probe("memory", query=(("from_memory", "true"),), says="the memory view")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent, secrets replaced by placeholders; ``query`` holds decoded pairs."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    credential: Credential
    http_version: str = "HTTP/1.1"

    def header(self, name: str) -> str | None:
        """The values of a header, joined by a comma; ``None`` where it was not sent."""
        return join_header(self.headers, name)


@dataclass(frozen=True, slots=True)
class Body:
    """What an answer carried after its head.

    ``content`` is what came, content codings undone as far as they decode. A member is ``None`` where a recording
    does not tell.
    """

    content: bytes = b""
    #: SHA-256 of the bytes as received, before decoding, in hexadecimal: equal digests are equal bodies.
    digest: str = ""
    #: Bytes of the body as received, chunk framing removed and codings kept.
    length: int | None = None
    #: Whether ``content`` is known to be the exact bytes and not text that a recorder re-encoded.
    exact: bool = True
    #: Why ``content`` is not the whole body, as a sentence; ``None`` where it is.
    cut: str | None = None
    #: What was wrong with the content coding, as a sentence.
    coding_error: str | None = None


@dataclass(frozen=True, slots=True)
class Framing:
    """What the wire showed of an answer's framing (RFC 9112, 6 to 8), beside its header fields."""

    #: What the parser refused, as a sentence: a short body, a broken chunk, conflicting lengths.
    error: str | None = None
    #: Bytes that followed the end of the answer (after the head, where no body belongs).
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as it was received; header fields in the order and case of the wire, values as Latin-1 text."""

    status: int
    reason: str
    http_version: str
    headers: tuple[tuple[str, str], ...]
    body: Body = field(default_factory=Body)
    #: ``None`` where nothing is known of the wire: a foreign recording, a server in process.
    framing: Framing | None = None

    def header(self, name: str) -> str | None:
        """The values of a header field, joined by a comma (RFC 9110, 5.3); ``None`` where there is none."""
        return join_header(self.headers, name)

    def fields(self, name: str) -> list[str]:
        """Every value of a header field, in order."""
        lower = name.lower()
        return [value for key, value in self.headers if key.lower() == lower]


#: Statuses of a gateway or a busy server, which say nothing of what was asked for and may be gone at once.
PASSING_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a request that was then made again: a status, or the sentence that says why there is none."""

    status: int | None
    error: str | None = None
    #: Whether the answer had ``Retry-After``.
    asks_to_wait: bool = False

    @classmethod
    def of(cls, exchange: Exchange) -> Attempt:
        """What came of an exchange."""
        response = exchange.response
        if response is None:
            return cls(None, exchange.error or "none was recorded")
        return cls(response.status, asks_to_wait=response.header("Retry-After") is not None)

    @property
    def hindered(self) -> bool:
        """Whether the network, a gateway or a busy server got in the way of an answer."""
        return self.status is None or self.status in PASSING_STATUSES

    @property
    def says(self) -> str:
        """What came, as a phrase."""
        if self.status is None:
            return f"no answer: {self.error}"
        return f"{self.status} with Retry-After" if self.asks_to_wait else str(self.status)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came of it: a response, or the sentence that says why there is none."""

    #: Position in the evidence, from 0: the order in which the requests were begun.
    index: int
    #: The name of the probe; empty where recorded traffic answers none.
    probe: str
    request: Request
    response: Response | None
    #: Why there is no answer; ``None`` where there is one.
    error: str | None = None
    #: Seconds since 1970 at which the request was begun, and how long the exchange took, in seconds.
    started: float = 0.0
    duration: float = 0.0
    #: The recorder's comment, kept for the reader.
    comment: str = ""
    #: That of its probe.
    role: Role = Role.ALONE
    #: What came of the request before, where it was made again because retries were asked for, in order.
    retried: tuple[Attempt, ...] = ()

    @property
    def mended(self) -> bool:
        """Whether asking again brought an answer."""
        return bool(self.retried) and not Attempt.of(self).hindered


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a requirement is broken."""

    message: str
    expected: str = ""
    actual: str = ""
    #: JSON pointer (RFC 6901) into the body; empty for the whole answer.
    pointer: str = ""
    exchange: int | None = None
    probe: str = ""
    #: That of its group; empty before it is in one.
    fingerprint: str = ""
    #: The number, from 0, of the waiver that covers it; ``None`` where none does.
    waiver: int | None = None

    @classmethod
    def of(cls, expected: str, actual: str, exchange: int | None = None, pointer: str = "") -> Finding:
        """A finding whose message is made of what was expected and what was there."""
        return cls(f"expected {expected}, got {actual}", expected, actual, pointer, exchange)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What stood in some places of a group, word for word, how often, and which probe's answer showed it."""

    actual: str
    count: int
    #: Numbers that a run or a recording gives by itself are a star: ``generated-*``.
    probe: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one requirement that show one defect, wherever in a list they stand."""

    #: Where: a JSON pointer with ``*`` for every position, or the probe whose status it is, as ``@head``; empty for
    #: the answer as a whole.
    pattern: str
    #: How it shows: what stood there and what was expected, without the target's own data.
    symptom: str
    count: int
    first: Finding
    #: The first ``PLACES_KEPT``, each once: JSON pointers, or probes (``@head``) where the answer as a whole is meant.
    places: tuple[str, ...] = ()
    #: The first ``SIGHTINGS_KEPT``; they count fewer than the group where there were others, or long ones.
    sightings: tuple[Sighting, ...] = ()
    #: SHA-256 of requirement, pattern and symptom in hexadecimal, the same in every run; empty before it is known whose
    #: requirement it is.
    fingerprint: str = ""
    #: How many of its places waivers cover.
    waived: int = 0
    #: Whether the baseline has it.
    known: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """A place where a requirement would be broken, had asking again not brought another answer."""

    finding: Finding


@dataclass(frozen=True, slots=True)
class Further:
    """So many findings more, which are counted and not shown; ``groups`` tells of the most part what they are."""

    count: int
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Evidence that a requirement was judged on: so many of a kind."""

    count: int = 1
    kind: str = "cases"


@dataclass(frozen=True, slots=True)
class Unseen:
    """Evidence that was wanted and is missing, with the reason as a sentence."""

    reason: str
    #: Whether asking again may bring it (the data changed while it was read).
    passing: bool = False
    #: Whether it is wanting because the target, or the user, does not have what it takes.
    wanting: bool = False
    #: What is missing, by its name: a probe; empty where the reason alone tells.
    missing: str = ""


#: What a check yields.
Observed = Finding | Further | Mended | Seen | Unseen


class News(StrEnum):
    """What is broken, or could not be judged, against a baseline."""

    NEW = "new"
    KNOWN = "known"
    #: The suite of the baseline did not have the requirement.
    NOT_THERE = "not_there"


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file of the contract: its path in the repository, and the line's number from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        """As compilers write it, so that editors and terminals open it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one requirement, with what it stands on."""

    requirement: Requirement
    verdict: Verdict
    reason: str | None = None
    findings: tuple[Finding, ...] = ()
    findings_total: int = 0
    #: All findings by what is wrong, in the order in which they were met; ``further`` counts those in none of these.
    groups: tuple[Group, ...] = ()
    further: int = 0
    #: What was wanted and is missing: data as ``needs`` names them, probes by their names, the id of a requirement that
    #: has to hold first, or a reason as a sentence. ``MISSING_KEPT`` at the most, then one that says so.
    missing: tuple[str, ...] = ()
    #: Of what fails, warns or is unverified; ``None`` of all else, and where there is no baseline.
    news: News | None = None
    observed: Mapping[str, int] = field(default_factory=dict)
    #: How many faulty servers prove that the suite can fail it; ``None`` where that was not measured.
    faults: int | None = None
    #: Where the contract's files say what is judged; ``None`` where that is not known.
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A known deviation that the user accepts: exactly its symptom, at its places, until a day."""

    requirement: str
    #: The verdict that it accepts: fail, warn or unverified.
    accepts: Verdict
    reason: str
    owner: str
    #: The last day on which it holds (UTC): ``2027-01-31``.
    expires: str
    link: str = ""
    #: A pattern over JSON pointers, ``@`` and a probe, or both in this order; empty for the answer as a whole.
    at: str = ""
    #: What stands there: the kind, or the text word for word; empty where it accepts unverified.
    actual: str = ""
    #: What is expected there, as a symptom says it; empty for whatever is.
    expected: str = ""
    #: What may be missing, as ``Judgement.missing`` names it, where it accepts unverified.
    missing: tuple[str, ...] = ()
    #: Its first line in the file, from 1.
    line: int = 1


class Use(StrEnum):
    """What became of a waiver in a run."""

    USED = "used"
    #: What it accepts was looked for and is not there: the target was mended.
    UNUSED = "unused"
    #: Its requirement was not judged, so that nobody can tell.
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a run: the file's name, its digest, the entries, and what each did."""

    file: str
    digest: str
    entries: tuple[Waiver, ...]
    #: One for each entry, and how many findings (or missing things) it covered; empty before the run was judged.
    uses: tuple[Use, ...] = ()
    covered: tuple[int, ...] = ()

    def named(self, number: int) -> str:
        """An entry as a sentence names it, by its number from 0."""
        return f"{self.file}, line {self.entries[number].line}"


@dataclass(frozen=True, slots=True)
class Before:
    """What a baseline says of one requirement."""

    verdict: Verdict
    #: Of all groups of findings; ``further`` counts findings that are in none.
    fingerprints: tuple[str, ...] = ()
    further: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier report, as far as a run is held against it."""

    file: str
    digest: str
    #: The id of its run, when that began, and by which version of the suite.
    run: str
    started: str
    suite: str
    #: What it selected.
    profiles: tuple[str, ...]
    only: tuple[str, ...]
    skip: tuple[str, ...]
    #: By id.
    requirements: Mapping[str, Before]


@dataclass(frozen=True, slots=True)
class Undocumented:
    """A property that the contract does not document: ``Schema.name``, where it first stood, and how often."""

    property: str
    example: str
    count: int


@dataclass(frozen=True, slots=True)
class ShownProperty:
    """A property of the contract as the target showed it."""

    name: str
    #: What may stand there, in words: ``list of Team``, ``string (date-time)``, ``Budget or null``.
    type: str
    required: bool
    #: How often it was there, null included, in all distinct answers.
    seen: int
    #: How many findings stand right there, or tell that it is absent.
    broken: int


@dataclass(frozen=True, slots=True)
class ShownObject:
    """A kind of object of the contract as the target showed it: its name in the document, and how many there were."""

    name: str
    count: int
    properties: tuple[ShownProperty, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What left the machine and what came back."""

    requests: int
    methods: Mapping[str, int]
    hosts: tuple[str, ...]
    bytes_received: int


@dataclass(frozen=True, slots=True)
class Flaky:
    """A probe that had to be asked again: which exchange holds its last answer, what it met before, as phrases."""

    probe: str
    exchange: int
    met: tuple[str, ...]
    #: Whether asking again brought an answer.
    mended: bool


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """The recording that a run was judged on; ``left_out`` counts entries of a recording for other paths."""

    file: str
    digest: str
    mode: Mode
    left_out: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedTraffic:
    """The recording that a run judged: the name of its file, the tool that wrote it, and when it was recorded.

    ``first`` and ``last`` are the date-times of its first and last request; ``None`` where it does not tell.
    """

    name: str
    creator: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Run:
    """Everything that a report is made of. ``exchanges`` is the redacted view, in order."""

    id: str
    started: str
    finished: str
    seed: int | None
    profiles: tuple[str, ...]
    complete: bool
    suite_version: str
    contract_digest: str
    requirements_digest: str
    target_url: str
    target_server: str | None
    evidence: EvidenceFile
    outcome: Outcome
    exit_code: int
    #: The outcome as one sentence.
    summary: str
    judgements: tuple[Judgement, ...]
    not_judged: tuple[str, ...]
    undocumented: tuple[Undocumented, ...]
    coverage: Mapping[str, int]
    warnings: tuple[str, ...]
    ledger: Ledger | None
    exchanges: tuple[Exchange, ...]
    #: Every option that bears on verdicts or evidence, as used, by its name with underscores: values of JSON, no secret
    #: among them.
    options: Mapping[str, Any] = field(default_factory=dict)
    #: What was left out or switched off, as a phrase; ``None`` where nothing was.
    partial: str | None = None
    #: The recording; ``None`` where a live server was asked.
    source: RecordedTraffic | None = None
    #: The probes that had to be asked again (``--retries``), in order.
    flaky: tuple[Flaky, ...] = ()
    #: What the user accepts; ``None`` where no waivers were given.
    waivers: Waivers | None = None
    #: What it is held against; ``None`` where no baseline was given.
    baseline: Baseline | None = None
    #: The contract as the target showed it, from the answer as a whole down; empty where no list was seen.
    shown: tuple[ShownObject, ...] = ()

    @property
    def failures(self) -> tuple[Judgement, ...]:
        """What is broken and binds: the judgements with the verdict fail, in catalogue order."""
        return tuple(judgement for judgement in self.judgements if judgement.verdict is Verdict.FAIL)

    def judgement(self, identifier: str) -> Judgement:
        """What is said of one requirement, by its id; raises ``KeyError`` where the run did not select it."""
        for judgement in self.judgements:
            if judgement.requirement.id == identifier:
                return judgement
        raise KeyError(identifier)

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements have each verdict; every verdict is a key."""
        counts = {verdict.value: 0 for verdict in Verdict}
        for judgement in self.judgements:
            counts[judgement.verdict.value] += 1
        return counts


def join_header(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The values of a field, joined by a comma (RFC 9110, 5.3); ``None`` where there is none."""
    lower = name.lower()
    values = [value for key, value in headers if key.lower() == lower]
    return ", ".join(values) if values else None
