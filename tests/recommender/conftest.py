"""A model of the toy world, fitted once, and what happened since."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import pytest

from fewrec.data.dataset import Dataset
from fewrec.data.sources import dataset_from_tables
from fewrec.data.toy import toy_world
from fewrec.recommender import Recommender

ENCODER = "char-ngrams-128"


@pytest.fixture(scope="session")
def toy() -> Dataset:
    return toy_world()


@pytest.fixture(scope="session")
def model(toy: Dataset) -> Recommender:
    return Recommender.fit(toy, encoder=ENCODER)


Row = tuple[str, str, float] | tuple[str, str, float, float]


def events(rows: Sequence[Row]) -> pl.DataFrame:
    """A table of (user, item, value) or (user, item, value, timestamp)."""
    names = ["user", "item", "value", "timestamp"]
    kinds = [pl.String, pl.String, pl.Float64, pl.Float64]
    width = len(rows[0]) if rows else 3
    return pl.DataFrame(
        rows, schema=dict(zip(names[:width], kinds[:width], strict=True)), orient="row"
    )


@pytest.fixture(scope="session")
def since(model: Recommender) -> Callable[..., Recommender]:
    """``since(rows, items=..., users=...)``: the model with what happened since its fit."""

    def grown(rows: Sequence[Row] = (), **tables: pl.DataFrame) -> Recommender:
        happened = events(rows) if rows else None
        data = dataset_from_tables(happened, **tables, alike=model.precedent)
        return model.with_data(data)

    return grown
