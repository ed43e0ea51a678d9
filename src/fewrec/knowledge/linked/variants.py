"""The ways in which one title is written."""

from __future__ import annotations

import re

from fewrec.data.title_match import title_key

ALTERNATIVE = 0.93
"""Worth of an alternative title in brackets, of 1 for the title itself."""

SHORTENED = 0.75
"""Worth of a title without its subtitle."""

_BRACKETS = re.compile(r"\(([^()]*)\)")
_SUBTITLE = re.compile(r"\s*(?::|\s[-–]\s)")
_ALSO = re.compile(r"^\s*(?:a\.?k\.?a\.?|also known as)\s*", re.IGNORECASE)


def variants(title: str) -> dict[str, float]:
    """Keys under which a title may be found, each with what agreement on it is worth.

    "City of Lost Children, The (Cité des enfants perdus, La) (1995)" is found as itself and by
    the title in brackets; "Alien: Resurrection" also as "Alien", which is worth less.
    """
    found = {title_key(title): 1.0}
    for inside in _BRACKETS.findall(title):
        other = _ALSO.sub("", inside)
        if len(other) > 3 and any(letter.isalpha() for letter in other) and not _said(other):
            found.setdefault(title_key(other), ALTERNATIVE)
    head = _SUBTITLE.split(_BRACKETS.sub("", title), maxsplit=1)
    if len(head) == 2 and head[0].strip() and head[1].strip():
        found.setdefault(title_key(head[0]), SHORTENED)
    return found


def _said(inside: str) -> bool:
    """Whether brackets say what a thing is ("1999 film", "band") and give no other title."""
    words = inside.split()
    return words[-1][0].islower() and len(words) <= 3
