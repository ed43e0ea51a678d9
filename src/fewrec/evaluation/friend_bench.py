"""`fewrec bench friends`: who finds hidden links between people.

A fifth of the links is hidden. Everybody who lost one is asked for 20 new friends among all
people who are none yet; what likes add and what each single signal finds stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.errors import EmptyData
from fewrec.evaluation.rows import Row, metric_row
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.metrics.ranking import ndcg, recall
from fewrec.ranker.friend_signals import OF_LIKES, SIGNALS, Ties, common_friends
from fewrec.ranker.friends import Friends, adjacency, liked_amounts, links_of, taken
from fewrec.seeding import generator

HIDDEN = 0.2
PLACES = 20
OURS, WITHOUT = "hybrid", "hybrid-without-likes"
ALONE: Mapping[str, Callable[[Ties, Ints], Floats]] = {
    "well-known": SIGNALS["well-known"],
    "common-friends": common_friends,
    "adamic-adar": SIGNALS["adamic-adar"],
    "pagerank": SIGNALS["pagerank"],
    "alike": SIGNALS["alike-by-amount"],
}
METRICS = ("recall@20", "ndcg@20", "coverage")

Found = Mapping[str, Mapping[str, Doubles]]
"""Ranker -> metric -> a value for each person asked (one value for coverage)."""


@dataclass(frozen=True)
class FriendBench:
    """Links and likes of U people.

    Attributes:
        users: Their ids.
        links: Pairs. Shape [L, 2].
        likes: Amounts. Shape [U, I].
        chunk: People asked at once.
    """

    users: tuple[str, ...]
    links: Ints
    likes: sparse.csr_matrix
    chunk: int = 500

    @classmethod
    def of(cls, dataset: Dataset) -> FriendBench:
        """Take links and likes out of a data set.

        Raises:
            EmptyData: Nobody is linked.
        """
        links = links_of(dataset.people.attributes, dataset.people.users)
        if not len(links):
            raise EmptyData(
                f"{dataset.name} links no people", fix="Give a graph with triples between users."
            )
        return cls(dataset.people.users.ids, links, liked_amounts(dataset.interactions))

    def run(
        self, seeds: Sequence[int], step: Callable[[], None]
    ) -> tuple[list[Row], list[Row], list[dict[str, float]]]:
        """Rows, comparisons, and the weights learned with each seed."""
        with threadpool_limits(limits=1):
            found, people, weights = [], [], []
            for seed in seeds:
                told, asked, learned = self._seed(seed)
                found.append(told)
                people.append(asked)
                weights.append(learned)
                step()
        return _rows(found, people), _comparisons(found, people), weights

    def _seed(self, seed: int) -> tuple[Found, Ints, dict[str, float]]:
        order = generator(seed, "friends", "test links").permutation(len(self.links))
        cut = round(HIDDEN * len(order))
        sought = adjacency(self.links[order[:cut]], len(self.users))
        people = np.flatnonzero(np.diff(sought.indptr))
        shown = self.links[order[cut:]]
        bare = tuple(name for name in SIGNALS if name not in OF_LIKES)
        ours = Friends().fit_links(shown, self.likes, self.users, seed)
        links = Friends(signals=bare).fit_links(shown, self.likes, self.users, seed)
        ties = ours.ties
        asked: dict[str, Callable[[Ints], Floats]] = {
            name: lambda some, signal=signal: signal(ties, some)  # type: ignore[misc]
            for name, signal in ALONE.items()
        }
        asked |= {WITHOUT: links.scores, OURS: ours.scores}
        found = {name: self._judged(scores, ties, people, sought) for name, scores in asked.items()}
        return found, people, dict(zip(ours.signals, ours.weights.tolist(), strict=True))

    def _judged(
        self,
        scores: Callable[[Ints], Floats],
        ties: Ties,
        people: Ints,
        sought: sparse.csr_matrix,
    ) -> Mapping[str, Doubles]:
        tops = []
        for at in range(0, len(people), self.chunk):
            some = people[at : at + self.chunk]
            told = scores(some).astype(np.float64)
            told[taken(ties, some)] = -np.inf
            tops.append(np.argsort(-told, axis=1, kind="stable")[:, :PLACES])
        top = np.concatenate(tops)
        return {
            "recall@20": recall(top, sought[people], PLACES),
            "ndcg@20": ndcg(top, sought[people], PLACES),
            "coverage": np.array([len(np.unique(top)) / len(self.users)]),
        }


def _rows(found: Sequence[Found], people: Sequence[Ints]) -> list[Row]:
    rows = []
    for name in found[0]:
        for metric in METRICS:
            each = [told[name][metric] for told in found]
            means = [float(values.mean()) for values in each]
            if metric == "coverage":
                rows.append(metric_row({"ranker": name}, metric, means))
                continue
            spread = mean_interval(np.concatenate(each), np.concatenate(people))
            users = len(np.unique(np.concatenate(people)))
            rows.append(
                metric_row(
                    {"ranker": name}, metric, means, low=spread.low, high=spread.high, users=users
                )
            )
    return rows


def _comparisons(found: Sequence[Found], people: Sequence[Ints]) -> list[Row]:
    who, compared = np.concatenate(people), []
    for metric in ("recall@20", "ndcg@20"):
        values = {name: np.concatenate([told[name][metric] for told in found]) for name in found[0]}
        for other in values:
            if other == OURS:
                continue
            gap = paired_difference(values[OURS], values[other], who)
            compared.append(
                {
                    "a": OURS,
                    "b": other,
                    "metric": metric,
                    "difference": gap.difference,
                    "low": gap.low,
                    "high": gap.high,
                    "verdict": gap.verdict,
                }
            )
    return compared
