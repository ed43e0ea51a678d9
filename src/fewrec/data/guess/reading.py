"""A stranger's file, of whatever kind, to text cells."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from fewrec.data.faults import Fault
from fewrec.data.guess.dialect import Dialect, guess_dialect, records, rejoin_entities
from fewrec.data.guess.encoding import Decoded, decode
from fewrec.data.guess.header import has_header, header_names
from fewrec.data.guess.raw import Doubt, Raw, cleaned, whole
from fewrec.data.guess.records import read_json, read_parquet
from fewrec.data.guess.shares import counted
from fewrec.errors import BadValue, EmptyData

_TOTALS = (
    "total",
    "grand total",
    "totals",
    "sum",
    "gesamt",
    "summe",
    "итого",
    "合计",
    "总计",
    "合計",
)
CLOSING = "a closing line, not a row"
_PADDED = 0.05


@dataclass(frozen=True)
class Spelling:
    """What somebody said about how the files are written; "" and None are guessed.

    Attributes:
        encoding: Name of the encoding.
        separator: Between cells.
        header: Whether the first row holds names.
        decimal: Decimal mark, "." or ",".
    """

    encoding: str = ""
    separator: str = ""
    header: bool | None = None
    decimal: str = ""


def read_raw(path: Path, spelling: Spelling) -> Raw:
    """Read one file.

    Args:
        path: Text with separators, JSON, JSON lines or parquet; also packed (.gz, .bz2, .xz, or
            a .zip with one file).
        spelling: What is known about how it is written.

    Returns:
        Its cells as text.

    Raises:
        EmptyData: There is nothing in it.
        BadValue: It is a spreadsheet or another thing that holds no plain table.
    """
    data = _unpacked(path)
    if not data.strip():
        raise EmptyData("the file is empty", file=path, fix="Leave it out, or export it again.")
    if data[:4] == b"PAR1":
        return read_parquet(path, data)
    _refuse_binary(path, data)
    told = decode(data, spelling.encoding, str(path))
    if told.text.lstrip()[:1] in ("{", "["):
        found = read_json(path, told.text)
        if found is not None:
            return replace(found, form=(told.encoding, *found.form))
    return _read_cells(path, told, spelling)


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    try:
        for magic, unpack in _PACKERS.items():
            if data.startswith(magic):
                return unpack(data)
        return _only_file(path) if data[:4] == b"PK\x03\x04" else data
    except (OSError, EOFError, ValueError, lzma.LZMAError, zipfile.BadZipFile) as fault:
        raise BadValue(
            f"the packed file is damaged ({fault})", file=path, fix="Fetch or pack it again."
        ) from fault


_PACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ\x00": lzma.decompress,
}


def _only_file(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        names = [n for n in packed.namelist() if not n.endswith("/")]
        if "[Content_Types].xml" in names or "mimetype" in names:
            raise BadValue(
                "this is a spreadsheet",
                file=path,
                fix="Save each sheet as CSV and give these files.",
            )
        if len(names) != 1:
            raise BadValue(
                f"the archive holds {len(names)} files",
                file=path,
                fix="Unpack it and give the files that hold the tables.",
            )
        return packed.read(names[0])


def _refuse_binary(path: Path, data: bytes) -> None:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadValue("this is a spreadsheet", file=path, fix="Save it as CSV and give that.")
    if data[:6] == b"SQLite":
        raise BadValue("this is a database", file=path, fix="Export its tables as CSV.")


def _read_cells(path: Path, told: Decoded, spelling: Spelling) -> Raw:
    dialect = _best_quotes(told.text, guess_dialect(told.text, spelling.separator))
    rows = list(records(told.text, dialect))
    lines, cells, faults, notes = _even(path, rows, dialect, told.text)
    if not cells:
        raise EmptyData("the file holds no rows", file=path, fix="Leave it out.")
    lead = _lead_in(cells)
    lines, cells = lines[lead:], cells[lead:]
    if lead:
        notes.append(f"{counted(lead, 'line')} before the table left out.")
    named, sure = (spelling.header, True) if spelling.header is not None else has_header(cells)
    width = len(cells[0])
    names = header_names(cells[0], width) if named else header_names([], width)
    body, numbers = (cells[1:], lines[1:]) if named else (cells, lines)
    if not body:
        raise EmptyData("the file holds a header and no rows", file=path, fix="Leave it out.")
    columns = list(zip(*body, strict=True))
    frame = pl.DataFrame(
        [
            pl.Series(name, column, dtype=pl.String)
            for name, column in zip(names, columns, strict=True)
        ]
    )
    return Raw(
        path,
        cleaned(frame),
        whole(numbers),
        header=named,
        form=_form(told, dialect, named),
        faults=tuple(faults),
        notes=tuple(f"{path.name}: {note}" for note in notes),
        doubts=_doubts(told, dialect, path, named, sure),
        decimal=spelling.decimal,
    )


def _best_quotes(text: str, dialect: Dialect) -> Dialect:
    """Quotes as in the sample, unless fewer rows of the whole file misfit without them."""
    if not dialect.quote:
        return dialect
    plain = replace(dialect, quote="")
    swallowed = any(cell.count("\n") > 20 for _, cells in records(text, dialect) for cell in cells)
    with_quotes, without = _misfits(text, dialect), _misfits(text, plain)
    return plain if without < with_quotes or (swallowed and without == 0) else dialect


def _misfits(text: str, dialect: Dialect) -> int:
    return sum(len(cells) != dialect.width for _, cells in records(text, dialect))


def _even(
    path: Path, rows: list[tuple[int, list[str]]], dialect: Dialect, text: str
) -> tuple[list[int], list[list[str]], list[Fault], list[str]]:
    """Rows of one width; the others are mended where it is clear how, else set aside."""
    width, notes = _true_width(rows, dialect.width), []
    counts = Counter(len(cells) for _, cells in rows)
    short = sum(n for cells, n in counts.items() if cells < width)
    pad = short > _PADDED * len(rows)
    lines, even, faults, mended = [], [], [], 0
    for line, cells in rows:
        fitted = _fitted(cells, width, pad or line == rows[0][0])
        if fitted is None:
            fitted = rejoin_entities(cells, width, dialect.separator)
            fitted = fitted or _rejoined(cells, width, dialect.separator)
            mended += fitted is not None
        if fitted is None or _is_closing(fitted, line, rows):
            faults.append(_misfit(path, line, cells, dialect, fitted is not None))
            continue
        lines.append(line)
        even.append(fitted)
    even, dropped = _without_blank_ends(even)
    if mended:
        notes.append(f"{counted(mended)} torn apart inside an HTML entity (&amp;) mended.")
    if pad and short:
        notes.append(f"{counted(short)} ended early; the last cells count as missing.")
    if dropped:
        notes.append("Rows begin or end with a separator; the blank column was dropped.")
    return lines, even, faults, notes


def _true_width(rows: list[tuple[int, list[str]]], width: int) -> int:
    """Cells of a row, without the blank one after a closing separator that the header lacks."""
    ends = [cells[-1].strip() for _, cells in rows if len(cells) == width]
    blank = sum(not end for end in ends)
    shorter = len(rows[0][1]) == width - 1 and blank > 0.9 * len(ends)
    return width - 1 if shorter else width


def _lead_in(rows: list[list[str]]) -> int:
    """How many rows at the top are headings of a report: hardly filled, unlike those below."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[:50]]
    usual = sorted(filled)[len(filled) // 2]
    if usual < 3:
        return 0
    return next((n for n, count in enumerate(filled) if count > usual / 3), 0)


def _fitted(cells: list[str], width: int, pad: bool) -> list[str] | None:
    if len(cells) == width:
        return cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    if len(cells) < width and pad:
        return cells + [""] * (width - len(cells))
    return None


def _rejoined(cells: list[str], width: int, separator: str) -> list[str] | None:
    """A torn row that also lacks its blank last cell."""
    found = rejoin_entities([*cells, ""], width, separator)
    return found or (rejoin_entities(cells[:-1], width, separator) if cells[-1] == "" else None)


def _is_closing(cells: list[str], line: int, rows: list[tuple[int, list[str]]]) -> bool:
    """A closing line, as reports have it: totals, or ``(8 rows)``."""
    if line < rows[-1][0] - 3 or len(rows) < 4:
        return False
    held = [cell.strip().lower() for cell in cells if cell.strip()]
    total = any(cell.rstrip(":") in _TOTALS for cell in held) and len(held) < len(cells)
    usual = sum(bool(cell.strip()) for cell in rows[len(rows) // 2][1])
    return total or (usual >= 3 and len(held) == 1)


def _misfit(path: Path, line: int, cells: list[str], dialect: Dialect, total: bool) -> Fault:
    whole_row = dialect.separator.join(cells)
    problem = CLOSING if total else f"the row has {len(cells)} cells, the others {dialect.width}"
    fix = f"Put cells that hold a {dialect.spoken!r} into quotes, or pass --skip-bad."
    return Fault("interactions", str(path), line, "", whole_row, problem, fix, {"row": whole_row})


def _without_blank_ends(rows: list[list[str]]) -> tuple[list[list[str]], bool]:
    """Rows without a first and a last column that are blank throughout, header included."""
    if not rows or len(rows[0]) < 3:
        return rows, False
    first = int(not any(row[0].strip() for row in rows))
    last = len(rows[0]) - int(not any(row[-1].strip() for row in rows))
    if last - first == len(rows[0]):
        return rows, False
    return [row[first:last] for row in rows], True


def _form(told: Decoded, dialect: Dialect, named: bool) -> tuple[str, ...]:
    form = [told.encoding, f"separator {dialect.spoken}" if dialect.width > 1 else "one column"]
    if dialect.quote == "'":
        form.append("quotes '")
    if dialect.backslash:
        form.append("\\ escapes")
    if dialect.skip:
        form.append(f"{dialect.skip} lines before the table")
    if not named:
        form.append("no header")
    return tuple(form)


def _doubts(
    told: Decoded, dialect: Dialect, path: Path, named: bool, sure: bool
) -> tuple[Doubt, ...]:
    doubts = []
    if told.rivals:
        other = f"{path.name}: the letters would also make sense in {told.rivals[0]}"
        doubts.append(Doubt(other, f"--encoding {told.rivals[0]}"))
    if not sure:
        what = "names of the columns" if named else "data"
        first = f"{path.name}: the first row is taken as {what}"
        doubts.append(Doubt(first, "--no-header" if named else "--header"))
    if dialect.steady < 0.9:
        few = f"{path.name}: only {dialect.steady:.0%} of the rows have {dialect.width} cells"
        doubts.append(Doubt(few, "--separator"))
    return tuple(doubts)
