"""What somebody asks from Python, as queries; and slates as tables of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from fewrec.data.frames import ids_of, is_pandas, to_polars
from fewrec.data.slate import Query, Slate
from fewrec.data.times import parse_dates
from fewrec.errors import ConfigError, MissingColumn, nearest

Anything = Any
"""An id, several ids, a series or a frame: whatever a person has at hand."""


def query(user: Anything, likes: Anything, dislikes: Anything, profile: str) -> Query:
    """One person's question. ``user``: an id, or None for a stranger."""
    name = None if user is None else ids_of([user])[0]
    return Query(name, tuple(ids_of(likes)), tuple(ids_of(dislikes)), profile)


def people(users: Anything) -> list[tuple[str | None, str]]:
    """Whom a question is about.

    Args:
        users: An id, several (list, array, series), or a frame with the column ``user`` and
            optionally ``profile``; None for a stranger.

    Returns:
        User and profile of each.

    Raises:
        MissingColumn: A frame has no column ``user``.
        DataError: An id is missing.
    """
    if users is None:
        return [(None, "")]
    if isinstance(users, (str, int)):
        return [(str(users), "")]
    tabular = is_pandas(users) and hasattr(users, "columns")
    if not tabular and not isinstance(users, (pl.DataFrame, pl.LazyFrame)):
        return [(name, "") for name in ids_of(users)]
    frame = to_polars(users, "users")
    require(frame, "users", "user")
    said = [""] * frame.height
    if "profile" in frame.columns:
        said = frame["profile"].cast(pl.String).fill_null("").to_list()
    return list(zip(ids_of(frame["user"].to_list()), said, strict=True))


def require(frame: pl.DataFrame, name: str, *columns: str) -> None:
    """Check that a frame has some columns. ``name``: what to call it.

    Raises:
        MissingColumn: One is not there; the message offers the nearest name.
    """
    for column in columns:
        if column not in frame.columns:
            near = nearest(column, frame.columns, "columns")
            raise MissingColumn(f"there is no column {column!r}", file=name, fix=near)


def seconds(moment: Anything) -> float | None:
    """A time in seconds since 1970.

    Args:
        moment: Seconds, a ``datetime``, an ISO text; None for none.

    Raises:
        ConfigError: It is none of these.
    """
    if moment is None or isinstance(moment, (int, float)):
        return moment
    text = moment.isoformat() if hasattr(moment, "isoformat") else str(moment)
    found = parse_dates(pl.Series([text]))[0]
    if found is None:
        raise ConfigError(
            f"before={moment!r} is not a time. Give seconds since 1970, a datetime, or an ISO date."
        )
    return float(found)


def answers(slates: Sequence[Slate]) -> pl.DataFrame:
    """Slates as one table: ``user``, ``item``, ``title``, ``rank``, ``score``."""
    kinds = {
        "user": pl.String,
        "item": pl.String,
        "title": pl.String,
        "rank": pl.Int64,
        "score": pl.Float64,
    }
    titled = [
        slate.to_frame().with_columns(pl.Series("title", slate.titles, dtype=pl.String))
        for slate in slates
    ]
    return pl.concat([pl.DataFrame(schema=kinds), *(frame.select(list(kinds)) for frame in titled)])
