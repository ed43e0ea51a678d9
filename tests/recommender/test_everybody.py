"""Everybody's lists in one call hold what asking for one after the other gives."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.data.slate import Query
from fewrec.recommender import everybody
from fewrec.recommender.drawing import chooser_for, draw
from fewrec.recommender.everybody import Everybody
from fewrec.recommender.rules import Rules

NOW = 1.7e9


def named(lists):
    return [[lists.items[row] for row in rows if row >= 0] for rows in lists.rows]


@pytest.mark.parametrize("options", [{}, {"diversity": 0.4}, {"include_seen": True}, {"k": 200}])
@pytest.mark.parametrize("cells", [1, 10**6])
def test_as_one_after_the_other(model, options, cells, monkeypatch):
    monkeypatch.setattr(everybody, "CELLS", cells)
    users = [*list(model.known.people.users)[:20], "nobody"]
    slates = [model.slate(Query(user=user, **options)) for user in users]
    how = dict(options)
    asked = Everybody.of(model, users, include_seen=how.pop("include_seen", False))
    for _ in ("worked out", "kept"):
        lists = asked.lists(how.get("k", 10), diversity=how.get("diversity", 0.0))
        assert named(lists) == [list(slate.items) for slate in slates]
        told = [score for slate in slates for score in slate.scores]
        np.testing.assert_allclose(lists.scores[lists.rows >= 0], told, atol=1e-5)
    assert lists.users == tuple(users)


@pytest.mark.parametrize(
    "rules",
    [
        {"hidden": ["space-0", "space-1", "cooking-0"]},
        {"repeats": True, "hidden": ["space-2"]},
        {"must_show": {1: "cooking-3", 4: "space-5"}},
        {"at_most": {"shelf": 1}, "hidden": ["space-3"]},
    ],
)
def test_rules_of_the_house_hold(model, rules):
    stated = Rules.model_validate(rules)
    chooser, random = chooser_for(model, stated), np.random.default_rng(0)
    users = list(model.known.people.users)[:12]
    drawn = [draw(model, Query(user=user), chooser, random, now=NOW) for user in users]
    lists = Everybody.of(model, users, rules=stated).lists(10, now=NOW)
    assert named(lists) == [list(one.slate.items) for one in drawn]
    without = named(Everybody.of(model, users).lists(10))
    assert named(lists) != without


def test_everybody_is_all_whom_the_model_knows(model, since):
    newer = since([("newcomer", "space-1", 5.0), ("newcomer", "space-2", 5.0)])
    everyone = Everybody.of(newer)
    assert set(everyone.users) == {*model.known.people.users, "newcomer"}
    frame = everyone.lists(3).to_frame()
    assert frame.columns == ["user", "item", "rank", "score"]
    mine = frame.filter(frame["user"] == "newcomer")
    assert mine["rank"].to_list() == [1, 2, 3]
    assert mine["item"].to_list() == list(newer.slate(Query(user="newcomer", k=3)).items)


def test_nothing_is_kept_where_there_is_no_room(model, monkeypatch):
    kept = Everybody.of(model)
    kept.lists(5)
    monkeypatch.setattr(everybody, "ROOM", 0)
    anew = Everybody.of(model)
    assert named(anew.lists(5)) == named(kept.lists(5))
    assert kept.kept_bytes == 8 * len(kept) * len(model.known.catalog) and not anew.kept_bytes


def test_nobody(model):
    lists = Everybody.of(model, []).lists(4)
    assert lists.rows.shape == (0, 4) and len(lists.to_frame()) == 0
