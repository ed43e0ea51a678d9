"""A stranger's file, of whatever kind, to text cells."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fewrec.data.guess.dialect import Dialect, guess_dialect
from fewrec.data.guess.encoding import Decoded, decode
from fewrec.data.guess.grid import lead_in, read_grid
from fewrec.data.guess.header import has_header, header_names
from fewrec.data.guess.raw import Doubt, Raw, cleaned
from fewrec.data.guess.records import read_json, read_parquet
from fewrec.data.guess.shares import counted
from fewrec.errors import BadValue, EmptyData

_TOP = 300
"""So many rows decide whether there is a header."""


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
        found = read_json(path, told.readable)
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
    except _DAMAGES as fault:
        raise BadValue(
            f"the packed file is damaged ({fault})", file=path, fix="Fetch or pack it again."
        ) from fault


_DAMAGES = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
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
    dialect = guess_dialect(told.text, spelling.separator)
    grid = read_grid(path, told.text, dialect)
    if not grid.frame.height:
        raise EmptyData("the file holds no rows", file=path, fix="Leave it out.")
    top = [[cell or "" for cell in row] for row in grid.frame.head(_TOP).iter_rows()]
    lead = lead_in(top)
    top = top[lead:]
    named, sure = (spelling.header, True) if spelling.header is not None else has_header(top)
    first = lead + int(named)
    if first >= grid.frame.height:
        raise EmptyData("the file holds a header and no rows", file=path, fix="Leave it out.")
    names = header_names(top[0] if named else [], grid.frame.width)
    frame = grid.frame.slice(first)
    frame.columns = names
    notes = [f"{counted(lead, 'line')} before the table left out."] if lead else []
    return Raw(
        path,
        cleaned(frame),
        grid.lines[first:],
        header=named,
        form=_form(told, dialect, named),
        faults=grid.faults,
        notes=tuple(f"{path.name}: {note}" for note in (*notes, *grid.notes)),
        doubts=_doubts(told, dialect, path, named, sure),
        decimal=spelling.decimal,
    )


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
