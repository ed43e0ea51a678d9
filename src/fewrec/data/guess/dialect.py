"""Text to cells: separator, quotes, lines before the table, and whether there is a header."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

SEPARATORS = (",", ";", "\t", "|", "::", "^", "~", "\x01", "  ", " ")
"""Tried separators. Two spaces stand for two or more of them, one for any white space."""

_GAPS = (" ", "  ")
"""Separators that also stand inside cells; any sharp one goes before them."""
_NAMES = {"\t": "tab", "  ": "spaces", " ": "space", "\x01": "\\x01"}
_SPOKEN = {"tab": "\t", "\\t": "\t", "space": " ", "spaces": "  ", "comma": ",", "pipe": "|"}
_QUOTES = (("", False), ('"', False), ('"', True), ("'", False), ("'", True))
_SAMPLE_LINES = 400
_RULE = re.compile(r"^[\s|+:=─┼-]*(?:-{3}|={3}|─{3})[\s|+:=─┼-]*$")
"""A line drawn between header and rows, as databases and Markdown print it."""
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d{1,5})$")


@dataclass(frozen=True)
class Dialect:
    r"""How a text file writes its cells.

    Attributes:
        separator: Between cells, one of ``SEPARATORS``.
        quote: Around cells; "" where there is none.
        backslash: True where a quote inside a quoted cell is written ``\\"``.
        skip: Lines before the table.
        width: Cells in a row.
        steady: Share of the sampled rows that have this many cells.
    """

    separator: str = ","
    quote: str = '"'
    backslash: bool = False
    skip: int = 0
    width: int = 1
    steady: float = 1.0

    @property
    def spoken(self) -> str:
        """The separator as it is shown and as ``--separator`` takes it."""
        return _NAMES.get(self.separator, self.separator)


def separator_named(name: str) -> str:
    """The separator that ``--separator`` names: itself, or ``tab``, ``space``, ``spaces``."""
    return _SPOKEN.get(name.lower(), name)


def records(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Rows of a text, each with the 1-based line it begins on; blank lines are left out."""
    if dialect.quote and len(dialect.separator) == 1 and dialect.separator != " ":
        yield from _quoted(text, dialect)
        return
    for line, cells in enumerate(text.split("\n"), start=1):
        if line > dialect.skip and cells.strip() and not _RULE.match(cells):
            yield line, split_plainly(cells, dialect.separator)


def split_plainly(line: str, separator: str) -> list[str]:
    """Cells of a line without quotes."""
    if separator == " ":
        return line.split()
    if separator == "  ":
        return re.split(r" {2,}", line.strip(" "))
    return line.split(separator)


def _quoted(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    lines = text.split("\n")[dialect.skip :]
    reader = csv.reader(
        (f"{line}\n" for line in lines),
        delimiter=dialect.separator,
        quotechar=dialect.quote,
        doublequote=not dialect.backslash,
        escapechar="\\" if dialect.backslash else None,
        skipinitialspace=dialect.separator != "\t",
        strict=False,
    )
    start = dialect.skip
    before = csv.field_size_limit(2**31 - 1)
    try:
        for cells in reader:
            drawn = len(cells) > 0 and _RULE.match(dialect.separator.join(cells))
            if any(cell.strip() for cell in cells) and not drawn:
                yield start + 1, [cell.removesuffix("\n") for cell in cells]
            start = dialect.skip + reader.line_num
    finally:
        csv.field_size_limit(before)


def guess_dialect(text: str, separator: str = "") -> Dialect:
    """Find the dialect in which most rows have the same number of cells, and many.

    Args:
        text: The file.
        separator: Use this one; "" tries all.

    Returns:
        The dialect; one column where nothing separates the lines evenly.
    """
    lines = text.split("\n", 4 * _SAMPLE_LINES)[: 4 * _SAMPLE_LINES]
    told = re.fullmatch(r"sep=(.|\\t)", lines[0].strip('\ufeff" ')) if lines else None
    skip = 1 if told else 0
    if told and not separator:
        separator = separator_named(told[1])
    skip += _comments(lines[skip:])
    sample = "\n".join(line for line in lines[: skip + _SAMPLE_LINES])
    tried = [
        _measured(sample, Dialect(mark, quote, backslash, skip))
        for mark in ([separator] if separator else SEPARATORS)
        for quote, backslash in _QUOTES
        if _thinkable(sample, mark, quote, backslash)
    ]
    sharp = [d for d in tried if d.separator not in _GAPS and d.steady > 0.99 and d.width > 1]
    tried = [d for d in tried if d.separator not in _GAPS] if sharp else tried
    return max(tried, key=_goodness, default=Dialect(separator or ",", skip=skip))


def _comments(lines: Sequence[str]) -> int:
    """Leading lines that are blank or begin with #."""
    for count, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith(("#", "//", "%")):
            return count
    return 0


def _thinkable(sample: str, separator: str, quote: str, backslash: bool) -> bool:
    if separator not in sample:
        return False
    if not quote:
        return True
    if separator in ("::", *_GAPS):
        return False
    edge = re.escape(separator)
    framed = len(re.findall(rf"(?:^|{edge} ?){quote}", sample, re.MULTILINE))
    if backslash and f"\\{quote}" not in sample:
        return False
    return framed > 0 if quote == '"' else framed > 2 and f"{quote}{separator}" in sample


def _measured(sample: str, dialect: Dialect) -> Dialect:
    rows = list(records(sample, dialect))
    if len(rows) > 2 and sample.count("\n") >= _SAMPLE_LINES:
        rows = rows[:-1]  # The sample may end inside a quoted cell.
    counts = Counter(len(cells) for _, cells in rows)
    if not counts:
        return replace(dialect, steady=0.0)
    best = max(counts, key=lambda width: (counts[width] * (width > 1), width))
    first = next(n for n, (_, cells) in enumerate(rows) if len(cells) == best)
    lines = rows[first][0] - 1
    after = rows[first:]
    steady = sum(len(cells) == best for _, cells in after) / len(after)
    steady *= (1 - first / (2 * len(rows))) * (1 - _stray(after, dialect.quote))
    if first and first > max(8, len(rows) // 4):
        return replace(dialect, width=best, steady=steady / 2)
    header_short = first == 1 and len(rows[0][1]) == best - 1 and len(rows[0][1]) > 1
    skip = dialect.skip if header_short else lines
    return replace(dialect, width=best, steady=steady, skip=skip)


def _stray(rows: Sequence[tuple[int, list[str]]], quote: str) -> float:
    """Share of cells with half a pair of quotes: traces of a wrong separator."""
    cells = [cell for _, row in rows for cell in row]
    return sum(cell.count('"') % 2 for cell in cells) / max(len(cells), 1) if quote else 0.0


def _goodness(dialect: Dialect) -> tuple[float, int, int]:
    many = (dialect.width - 1) / dialect.width
    spaces = 0.9 if dialect.separator in _GAPS else 1.0
    rank = -SEPARATORS.index(dialect.separator) if dialect.separator in SEPARATORS else 0
    quoted = 1 if dialect.quote else 0
    return round(dialect.steady**2 * many * spaces, 6), quoted - 2 * dialect.backslash, rank


def rejoin_entities(cells: list[str], width: int, separator: str) -> list[str] | None:
    """Mend a row whose cells were torn apart inside ``&amp;``; None where that is not the fault.

    Exports that turn every ``;`` into the separator do this to HTML entities.
    """
    torn = [n for n, cell in enumerate(cells[:-1]) if _ENTITY.search(cell)]
    if len(cells) - len(torn) != width or not torn:
        return None
    mended: list[str] = []
    for n, cell in enumerate(cells):
        if n - 1 in torn and mended:
            mended[-1] += ";" + cell
        else:
            mended.append(cell)
    return mended
