"""A short name for the content of a data set, whatever files it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import polars as pl

from fewrec.data.catalog import Catalog
from fewrec.data.dataset import Triple
from fewrec.data.people import People


def fingerprint(
    events: pl.DataFrame | None,
    catalog: Catalog,
    people: People,
    triples: Iterable[Triple],
    links: Mapping[str, str],
) -> str:
    """SHA-256 over the typed content of all tables, first 16 hexadecimal digits.

    The same tables give the same fingerprint as CSV, parquet, JSON lines or data frames, and
    in any order of columns; another order of rows is another fingerprint.
    """
    digest = hashlib.sha256()
    if events is not None:
        _add_frame(digest, events)
    _add_texts(digest, "items", catalog.items.ids)
    _add_frame(digest, catalog.table)
    _add_texts(digest, "users", people.users.ids)
    _add_texts(digest, "attributes", ("\x1e".join(a) for a in people.attributes))
    _add_texts(digest, "profile", people.profile)
    _add_texts(digest, "graph", ("\x1e".join(triple) for triple in triples))
    _add_texts(digest, "links", (f"{i}\x1e{e}" for i, e in links.items()))
    return digest.hexdigest()[:16]


def _add_frame(digest: hashlib._Hash, frame: pl.DataFrame) -> None:
    for name in sorted(frame.columns):
        cells = frame[name]
        if cells.null_count() == len(cells):
            continue
        if cells.dtype.is_numeric():
            numbers = cells.cast(pl.Float64).fill_null(float("nan")).to_numpy()
            digest.update(f"{name}\x1d".encode() + numbers.astype("<f8").tobytes())
            continue
        if isinstance(cells.dtype, pl.List):
            cells = cells.cast(pl.List(pl.String)).list.join("\x1e")
        elif cells.dtype == pl.Binary:
            cells = cells.bin.encode("hex")
        elif cells.dtype.is_nested():
            cells = pl.Series(name, [str(cell) for cell in cells.to_list()])
        joined = cells.cast(pl.String).fill_null("\x00").str.join("\x1f").item()
        digest.update(f"{name}\x1d{joined}".encode())


def _add_texts(digest: hashlib._Hash, name: str, texts: Iterable[str]) -> None:
    digest.update(f"{name}\x1d".encode() + "\x1f".join(texts).encode())
