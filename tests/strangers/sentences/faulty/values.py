"""Faulty servers: what the values are (VAL)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.strangers.sentences.answers import Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    bolt,
    client_files,
    day_key,
    grid_key,
    key_502,
    night_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.breaks("VAL-001")
class DayAndAHalf(Lawful):
    """A reset duration is `1.5d`: `d` takes digits only, and ParseDuration knows no `d`."""

    def edit(self, document: Row) -> None:
        grid_key(document)["budgets"][0]["reset_duration"] = "1.5d"


@ENTRIES.breaks("VAL-001")
class DurationBeyondGo(Lawful):
    """A reset duration is `2562048h`, more than 2^63 nanoseconds: ParseDuration does not read it."""

    def edit(self, document: Row) -> None:
        grid_key(document)["budgets"][0]["reset_duration"] = "2562048h"


@ENTRIES.breaks("VAL-002")
class AlignedToHours(Lawful):
    """A budget is aligned to the calendar with the duration `24h`, which is no `1d`."""

    def edit(self, document: Row) -> None:
        grid_key(document)["budgets"][0].update(reset_duration="24h", calendar_aligned=True)


@ENTRIES.breaks("VAL-003")
class LimitIsHardlyNegative(Lawful):
    """A `max_limit` is -1e-400, which is negative as it is written."""

    def edit(self, document: Row) -> None:
        grid_key(document)["budgets"][0]["max_limit"] = Raw("-1e-400")


@ENTRIES.breaks("VAL-004")
class RequestLimitIsZero(Lawful):
    """A request limit is set to 0e9 with its duration beside it, and a limit is above zero."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["request_max_limit"] = Raw("0e9")


@ENTRIES.breaks("VAL-004")
class RequestDurationIsNull(Lawful):
    """A request limit is set and its reset duration is null."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["request_reset_duration"] = None


@ENTRIES.breaks("VAL-005")
class ModelTwiceInAnotherCase(Lawful):
    """`blacklisted_models` lists `Mistral-Tiny` beside `mistral-tiny`, the same without case."""

    def edit(self, document: Row) -> None:
        day_key(document)["provider_configs"][1]["blacklisted_models"].append("Mistral-Tiny")


@ENTRIES.breaks("VAL-005")
class StarBesideTool(Lawful):
    """`tools_to_auto_execute` of an MCP client lists `*` beside a tool, and `*` stands only alone."""

    def edit(self, document: Row) -> None:
        client_files(document)["tools_to_auto_execute"] = ["read", "*"]


@ENTRIES.breaks("VAL-006")
class AutoExecutesWhereNothingIsExecuted(Lawful):
    """`tools_to_execute` is empty and `tools_to_auto_execute` lists a tool."""

    def edit(self, document: Row) -> None:
        day_key(document)["mcp_configs"][1]["mcp_client"]["tools_to_auto_execute"] = ["blow"]


@ENTRIES.breaks("VAL-007")
class UpdatedEarlierByOffset(Lawful):
    """`updated_at` reads later than `created_at` but, with its offset, lies half an hour before it."""

    def edit(self, document: Row) -> None:
        bolt(document).update(created_at="2024-03-01T10:00:00Z", updated_at="2024-03-01T11:30:00+02:00")


@ENTRIES.breaks("VAL-008")
class ResetInYear10000(Lawful):
    """A reset time lies, with its offset, in the first hours of the year 10000."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["request_last_reset"] = "9999-12-31T23:59:59-23:59"


@ENTRIES.breaks("VAL-008")
class ResetTenMinutesAhead(Lawful):
    """A reset time lies ten minutes after the answer's `Date`, and five are allowed."""

    def edit(self, document: Row) -> None:
        ahead = datetime.now(UTC) + timedelta(minutes=10)
        day_key(document)["rate_limit"]["token_last_reset"] = ahead.isoformat()


@ENTRIES.breaks("VAL-009")
class VariableIsPrefixAlone(Lawful):
    """`env_var` is `env.` alone where `from_env` is true, and that is no name."""

    def edit(self, document: Row) -> None:
        key_502(document)["bedrock_region"]["env_var"] = "env."


@ENTRIES.breaks("VAL-010")
class KeyNameIsEmpty(Lawful):
    """The name of a virtual key is empty."""

    def edit(self, document: Row) -> None:
        night_key(document)["name"] = ""


@ENTRIES.breaks("VAL-011")
class UsageIsOneBeyondInt64(Lawful):
    """`token_current_usage` is 922337203685477580.8e1, an integer one beyond int64."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["token_current_usage"] = Raw("922337203685477580.8e1")


@ENTRIES.breaks("VAL-011")
class WeightIsInfinite(Lawful):
    """The `weight` of a provider config is 1e400, which is not finite."""

    def edit(self, document: Row) -> None:
        day_key(document)["provider_configs"][0]["weight"] = Raw("1e400")
