"""Faulty servers: what an object is made of (SCH)."""

from __future__ import annotations

from tests.strangers.sentences.answers import Answer, Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    bolt,
    client_grid,
    day_key,
    freight,
    grid_key,
    key_502,
    night_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.breaks("SCH-001")
class CountIsText(Lawful):
    """`count` is the text "4", and the schema says integer."""

    def edit(self, document: Row) -> None:
        document["count"] = "4"


@ENTRIES.breaks("SCH-002")
class CustomerTeamsAreNull(Lawful):
    """`teams` of a customer is null, and only `virtual_keys` of a team may be."""

    def edit(self, document: Row) -> None:
        document["customers"][2]["teams"] = None


@ENTRIES.breaks("SCH-003")
class EmptyClaimsAreList(Lawful):
    """Empty `claims` of a team are written as a list (`[]`), and the schema says object."""

    def edit(self, document: Row) -> None:
        freight(document)["claims"] = []


@ENTRIES.breaks("SCH-004")
class DescriptionIsNull(Lawful):
    """`description` of a virtual key is null, and an optional property is absent or of its type."""

    def edit(self, document: Row) -> None:
        night_key(document)["description"] = None


@ENTRIES.breaks("SCH-005")
class WeightIsAbsent(Lawful):
    """A provider config has no `weight`, which may be null but is required."""

    def edit(self, document: Row) -> None:
        del day_key(document)["provider_configs"][1]["weight"]


@ENTRIES.breaks("SCH-006", also=("VAL-011",))
class ClientNumberIsHardlyInteger(Lawful):
    """`mcp_client_id` is 3.00000000000000000001, which is no integer as it is written."""

    def edit(self, document: Row) -> None:
        day_key(document)["mcp_configs"][0]["mcp_client_id"] = Raw("3.00000000000000000001")


@ENTRIES.breaks("SCH-007")
class PriceIsText(Lawful):
    """A price in `tool_pricing` is text, and the schema says an object of numbers."""

    def edit(self, document: Row) -> None:
        client_grid(document)["tool_pricing"]["trip"] = "0.02"


@ENTRIES.breaks("SCH-008")
class BatchFlagIsZero(Lawful):
    """`use_for_batch_api` of a provider key is 0, and the schema says boolean or null."""

    def edit(self, document: Row) -> None:
        key_502(document)["use_for_batch_api"] = 0


@ENTRIES.breaks("SCH-009")
class EnvVarValueIsFlag(Lawful):
    """`from_env` of a cloud setting is the text "false", and the schema says boolean."""

    def edit(self, document: Row) -> None:
        key_502(document)["azure_client_id"]["from_env"] = "false"


@ENTRIES.breaks("SCH-009")
class EnvVarIsPlainText(Lawful):
    """`azure_endpoint` is a string; a value that is no object counts for the schema it should have met."""

    def edit(self, document: Row) -> None:
        key_502(document)["azure_endpoint"] = "https://spare.azure.example"


@ENTRIES.breaks("SCH-010")
class NeverResetBudgetHasNullTime(Lawful):
    """`last_reset` of a budget is null, and the schema says date-time."""

    def edit(self, document: Row) -> None:
        grid_key(document)["budgets"][0]["last_reset"] = None


@ENTRIES.breaks("SCH-011")
class TokenLimitIsNull(Lawful):
    """`token_max_limit` is null, and only the request limit and its duration may be."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["token_max_limit"] = None


@ENTRIES.breaks("SCH-012")
class ErrorIsBareText(Lawful):
    """The 400 to a bad `from_memory` has a string as `error`, and the documented type is object."""

    def bad_value(self) -> Answer:
        answer = super().bad_value()
        answer.body = b'{"is_bifrost_error": true, "status_code": 400, "error": "from_memory must be boolean"}'
        return answer


@ENTRIES.breaks("SCH-012")
class StatusCodeOfAnotherStatus(Lawful):
    """The 400 to a bad `from_memory` says `status_code` 422 in its body."""

    def bad_value(self) -> Answer:
        answer = super().bad_value()
        answer.body = answer.body.replace(b'"status_code": 400', b'"status_code": 422')
        return answer


@ENTRIES.breaks("SCH-013")
class LeapSecondAnHourEarly(Lawful):
    """A leap second is at 23:59 local time, 22:59 UTC, and it may be at 23:59 UTC only."""

    def edit(self, document: Row) -> None:
        bolt(document)["created_at"] = "2016-12-31T23:59:60+01:00"


@ENTRIES.breaks("SCH-013")
class CommaBeforeTheFraction(Lawful):
    """A date-time has a comma before its fraction, as ISO 8601 has it and RFC 3339 has not."""

    def edit(self, document: Row) -> None:
        freight(document)["updated_at"] = "2024-06-02T17:05:11,250Z"


@ENTRIES.breaks("SCH-013")
class LeapDayOfCommonYear(Lawful):
    """A `token_last_reset` is on 29 February 2023, a day that RFC 3339 (5.7) does not know."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit"]["token_last_reset"] = "2023-02-29T00:00:00Z"


@ENTRIES.breaks("SCH-014")
class StdioConfigHasDirectory(Lawful):
    """`stdio_config` has `cwd`, which the contract does not document."""

    def edit(self, document: Row) -> None:
        client_grid(document)["stdio_config"]["cwd"] = "/srv/grid"


@ENTRIES.breaks("SCH-015")
class NoCountFromMemory(Lawful):
    """`count` is missing with `from_memory=true`, and it is always sent."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            del document["count"]


@ENTRIES.breaks("SCH-015")
class TeamWithoutName(Lawful):
    """A team has no `name`, which is always sent."""

    def edit(self, document: Row) -> None:
        del freight(document)["name"]
