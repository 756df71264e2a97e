"""Faulty servers: what the objects say of one another, in one view and in both (REL, MEM)."""

from __future__ import annotations

from tests.strangers.sentences import data
from tests.strangers.sentences.answers import Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    acme,
    config_11,
    day_key,
    freight,
    gateway_key,
    grid,
    grid_key,
    night_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.breaks("REL-001")
class MemoryCountsOneMore(Lawful):
    """`count` with `from_memory=true` is one more than the customers listed."""

    def edit(self, document: Row) -> None:
        document["count"] += self.ask.from_memory


@ENTRIES.breaks("REL-002")
class CustomerIdAgainByEscape(Lawful):
    """A fifth customer has the id of the third, written with an escape."""

    def stock(self) -> list[Row]:
        return [*super().stock(), {"id": Raw('"kunde-z\\u00fcrich-7"'), "name": "Zürich Abwasser"}]


@ENTRIES.breaks("REL-003")
class ProviderConfigIdAgainInExponent(Lawful):
    """Two provider configs of one virtual key have the ids 31 and 3.1e1, the same number."""

    def edit(self, document: Row) -> None:
        day_key(document)["provider_configs"][1]["id"] = Raw("3.1e1")


@ENTRIES.breaks("REL-003")
class McpConfigsBothZero(Lawful):
    """Both MCP configs of one virtual key have the id 0, and 0 is an id."""

    def edit(self, document: Row) -> None:
        for held in day_key(document)["mcp_configs"]:
            held["id"] = 0


@ENTRIES.breaks("REL-004")
class TeamNameAgainElsewhere(Lawful):
    """Teams of two customers have the same name, and names are their own within the list."""

    def edit(self, document: Row) -> None:
        grid(document)["name"] = "Freight"


@ENTRIES.breaks("REL-005")
class TeamNamesCustomerInCapitals(Lawful):
    """`customer_id` of a team is the holder's id in capitals, which is another id."""

    def edit(self, document: Row) -> None:
        freight(document)["customer_id"] = data.ACME.upper()


@ENTRIES.breaks("REL-006")
class CustomerKeyNamesTeam(Lawful):
    """A virtual key held by a customer names a team of that customer instead."""

    def edit(self, document: Row) -> None:
        del night_key(document)["customer_id"]
        night_key(document)["team_id"] = "team-grid-03"


@ENTRIES.breaks("REL-007")
class McpConfigNamesSiblingKey(Lawful):
    """An MCP config names another virtual key of the same customer in `virtual_key_id`."""

    def edit(self, document: Row) -> None:
        day_key(document)["mcp_configs"][1]["virtual_key_id"] = "vk-bolt-night-02"


@ENTRIES.breaks("REL-008")
class RateLimitIdDisagrees(Lawful):
    """`rate_limit_id` of a virtual key differs from the id of its `rate_limit` in letter case."""

    def edit(self, document: Row) -> None:
        day_key(document)["rate_limit_id"] = "RL-bolt-day"


@ENTRIES.breaks("REL-009")
class BudgetNamesSiblingConfig(Lawful):
    """`provider_config_id` of a budget names the provider config beside the one that holds it."""

    def edit(self, document: Row) -> None:
        config_11(document)["budgets"][0]["provider_config_id"] = 12


@ENTRIES.breaks("REL-010", also=("REL-006",))
class KeyHasTeamAndCustomer(Lawful):
    """A virtual key has a `team_id` and, correct as far as it goes, a `customer_id`."""

    def edit(self, document: Row) -> None:
        grid_key(document)["customer_id"] = data.BOLT


@ENTRIES.breaks("REL-011")
class CustomerBudgetNamesTeam(Lawful):
    """The budget of a customer has a `team_id`, an owner of a kind that does not hold it."""

    def edit(self, document: Row) -> None:
        acme(document)["budget"]["team_id"] = "team-freight-02"


@ENTRIES.breaks("REL-012")
class TeamShowsAnotherCustomer(Lawful):
    """The back-reference `team.customer` shows another customer than the one around it."""

    def edit(self, document: Row) -> None:
        grid(document)["customer"] = {"id": data.ACME, "name": "Acme Rail", "config_hash": "c-acme"}


@ENTRIES.breaks("REL-012", also=("REL-006", "REL-010"))
class CustomerKeyShowsTeam(Lawful):
    """A virtual key held by a customer shows a `team`, and no team encloses it."""

    def edit(self, document: Row) -> None:
        night_key(document)["team"] = {"id": "team-grid-03", "name": "Grid"}


@ENTRIES.breaks("REL-013")
class BackReferenceIsTenthOfNanosecondOff(Lawful):
    """The customer in a back-reference was created a fraction of a nanosecond after the customer itself."""

    def edit(self, document: Row) -> None:
        acme(document)["teams"][0]["customer"]["created_at"] = "2024-01-15T09:30:00.0000000001Z"


@ENTRIES.breaks("REL-013")
class ProviderKeyWeighsAlmostNothing(Lawful):
    """One provider key shown twice has the weight 0 here and 1e-400 there, which are different numbers."""

    def edit(self, document: Row) -> None:
        gateway_key(document)["provider_configs"][0]["keys"][0]["weight"] = Raw("1e-400")


@ENTRIES.breaks("REL-013")
class McpClientDiffersInOneFlag(Lawful):
    """One MCP client shown under two virtual keys is `disabled` under one of them only."""

    def edit(self, document: Row) -> None:
        gateway_key(document)["mcp_configs"][0]["mcp_client"]["disabled"] = True


@ENTRIES.breaks("MEM-001")
class MemorySpellsIdDifferently(Lawful):
    """One customer's id differs in letter case between memory and database, so the lists differ by id."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            document["customers"][3]["id"] = "Municipal_library"


@ENTRIES.breaks("MEM-002")
class MemoryWeighsDifferently(Lawful):
    """One provider config weighs 2 in the database and 2.0000000000000000000001 in memory."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            day_key(document)["provider_configs"][0]["weight"] = Raw("2.0000000000000000000001")


@ENTRIES.breaks("MEM-002")
class MemoryNamesCustomerWithBlank(Lawful):
    """One customer's name has a blank at its end in memory."""

    def edit(self, document: Row) -> None:
        if self.ask.from_memory:
            document["customers"][3]["name"] += " "
