"""Cells of one kind put into a column of another."""

from __future__ import annotations

import polars as pl
import pytest

from fewrec.data.cells import as_kind


@pytest.mark.parametrize(
    ("cells", "kind", "told"),
    [
        ([["a", "b"], None], pl.String(), ["a, b", None]),
        (["a", None], pl.List(pl.String), [["a"], None]),
        ([1.5, None], pl.List(pl.String), [["1.5"], None]),
        (["3", "x"], pl.Float64(), [3.0, None]),
        ([[1, 2], [3]], pl.Float64(), [None, 3.0]),
    ],
)
def test_kinds(cells, kind, told):
    series = as_kind(pl.Series("column", cells), kind)
    assert series.dtype == kind and series.to_list() == told
