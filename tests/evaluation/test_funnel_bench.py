"""`fewrec bench funnel`: who is taken out, what is known of them, and who wins an obvious shop."""

from dataclasses import replace

import numpy as np
import pytest
from tests.recommender.test_target import SETTINGS, shop

from fewrec.data.sources import dataset_from_tables
from fewrec.data.splits import time_split
from fewrec.errors import EmptyData
from fewrec.evaluation.funnel_bench import HALF, NOTHING, funnel_split, run_funnel, summarised
from fewrec.evaluation.sample import most_active


@pytest.fixture(scope="module")
def dataset():
    return dataset_from_tables(shop(), settings=SETTINGS)


def test_nothing_of_the_people_asked_about_is_learned_from(dataset):
    split = funnel_split(dataset, 10, 0, half=False)
    assert len(split) == 10
    assert not np.isin(split.train.user, split.users).any()
    assert not np.isin(split.train.steps.user, split.users).any()
    assert split.histories.count.sum() == 0
    assert (split.histories.steps.count == 11).all()
    assert split.relevant.sum() == 30
    half = funnel_split(dataset, 10, 0, half=True)
    assert half.users.tolist() == split.users.tolist()
    assert half.relevant.sum() + half.histories.count.sum() == 30


def test_without_steps_there_is_nothing_to_ask(dataset):
    bare = replace(dataset, interactions=replace(dataset.interactions, steps=None))
    with pytest.raises(EmptyData, match="all events are of one kind"):
        funnel_split(bare, 10, 0, half=False)


def test_the_most_active_come_first(dataset):
    small = most_active(dataset, 12, 10)
    assert (len(small.people.users), len(small.catalog)) == (12, 10)
    assert most_active(dataset, 1000, 1000) is dataset


def test_steps_after_the_cut_of_a_split_in_time_are_not_known(dataset):
    rows = dataset.interactions
    split = time_split(rows)
    cut = split.test.timestamp.min()
    late = replace(rows, steps=replace(rows.steps, timestamp=rows.steps.timestamp + 1e6))
    assert split.train.steps.timestamp.max() < cut
    assert len(time_split(late).train.steps) == 0


def test_carts_beat_what_reads_purchases_alone(dataset):
    outcomes, notes = run_funnel(dataset, 10, [0], lambda: None)
    rows, compared = summarised(outcomes)
    found = {(r["ranker"], r["segment"]): r["mean"] for r in rows if r["metric"] == "ndcg@10"}
    for segment in (NOTHING, HALF):
        assert found["furthest-step", segment] == pytest.approx(1.0)
        assert found["hybrid", segment] > 0.95
        assert found["hybrid-targets", segment] < 0.9
    assert {row["b"] for row in compared} >= {"furthest-step", "hybrid-alike", "ials-alike"}
    assert len(notes) == 2
