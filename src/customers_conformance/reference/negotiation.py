"""What a request allows its answer to be: media type and content coding (RFC 9110, 12.5)."""

from __future__ import annotations


def accepts_json(accept: str | None) -> bool:
    """Whether ``application/json`` meets an ``Accept``; one that cannot be read is no condition."""
    weights = _weights(accept)
    if not weights:
        return True
    for candidate in ("application/json", "application/*", "*/*"):
        if candidate in weights:
            return weights[candidate] > 0
    return False


def allows_coding(accept_encoding: str | None, coding: str) -> bool:
    """Whether the coding is asked for; an absent header asks for none."""
    weights = _weights(accept_encoding)
    return weights.get(coding, weights.get("*", 0.0)) > 0


def forbids_coding(accept_encoding: str | None, coding: str) -> bool:
    """Whether the coding would break the contract: there is a header, and it does not allow it."""
    return accept_encoding is not None and not allows_coding(accept_encoding, coding)


def _weights(field: str | None) -> dict[str, float]:
    weights: dict[str, float] = {}
    for part in (field or "").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if name:
            weights[name] = weight
    return weights
