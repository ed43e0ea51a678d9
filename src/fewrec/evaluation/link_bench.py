"""`fewrec bench links`: which hidden triples a model finds, against a peer with the same budget.

A tenth of all pairs of linked entities is hidden for testing and another for choosing, with every
triple between them; mirrored relations are one relation before that. The peer, torch-geometric's
ComplEx, gets the same dimension and the same seconds of processor time; its optimiser is the one
that does best on the validation part of the first seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.errors import EmptyData
from fewrec.evaluation.rows import Row, metric_row
from fewrec.knowledge.gnn.extra import needs_graph
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.mirrors import merge_mirrors
from fewrec.knowledge.graph.of_dataset import graph_of
from fewrec.knowledge.linking import LinkRanks, Links, Parts, filtered_ranks, part_triples
from fewrec.knowledge.linking.judging import Scorer
from fewrec.knowledge.linking.parting import Triples
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.seeding import generator

PEER = "pyg-complex"
OURS = ("complex", "distmult")
TRIVIAL = "frequency"
SEGMENTS = ("all", "seen")
PEER_CHOICES: tuple[tuple[str, float], ...] = (("adam", 0.01), ("adam", 0.001), ("adagrad", 0.1))
PEER_BATCH = 1000
"""As in the peer's own example, like its Xavier start and one wrong triple for each true one."""

CHOSEN_ON = 500
"""Validation triples that the peer's optimiser is chosen on."""

JUDGED = 2000
"""Test triples that are asked about with each seed, drawn."""


@dataclass(frozen=True)
class Frequency:
    """The trivial answer: the end that occurs most often with this relation.

    Attributes:
        tail: How often each entity is the tail of each relation. Shape [R, N].
        head: How often it is the head. Shape [R, N].
    """

    tail: Floats
    head: Floats

    @classmethod
    def of(cls, triples: Triples, entities: int, relations: int) -> Frequency:
        """Count."""
        counts = []
        for end in (triples[2], triples[0]):
            flat = np.bincount(triples[1] * entities + end, minlength=relations * entities)
            counts.append(flat.reshape(relations, entities).astype(np.float32))
        return cls(*counts)

    def tails(self, head: Ints, relation: Ints) -> Floats:
        """Shape [B, N]."""
        return self.tail[relation]

    def heads(self, tail: Ints, relation: Ints) -> Floats:
        """Shape [B, N]."""
        return self.head[relation]


@dataclass(frozen=True)
class Peer:
    """A trained model of torch-geometric.

    Attributes:
        entities: Real and imaginary parts. Two of shape [N, D].
        relations: Alike. Two of shape [R, D].
    """

    entities: tuple[Floats, Floats]
    relations: tuple[Floats, Floats]

    def tails(self, head: Ints, relation: Ints) -> Floats:
        """Re <h, r, conj(t)> for all t. Shape [B, N]."""
        (er, ei), (rr, ri) = self.entities, self.relations
        a, b, c, d = er[head], ei[head], rr[relation], ri[relation]
        told = (a * c - b * d) @ er.T + (b * c + a * d) @ ei.T
        return np.asarray(told, dtype=np.float32)

    def heads(self, tail: Ints, relation: Ints) -> Floats:
        """Re <h, r, conj(t)> for all h. Shape [B, N]."""
        (er, ei), (rr, ri) = self.entities, self.relations
        a, b, c, d = er[tail], ei[tail], rr[relation], ri[relation]
        told = (a * c + b * d) @ er.T + (b * c - a * d) @ ei.T
        return np.asarray(told, dtype=np.float32)


def train_peer(
    triples: Triples,
    size: tuple[int, int, int],
    choice: tuple[str, float],
    seconds: float,
    seed: int,
) -> tuple[Peer, int]:
    """Train torch-geometric's ComplEx as its example does.

    Args:
        triples: The training part.
        size: Entities, relations, dimension.
        choice: Optimiser and rate.
        seconds: Processor time.
        seed: Of the start, the order and wrong triples.

    Returns:
        The model and the epochs it had.
    """
    needs_graph("The peer")
    import torch

    from fewrec.knowledge.gnn.geometric import ComplEx

    makers = {"adam": torch.optim.Adam, "adagrad": torch.optim.Adagrad}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = ComplEx(*size)
        optimiser = makers[choice[0]](model.parameters(), lr=choice[1])
        parts = [torch.from_numpy(np.ascontiguousarray(part)) for part in triples]
        loader = model.loader(*parts, batch_size=PEER_BATCH, shuffle=True)
        started, epochs = time.process_time(), 0
        while time.process_time() - started < seconds:
            for batch in loader:
                optimiser.zero_grad()
                model.loss(*batch).backward()
                optimiser.step()
                if time.process_time() - started > seconds:
                    break
            epochs += 1
        weights = [
            getattr(model, name).weight.detach().numpy()
            for name in ("node_emb", "node_emb_im", "rel_emb", "rel_emb_im")
        ]
    return Peer((weights[0], weights[1]), (weights[2], weights[3])), epochs


@dataclass(frozen=True)
class LinkBench:
    """What is measured.

    Attributes:
        graph: Mirrored relations merged.
        settings: Ours; the decoder is set to each.
        seconds: Processor time that every model has.
        seeds: Of the parts and of training.
    """

    graph: Graph
    settings: Links
    seconds: float
    seeds: tuple[int, ...]

    @classmethod
    def of(
        cls, dataset: Dataset, settings: Links, seconds: float, seeds: Sequence[int]
    ) -> LinkBench:
        """Merge the relations of a data set's graph.

        Raises:
            EmptyData: There is no graph.
        """
        graph = merge_mirrors(graph_of(dataset))
        if not graph.edges:
            raise EmptyData(f"{dataset.name} has no graph", fix="Give a folder with triples.")
        return cls(graph, settings, seconds, tuple(seeds))

    def run(self, step: Callable[[], None]) -> tuple[list[Row], list[Row], dict[str, Any]]:
        """Measure everything. Rows, comparisons, and what is to be told besides."""
        found: dict[str, list[tuple[LinkRanks, Mapping[str, Bools]]]] = {}
        told: dict[str, Any] = {"sizes": [], "epochs": {}}
        choice: tuple[str, float] | None = None
        for seed in self.seeds:
            parts = part_triples(self.graph.triples(), seed=seed)
            told["sizes"].append([len(p[0]) for p in (parts.train, parts.valid, parts.test)])
            if choice is None:
                choice, told["peer_choices"] = self._choose(parts, seed)
            asked = _drawn(parts.test, seed)
            for name, model, epochs in self._models(parts, choice, seed):
                ranks = filtered_ranks(model, asked, self._all(parts), self._relations)
                found.setdefault(name, []).append((ranks, _segments(parts, asked)))
                told["epochs"].setdefault(name, []).append(epochs)
                step()
        rows = [row for name, each in found.items() for row in self._rows(name, each)]
        return rows, self._comparisons(found), told

    @property
    def _relations(self) -> int:
        return len(self.graph.relations)

    @staticmethod
    def _all(parts: Parts) -> list[Triples]:
        return [parts.train, parts.valid, parts.test]

    def _models(
        self, parts: Parts, choice: tuple[str, float], seed: int
    ) -> Iterator[tuple[str, Scorer, int]]:
        entities = len(self.graph)
        yield TRIVIAL, Frequency.of(parts.train, entities, self._relations), 0
        for decoder in OURS:
            settings = replace(self.settings, decoder=decoder, seconds=self.seconds)
            if decoder == "distmult":  # as many real numbers as the complex ones have
                settings = replace(settings, dimension=2 * self.settings.dimension)
            losses: dict[int, float] = {}
            model = settings.fit(
                parts.train, entities, self._relations, seed=seed, tell=losses.__setitem__
            )
            yield decoder, model, len(losses)
        size = entities, self._relations, self.settings.dimension
        peer, turns = train_peer(parts.train, size, choice, self.seconds, seed)
        yield PEER, peer, turns

    def _choose(self, parts: Parts, seed: int) -> tuple[tuple[str, float], list[dict[str, Any]]]:
        """The peer's optimiser that does best on validation triples."""
        size = len(self.graph), self._relations, self.settings.dimension
        asked = (part[:CHOSEN_ON] for part in parts.valid)
        heads, relations, tails = asked
        tried = []
        for choice in PEER_CHOICES:
            peer, _ = train_peer(parts.train, size, choice, self.seconds, seed)
            ranks = filtered_ranks(
                peer, (heads, relations, tails), self._all(parts), self._relations
            )
            tried.append((float(ranks.reciprocal.mean()), choice))
        listed = [{"optimiser": c[0], "rate": c[1], "mrr on validation": v} for v, c in tried]
        return max(tried)[1], listed

    def _rows(self, name: str, each: list[tuple[LinkRanks, Mapping[str, Bools]]]) -> Iterator[Row]:
        for segment in SEGMENTS:
            for metric, values in _metrics(each, segment).items():
                spread = mean_interval(np.concatenate(values))
                cell = {"ranker": name, "segment": segment}
                means = [float(v.mean()) if len(v) else np.nan for v in values]
                yield {
                    **metric_row(cell, metric, means, low=spread.low, high=spread.high),
                    "triples": sum(len(v) for v in values),
                }

    @staticmethod
    def _comparisons(
        found: Mapping[str, list[tuple[LinkRanks, Mapping[str, Bools]]]],
    ) -> list[Row]:
        compared = []
        for segment in SEGMENTS:
            values = {
                name: np.concatenate(_metrics(each, segment)["mrr"]) for name, each in found.items()
            }
            for ours in OURS:
                for other in (PEER, TRIVIAL):
                    gap = paired_difference(values[ours], values[other])
                    compared.append(
                        {
                            "segment": segment,
                            "a": ours,
                            "b": other,
                            "metric": "mrr",
                            "difference": gap.difference,
                            "low": gap.low,
                            "high": gap.high,
                            "verdict": gap.verdict,
                        }
                    )
        return compared


def _drawn(triples: Triples, seed: int) -> Triples:
    rows = generator(seed, "links", "judged").permutation(len(triples[0]))[:JUDGED]
    return triples[0][rows], triples[1][rows], triples[2][rows]


def _segments(parts: Parts, asked: Triples) -> dict[str, Bools]:
    """Test triples: all, and those whose two entities stand in the training part."""
    known = np.union1d(parts.train[0], parts.train[2])
    both = np.isin(asked[0], known) & np.isin(asked[2], known)
    return {"all": np.ones(len(both), dtype=bool), "seen": both}


def _metrics(
    each: list[tuple[LinkRanks, Mapping[str, Bools]]], segment: str
) -> dict[str, list[Doubles]]:
    """Metric -> values of the test triples of each seed."""
    found: dict[str, list[Doubles]] = {"mrr": [r.reciprocal[s[segment]] for r, s in each]}
    for k in (1, 3, 10):
        found[f"hits@{k}"] = [r.hits(k)[s[segment]] for r, s in each]
    return found
