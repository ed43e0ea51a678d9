"""One fitted ranker, one split: full ranking of everything a person could be shown.

Nothing is sampled: every item that the person does not have yet competes for the list. Lists are
made block by block, so memory stays bounded however many people there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.splits import Split
from fewrec.metrics.beyond import coverage, gini, intra_list_distance, novelty, overlap
from fewrec.metrics.chance import random_ndcg, random_recall
from fewrec.metrics.ranking import hits, ndcg_of_hits, relevant_count, top_items
from fewrec.seeding import generator

NDCG_AT = 10
RECALL_AT = 20
_BLOCK_CELLS = 2_000_000

Cell = Mapping[str, str | int | float]
Scorer = Callable[[Histories], Floats]
"""Scores of all items for B people. Shape [B, I]."""


@dataclass(frozen=True)
class Outcome:
    """What one ranker reached in one cell with one seed.

    Attributes:
        cell: The keys of the cell: ``ranker`` and ``data``, and those of ``n``, ``k``,
            ``shots``, ``segment`` that apply.
        seed: Of the split and the fit.
        users: Id of each of the B test people; the unit of resampling.
        per_user: Metric -> one value a person, NaN where undefined. Shape [B] each.
        overall: Metric -> one value of all lists together, NaN where undefined.
        reasons: Why a metric is undefined, where it is.
    """

    cell: Cell
    seed: int
    users: tuple[str, ...]
    per_user: Mapping[str, Doubles]
    overall: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is asked of every ranker in a split: who, which items, what counts as good.

    Attributes:
        histories: What is known of the B test people.
        users: Their ids.
        relevant: Good items that could be shown: liked in the test part, not yet known to the
            person, among the candidates. Shape [B, I].
        candidates: Items that may be shown. Shape [I].
        order: Seeded random order that breaks ties. Shape [I].
        likes: Training people who liked each item. Shape [I].
        people: Training people who liked anything.
        seed: Of the split.
    """

    histories: Histories
    users: tuple[str, ...]
    relevant: sparse.csr_matrix
    candidates: Bools
    order: Ints
    likes: Ints
    people: int
    seed: int

    @classmethod
    def of(cls, split: Split, seed: int) -> Question:
        """Pose the question of a split.

        Args:
            split: Train and test parts.
            seed: Of the order that breaks ties; another seed, another order.
        """
        items = split.relevant.shape[1]
        candidates = split.candidates
        candidates = np.ones(items, dtype=bool) if candidates is None else candidates
        liked = split.train.likes()
        return cls(
            histories=split.histories,
            users=tuple(split.train.users.ids[u] for u in split.users),
            relevant=_answerable(split.relevant, split.histories, candidates),
            candidates=candidates,
            order=generator(seed, "ties").permutation(items),
            likes=np.bincount(liked.indices, minlength=items).astype(np.int64),
            people=int((np.diff(liked.indptr) > 0).sum()),
            seed=seed,
        )

    def where(self, people: Ints) -> Question:
        """The same question asked of some of the people. ``people``: places, shape [N]."""
        return replace(
            self,
            histories=self.histories.take(people),
            users=tuple(self.users[b] for b in people),
            relevant=self.relevant[people],
        )

    @property
    def items(self) -> int:
        """I, the size of the catalogue."""
        return len(self.candidates)

    def blocks(self) -> Iterator[tuple[slice, Histories]]:
        """The people in blocks small enough for a dense matrix of scores."""
        size = max(1, _BLOCK_CELLS // max(self.items, 1))
        for start in range(0, len(self.users), size):
            rows = slice(start, min(start + size, len(self.users)))
            yield rows, self.histories.take(np.arange(rows.start, rows.stop))

    def available(self) -> Ints:
        """Number N of items that may be shown to each person. Shape [B]."""
        seen = self.histories.seen(self.items)
        return int(self.candidates.sum()) - np.asarray(seen @ self.candidates).astype(np.int64)


def top_lists(scorer: Scorer, question: Question, k: int = RECALL_AT) -> Ints:
    """Each person's k best items that they do not have yet, best first.

    Args:
        scorer: Scores all items for some people.
        question: Who is asked about.
        k: Length of the lists.

    Returns:
        Item row numbers, -1 where fewer than k items are left. Shape [B, k].
    """
    lists = [np.zeros((0, k), dtype=np.int64)]
    for _, people in question.blocks():
        seen = people.seen(question.items)
        scores = scorer(people)
        lists.append(
            top_items(
                scores, k, excluded=seen, candidates=question.candidates, order=question.order
            )
        )
    return np.concatenate(lists)


def judge(scorer: Scorer, question: Question, cell: Cell, vectors: Floats) -> Outcome:
    """Rank everything for everybody and say how good and how varied the lists are.

    Args:
        scorer: Scores all items for some people.
        question: Who is asked about and what is good.
        cell: Keys of the outcome.
        vectors: Text vectors for the distance within lists. Shape [I, D], D may be 0.

    Returns:
        NDCG@10 and recall@20 a person; coverage, overlap, Gini, novelty and intra-list
        distance of the first 10 places.
    """
    return judge_lists(top_lists(scorer, question), question, cell, vectors)


def judge_lists(top: Ints, question: Question, cell: Cell, vectors: Floats) -> Outcome:
    """Like ``judge``, for lists that are already made.

    Args:
        top: Item row numbers, best first. Shape [B, at least 10]; with fewer than 20 places
            there is no recall@20.
        question: Who is asked about and what is good.
        cell: Keys of the outcome.
        vectors: Text vectors. Shape [I, D].
    """
    hit, good = hits(top[:, :RECALL_AT], question.relevant), relevant_count(question.relevant)
    accuracy = {"ndcg@10": ndcg_of_hits(hit[:, :NDCG_AT], good, NDCG_AT)}
    if top.shape[1] >= RECALL_AT:
        accuracy["recall@20"] = np.where(good > 0, hit.sum(axis=1) / np.maximum(good, 1), np.nan)
    per_user, overall, reasons = _variety(top[:, :NDCG_AT], question, vectors)
    if not (good > 0).any():
        reasons |= dict.fromkeys(accuracy, "nobody has an answer: no test person likes a candidate")
    return Outcome(cell, question.seed, question.users, accuracy | per_user, overall, reasons)


def judge_chance(question: Question, cell: Cell, vectors: Floats) -> Outcome:
    """What random lists reach: accuracy as its exact expectation, variety of one random draw.

    Args:
        question: Who is asked about and what is good.
        cell: Keys of the outcome.
        vectors: Text vectors. Shape [I, D].

    Returns:
        The outcome of a ranker that knows nothing and gives everybody a list of their own.
    """
    available, good = question.available(), relevant_count(question.relevant)
    random = generator(question.seed, "chance lists")
    top = top_lists(
        lambda people: random.random((len(people), question.items), dtype=np.float32), question
    )
    drawn = judge_lists(top, question, cell, vectors)
    expected = {
        "ndcg@10": random_ndcg(available, good, NDCG_AT),
        "recall@20": random_recall(available, good, RECALL_AT),
    }
    return Outcome(
        cell,
        question.seed,
        question.users,
        {**drawn.per_user, **expected},
        drawn.overall,
        drawn.reasons,
    )


def _variety(
    top: Ints, question: Question, vectors: Floats
) -> tuple[dict[str, Doubles], dict[str, float], dict[str, str]]:
    shown = np.flatnonzero(question.candidates)
    per_user = {
        "ild": intra_list_distance(top, vectors),
        "novelty": novelty(top, question.likes, question.people),
    }
    overall = {
        "coverage": coverage(top, len(shown)),
        "overlap": overlap(top),
        "gini": gini(top, shown),
    }
    reasons = {
        "ild": "the items have no text vectors",
        "novelty": "nobody in the training part likes anything",
        "overlap": "fewer than two test people",
        "coverage": "no lists",
        "gini": "no lists",
    }
    known = {m for m, v in per_user.items() if not np.isnan(v).all()}
    known |= {m for m, v in overall.items() if not np.isnan(v)}
    return per_user, overall, {m: why for m, why in reasons.items() if m not in known}


def _answerable(
    relevant: sparse.csr_matrix, histories: Histories, candidates: Bools
) -> sparse.csr_matrix:
    """Leave out what could never be shown: items the person has, and other than candidates."""
    people, items = relevant.shape
    entries = relevant.tocoo()
    seen = histories.seen(items)
    met = np.asarray(seen[entries.row, entries.col]).ravel() > 0
    kept = (entries.data != 0) & candidates[entries.col] & ~met
    row, col = entries.row[kept], entries.col[kept]
    return sparse.csr_matrix((np.ones(len(row), dtype=np.float32), (row, col)), (people, items))
