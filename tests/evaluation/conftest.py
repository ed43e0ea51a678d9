"""A small world and a few fast rankers, for everything that is asked of them."""

import dataclasses

import numpy as np
import pytest

from fewrec.data.dataset import Dataset
from fewrec.data.toy import toy_world
from fewrec.evaluation.opening import Bench
from fewrec.knowledge.features import item_features
from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.protocols import Training
from fewrec.ranker.baselines import ItemUserMean, LikeRate, Popularity
from fewrec.ranker.item_item import ItemKNN


class Pick:
    """A stand-in for hybrid: it scores as one of its experts and says so."""

    def __init__(self, name="item-knn"):
        self.name = name

    def fit(self, training: Training):
        made = {"popularity": Popularity, "item-knn": ItemKNN}
        return FittedPick(self.name, {name: make().fit(training) for name, make in made.items()})


@dataclasses.dataclass
class FittedPick:
    name: str
    experts: dict

    def scores(self, people):
        return self.experts[self.name].scores(people)

    def probabilities(self, people):
        return np.full((len(people), 36), 0.5, dtype=np.float32)

    def facts(self, person, items):
        return [[] for _ in items]

    def extended(self, training):
        return self

    def chosen_single(self, k, new_items=False):
        return "popularity" if k == 0 else self.name


@pytest.fixture(scope="session")
def toy() -> Dataset:
    return toy_world(users=60, per_shelf=12)


@pytest.fixture(scope="session")
def bench(toy: Dataset) -> Bench:
    encoder = HashingEncoder(64)
    rankers = {
        "popularity": Popularity,
        "like-rate": LikeRate,
        "item-user-mean": ItemUserMean,
        "item-knn": ItemKNN,
    }
    return Bench(toy, item_features(toy, encoder), encoder, rankers)


@pytest.fixture(scope="session")
def with_hybrid(bench):
    return dataclasses.replace(bench, rankers={**bench.rankers, "hybrid": Pick})


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)
