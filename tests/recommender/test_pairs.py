"""P(like) of pairs: what may be evidence for a pair, and what never."""

import numpy as np
import polars as pl
import pytest

from fewrec.data.histories import Histories
from fewrec.data.sources import dataset_from_tables
from fewrec.ranker.preference import logit, sigmoid
from fewrec.recommender import Recommender
from fewrec.recommender.knowledge import Known

LATER = 1e6
"""Long after everything in the toy world."""


def one(model, user, item, time=None):
    pair = pl.DataFrame({"user": [user], "item": [item]})
    if time is not None:
        pair = pair.with_columns(timestamp=pl.lit(float(time)))
    return float(model.score(pair)[0])


def test_liking_one_shelf_raises_it_and_lowers_others(model, since):
    fan = since([("fan", f"space-{n}", 1.0, LATER) for n in range(4)])
    assert one(fan, "fan", "space-5") > one(model, "fan", "space-5") + 0.1
    assert one(fan, "fan", "romance-1") < one(fan, "fan", "space-5") - 0.3


@pytest.mark.parametrize("time", [None, LATER + 10])
def test_own_rows_are_never_evidence(since, time):
    history = [("fan", "space-1", 1.0, LATER), ("fan", "romance-1", 0.0, LATER)]
    liked = since([*history, ("fan", "space-5", 1.0, LATER)])
    not_liked = since([*history, ("fan", "space-5", 0.0, LATER)])
    absent = since(history)
    found = [one(m, "fan", "space-5", time) for m in (liked, not_liked, absent)]
    assert found == pytest.approx([found[0]] * 3, abs=1e-12)
    assert one(liked, "fan", "space-6", time) != pytest.approx(
        one(not_liked, "fan", "space-6", time), abs=1e-3
    )


def test_own_rows_are_never_evidence_for_an_item_nobody_else_met(since):
    items = pl.DataFrame({"item": ["new"], "shelf": ["space"]})
    told = [since([("fan", "new", like, LATER)], items=items) for like in (0.0, 1.0)]
    assert one(told[0], "fan", "new") == pytest.approx(one(told[1], "fan", "new"), abs=1e-12)
    assert one(told[0], "other", "new") < one(told[1], "other", "new")


def test_only_rows_strictly_before_a_pair_are_evidence(model, since):
    fan = since([("fan", "space-1", 1.0, LATER)])
    assert one(fan, "fan", "space-5", LATER) == pytest.approx(one(model, "fan", "space-5", LATER))
    assert one(fan, "fan", "space-5", LATER + 1) > one(fan, "fan", "space-5", LATER) + 0.01
    assert one(fan, "fan", "space-5") == pytest.approx(one(fan, "fan", "space-5", LATER + 1))


def test_what_others_do_later_changes_nothing_for_a_pair_before(model, since):
    crowd = since([(f"c{n}", "space-5", 0.0, LATER + n) for n in range(40)])
    assert one(crowd, "u0", "space-5", LATER) == pytest.approx(
        one(model, "u0", "space-5", LATER), abs=1e-12
    )
    assert one(crowd, "u0", "space-5") < one(model, "u0", "space-5") - 0.005


def test_an_items_first_rows_are_evidence_for_it(since):
    items = pl.DataFrame({"item": ["new"], "shelf": ["space"]})
    scores = {}
    for like in (0.0, 1.0):
        rows = [(f"c{n}", "new", like, LATER + n) for n in range(5)]
        scores[like] = [one(since(rows, items=items), "someone", "new", LATER + t) for t in (0, 9)]
    assert scores[0.0][0] == pytest.approx(scores[1.0][0], abs=1e-12), "before the first row"
    assert scores[0.0][1] < scores[0.0][0] < scores[1.0][1]


def test_rows_without_a_time_are_older_than_any_pair(model, since):
    fan = since([("fan", "space-1", 1.0)])
    assert np.isnan(fan.known.interactions.timestamp[-1])
    assert one(fan, "fan", "space-5", 1.0) > one(model, "fan", "space-5", 1.0)


def test_rows_of_the_fit_are_not_counted_twice(toy, model):
    pairs = pl.DataFrame({"user": ["u0", "u4", "new"], "item": ["space-6", "space-2", "romance-3"]})
    rows = toy.interactions
    frame = pl.DataFrame(
        {
            "user": [rows.users.ids[u] for u in rows.user],
            "item": [rows.items.ids[i] for i in rows.item],
            "value": rows.value,
            "timestamp": rows.timestamp,
        }
    )
    for table in (frame, frame.drop("timestamp"), frame.sample(fraction=1.0, shuffle=True, seed=1)):
        again = model.with_data(dataset_from_tables(table, alike=model.precedent))
        assert len(again.known.interactions) == len(rows)
        assert again.score(pairs) == pytest.approx(model.score(pairs), abs=1e-12)


def test_the_same_pair_at_another_time_or_with_another_label_is_new(model, since):
    rows = model.known.interactions
    user, item = rows.users.ids[rows.user[0]], rows.items.ids[rows.item[0]]
    value, time = float(rows.value[0]), float(rows.timestamp[0])
    assert not since([(user, item, value, time)]).known.grown
    assert since([(user, item, value, time + 1)]).known.grown
    assert since([(user, item, 1 - value, time)]).known.grown


def test_users_and_items_nobody_heard_of_are_ordinary(model):
    pairs = pl.DataFrame(
        {"user": ["u0", "nobody", "nobody", ""], "item": ["space-7", "space-1", "nothing", "x"]}
    )
    scores = model.score(pairs)
    assert np.isfinite(scores).all()
    assert ((scores > 0) & (scores < 1)).all()
    assert scores[2] == pytest.approx(scores[3])


def test_no_pairs_have_no_scores(model):
    assert len(model.score(pl.DataFrame({"user": [], "item": []}))) == 0


def test_each_pair_is_scored_as_if_it_were_alone(toy, model, since, monkeypatch):
    grown = since([("fan", f"space-{n}", float(n % 2), LATER + n) for n in range(6)])
    random = np.random.default_rng(0)
    users = [*random.choice([f"u{n}" for n in range(30)], 40), *["fan"] * 20, "nobody"]
    items = [*random.choice(toy.catalog.items.ids, 60), "nothing"]
    times = [*random.choice([1.0, 100.0, 250.0, np.nan], 40), *(LATER + np.arange(20) / 2), 0.0]
    pairs = pl.DataFrame({"user": users, "item": items, "timestamp": times})
    expected = [_alone(grown, *row) for row in pairs.iter_rows()]
    assert grown.score(pairs) == pytest.approx(expected, abs=1e-6)
    monkeypatch.setattr("fewrec.recommender.pairs.CELLS", 1)
    assert grown.score(pairs) == pytest.approx(expected, abs=1e-6), "in blocks of one person"


def _alone(model: Recommender, user: str, item: str, time: float) -> float:
    """The definition, row by row."""
    known: Known = model.known
    rows = known.interactions
    u, i = known.people.users.row(user), known.catalog.items.row(item)
    mine, liked, met = [], 0.0, 0.0
    for r in np.argsort(np.nan_to_num(rows.timestamp, nan=-np.inf), kind="stable"):
        own = rows.user[r] == u and rows.item[r] == i
        if own or (np.isfinite(time) and rows.timestamp[r] >= time):
            continue
        if rows.user[r] == u:
            mine.append(r)
        if rows.item[r] == i:
            met += rows.weight[r]
            liked += rows.weight[r] * rows.label[r]
    person = Histories(
        start=np.array([0, len(mine)]),
        item=rows.item[mine].astype(np.int64),
        label=rows.label[mine],
        weight=rows.weight[mine],
        attributes=((known.people.attributes[u] if u is not None else ()),),
        profile=("",),
    )
    fusion = model.fusion.extended(known.at_fit().training(model.encoder, 0))
    expected, strength = fusion.experts["item-prior"].expected(known.features)
    mean = fusion.base_rate if i is None else expected[i]
    rate = (liked + strength * mean) / (met + strength)
    moved = float(logit(rate)) - float(logit(fusion.base_rate))
    level = fusion.logits(person, np.zeros((1, len(known.catalog))))[0]
    base = level.mean() if i is None else level[i]
    return float(sigmoid(np.array(base + fusion.item_slope(person)[0] * moved)))
