"""Options that may be given once: a second value is refused, where click and argparse would take it in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from customers_conformance.model import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What to do instead, where more than leaving one out can be meant.
_INSTEAD = {"--waivers": "; to accept what both list, put the [[waiver]] tables of both into one file"}


#: What may hold a secret, by mistake or not: a password, or a key in the place of its variable's name.
_HIDDEN = frozenset({"--proxy", "--key-env", "--virtual-key-env", "--session-env"})


def once(name: str, values: Sequence[str]) -> str:
    """The one value of an option; raises ``UsageError`` where there are more."""
    if len(values) > 1:
        times = "twice" if len(values) == 2 else f"{len(values)} times"
        shown = "" if name in _HIDDEN else f" ({', '.join(f'{value!a}' for value in values[:2])})"
        raise UsageError(f"{name} is given {times}{shown}; allowed is once{_INSTEAD.get(name, '')}")
    return values[0]


class Once(click.Option):
    """An option of click with a value, which is refused where it is given again."""

    def __init__(self, *arguments: Any, default: str | None = None, **details: Any) -> None:
        if default is not None:
            details["default"] = (default,)
        super().__init__(*arguments, **details | {"multiple": True})

    def value_from_envvar(self, ctx: click.Context) -> Any:
        """What a variable holds, blanks and all."""
        value = self.resolve_envvar_value(ctx)
        return None if value is None else (value,)

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """The value; raises ``UsageError``."""
        found = super().process_value(ctx, value)
        return once(self.opts[0], found) if found else None
