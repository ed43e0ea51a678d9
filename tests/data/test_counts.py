"""What is carried on as rows are added is what working it out anew gives, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.data.counts import ItemCounts
from fewrec.data.events import FEW, Interactions
from fewrec.data.ids import IdMap

row = st.tuples(
    st.integers(0, 4),
    st.integers(0, 5),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.2, 0.5, 1.0, 3.0]),
    st.sampled_from([np.nan, 1.0, 2.0, 3.0]),
)


def made(rows: list[tuple], users: int, items: int) -> Interactions:
    """Rows of (user, item, label, weight, timestamp)."""
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    user, item = (column.astype(np.int64) for column in columns[:2])
    label, weight = (column.astype(np.float32) for column in columns[2:4])
    nothing = np.full(len(rows), np.nan, dtype=np.float32)
    ids = (
        IdMap(tuple(f"{kind}{n}" for n in range(size)))
        for kind, size in zip("ui", (users, items), strict=True)
    )
    return Interactions(*ids, user, item, label, weight, nothing, columns[4])


def bounded(rows: list[tuple], users: int, items: int) -> list[tuple]:
    return [(u % users, i % items, *rest) for u, i, *rest in rows]


@given(st.lists(row, max_size=12), st.lists(row, max_size=8), st.integers(1, 5), st.integers(1, 6))
def test_rows_on_top_of_rows(before, after, users, items):
    old = made(bounded(before, users, items), users, items)
    assert old.counts is old.counts  # worked out now, so that it is carried on
    assert len(old.by_user[0]) == len(before)
    whole = old.plus(made(after, 5, 6))
    carried = {"counts", "by_user", "_likes"} & vars(whole).keys()
    assert carried == {"counts", "by_user", "_likes"}
    anew = made([*bounded(before, users, items), *after], 5, 6)
    for name in ("liked", "met", "people"):
        assert np.array_equal(getattr(whole.counts, name), getattr(ItemCounts.of(anew), name))
    assert whole.counts.users == anew.counts.users
    assert (whole.likes() != anew.likes()).nnz == 0 and whole.likes().nnz == anew.likes().nnz
    for mine, theirs in zip(whole.by_user, anew.by_user, strict=True):
        assert np.array_equal(mine, theirs)


@pytest.mark.parametrize("number", [FEW, FEW + 1])
def test_many_rows_are_counted_anew(number):
    old = made([(0, 0, 1.0, 1.0, 1.0)], 5, 6)
    assert old.counts.users == 1
    whole = old.plus(made([(n % 5, n % 6, 1.0, 1.0, float(n)) for n in range(number)], 5, 6))
    assert ("counts" in vars(whole)) == (number == FEW)
    assert whole.counts.met.sum() == number + 1
