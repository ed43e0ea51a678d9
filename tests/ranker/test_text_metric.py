"""A metric learned from K likes: it finds the directions that matter, or leaves things be."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract

from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.protocols import Training
from fewrec.ranker import text_lessons as module
from fewrec.ranker.content import TextKNN
from fewrec.ranker.text_lessons import Lessons
from fewrec.ranker.text_metric import TextMetric

ITEMS, USERS = 160, 60


def world(signal: bool, seed: int = 0) -> Training:
    """Tastes follow 2 quiet directions out of 16, or nothing at all."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(ITEMS, 16)).astype(np.float32)
    vectors[:, 2:] *= 1.5
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    users, items = [], []
    for u in range(USERS):
        taste = random.normal(size=2)
        appeal = vectors[:, :2] @ taste if signal else random.normal(size=ITEMS)
        users += [u] * 8
        items += np.argsort(-appeal)[:20][random.permutation(20)[:8]].tolist()
    size = len(users)
    people = IdMap(tuple(f"u{u}" for u in range(USERS)))
    rows = Interactions(
        people,
        IdMap(tuple(f"i{i}" for i in range(ITEMS))),
        np.array(users),
        np.array(items),
        np.ones(size, dtype=np.float32),
        np.ones(size, dtype=np.float32),
        np.full(size, np.nan, dtype=np.float32),
        np.full(size, np.nan),
    )
    features = replace(ItemFeatures.nothing(ITEMS), vectors=vectors)
    return Training(rows, features, People.unknown(people), seed=seed)


def likeness_of_likes(training: Training, ranker) -> float:
    """How far up an unseen like of a stranger with the same taste stands, from 0 to 1."""
    rows = training.interactions
    people = rows.histories()
    first = np.arange(len(people.item)) % 8 < 4
    scores = ranker.scores(people.rows(first))
    place = scores.argsort(axis=1).argsort(axis=1) / ITEMS
    return float(place[rows.user[~first], rows.item[~first]].mean())


def test_quiet_directions_that_matter_grow_loud():
    training = world(signal=True)
    tuned, frozen = TextMetric(256).fit(training), TextKNN().fit(training)
    assert likeness_of_likes(training, tuned) > likeness_of_likes(training, frozen) + 0.1


def test_where_text_says_nothing_the_metric_stays():
    training = world(signal=False)
    tuned, frozen = TextMetric(64).fit(training), TextKNN().fit(training)
    assert (tuned.told[:-1] == 0).all()
    people = training.interactions.histories(np.arange(12))
    assert np.allclose(tuned.scores(people), tuned.heat * frozen.scores(people), atol=1e-4)


def test_too_few_likes_change_nothing():
    training = world(signal=True)
    assert (TextMetric(5).fit(training).told == 0).all()


def test_the_same_seed_gives_the_same_weights():
    training = world(signal=True)
    assert (TextMetric(32).fit(training).told == TextMetric(32).fit(training).told).all()


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_slope_is_that_of_the_loss(power: float):
    random = np.random.default_rng(0)
    shapes = ((4, 3, 5), (4, 3), (4, 6, 5), (4, 3, 6))
    lessons = Lessons(*(random.normal(size=shape) for shape in shapes), np.arange(4))
    at = random.normal(size=11) * 0.1
    _, slope = module._loss(at, lessons, 5, power)
    for n, step in enumerate(np.eye(11) * 1e-3):
        up, down = (module._loss(at + s, lessons, 5, power)[0] for s in (step, -step))
        assert slope[n] == pytest.approx((up - down) / 2e-3, rel=0.02, abs=0.02)


class TestTextMetric(RankerContract):
    def ranker(self):
        return TextMetric(24, directions=4)


def test_what_learned_nothing_is_silent_beside_the_frozen_encoder():
    training = world(signal=False)
    quiet = TextMetric(64, silent=True).fit(training)
    people = training.interactions.histories(np.arange(12))
    assert (quiet.scores(people) == 0).all()
    assert quiet.facts(people.take(np.array([0])), np.arange(5)) == [[]] * 5


def test_a_newcomer_with_the_words_of_a_known_item_stands_beside_it():
    training = world(signal=True)
    told = TextMetric(64, silent=True).fit(training)
    assert told.told[:-1].any() and told.heat > 0
    items = IdMap((*training.interactions.items.ids, "new"))
    vectors = training.features.vectors
    features = replace(
        ItemFeatures.nothing(ITEMS + 1), vectors=np.concatenate([vectors, vectors[:1]])
    )
    rows = replace(training.interactions, items=items)
    more = told.extended(replace(training, interactions=rows, features=features))
    people = training.interactions.histories(np.arange(12))
    scores = more.scores(people)
    assert np.allclose(scores[:, -1], scores[:, 0], rtol=1e-4)
    assert np.allclose(scores[:, :-1], told.scores(people))
