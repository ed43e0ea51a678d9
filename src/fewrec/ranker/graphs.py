"""Items that stand alike in the knowledge graph, by the vectors of a network over it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fewrec.data.arrays import Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.content import FittedTextKNN, TextKNN

NAME = "graph-knn"


@dataclass(frozen=True)
class GraphKNN:
    """Items whose entities are near what a person liked, and far from what they disliked.

    Likeness as ``TextKNN`` has it, of the vectors that a graph neural network gives entities:
    ``ItemFeatures.entities``.

    Attributes:
        power: Sharpness, at least 1.
        dislike: How much a dislike counts against a like, from 0 to 1.
    """

    power: float = 2.0
    dislike: float = 0.3

    def fit(self, training: Training) -> FittedGraphKNN:
        """Centre the vectors on the mean of all items that the graph knows."""
        return FittedGraphKNN(TextKNN(self.power, self.dislike).fit(_of_entities(training)))


def _of_entities(training: Training) -> Training:
    """The same with vectors of entities in place of text vectors."""
    features = training.features
    return replace(training, features=replace(features, vectors=features.entities))


@dataclass(frozen=True)
class FittedGraphKNN:
    """Likeness of entities.

    Attributes:
        near: Compares their vectors.
    """

    near: FittedTextKNN

    def scores(self, people: Histories) -> Floats:
        """Mean similarity to liked minus a share of that to disliked items. Shape [B, I]."""
        return self.near.scores(people)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item stands how near in the graph."""
        told = self.near.facts(person, items)
        return [[replace(fact, part=NAME) for fact in facts] for facts in told]

    def extended(self, training: Training) -> FittedGraphKNN:
        """Newcomers are centred on the same mean."""
        return FittedGraphKNN(self.near.extended(_of_entities(training)))
