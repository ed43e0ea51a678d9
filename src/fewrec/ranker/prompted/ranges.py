"""Settings that lie outside their range are refused with one sentence."""

from __future__ import annotations

import math

from fewrec.errors import ConfigError


def within(owner: object, name: str, low: float, high: float = math.inf) -> None:
    """Raise ConfigError unless a setting lies in [low, high].

    Args:
        owner: Holds the setting.
        name: Of the setting.
        low: The least value.
        high: The greatest value.
    """
    value = getattr(owner, name)
    if not low <= value <= high:  # NaN is outside, too
        limits = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        raise ConfigError(f"{type(owner).__name__}: {name} must be {limits}, not {value}.")
