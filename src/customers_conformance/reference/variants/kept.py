"""Which requirements the variants keep in a way that one might take for a breach: what is right, by example."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: Names of variants by requirement; what most answers are like needs no example.
KEPT: Final = MappingProxyType(
    {
        "CUST-AUTH-002": (
            *("nobodys-unknown-parameter-gets-400", "nobodys-unknown-parameter-gets-404"),
            *("nobodys-unknown-parameter-gets-422", "nobodys-bad-value-gets-400", "nobodys-bad-value-gets-422"),
            *("nobodys-head-gets-405", "options-get-401"),
        ),
        "CUST-AUTH-003": ("strangers-bad-value-gets-400",),
        "CUST-AUTH-006": ("virtual-keys-get-403",),
        "CUST-AUTH-007": ("virtual-keys-get-403",),
        "CUST-AUTH-010": ("refusal-shows-plain-words-and-masks", "refusal-shows-masked-value"),
        "CUST-AUTH-011": (
            *("refusal-empty", "refusal-bare-object", "refusal-of-some-members", "refusal-with-extras"),
            *("refusal-says-401-as-401-point-0", "errors-with-charset"),
        ),
        "CUST-AUTH-012": ("several-challenges", "challenge-lines", "challenges-with-commas-in-quotes"),
        "CUST-QRY-003": (
            *("lenient-booleans", "bad-values-are-false", "last-value-wins", "strict-422", "long-gets-414"),
            *("long-gets-431", "bad-values-move-on"),
        ),
        "CUST-RSP-001": (
            *("charset-lower-case", "charset-quoted", "charset-utf8", "charset-escaped", "charset-within-quotes"),
        ),
        "CUST-RSP-002": (
            "lone-surrogate",
            "escaped",
            "every-character-escaped",
            "pretty-printed",
            "texts-of-every-kind",
        ),
        "CUST-RSP-003": ("members-twice-where-nothing-is-documented",),
        "CUST-SCH-001": ("members-in-other-order", "many-customers"),
        "CUST-SCH-002": ("nulls-where-allowed", "ids-of-digits", "names-with-emoji"),
        "CUST-SCH-003": ("nulls-where-allowed", "free-claims"),
        "CUST-SCH-004": ("nulls-where-allowed", "description-empty", "value-empty"),
        "CUST-SCH-005": ("nulls-where-allowed", "tiny-and-exact", "numbers-far-from-doubles"),
        "CUST-SCH-006": ("nulls-where-allowed",),
        "CUST-SCH-007": ("nulls-where-allowed",),
        "CUST-SCH-008": ("nulls-where-allowed", "secret-null-cloud"),
        "CUST-SCH-009": ("variables-without-flag",),
        "CUST-SCH-010": ("nulls-where-allowed", "minus-zero"),
        "CUST-SCH-011": ("nulls-where-allowed", "integer-with-exponent"),
        "CUST-SCH-012": (
            "refusal-with-extras",
            "long-gets-414",
            "unmet-accept-gets-page",
            "odd-headers-get-400-in-html",
        ),
        "CUST-SCH-013": (
            *("times-in-lower-case", "times-with-offset", "times-unknown-offset", "times-leap-second"),
            *("times-leap-second-elsewhere", "times-of-twelve-digits", "times-never-set"),
        ),
        "CUST-SCH-014": ("free-claims",),
        "CUST-SCH-015": ("names-blank",),
        "CUST-REL-002": ("ids-of-every-kind", "ids-of-digits"),
        "CUST-REL-003": ("numbers-zero-as-ids", "configs-of-other-keys-share-ids"),
        "CUST-REL-004": ("names-across-kinds", "names-by-case"),
        "CUST-REL-005": ("team-names-no-customer",),
        "CUST-REL-006": ("owner-ids-empty",),
        "CUST-REL-008": ("ids-of-absent-objects",),
        "CUST-REL-009": ("owner-ids-empty",),
        "CUST-REL-010": ("owner-ids-empty",),
        "CUST-REL-011": ("owner-ids-empty",),
        "CUST-REL-012": ("team-key-shows-customer",),
        "CUST-REL-013": ("rate-limit-shared", "copies-say-null", "equal-however-written"),
        "CUST-VAL-001": (
            *("duration-compound", "duration-fraction", "duration-milliseconds", "duration-micro", "duration-years"),
            *("duration-bare-fraction", "duration-with-plus", "duration-longest", "duration-days-with-zeros"),
        ),
        "CUST-VAL-003": ("minus-zero",),
        "CUST-VAL-005": ("everything-allowed", "nothing-allowed"),
        "CUST-VAL-006": ("auto-executes-all", "auto-executes-of-all"),
        "CUST-VAL-007": ("zero-update",),
        "CUST-VAL-008": ("time-slightly-ahead", "clock-slow", "resets-never-happened"),
        "CUST-VAL-009": ("variables-without-flag",),
        "CUST-VAL-010": ("names-blank", "description-empty"),
        "CUST-VAL-011": (
            *("int64-max", "beyond-doubles", "integer-with-point", "integer-with-exponent"),
            *("integers-as-they-may-be-written", "numbers-far-from-doubles"),
        ),
        "CUST-MEM-001": ("other-order-in-memory", "memory-misses-one-at-first"),
        "CUST-MEM-002": (
            *("memory-lags", "memory-writes-otherwise", "memory-shows-null-for-zero", "hash-only-in-database"),
            *("id-null-against-absent", "counters-move"),
        ),
        "CUST-HTTP-001": ("order-turns", "counters-move", "updates-move"),
        "CUST-HTTP-002": ("head-type-in-capitals",),
        "CUST-HTTP-003": (
            *("http-1-0", "interim-answers", "chunked", "chunked-with-trailer", "chunked-with-quoted-extensions"),
            *("body-until-close", "reason-of-its-own"),
        ),
        "CUST-HTTP-004": ("clock-fast", "clock-slow"),
        "CUST-HTTP-005": (
            *("cache-private", "cache-shouting", "cache-private-in-second-field", "cache-public-within-quotes"),
            "cache-private-for-one-field-too",
        ),
        "CUST-HTTP-006": (
            *("origin-echoed", "origin-echoed-credentials-false", "origin-echoed-credentials-shouted", "any-origin"),
            *("fixed-origin", "origin-echoed-in-two-fields"),
        ),
        "CUST-HTTP-007": ("json-despite-accept", "unmet-accept-gets-page", "unmet-accept-gets-nothing"),
        "CUST-HTTP-008": (
            *("never-compressed", "deflated", "gzip-in-capitals", "gzip-by-old-name", "identity-by-name"),
        ),
        "CUST-HTTP-009": (
            *("one-bad-value-moves-by-scheme", "one-bad-value-moves-by-host", "one-bad-value-moves-by-number"),
            *("one-bad-value-moves-twice", "location-beside-list"),
        ),
        "CUST-SEC-001": (
            *("masked-by-stars", "masked-by-dots", "masked-by-crosses", "masked-by-word", "masked-by-tag"),
            *("masked-by-reference", "masked-by-mixed-run", "secret-null-cloud"),
        ),
        "CUST-SEC-002": (
            *("certificate-masked-by-stars", "certificate-masked-by-crosses", "certificate-masked-by-tag"),
            "certificate-masked-by-nothing",
        ),
        "CUST-SEC-005": ("headers-masked-in-every-way",),
        "CUST-ROB-001": ("busy-503-once", "busy-503-once-until-date"),
        "CUST-ROB-002": ("order-turns", "counters-move"),
        "CUST-ROB-003": ("odd-headers-get-400", "long-header-gets-431", "cookie-moves-on", "language-moves-on"),
    }
)
