"""A data set with part of it left out."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import EmptyData


def test_items_with_few_likes_are_left_out():
    toy = toy_world()
    rows = toy.interactions
    likes = np.bincount(rows.item[rows.label > 0], minlength=len(toy.catalog))
    least = int(np.median(likes))
    found = toy.liked_items(least)
    kept = [name for name, n in zip(toy.catalog.items, likes, strict=True) if n >= least]
    assert 0 < len(kept) < len(toy.catalog)
    assert list(found.catalog.items) == kept and found.interactions.items is found.catalog.items
    assert found.catalog.table["title"].to_list() == [
        title for title, n in zip(toy.catalog.table["title"], likes, strict=True) if n >= least
    ]
    before = {
        (rows.users.ids[u], rows.items.ids[i], label)
        for u, i, label in zip(rows.user, rows.item, rows.label, strict=True)
        if likes[i] >= least
    }
    left = found.interactions
    after = {
        (left.users.ids[u], left.items.ids[i], label)
        for u, i, label in zip(left.user, left.item, left.label, strict=True)
    }
    assert before == after and len(left.users) == len(rows.users)
    assert toy.liked_items(0) is toy


def test_when_nothing_is_left_it_says_so():
    with pytest.raises(EmptyData, match="no item has 1000 likes"):
        toy_world().liked_items(1000)
