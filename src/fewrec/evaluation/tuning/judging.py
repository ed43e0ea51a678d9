"""Fit the fusion with some settings on a fold, and say how good its lists are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Doubles, Floats
from fewrec.data.dataset import Dataset
from fewrec.errors import ConfigError
from fewrec.evaluation.experiment import Outcome, Question, judge
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import Fold
from fewrec.evaluation.rows import mean_of_known
from fewrec.evaluation.tuning.space import USE, Space, Value
from fewrec.knowledge.features import item_features
from fewrec.knowledge.gnn import GraphNetwork
from fewrec.knowledge.gnn.extra import needs_graph
from fewrec.knowledge.text import encoder_for, text_encoder
from fewrec.protocols import Training
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender.rankers import GRAPH, VISIT, hybrid
from fewrec.recommender.settings import FitSettings

METRIC = "ndcg@10"
"""What is searched for: the mean over cells of the mean over people."""


@dataclass(frozen=True)
class Judge:
    """Fits and asks.

    Attributes:
        bench: Data and features.
        space: What values mean.
        networks: Vectors of the graph by settings of the network that gave them; grows.
    """

    bench: Bench
    space: Space
    networks: dict[GraphNetwork, Floats] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, dataset: Dataset, space: Space) -> Judge:
        """Read the texts once for all trials.

        Args:
            dataset: All that a fit would learn from.
            space: What values mean.

        Raises:
            ConfigError: A part is searched of which the data holds nothing.
            MissingExtra: A graph is searched without the packages for it.
        """
        name = space.base.encoder
        encoder = text_encoder(name) if name else encoder_for(dataset.catalog)[0]
        on = {knob.name for knob in space.knobs}
        if USE + GRAPH in on or "graph-knn.layers" in on:
            needs_graph("Searching the part `graph`")
            _check("graph", bool(dataset.triples), dataset)
        _check("text", encoder is not None or "tuned-text.shots" not in on, dataset)
        return cls(Bench(dataset, item_features(dataset, encoder), encoder, {}), space)

    def outcomes(self, values: dict[str, Value], fold: Fold, ranker: str) -> list[Outcome]:
        """Fit on a fold's training part and rank everything for everybody asked about.

        Args:
            values: By name of the knob.
            fold: What is held out.
            ranker: What to call it in the cells.

        Returns:
            One outcome a split of the fold.
        """
        with threadpool_limits(limits=1):
            fusion = self._fitted(values, fold)
            bare = np.zeros((len(self.bench.dataset.catalog), 0), dtype=np.float32)
            return [
                judge(
                    fusion.scores,
                    Question.of(split, fold.seed),
                    {"task": "tune", "ranker": ranker, "data": self.bench.dataset.name, **keys},
                    bare,
                )
                for keys, split in fold.splits
            ]

    def value(self, values: dict[str, Value], fold: Fold) -> float:
        """NDCG@10 on a fold; NaN where nobody asked about likes anything."""
        found = [mean_of_known(o.per_user[METRIC]) for o in self.outcomes(values, fold, "trial")]
        return mean_of_known(np.asarray(found))

    def _fitted(self, values: dict[str, Value], fold: Fold) -> FittedFusion:
        settings = self.space.settings(values)
        # nobody asked about is in a visit, and P(like) orders no list: both would only take time
        names = tuple(name for name in self.space.experts(values) if name not in VISIT)
        fusion = replace(hybrid(names, settings), later=None)
        return fusion.fit(self._training(names, settings, fold))

    def _training(self, names: tuple[str, ...], settings: FitSettings, fold: Fold) -> Training:
        training = self.bench.training(fold.train, fold.seed)
        if GRAPH not in names:
            return training
        vectors = self._entities(settings)
        return replace(training, features=replace(training.features, entities=vectors))

    def _entities(self, settings: FitSettings) -> Floats:
        """Vectors of the graph network, which reads no likes, so they are those of every fold."""
        from fewrec.knowledge.gnn.items import graph_vectors, item_network

        network = settings.network
        if network not in self.networks:
            text = self.bench.features.vectors
            fitted = item_network(
                self.bench.dataset, text, settings=network, seed=self.space.base.seed
            )
            self.networks.clear()
            self.networks[network] = graph_vectors(fitted, self.bench.dataset, text)
        return self.networks[network]


def _check(part: str, there: bool, dataset: Dataset) -> None:
    if not there:
        raise ConfigError(f"--parts: {dataset.name} has no {part} to search. Leave {part!r} out.")


def by_person(outcomes: list[Outcome]) -> Doubles:
    """Each person's mean over the cells they were asked in; NaN without any. Shape [B]."""
    values = np.stack([o.per_user[METRIC] for o in outcomes])
    known = ~np.isnan(values)
    number = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
