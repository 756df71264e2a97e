"""The strangers, and the verdicts that each must get by the letter of the requirements, version 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.strangers import nginx, recordings, serving
from tests.strangers.stranger import (
    AFTER,
    ANY,
    BUSY,
    FAILED,
    NO_BODY,
    NOT_RECORDED,
    NOTHING_SEEN,
    ON_THE_WIRE,
    OURS_ALONE,
    UNSHOWN,
    Stranger,
    every,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.strangers.stranger import Pinned

#: ``http.server`` shows a property that the page does not have: one warning, and nothing that looks like a secret.
ONE_MORE = every("warn", "total_count", "SCH-014")

#: It answers HEAD and OPTIONS with 501, and a 5xx is ROB-001's, whatever the method; what HEAD would have shown stays
#: unverified (HTTP-002). AUTH-002 holds: a HEAD without credentials breaks it only with a 2xx.
NOT_IMPLEMENTED = {
    **ONE_MORE,
    **every("fail", "501", "ROB-001"),
    **every("unverified", "501", "HTTP-002"),
}

#: A Date is a SHOULD (HTTP-004); without one nothing can be held against the clock (VAL-008, which is a MUST).
NO_DATE = {
    **ONE_MORE,
    **every("warn", "Date", "HTTP-004"),
    **every("unverified", "Date", "VAL-008"),
}

#: The route knows GET alone. A HEAD may be answered anything but 5xx; that it is not answered as GET is is a SHOULD.
NO_HEAD = every("warn", "405", "HTTP-002")

#: Both frameworks look for ``gzip`` within the header's text, and so take ``gzip;q=0``, which refuses it, for a wish.
TAKES_REFUSAL_FOR_WISH = every("fail", "q=0", "HTTP-008")

#: JavaScript's numbers are doubles: the largest int64 is written as one that is larger than any (VAL-011).
LOSES_INTEGERS = every("fail", "9223372036854776000", "VAL-011")


def limited(why: str) -> Mapping[str, Pinned]:
    """What stays unverified where nothing but the first plain request was let through.

    That one shows the list, so that whatever is judged on a list passes. What every answer shows by itself passes, too:
    framing, Date, nothing echoed, no internals. HTTP-006 and HTTP-008 have probes of their own, of which none was let
    through: what those answers would have shown is not known.
    """
    return {
        **every("unverified", why, "AUTH-001", "AUTH-002", "AUTH-003", "AUTH-004", "AUTH-005", "AUTH-006", "AUTH-007"),
        **every("unverified", why, "AUTH-008", "AUTH-009", "AUTH-013", "AUTH-014", "QRY-002", "QRY-003", "RSP-004"),
        **every("unverified", why, "HTTP-002", "HTTP-006", "HTTP-007", "HTTP-008", "ROB-003"),
        **every("unverified", NOTHING_SEEN, "AUTH-010", "AUTH-011", "AUTH-012"),
        **every("unverified", UNSHOWN, "QRY-001", "QRY-004", "MEM-001", "MEM-002", "ROB-002"),
        **every("unverified", ANY, "HTTP-001"),
    }


#: Without ``Retry-After`` a 503 is a failure like any other (ROB-001), and its page of HTML is no documented error body
#: (SCH-012, which names 5xx).
REFUSED_WITH_503 = {
    **ONE_MORE,
    **limited(FAILED),
    **every("fail", FAILED, "ROB-001"),
    **every("fail", "text/html", "SCH-012"),
}

#: A 429 breaks nothing and may carry any body. The probe of SCH-012 was answered with one, so that its condition was
#: not provoked: unverified.
REFUSED_WITH_429 = {**ONE_MORE, **limited(BUSY), **every("unverified", BUSY, "SCH-012")}

#: The list of whoever asked first is given to everybody (AUTH-002), and with it falls whatever comes after that.
#: Nothing else is broken: errors are not kept, so that 401s are seen, and the list itself is sound.
GIVEN_TO_EVERYBODY = {
    **ONE_MORE,
    **every("fail", "200", "AUTH-002"),
    **every("unverified", AFTER, "AUTH-003", "AUTH-004", "AUTH-005", "AUTH-006", "AUTH-007", "AUTH-008", "AUTH-009"),
    **every("unverified", AFTER, "AUTH-010", "AUTH-013", "AUTH-014"),
}

#: What no foreign recording shows: the wire, what was struck out, which requests were made at one time, and the odd
#: headers, by which recorded requests are not told apart.
ANY_RECORDING = {
    **every("unverified", ON_THE_WIRE, "HTTP-003"),
    **every("unverified", OURS_ALONE, "SEC-004"),
    **every("unverified", NOT_RECORDED, "ROB-002", "ROB-003"),
}

#: A page cannot send a foreign origin with the key, nor an ``Accept-Encoding`` or a cookie by hand, so that probes of
#: these have no answer (RSP-004, HTTP-006, HTTP-008, AUTH-007); and a virtual key was not tried.
BY_A_PAGE = {
    **ANY_RECORDING,
    **every("unverified", NOT_RECORDED, "AUTH-006", "AUTH-007", "RSP-004", "HTTP-006", "HTTP-008"),
}

#: Of bodies that were not kept nothing is known but that they were there: neither what a refusal shows (AUTH-010) nor
#: what an error says (AUTH-011, SCH-012, SEC-003).
WITHOUT_BODIES = {
    **BY_A_PAGE,
    **every("unverified", NO_BODY, "AUTH-010", "AUTH-011", "RSP-002", "SCH-012", "SCH-013", "SCH-015"),
    **every("unverified", NO_BODY, *(f"SCH-{number:03}" for number in range(1, 12))),
    **every("unverified", ANY, *(f"REL-{number:03}" for number in range(1, 14))),
    **every("unverified", ANY, *(f"VAL-{number:03}" for number in range(1, 12))),
    **every(
        "unverified", ANY, "QRY-001", "QRY-004", "RSP-003", "SCH-014", "MEM-001", "MEM-002", "HTTP-001", "HTTP-008"
    ),
    **every("unverified", ANY, "SEC-001", "SEC-002", "SEC-003", "SEC-005", "SEC-006"),
}

#: With the key in the clear the recording is judged as with a placeholder, CUST-AUTH aside.
UNPREPARED = {
    **BY_A_PAGE,
    **every("unverified", ANY, "SEC-004", *(f"AUTH-{number:03}" for number in range(1, 15))),
}

STRANGERS = (
    Stranger(
        "http.server",
        "HTTP/1.0, bodies that end with the connection",
        serving.python("stdlib", "complete", needs="http.server"),
        pins=ONE_MORE,
    ),
    Stranger(
        "http.server-bare",
        "as the standard library leaves it: GET alone",
        serving.python("stdlib", "bare", needs="http.server"),
        "nonconformant",
        1,
        NOT_IMPLEMENTED,
    ),
    Stranger(
        "http.server-dateless",
        "the status line written alone: no Date",
        serving.python("stdlib", "dateless", needs="http.server"),
        "incomplete",
        3,
        NO_DATE,
    ),
    Stranger("aiohttp", "a parser and a writer of its own", serving.python("aiohttp")),
    Stranger(
        "aiohttp-compressed",
        "with enable_compression()",
        serving.python("aiohttp", "compressed"),
        "nonconformant",
        1,
        TAKES_REFUSAL_FOR_WISH,
    ),
    Stranger("flask", "on werkzeug", serving.python("flask")),
    Stranger(
        "fastapi", "on uvicorn, with its own errors and reading of booleans", serving.python("fastapi"), pins=NO_HEAD
    ),
    Stranger(
        "fastapi-compressed",
        "with GZipMiddleware",
        serving.python("fastapi", "compressed"),
        "nonconformant",
        1,
        {**NO_HEAD, **TAKES_REFUSAL_FOR_WISH},
    ),
    Stranger("go", "net/http: chunked, 405 for OPTIONS, 1 and T as booleans", serving.go),
    Stranger("node", "http: lower-case header names", serving.node()),
    Stranger(
        "node-parsed", "JSON parsed and written again", serving.node("parsed"), "nonconformant", 1, LOSES_INTEGERS
    ),
    Stranger("nginx", "a reverse proxy", nginx.before(nginx.PLAIN), pins=ONE_MORE),
    Stranger("nginx-gzip", "compressing", nginx.before(nginx.GZIP), pins=ONE_MORE),
    Stranger("nginx-limit", "a rate limit: 503", nginx.before(nginx.LIMIT), "nonconformant", 1, REFUSED_WITH_503),
    Stranger("nginx-limit-429", "a rate limit: 429", nginx.before(nginx.LIMIT_429), "incomplete", 3, REFUSED_WITH_429),
    Stranger(
        "nginx-limit-slowed",
        "a rate limit for which the run slows down by itself",
        nginx.before(nginx.LIMIT_SLOW),
        pins=ONE_MORE,
    ),
    Stranger(
        "nginx-limit-kept",
        "a rate limit that --rate keeps",
        nginx.before(nginx.LIMIT_ROOMY),
        pins=ONE_MORE,
        options=("--rate", "20"),
    ),
    Stranger(
        "nginx-cache",
        "a cache that does not look at Authorization",
        nginx.before(nginx.CACHE),
        "nonconformant",
        1,
        GIVEN_TO_EVERYBODY,
    ),
    Stranger("nginx-cache-by-key", "a cache that does", nginx.before(nginx.CACHE_BY_KEY), pins=ONE_MORE),
    Stranger("mitmproxy", "a recording proxy", recordings.mitmproxy),
    # The bodies are whole: where one was compressed, mitmproxy gives its size as sent and, as `compression`, the rest.
    Stranger(
        "mitmproxy-recording",
        "a whole run, recorded and judged again",
        recordings.recorded_by_mitmproxy,
        "incomplete",
        3,
        ANY_RECORDING,
    ),
    Stranger(
        "playwright-recording",
        "what a person tried in Chromium",
        recordings.playwright("embed"),
        "incomplete",
        3,
        BY_A_PAGE,
    ),
    Stranger(
        "playwright-bodiless",
        "the same, bodies omitted",
        recordings.playwright("omit"),
        "incomplete",
        3,
        WITHOUT_BODIES,
    ),
    Stranger(
        "playwright-unprepared",
        "the same, the key left in the file",
        recordings.playwright("embed", key_shown=True),
        "incomplete",
        3,
        UNPREPARED,
    ),
)
