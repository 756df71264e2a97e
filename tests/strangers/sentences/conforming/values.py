"""Unusual servers: what values there may be, and how views and reads may differ."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

from tests.strangers.sentences import data
from tests.strangers.sentences.answers import Answer, Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    acme,
    bolt,
    client_files,
    client_grid,
    config_11,
    day_key,
    freight,
    gateway_key,
    grid,
    grid_key,
    key_502,
    night_key,
    planning_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


#: What is judged on a customer alone.
OF_A_CUSTOMER = (
    *("QRY-001", "QRY-004", "MEM-001", "MEM-002", "HTTP-001", "ROB-002", "AUTH-006", "AUTH-010"),
    *("SEC-001", "SEC-002", "SEC-005", "SEC-006", "SCH-013", "SCH-014"),
    *(f"SCH-{number:03}" for number in range(2, 12)),
    *(f"REL-{number:03}" for number in range(2, 14)),
    *(f"VAL-{number:03}" for number in range(1, 11)),
)

#: The order and the figures that change from read to read.
RANDOM = random.SystemRandom()


@ENTRIES.keeps()
class NullsWhereverAllowed(Lawful):
    """Every property that may be null is null somewhere, with nothing beside it that would ask for more."""

    def edit(self, document: Row) -> None:
        config_11(document)["rate_limit"]["config_hash"] = None
        day_key(document)["rate_limit"].update(request_max_limit=None, request_reset_duration=None)
        grid_key(document)["budgets"][0]["config_hash"] = None
        for name in (
            "azure_endpoint",
            "azure_client_id",
            "azure_client_secret",
            "azure_tenant_id",
            "vertex_project_id",
            "vertex_project_number",
            "vertex_region",
            "vertex_auth_credentials",
            "bedrock_access_key",
            "bedrock_secret_key",
            "bedrock_session_token",
            "bedrock_arn",
        ):
            key_502(document)[name] = None
        key_502(document)["weight"] = None


@ENTRIES.keeps()
class DurationWithoutLimit(Lawful):
    """A rate limit has reset durations and no limits, another has neither."""

    def edit(self, document: Row) -> None:
        for limits, names in (
            (day_key(document)["rate_limit"], ("token_max_limit", "request_max_limit")),
            (
                planning_key(document)["rate_limit"],
                ("token_max_limit", "request_max_limit", "token_reset_duration", "request_reset_duration"),
            ),
        ):
            for name in names:
                del limits[name]


@ENTRIES.keeps(unverified=OF_A_CUSTOMER)
class NobodyYet(Lawful):
    """There is no customer: an empty list and the count 0."""

    def stock(self) -> list[Row]:
        return []


@ENTRIES.keeps()
class ThreeHundredCustomers(Lawful):
    """The list holds 304 customers."""

    def stock(self) -> list[Row]:
        return super().stock() + [
            {"id": f"c/{number}", "name": f"Customer {number}", "teams": []} for number in range(300)
        ]


@ENTRIES.keeps()
class IdsOfEveryKind(Lawful):
    """Ids hold slashes, tildes, blanks, emoji and quotes, or differ only in letter case or in normalisation."""

    def stock(self) -> list[Row]:
        ids = [
            "a/b~c?d#e",
            "A/B~C?D#E",
            " ",
            "  ",
            "😀",
            'say "id"',
            "../..",
            "é",
            "e\u0301",
            "0",
            "-0",
            "null",
            "customers",
            "\t",
        ]
        return super().stock() + [{"id": identifier, "name": f"Odd {number}"} for number, identifier in enumerate(ids)]


@ENTRIES.keeps()
class NamesDifferInCase(Lawful):
    """Names of customers, teams and virtual keys differ only in case or blanks, or are shared across kinds."""

    def edit(self, document: Row) -> None:
        document["customers"][3]["name"] = "ACME RAIL"
        bolt(document)["name"] = "freight"
        grid(document)["name"] = "freight"
        night_key(document)["name"] = "Bolt Day"
        grid_key(document)["name"] = "bolt day "


@ENTRIES.keeps()
class ZeroTimes(Lawful):
    """Times are the zero time 0001-01-01T00:00:00Z: updated, reset, and once created."""

    def edit(self, document: Row) -> None:
        zero = "0001-01-01T00:00:00Z"
        bolt(document)["updated_at"] = zero
        freight(document).update(created_at=zero, updated_at=zero)
        day_key(document)["rate_limit"].update(token_last_reset=zero, request_last_reset=zero, updated_at=zero)


@ENTRIES.keeps()
class OddDateTimes(Lawful):
    """Date-times have `t` and `z` in lower case, leap seconds at 23:59 UTC, twelve fraction digits, -00:00."""

    def edit(self, document: Row) -> None:
        bolt(document).update(created_at="2016-12-31t23:59:60z", updated_at="2017-01-01T05:29:60.123456789012+05:30")
        freight(document).update(created_at="2024-02-29T00:00:00-00:00", updated_at="2024-02-29T00:00:00.000000000001Z")
        day_key(document)["rate_limit"].update(
            token_last_reset="2015-06-30T13:59:60-10:00", request_last_reset="2024-06-02T23:59:59.9+23:59"
        )


@ENTRIES.keeps()
class FourMinutesAhead(Lawful):
    """Usage was reset, and one team updated, four minutes after the answer's `Date`; five are allowed."""

    def edit(self, document: Row) -> None:
        ahead = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
        freight(document)["updated_at"] = ahead
        day_key(document)["rate_limit"].update(token_last_reset=ahead, request_last_reset=ahead)


@ENTRIES.keeps()
class ClockOfAnotherYear(Lawful):
    """The clock of the server runs nine years ahead, and one time lies between now and its `Date`."""

    def edit(self, document: Row) -> None:
        freight(document)["updated_at"] = "2030-01-01T00:00:00Z"

    def dress(self, answer: Answer) -> None:
        answer.set("Date", formatdate(time.time() + 9 * 366 * 86400, usegmt=True))


@ENTRIES.keeps()
class CountersRun(Lawful):
    """Usage, reset and update times are others at every read, in every view."""

    def edit(self, document: Row) -> None:
        now = datetime.now(UTC).isoformat()
        for held in planning_key(document)["budgets"] + grid_key(document)["budgets"]:
            held.update(current_usage=RANDOM.random(), last_reset=now, updated_at=now)
        day_key(document)["rate_limit"].update(
            token_current_usage=RANDOM.randrange(999),
            token_last_reset=now,
            request_current_usage=RANDOM.randrange(999),
            request_last_reset=now,
        )
        bolt(document)["updated_at"] = now


@ENTRIES.keeps()
class OrderIsRandom(Lawful):
    """Customers, teams, virtual keys, configs and budgets come in another order at every read."""

    def edit(self, document: Row) -> None:
        self.shuffle(document["customers"])

    def shuffle(self, value: object) -> None:
        """Shuffle every list of objects with ids, deep down."""
        if isinstance(value, list):
            if value and isinstance(value[0], dict):
                RANDOM.shuffle(value)
            for held in value:
                self.shuffle(held)
        elif isinstance(value, dict):
            for held in value.values():
                self.shuffle(held)


@ENTRIES.keeps()
class MemoryShowsLess(Lawful):
    """The memory view has other counters, leaves plain properties out and says null where null is allowed."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            del acme(document)["config_hash"], night_key(document)["description"]
            day_key(document)["provider_configs"][0]["weight"] = None
            day_key(document)["rate_limit"].update(token_current_usage=0, token_last_reset=data.UPDATED)
            grid_key(document)["budgets"][0].update(current_usage=0, updated_at="2024-07-01T00:00:00Z")


@ENTRIES.keeps(warns=("MEM-002",))
class MemoryKnowsAnotherHash(Lawful):
    """The memory view shows another `config_hash` of one customer, which breaks one SHOULD alone."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            bolt(document)["config_hash"] = "c-bolt-cached"


@ENTRIES.keeps(warns=("SCH-014",))
class TraceIsUndocumented(Lawful):
    """The list and a team have undocumented properties that change at every read: a warning, and no change."""

    def edit(self, document: Row) -> None:
        document["trace"] = RANDOM.randrange(10**6)
        freight(document)["seen"] = {"at": "yesterday", "by": [RANDOM.randrange(9)]}


@ENTRIES.keeps(warns=("REL-004",))
class CustomersShareName(Lawful):
    """Two customers have the same name and ids of their own, which breaks one SHOULD alone."""

    def edit(self, document: Row) -> None:
        document["customers"][3]["name"] = bolt(document)["name"]


@ENTRIES.keeps()
class FreeObjectsHoldAnything(Lawful):
    """`claims`, `profile` and `config` hold members named like the documented ones, 40 levels deep."""

    def edit(self, document: Row) -> None:
        deep = {"id": 5, "name": "", "created_at": "yesterday", "updated_at": None}
        for _ in range(40):
            deep = {"customers": [deep, 1], "count": "none", "budget": []}
        freight(document).update(
            claims=deep,
            profile={"": {"": [[], {}, None]}, "teams": 3},
            config={"reset_duration": "soon", "virtual_keys": {"value": False}},
        )


@ENTRIES.keeps()
class MasksOfEveryKind(Lawful):
    """Secrets are masked by bullets, by x and X, by mixed runs, in brackets, or are `env.` references or null."""

    def edit(self, document: Row) -> None:
        key = key_502(document)
        masks = {
            "value": "\u2022" * 4,
            "azure_client_secret": "1234xX*\u20225678",
            "bedrock_access_key": "<REDACTED>",
            "bedrock_secret_key": "redacted",
            "bedrock_session_token": "env.A.b-c_9",
            "vertex_auth_credentials": "[Redacted]",
        }
        for name, mask in masks.items():
            key[name] = data.env(mask)
        client_grid(document)["headers"] = {
            "A": "",
            "B": "env.X",
            "C": "xxxx",
            "D": "Bearer \u2022\u2022\u2022\u2022\u2022",
        }
        client_files(document)["tls_config"]["ca_cert_pem"] = (
            "-----BEGIN CERTIFICATE-----\n****************\n-----END CERTIFICATE-----\n"
        )


@ENTRIES.keeps()
class GoDurations(Lawful):
    """Reset durations are what ParseDuration reads: .5h, 1.s, +1h, 1µs in both letters, the longest one."""

    def edit(self, document: Row) -> None:
        durations = [".5h", "1.s", "+1h", "1\u00b5s", "1\u03bcs", "2562047h47m16.854775807s", "1h0m0s", "90s", "1500ms"]
        grid_key(document)["budgets"] = [
            data.budget(f"bud-{number}", 1, duration, aligned=False, virtual_key_id="vk-grid-0001")
            for number, duration in enumerate(durations)
        ] + [data.budget("bud-day", 1, "007d", aligned=True, virtual_key_id="vk-grid-0001")]


@ENTRIES.keeps()
class StarsOnEitherSide(Lawful):
    """`tools_to_auto_execute` is `["*"]` beside a few tools, and the other way round; others are empty."""

    def edit(self, document: Row) -> None:
        client_grid(document)["tools_to_auto_execute"] = ["*"]
        day_key(document)["mcp_configs"][1]["mcp_client"].update(tools_to_execute=["*"], tools_to_auto_execute=["a"])


@ENTRIES.keeps()
class IdsZeroAndNegative(Lawful):
    """Numeric ids are 0 and negative, and the same under several virtual keys."""

    def edit(self, document: Row) -> None:
        for number, held in enumerate(day_key(document)["provider_configs"] + day_key(document)["mcp_configs"]):
            held["id"] = -(number % 2)
        gateway_key(document)["provider_configs"][0]["id"] = 0
        gateway_key(document)["mcp_configs"][0]["id"] = 21


@ENTRIES.keeps()
class SharedRateLimit(Lawful):
    """One rate limit is shown under two virtual keys with other counters, and times in another notation."""

    def edit(self, document: Row) -> None:
        shared = data.rate_limit(
            "rl-bolt-day",
            token_current_usage=1,
            request_last_reset="2024-06-01T00:00:00Z",
            created_at="2024-01-15T11:30:00.000+02:00",
            token_max_limit=Raw("1e5"),
        )
        night_key(document).update(rate_limit_id="rl-bolt-day", rate_limit=shared)


@ENTRIES.keeps()
class ObjectWithoutItsId(Lawful):
    """A rate limit has no id beside it, a null one or an empty one; an id stands without its object."""

    def edit(self, document: Row) -> None:
        config_11(document)["rate_limit_id"] = None
        day_key(document)["rate_limit_id"] = ""
        night_key(document)["rate_limit_id"] = "rl-elsewhere"
        del planning_key(document)["rate_limit_id"]


@ENTRIES.keeps()
class EmptyOwnerIds(Lawful):
    """Owner ids of the kinds that do not hold an object are empty texts: absent and empty are the same."""

    def edit(self, document: Row) -> None:
        night_key(document)["team_id"] = ""
        grid_key(document)["customer_id"] = ""
        acme(document)["budget"].update(team_id="", virtual_key_id="")
        freight(document)["budget_id"] = ""


@ENTRIES.keeps()
class VariablesWithoutFlag(Lawful):
    """`env_var` is empty or absent where `from_env` is false or absent, and names have no `env.` before them."""

    def edit(self, document: Row) -> None:
        key_502(document)["azure_endpoint"] = {"value": "https://spare.azure.example", "env_var": ""}
        key_502(document)["azure_client_id"] = {}
        key_502(document)["bedrock_region"] = {"env_var": "AWS_REGION", "from_env": True}
