"""Finding titles in another catalogue: the same film under two spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from fewrec.data.arrays import Ints

_YEAR = re.compile(r"\((\d{4})\)\s*$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_INVERTED = re.compile(
    r"^(?P<rest>.+),\s+(?P<article>the|a|an|le|la|les|l'|il|lo|el|los|las|das|der|die)$"
)


def title_key(title: str) -> str:
    """A title without what catalogues write differently.

    Off go a trailing year, alternative titles in brackets, accents, case and punctuation; an
    inverted article returns to the front ("Matrix, The" is "the matrix").
    """
    folded = unicodedata.normalize("NFKD", title)
    plain = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
    bare = _BRACKETS.sub(" ", plain).strip()
    inverted = _INVERTED.match(" ".join(bare.split()))
    if inverted:
        bare = f"{inverted['article']} {inverted['rest']}"
    words = re.findall(r"\w+", bare.replace("&", " and "))
    return " ".join(words) or plain.strip()


def title_year(title: str) -> str | None:
    """The year in brackets at the end of a title."""
    found = _YEAR.search(title)
    return found[1] if found else None


def match_titles(
    wanted: Sequence[str], titles: Sequence[str], years: Sequence[str | None] | None = None
) -> Ints:
    """Where each wanted title stands in a catalogue.

    An exact title goes first; then the key of both, with the year to tell namesakes apart (it
    may be off by one: catalogues count from the festival or from the cinema).

    Args:
        wanted: N titles.
        titles: Those of the catalogue.
        years: Of the catalogue's titles; read from the titles where None.

    Returns:
        Row in the catalogue, the first where it holds a title twice; -1 where none fits, or
        namesakes fit equally well. Shape [N].
    """
    known = [title_year(title) for title in titles] if years is None else years
    exact: dict[str, list[int]] = {}
    loose: dict[str, list[int]] = {}
    for row, title in enumerate(titles):
        exact.setdefault(title, []).append(row)
        loose.setdefault(title_key(title), []).append(row)
    found = np.full(len(wanted), -1, dtype=np.int64)
    for n, title in enumerate(wanted):
        rows = exact.get(title) or loose.get(title_key(title), [])
        found[n] = _one_of(rows, known, title_year(title))
    return found


def _one_of(rows: Sequence[int], years: Sequence[str | None], year: str | None) -> int:
    """The row that is meant, -1 where that cannot be told."""
    if len({years[row] for row in rows}) == 1:
        return rows[0]
    near = sorted((row for row in rows), key=lambda row: (_apart(years[row], year), row))
    return near[0] if near and _apart(years[near[0]], year) <= 1 else -1


def _apart(one: str | None, other: str | None) -> float:
    """Years between two years; infinite where one is unknown."""
    known = one is not None and other is not None and one.isdigit() and other.isdigit()
    return abs(int(one) - int(other)) if known else float("inf")  # type: ignore[arg-type]
