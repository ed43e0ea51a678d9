"""Readable names for entities whose ids tell a person nothing."""

from __future__ import annotations

import re

_KEPT = re.compile(r"[%/#<>\"\s{}|\\^`]")


def with_label(address: str, label: str) -> str:
    """An address that ends in a name: ``.../entity/Q106465#Mel_Brooks``.

    Nothing is lost: the id stays, two entities with one name stay two, and what reads the last
    part of an address as its name finds one.
    """
    if not label:
        return address
    return f"{address}#{_KEPT.sub(_escaped, label.strip().replace(' ', '_'))}"


def without_label(address: str) -> str:
    """The address alone."""
    return address.partition("#")[0]


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
