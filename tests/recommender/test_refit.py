"""How far taking in new people is from fitting again with them."""

import numpy as np
import polars as pl
import pytest

from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.metrics.preference import auc
from fewrec.recommender import Recommender

pytestmark = pytest.mark.slow


def ndcg(model: Recommender, likes: dict[str, set[str]]) -> float:
    """NDCG@10 of the lists for some users, written out."""
    gain = 1 / np.log2(np.arange(2, 12))
    found = []
    for slate in model.slates(Query(user=user, k=10) for user in likes):
        wanted = likes[slate.query.user]
        hits = [gain[place] for place, item in enumerate(slate.items) if item in wanted]
        found.append(sum(hits) / gain[: len(wanted)].sum())
    return float(np.mean(found))


def test_new_people_fare_as_after_a_refit(ml100k_files):
    from fewrec.data.public import public_folder

    source = public_folder("ml-100k", progress=False)
    ratings = pl.read_csv(source / "interactions.csv").filter(pl.col("user") <= 300)
    items = pl.read_csv(source / "items.csv", infer_schema=False)
    old, new = ratings.filter(pl.col("user") <= 200), ratings.filter(pl.col("user") > 200)
    new = new.sample(fraction=1.0, shuffle=True, seed=0)
    place = pl.int_range(pl.len()).over("user")
    known, asked = new.filter(place < 10), new.filter(place >= 10)
    pairs = asked.select(pl.col("user", "item").cast(pl.String))
    label = (asked["value"] >= 4).to_numpy().astype(float)
    liked = pairs.filter(asked["value"] >= 4).group_by("user").agg("item")
    likes = {user: set(items) for user, items in liked.iter_rows()}

    stranger = Recommender.fit(dataset_from_tables(old, items))
    grown = stranger.with_data(dataset_from_tables(known, alike=stranger.precedent))
    refit = Recommender.fit(dataset_from_tables(pl.concat([old, known]), items))
    scores = [auc(model.score(pairs), label) for model in (stranger, grown, refit)]
    lists = [ndcg(model, likes) for model in (stranger, grown, refit)]
    assert scores[1] > scores[0] + 0.03
    assert lists[1] > lists[0] + 0.05
    assert scores[1] == pytest.approx(scores[2], abs=0.02)
    assert lists[1] == pytest.approx(lists[2], abs=0.03)
