"""Names from graphs and tables as a person would read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

_IDENTIFIER = re.compile(r"[mg]\.[0-9a-z_]+|[QPL]\d+|_:\w+|[0-9a-f]{16,}")
_DOTTED = re.compile(r"\w+(?:\.\w+)+")
_ADDRESS = re.compile(r"<?[A-Za-z][A-Za-z0-9+.-]*://[^\s>]*[/#]([^/#>]+)>?")

_RESOURCE = re.compile(r"<?https?://(?:\w+\.)?dbpedia\.org/resource/([^\s#>]+)>?")


def is_identifier(value: str) -> bool:
    """Whether a value is a bare identifier (``m.0bln8``, ``Q42``) that tells a person nothing."""
    return _IDENTIFIER.fullmatch(value) is not None


def readable_value(value: str) -> str:
    """A value as text: the last part of an address, without underscores; others stay.

    Names of DBpedia's resources may hold a slash themselves (``.../resource/AC/DC``).
    """
    found = _RESOURCE.fullmatch(value) or _ADDRESS.fullmatch(value)
    return unquote(found[1]).replace("_", " ") if found else value


def readable_relation(relation: str) -> str:
    """A relation as words: ``film.film.directed_by``, ``http://.../musicComposer``, ``genre``."""
    last = readable_value(relation)
    if _DOTTED.fullmatch(last):
        last = last.rpartition(".")[2]
    last = last.replace("_", " ")
    return re.sub(r"(?<=[a-z])[A-Z]", lambda found: f" {found[0].lower()}", last).strip()


def enumerated(words: Sequence[str]) -> str:
    """Join words as in "A", "A and B", "A, B and C"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
