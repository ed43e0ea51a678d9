"""(relation, value) pairs of items: what the catalogue's columns say, ready for a graph."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from fewrec.data.arrays import Doubles
from fewrec.data.catalog import Catalog
from fewrec.knowledge.wording import values_of

BINS = 5
FEW_VALUES = 6
YEARS = (1000, 2999)

Bins = Mapping[str, tuple[float, ...]]
"""Number column -> ascending edges between its bins."""

SCHEMA = {"row": pl.Int64, "relation": pl.String, "value": pl.String}


def catalogue_pairs(catalog: Catalog, bins: Bins) -> pl.DataFrame:
    """All (relation, value) pairs of the catalogue; the relation is the column's name.

    Categories, lists and persons give their values; years their decade ("1990s"); numbers
    their bin ("price 10–20"). A value without any letter carries its column's name ("class 3"),
    since it says nothing alone.

    Args:
        catalog: I items.
        bins: Edges of the number columns, from ``number_bins``; columns not in it are left out.

    Returns:
        Columns ``row`` (of the item), ``relation``, ``value``, each triple once, sorted by row
        and then in the order of the columns.
    """
    parts = [_labelled(catalog, name) for name in catalog.of_kind("category", "list", "person")]
    parts += [_decades(catalog, name) for name in catalog.of_kind("year")]
    parts += [
        _binned(catalog, name, bins[name]) for name in catalog.of_kind("number") if name in bins
    ]
    every = pl.concat([pl.DataFrame(schema=SCHEMA), *parts])
    return every.unique(maintain_order=True).sort("row", maintain_order=True)


def number_bins(catalog: Catalog) -> dict[str, tuple[float, ...]]:
    """Edges for each number column that varies: quantiles, rounded to readable numbers."""
    edges = {name: bin_edges(numbers(catalog, name)) for name in catalog.of_kind("number")}
    return {name: found for name, found in edges.items() if found}


def bin_edges(values: Doubles) -> tuple[float, ...]:
    """Edges between at most ``BINS`` bins of about equal size.

    Args:
        values: The numbers; not finite where missing. Shape [N].

    Returns:
        Ascending edges; each distinct value its own bin where there are at most
        ``FEW_VALUES``; () where there are fewer than two.
    """
    known = np.unique(values[np.isfinite(values)])
    if len(known) < 2:
        return ()
    if len(known) <= FEW_VALUES:
        return tuple(float(value) for value in known[1:])
    found = values[np.isfinite(values)]
    raw = np.unique(np.quantile(found, np.linspace(0, 1, BINS + 1)[1:-1]))
    raw = raw[(raw > known[0]) & (raw <= known[-1])]
    rounded = _readable(raw if len(raw) else known[1:2])
    return tuple(edge for edge in rounded if known[0] < edge <= known[-1]) or (float(known[1]),)


def bin_label(name: str, edges: Sequence[float], place: int) -> str:
    """Label of a bin: "price under 10", "price 10–20", "price 20 or more"."""
    if place == 0:
        return f"{name} under {_written(edges[0])}"
    if place == len(edges):
        return f"{name} {_written(edges[-1])} or more"
    return f"{name} {_written(edges[place - 1])}–{_written(edges[place])}"


def numbers(catalog: Catalog, name: str) -> Doubles:
    """A number or year column; NaN where it is missing. Shape [I]."""
    column = catalog.table[name].cast(pl.Float64, strict=False)
    values: Doubles = column.fill_null(float("nan")).to_numpy().astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _labelled(catalog: Catalog, name: str) -> pl.DataFrame:
    values = values_of(catalog, name)
    label = name.replace("_", " ")
    told = [[v if _says_something(v) else f"{label} {v}" for v in some] for some in values]
    rows = np.repeat(np.arange(len(told)), [len(some) for some in told])
    return _frame(rows, name, [value for some in told for value in some])


def _decades(catalog: Catalog, name: str) -> pl.DataFrame:
    values = numbers(catalog, name)
    rows = np.flatnonzero((values >= YEARS[0]) & (values <= YEARS[1]))
    decades = (values[rows] // 10 * 10).astype(np.int64)
    return _frame(rows, name, [f"{decade}s" for decade in decades])


def _binned(catalog: Catalog, name: str, edges: Sequence[float]) -> pl.DataFrame:
    values, label = numbers(catalog, name), name.replace("_", " ")
    rows = np.flatnonzero(np.isfinite(values))
    labels = [bin_label(label, edges, place) for place in range(len(edges) + 1)]
    places = np.searchsorted(np.asarray(edges), values[rows], side="right")
    return _frame(rows, name, [labels[place] for place in places])


def _frame(rows: np.ndarray, name: str, values: Sequence[str]) -> pl.DataFrame:
    columns = {"row": rows, "relation": [name] * len(rows), "value": values}
    return pl.DataFrame(columns, schema=SCHEMA)


def _says_something(value: str) -> bool:
    return any(sign.isalpha() for sign in value)


def _readable(edges: Doubles) -> tuple[float, ...]:
    """Round edges to as few digits as keep them a fifth of the smallest gap apart."""
    gap = float(np.diff(edges).min()) if len(edges) > 1 else abs(float(edges[0])) or 1.0
    digits = -math.floor(math.log10(gap / 2))
    return tuple(dict.fromkeys(float(round(float(edge), digits)) for edge in edges))


def _written(number: float) -> str:
    return f"{number:.0f}" if float(number).is_integer() else f"{number:.6g}"
