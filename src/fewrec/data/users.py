"""The users table to people: cells become attributes ``column=value`` that people can share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from fewrec.data.cells import to_lists, to_numbers, to_years
from fewrec.data.columns import infer_column
from fewrec.data.ids import IdMap
from fewrec.data.people import People

BINS = 5
"""Number columns are cut into this many groups of about equal size."""

_MOST_VALUES = 0.2
"""A column with more different values than this share of the people tells persons, not groups."""


PERSONAL = (
    "zip", "zip_code", "zipcode", "postcode", "postal_code", "plz", "phone", "email", "mail",
    "address", "street", "first_name", "last_name", "surname", "full_name", "username", "login",
)  # fmt: skip
"""Names of columns that point at persons; not used unless somebody states a kind."""


def people_from_table(
    frame: pl.DataFrame,
    users: IdMap,
    bins: Mapping[str, tuple[float, ...]] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> People:
    """What a users table says about each of U users.

    Args:
        frame: Columns ``user`` (text, each user once) and any others; ``profile`` is free text.
        users: The U users, in the wanted order; nothing is known of those the frame lacks.
        bins: Edges of number columns from a table read before, so that newcomers fall into the
            same groups; None cuts each number column into five groups of about equal size.
        kinds: Kinds of columns, where somebody stated them: category, list, number, profile,
            skip.

    Returns:
        People with attributes; numbers as ``age=25 to 34``.
    """
    rows = users.rows(frame["user"])
    frame, rows = frame.filter(pl.Series(rows >= 0)), rows[rows >= 0]
    said: list[list[str]] = [[] for _ in range(len(users))]
    profile = [""] * len(users)
    edges = dict(bins or {})
    for name, kind in column_kinds(frame, bins, kinds).items():
        cells = _plain(name, frame[name])
        if kind == "profile":
            for row, text in zip(rows, cells.cast(pl.String), strict=True):
                profile[row] = (text or "").strip()
        if kind == "number" and name not in edges:
            edges[name] = quantile_edges(to_numbers(cells).drop_nulls().to_numpy())
        if kind in ("number", "category", "list"):
            for row, value in _attributes(cells, kind, rows, edges.get(name, ())):
                said[row].append(f"{name}={value}")
    return People(users, tuple(tuple(a) for a in said), tuple(profile), edges)


def column_kinds(
    frame: pl.DataFrame,
    bins: Mapping[str, tuple[float, ...]] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Say of each column of a users table: category, list, number, profile or skip.

    Args:
        frame: The table, with the column ``user``.
        bins: Number columns of a table read before; with these, no column is skipped for having
            many values, because that cannot be seen from a few newcomers.
        kinds: Kinds somebody stated.
    """
    stated = {"profile": "profile", **dict.fromkeys(bins or {}, "number"), **(kinds or {})}
    found = {}
    for name in frame.columns:
        if name != "user":
            found[name] = stated.get(name) or _kind(name, frame[name], known=bins is not None)
    return found


def _kind(name: str, cells: pl.Series, *, known: bool) -> str:
    if name.lower() in PERSONAL:
        return "skip"
    if cells.dtype == pl.Boolean:
        return "category"
    kind = infer_column(name, cells).kind
    if kind in ("number", "year"):
        several = _plain(name, cells).drop_nulls().n_unique() > 10
        return "number" if several and not known else "category"
    if kind in ("vector", "skip") or (kind == "text" and not known):
        return "skip"
    if kind in ("list", "person"):
        return "list"
    most = max(25, int(_MOST_VALUES * len(cells)))
    return "skip" if cells.n_unique() > most and not known else "category"


def _plain(name: str, cells: pl.Series) -> pl.Series:
    """Dates as years, and numbers as numbers, however they were written."""
    kind = "year" if cells.dtype.is_temporal() else infer_column(name, cells).kind
    if kind == "year":
        return to_years(cells)
    return to_numbers(cells) if kind == "number" else cells


def _attributes(
    cells: pl.Series, kind: str, rows: np.ndarray, edges: tuple[float, ...]
) -> Iterator[tuple[int, str]]:
    people = rows.tolist()
    if kind == "number":
        for row, number in zip(people, to_numbers(cells).to_list(), strict=True):
            if number is not None:
                yield row, bin_name(number, edges)
    elif kind == "list":
        for row, values in zip(people, to_lists(cells, _mark(cells)).to_list(), strict=True):
            yield from ((row, value) for value in values or ())
    else:
        for row, value in zip(people, cells.to_list(), strict=True):
            said = _number(value) if isinstance(value, float) else str(value).strip()
            if value is not None and said:
                yield row, said.lower() if isinstance(value, bool) else said


def _mark(cells: pl.Series) -> str:
    return infer_column(cells.name, cells).separator or "|"


def quantile_edges(values: np.ndarray, bins: int = BINS) -> tuple[float, ...]:
    """Inner edges that cut values into groups of about equal size; fewer where values repeat."""
    if not len(values):
        return ()
    inner = np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1], method="nearest")
    return tuple(float(edge) for edge in np.unique(inner) if edge > values.min())


def bin_name(number: float, edges: tuple[float, ...]) -> str:
    """The group a number falls into, in words: ``under 25``, ``25 to 34``, ``51 or more``.

    A group holds its lower edge; ``25 to 34`` is everything from 25 up to, not with, the next
    edge, which is 35 for whole edges.
    """
    if not edges:
        return _number(number)
    place = int(np.searchsorted(edges, number, side="right"))
    if place == 0:
        return f"under {_number(edges[0])}"
    if place == len(edges):
        return f"{_number(edges[-1])} or more"
    low, high = edges[place - 1], edges[place]
    if high % 1 == 0 and low % 1 == 0 and high - 1 > low:
        return f"{_number(low)} to {_number(high - 1)}"
    return f"{_number(low)} to under {_number(high)}"


def _number(value: float) -> str:
    """A number in full, whole ones without a point."""
    return str(int(value)) if value == int(value) else repr(value)
