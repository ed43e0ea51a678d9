"""Graph and links of a data folder: read without the rest, written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fewrec.data.dataset import Dataset
from fewrec.data.faults import Inspector
from fewrec.data.readers import find_table
from fewrec.data.settings import read_settings
from fewrec.data.sources import assemble, load_table
from fewrec.errors import EmptyData
from fewrec.knowledge.linked.collected import COLUMNS, Collected

SOURCE = "source"
"""The column that says where a triple comes from."""


@dataclass(frozen=True)
class Written:
    """What became of a folder's graph and links.

    Attributes:
        file: The graph's file.
        made: Triples written.
        kept: Triples from elsewhere that stay.
        replaced: Triples of an earlier import from the same source that were taken out.
        links: Links in the folder now.
    """

    file: Path
    made: int
    kept: int
    replaced: int
    links: int


def folder_without_graph(folder: Path) -> Dataset:
    """A data folder as if it held no graph: its graph may be larger than memory.

    Raises:
        EmptyData: There is no such folder, or no items in it.
        BadValue: A row is faulty.
    """
    if not folder.is_dir():
        raise EmptyData(
            "there is no such folder", file=folder, fix="Name a data folder that holds items."
        )
    settings, inspector = read_settings(folder / "fewrec.toml"), Inspector()
    names = ("interactions", "items", "users", "links")
    found = {name: load_table(folder, name, settings, inspector) for name in names}
    tables = {name: table for name, table in found.items() if table is not None}
    return assemble(tables, settings, inspector, name=settings.name or folder.absolute().name)


def write_graph(
    folder: Path, triples: Collected, source: str, links: Mapping[str, str] | None = None
) -> Written:
    """Put triples and links into a data folder, whole or not at all.

    Triples of an earlier import from this source are replaced, those from elsewhere stay. The
    graph is put in place first, the links after it, so that a folder is complete at any time.

    Args:
        folder: The data folder.
        triples: What to write.
        source: Where they come from, for the column ``source``.
        links: Item -> entity, all links the folder shall hold; None leaves them as they are.

    Returns:
        What was written.
    """
    settings = read_settings(folder / "fewrec.toml")
    others, before = _others(folder, source)
    graph_file = find_table(folder, "graph") or folder / "graph.csv"
    fresh = _Fresh(triples, source, others)
    drafts = []
    try:
        drafts.append((_draft(graph_file, fresh, settings.separator), graph_file))
        if links is not None:
            link_file = find_table(folder, "links") or folder / "links.csv"
            table = [_link_table(links)]
            drafts.append((_draft(link_file, table, settings.separator), link_file))
        _put(drafts)
    finally:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
    held = len(links) if links is not None else 0
    return Written(graph_file, fresh.made, others.height, before - others.height, held)


def write_links(folder: Path, links: Mapping[str, str]) -> Path:
    """Write the links of a data folder, whole or not at all."""
    settings = read_settings(folder / "fewrec.toml")
    file = find_table(folder, "links") or folder / "links.csv"
    draft = _draft(file, [_link_table(links)], settings.separator)
    try:
        _put([(draft, file)])
    finally:
        draft.unlink(missing_ok=True)
    return file


def graph_triples(folder: Path) -> pl.DataFrame:
    """The graph of a data folder: ``head``, ``relation``, ``tail``, ``source``; maybe empty."""
    table = load_table(folder, "graph", read_settings(folder / "fewrec.toml"), Inspector())
    if table is None:
        return pl.DataFrame(schema=dict.fromkeys((*COLUMNS, SOURCE), pl.String))
    table.require(*COLUMNS)
    frame = table.frame.with_columns(pl.col(COLUMNS).cast(pl.String))
    known = pl.col(SOURCE).cast(pl.String) if SOURCE in frame.columns else pl.lit(None, pl.String)
    return frame.with_columns(known.alias(SOURCE))


def _link_table(links: Mapping[str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {"item": list(links), "entity": list(links.values())},
        schema={"item": pl.String, "entity": pl.String},
    )


def _others(folder: Path, source: str) -> tuple[pl.DataFrame, int]:
    """The triples from elsewhere, and how many there were in all."""
    present = graph_triples(folder)
    return present.filter(pl.col(SOURCE).fill_null("") != source), present.height


@dataclass
class _Fresh:
    """The new graph part by part: what stays, then what is new, which is never held as a whole.

    Attributes:
        triples: What is to be written.
        source: Where it comes from.
        others: What stays; it is not written twice.
        made: New triples so far.
    """

    triples: Collected
    source: str
    others: pl.DataFrame
    made: int = 0

    def __iter__(self) -> Iterator[pl.DataFrame]:
        self.made = 0
        yield self.others
        known = self.others.select(COLUMNS)
        for frame in self.triples.frames():
            new = frame
            if known.height:
                new = frame.join(known, on=COLUMNS, how="anti", maintain_order="left")
            self.made += new.height
            yield new.with_columns(pl.lit(self.source).alias(SOURCE))


def _draft(file: Path, parts: Iterable[pl.DataFrame], separator: str) -> Path:
    """Write a table beside its place, in the format of its name."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.suffix == ".csv":
            _csv(draft, parts, separator)
        else:
            table = pl.concat(list(parts), how="diagonal")
            if file.suffix == ".parquet":
                table.write_parquet(draft)
            else:
                table.write_ndjson(draft)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _csv(draft: Path, parts: Iterable[pl.DataFrame], separator: str) -> None:
    """Part by part, so that no second copy of a large table is held."""
    columns: list[str] = []
    with draft.open("wb") as stream:
        for part in parts:
            begins = not columns
            columns = columns or part.columns
            missing = [pl.lit(None, pl.String).alias(c) for c in columns if c not in part.columns]
            table = part.with_columns(missing).select(columns)
            table.write_csv(stream, include_header=begins, separator=separator)


def _second_name(file: Path, name: Path) -> None:
    """Keep what a file holds under another name; a copy where the disk has no hard links."""
    try:
        os.link(file, name)
    except OSError:
        shutil.copy2(file, name)


def _put(drafts: list[tuple[Path, Path]]) -> None:
    """Put finished files in their places; where one cannot, those before it go back."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for draft, file in drafts:
            old = file.with_name(f".{file.name}.old.{os.getpid()}") if file.exists() else None
            if old is not None:
                _second_name(file, old)
            done.append((file, old))
            draft.replace(file)
    except BaseException:
        for file, old in reversed(done):
            if old is None:
                file.unlink(missing_ok=True)
            else:
                old.replace(file)  # does nothing where both are one file still
        raise
    finally:
        for _, old in done:
            if old is not None:
                old.unlink(missing_ok=True)
