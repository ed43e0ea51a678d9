"""Whether the first row of a table holds names, and unique names for the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fewrec.data.guess.headers import meaning

_NUMBER = re.compile(r"^[-+]?[\d.,\s]*\d%?$")
_DATE = re.compile(r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}")
_SAMPLE = 300


def has_header(rows: Sequence[Sequence[str]]) -> tuple[bool, bool]:
    """Say whether the first row names the columns.

    Args:
        rows: Cells, all rows of the same width.

    Returns:
        Whether it does, and whether that is sure.
    """
    first, rest = [cell.strip() for cell in rows[0]], rows[1:_SAMPLE]
    if not rest:
        return True, True
    if _numbered_items(first, rest):
        return True, True
    votes = sum(_vote(name, [row[n].strip() for row in rest]) for n, name in enumerate(first))
    known = sum(bool(meaning(name).roles) for name in first if name and not _NUMBER.match(name))
    votes += 1.5 * known
    given = [name for name in first if name]
    if len(set(given)) < len(given):
        votes -= 3
    return votes > 0, abs(votes) >= 1


def _vote(name: str, column: Sequence[str]) -> float:
    """What one column says: above 0 for a header, below 0 against."""
    held = [cell for cell in column if cell]
    if not held or not name:
        return 0.0
    for pattern in (_DATE, _NUMBER):
        share = sum(bool(pattern.match(cell)) for cell in held) / len(held)
        if share > 0.9:
            return -2.0 if pattern.match(name) else 2.0
    if name in held:
        return -2.0
    repeats = 1 - len(set(held)) / len(held)
    return 0.6 * repeats


def _numbered_items(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """A matrix whose header numbers its columns: ``user, 101, 102, 103, ...``."""
    numbers = [name for name in first[1:] if name.isdigit()]
    if len(numbers) < 4 or len(numbers) < len(first) - 1 or first[0].isdigit():
        return False
    few = {row[n] for row in rest for n in range(1, len(first))}
    return len(set(numbers)) == len(numbers) and len(few) <= 12


def header_names(first: Sequence[str], width: int) -> list[str]:
    """Unique names for the columns; ``column_1`` ... where there are none."""
    names: list[str] = []
    for n in range(width):
        given = " ".join(first[n].split()) if n < len(first) else ""
        name = given or f"column_{n + 1}"
        count = 2
        while name in names:
            name, count = f"{given or 'column'}_{count}", count + 1
        names.append(name)
    return names
