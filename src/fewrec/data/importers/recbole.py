"""RecBole's atomic files: tab-separated, with the type of each column in the header."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import BadValue, EmptyData

_STANDARD = {
    "user_id": "user",
    "item_id": "item",
    "rating": "value",
    "label": "value",
    "head_id": "head",
    "relation_id": "relation",
    "tail_id": "tail",
    "entity_id": "entity",
    "class": "genre",
    "release_year": "year",
}
_TITLES = ("title", "movie_title", "name", "item_name", "product_name", "book_title")
_TABLES = {
    "inter": ("interactions", ("user", "item")),
    "item": ("items", ("item",)),
    "user": ("users", ("user",)),
    "kg": ("graph", ("head", "relation", "tail")),
    "link": ("links", ("item", "entity")),
}
_TYPES = ("token", "token_seq", "float", "float_seq")


def import_recbole(source: Path, target: Path) -> ImportReport:
    """Turn a folder of atomic files (.inter .item .user .kg .link) into a data folder.

    Sequences of tokens become lists; a title that is a sequence of tokens becomes a text.

    Args:
        source: The folder.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: There is no atomic file.
        BadValue: A header has no types, or several files are of one kind.
    """
    tables, kinds = {}, {}
    for suffix, (name, _) in _TABLES.items():
        found = _file(source, suffix)
        if found is not None:
            tables[name], lists = _checked(found, suffix)
            kinds.update(dict.fromkeys(lists, "list") if name == "items" else {})
    if not tables:
        raise EmptyData(
            "there are no atomic files (.inter, .item, .user, .kg, .link)",
            file=source,
            fix="Give the folder that holds them.",
        )
    rows = write_folder(target, tables, settings={"items": kinds} if kinds else {})
    return ImportReport(target, f"RecBole atomic files of {len(tables)} kinds", rows)


def recbole_table(source: Path, suffix: str) -> pl.DataFrame | None:
    """One table of a folder of atomic files under standard names; None where it is not there.

    Args:
        source: The folder.
        suffix: ``inter``, ``item``, ``user``, ``kg`` or ``link``.

    Raises:
        BadValue: The header has no types or lacks a column, or several files are of this kind.
    """
    found = _file(source, suffix)
    return None if found is None else _checked(found, suffix)[0]


def _file(source: Path, suffix: str) -> Path | None:
    found = sorted(source.glob(f"*.{suffix}")) if source.is_dir() else []
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise BadValue(
            f"there are several .{suffix} files",
            file=source,
            value=names,
            fix="Keep one data set in the folder.",
        )
    return found[0] if found else None


def _checked(path: Path, suffix: str) -> tuple[pl.DataFrame, list[str]]:
    """One file under standard names, which has the columns it must have."""
    frame, lists = _read(path)
    missing = [column for column in _TABLES[suffix][1] if column not in frame.columns]
    if missing:
        raise BadValue(
            f"there is no column for {missing[0]!r}",
            file=path,
            line=1,
            value=frame.columns,
            fix="The header must name user_id, item_id and so on.",
        )
    return frame, lists


def _read(path: Path) -> tuple[pl.DataFrame, list[str]]:
    """One file under standard names, and which columns are lists."""
    frame = read_plain(path, "\t")
    lists, columns = [], []
    for header in frame.columns:
        given, _, kind = header.rpartition(":")
        if kind not in _TYPES:
            raise BadValue(
                "the header gives no type",
                file=path,
                line=1,
                column=header,
                fix=f"Write {header}:token (or {', '.join(_TYPES[1:])}).",
            )
        name = "title" if given in _TITLES else _STANDARD.get(given, given)
        cells = frame[header].alias(name)
        if kind == "token_seq" and name != "title":
            cells = cells.str.strip_chars().str.replace_all(r"\s+", "|")
            lists.append(name)
        elif kind == "float_seq":
            cells = "[" + cells.str.strip_chars().str.replace_all(r"[\s,]+", ", ") + "]"
        columns.append(cells.alias(name))
    return pl.DataFrame(columns), lists
