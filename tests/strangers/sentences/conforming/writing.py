"""Unusual servers: how JSON may be written."""

from __future__ import annotations

from typing import Any

from tests.strangers.sentences.answers import Raw, Row
from tests.strangers.sentences.entries import Entries
from tests.strangers.sentences.places import (
    client_grid,
    day_key,
    grid_key,
    night_key,
    planning_key,
)
from tests.strangers.sentences.server import Lawful

ENTRIES = Entries()


@ENTRIES.keeps()
class EverythingEscaped(Lawful):
    r"""Every character of every name and text is an escape (`\\u0041`), between tabs, CRs and line feeds."""

    def text(self, document: Row) -> str:
        return "\r\n\t" + self.escaped(document) + " \n\t\r"

    def escaped(self, value: Any) -> str:
        if isinstance(value, dict):
            members = (self.escaped(name) + "\t:\r\n" + self.escaped(held) for name, held in value.items())
            return "{ " + " ,\n".join(members) + " }"
        if isinstance(value, list):
            return "[\n" + " , ".join(self.escaped(held) for held in value) + "\t]"
        if isinstance(value, str):
            units = value.encode("utf-16-be")
            return '"' + "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2)) + '"'
        return super().text(value)


@ENTRIES.keeps()
class LoneSurrogateInName(Lawful):
    """A customer's name holds the escape of a lone surrogate, which is read as U+FFFD."""

    def edit(self, document: Row) -> None:
        document["customers"][3]["name"] = Raw('"Lib\\uD800rary"')


@ENTRIES.keeps()
class StrangeCharactersInText(Lawful):
    """Texts hold U+FEFF, U+2028, a null escape, an emoji and right-to-left marks."""

    def edit(self, document: Row) -> None:
        document["customers"][3]["name"] = "\ufeffLib\u2028rary\u0000 \u202e😀"
        night_key(document)["description"] = '"\\/\b\u007f\u0085'


@ENTRIES.keeps()
class IntegersWithPoints(Lawful):
    """Integers are written 4e0, 1.2e1, 600.000 and 9223372036854775807.0, usages are -0 and 0.0E-5."""

    def edit(self, document: Row) -> None:
        document["count"] = Raw("4e0")
        planning_key(document)["provider_configs"][1]["id"] = Raw("1.2e1")
        day_key(document)["rate_limit"].update(
            token_current_usage=Raw("-0"),
            request_current_usage=Raw("-0.0E-5"),
            request_max_limit=Raw("600.000"),
            token_max_limit=Raw("9223372036854775807.0"),
        )
        day_key(document)["mcp_configs"][0]["mcp_client_id"] = Raw("-9223372036854775808")
        grid_key(document)["budgets"][0].update(current_usage=Raw("-0"), max_limit=Raw("-0e400"))


@ENTRIES.keeps()
class NumbersFarFromDoubles(Lawful):
    """Numbers are 1e-400, 5.00000000000000000001 (no integer is due) and 40 digits long, and all are finite."""

    def edit(self, document: Row) -> None:
        day_key(document)["provider_configs"][0]["weight"] = Raw("1e-400")
        day_key(document)["provider_configs"][1]["weight"] = Raw("5.00000000000000000001")
        client_grid(document)["tool_pricing"]["trip"] = Raw("0." + "1234567890" * 4)
