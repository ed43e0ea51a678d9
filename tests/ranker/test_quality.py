"""Item quality: the prior of rating columns, what labels make of it, and the solve by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from tests.contracts import RankerContract
from tests.ranker.worlds import labelled, together

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.protocols import Training
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.quality import NOISE, ItemQuality, says_how_good

ITEMS = 40
STARS = np.linspace(-2.0, 2.0, ITEMS)


def rated(rows: list[tuple[int, int, float]], column: str = "rating") -> Training:
    """Items with one number each, from low to high, and rows of 30 people."""
    users, items = (IdMap(tuple(f"{c}{n}" for n in range(s))) for c, s in (("u", 30), ("i", ITEMS)))
    features = ItemFeatures.nothing(ITEMS)
    features = replace(features, numbers=STARS[:, None].astype(np.float32), number_names=(column,))
    seen = labelled(users, items, rows or [(0, 0, 1.0)])
    seen = seen.where(np.arange(len(rows)))
    return Training(seen, features, People.unknown(users))


def opinions(sign: float, each: int = 30) -> list[tuple[int, int, float]]:
    """What 30 people say of ``each`` items: they like those whose number has this sign."""
    random = np.random.default_rng(2)
    return [
        (user, int(item), float(sign * STARS[item] > 0))
        for user in range(30)
        for item in random.permutation(ITEMS)[:each]
    ]


class TestItemQuality(RankerContract):
    def ranker(self):
        return ItemQuality()

    def test_everybody_gets_the_same(self):
        people = together(Histories.single([3], [9]), Histories.single())
        scores = self.fitted().scores(people)
        np.testing.assert_array_equal(scores[0], scores[1])


def test_without_labels_a_rating_is_believed_as_the_prior_says():
    fitted = ItemQuality(rating=0.1).fit(rated([]))
    np.testing.assert_allclose(fitted.quality, 0.1 * STARS, atol=1e-6)
    np.testing.assert_allclose(fitted.rate, 0.5 + 0.1 * STARS, atol=1e-6)


@pytest.mark.parametrize("column", ["pages", "rating_count", ""])
def test_without_labels_other_numbers_say_nothing(column):
    assert not ItemQuality().fit(rated([], column)).quality.any()


def test_few_labels_move_the_belief_a_little_and_contrary_labels_overrule_it():
    before = ItemQuality().fit(rated([]))
    few = ItemQuality().fit(rated(opinions(-1, each=2)[:10]))
    many = ItemQuality().fit(rated(opinions(-1)))
    trend = [np.polyfit(STARS, fitted.quality, 1)[0] for fitted in (before, few, many)]
    assert trend[0] > trend[1] > 0.0
    assert trend[2] < -0.5 * trend[0]
    assert many.rate[0] > 0.6 > 0.4 > many.rate[-1]


def test_what_is_an_item_s_own_is_learned_beside_the_slope():
    loved = [(user, 3, 1.0) for user in range(30)] + [(user, 4, 0.0) for user in range(30)]
    fitted = ItemQuality().fit(rated(loved))
    assert fitted.quality[3] > fitted.quality[5] > fitted.quality[4]
    assert fitted.met.tolist()[2:6] == [0, 30, 30, 0]


def test_the_posterior_mean_by_hand():
    """One number column: slope and own parts are jointly normal; solve the whole of it."""
    training, settings = rated(opinions(-1, each=3)), ItemQuality()
    rows, own = training.interactions, settings.item
    base = (rows.label.sum() + 1) / (len(rows) + 2)
    left = (
        rows.label
        - user_rate(rows.histories(), base)[rows.user]
        - settings.rating * STARS[rows.item]
    )
    design = np.zeros((len(rows), 1 + ITEMS))
    design[:, 0] = STARS[rows.item] * settings.rating_spread
    design[np.arange(len(rows)), 1 + rows.item] = own
    found = np.linalg.solve(design.T @ design / NOISE + np.eye(1 + ITEMS), design.T @ left / NOISE)
    quality = settings.rating * STARS + STARS * settings.rating_spread * found[0] + own * found[1:]
    np.testing.assert_allclose(ItemQuality().fit(training).quality, quality, atol=1e-5)


def test_newcomers_are_judged_by_their_features_as_labels_taught():
    training = rated(opinions(-1))
    fitted = ItemQuality().fit(training)
    numbers = np.concatenate([training.features.numbers, [[-2.0], [2.0]]]).astype(np.float32)
    grown = replace(
        training,
        interactions=replace(
            training.interactions, items=training.interactions.items.extended(["low", "high"])
        ),
        features=replace(
            training.features,
            vectors=np.zeros((ITEMS + 2, 0), dtype=np.float32),
            numbers=numbers,
            attributes=sparse.csr_matrix((ITEMS + 2, 0), dtype=np.float32),
        ),
    )
    more = fitted.extended(grown)
    assert more.quality[-2] > 0.1 > -0.1 > more.quality[-1]
    np.testing.assert_array_equal(more.quality[:ITEMS], fitted.quality)


@pytest.mark.parametrize(
    ("column", "so"),
    [
        ("rating", True),
        ("imdbRating", True),
        ("IMDB score", True),
        ("average_rating", True),
        ("vote_average", True),
        ("Metascore", True),
        ("rating_count", False),
        ("numRatings", False),
        ("num_ratings", False),
        ("age_rating", False),
        ("average price", False),
        ("votes", False),
        ("operating_cost", False),
        ("", False),
    ],
)
def test_columns_of_ratings_are_told_from_others(column, so):
    assert says_how_good(column) == so
