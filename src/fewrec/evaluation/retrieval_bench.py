"""`fewrec bench retrieval`: one liked item in, another one to be found among 99 random items.

Gorse's protocol for item-to-item retrieval. Nobody asked about is in the training part; the
random items are ones that the person has not met, so rank by chance is even.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.errors import EmptyData
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.contestants import HYBRID
from fewrec.evaluation.experiment import Cell, Outcome, Scorer
from fewrec.evaluation.lexical import bm25_knn, tfidf_knn
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.resuming import SeededBench, cell_key, done_or_made
from fewrec.evaluation.rows import Row
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.knowledge.wording import item_texts
from fewrec.metrics.ranking import discounts
from fewrec.ranker.baselines import Popularity
from fewrec.ranker.content import TextKNN
from fewrec.seeding import generator

OTHERS = 99
"""Random items beside the one to be found."""

EACH = 5
"""Questions of one person, at most."""

PEOPLE = 400
"""People asked, at most; never more than a fifth of all."""

WORDS = ("tf-idf", "bm25", "text-knn")
METRIC = "ndcg@10"
_BLOCK = 128


@dataclass(frozen=True)
class Questions:
    """Q questions.

    Attributes:
        person: Whose taste it is, a user row. Shape [Q].
        given: The liked item that is shown. Shape [Q].
        candidates: The item to be found, then random ones. Shape [Q, 1 + OTHERS].
    """

    person: Ints
    given: Ints
    candidates: Ints

    def __len__(self) -> int:
        return len(self.person)


def run_retrieval(asked: SeededBench, step: Callable[[], None]) -> tuple[list[Row], list[Row]]:
    """Run what is missing.

    Args:
        asked: What to run.
        step: Called when a cell is done or found done.

    Returns:
        Rows of NDCG@10; comparisons by person, of ``hybrid`` with everything and of ``text-knn``
        with words.

    Raises:
        EmptyData: The items have no text, or there are too few people or items.
    """
    if asked.bench.encoder is None:
        raise EmptyData(f"{asked.bench.dataset.name}: no text", fix="Give items with titles.")
    key = cell_key(asked.bench)
    outcomes: list[Outcome] = []
    for seed, file in asked.cells():
        outcomes += done_or_made(file, key, partial(_cell, asked.bench, seed)).outcomes
        step()
    compared = comparisons(outcomes, ("random", "popularity", *WORDS))
    compared += comparisons(outcomes, WORDS[:2], a=WORDS[2])
    return list_rows(outcomes), compared


def drawn(rows: Interactions, seed: int) -> tuple[Questions, Ints]:
    """Questions of people, and who these people are.

    Args:
        rows: All rows.
        seed: Of the draws.

    Returns:
        The questions, and the user rows of the people asked, ascending.

    Raises:
        EmptyData: Nobody likes two items, or there are too few items.
    """
    random, size = generator(seed, "retrieval"), len(rows.items)
    likes = rows.likes()
    able = np.flatnonzero(np.diff(likes.indptr) >= 2)
    people = np.sort(random.permutation(able)[: max(1, min(PEOPLE, len(able) // 5))])
    met = rows.histories().seen(size)
    person, given, candidates = [], [], []
    for user in people if len(able) else ():
        unmet = np.ones(size, dtype=bool)
        unmet[met.indices[met.indptr[user] : met.indptr[user + 1]]] = False
        open_ = np.flatnonzero(unmet)
        if len(open_) < OTHERS:
            continue
        mine = random.permutation(likes.indices[likes.indptr[user] : likes.indptr[user + 1]])
        for n in range(min(EACH, len(mine) // 2)):
            others = random.choice(open_, OTHERS, replace=False)
            person.append(int(user))
            given.append(int(mine[2 * n]))
            candidates.append(np.concatenate([mine[2 * n + 1 : 2 * n + 2], others]))
    if not person:
        raise EmptyData(
            f"nobody likes two items and has {OTHERS} items left to meet",
            fix="Bring more likes or more items.",
        )
    return Questions(np.array(person), np.array(given), np.array(candidates)), people


def found_at(scorer: Scorer, asked: Questions) -> Doubles:
    """NDCG@10 of each question: 1 / log2(1 + rank), its expectation where scores are tied. [Q]."""
    gain = np.concatenate([discounts(10), np.zeros(OTHERS + 1 - 10)])
    answer = np.zeros(len(asked))
    for at in range(0, len(asked), _BLOCK):
        some = slice(at, min(at + _BLOCK, len(asked)))
        given = asked.given[some]
        scores = np.take_along_axis(scorer(_knowing(given)), asked.candidates[some], axis=1)
        above = (scores[:, 1:] > scores[:, :1]).sum(axis=1)
        level = (scores[:, 1:] == scores[:, :1]).sum(axis=1)
        answer[some] = [
            gain[a : a + t + 1].mean() for a, t in zip(above.tolist(), level.tolist(), strict=True)
        ]
    return answer


def _knowing(given: Ints) -> Histories:
    """Strangers who like one item each."""
    ones = np.ones(len(given), dtype=np.float32)
    nothing = ((),) * len(given)
    start = np.arange(len(given) + 1)
    return Histories(start, given, ones, ones, nothing, ("",) * len(given))


def _cell(bench: Bench, seed: int) -> Findings:
    rows = bench.dataset.interactions
    asked, people = drawn(rows, seed)
    training = bench.training(rows.where(~np.isin(rows.user, people)), seed)
    nothing = ItemFeatures.nothing(len(bench.features))
    told = replace(training, features=replace(nothing, vectors=bench.features.vectors))
    texts = item_texts(bench.dataset.catalog)
    scorers: Mapping[str, Scorer] = {
        "random": lambda known: np.zeros((len(known), len(texts)), dtype=np.float32),
        "popularity": Popularity().fit(training).scores,
        "tf-idf": tfidf_knn(texts).scores,
        "bm25": bm25_knn(texts).scores,
        "text-knn": TextKNN().fit(told).scores,
        HYBRID: bench.rankers[HYBRID]().fit(training).scores,
    }
    users, person = np.unique(asked.person, return_inverse=True)
    names = tuple(rows.users.ids[u] for u in users)
    made = []
    for name, scorer in scorers.items():
        total = np.bincount(person, found_at(scorer, asked), len(users))
        value = {METRIC: total / np.bincount(person, minlength=len(users))}
        cell: Cell = {"ranker": name, "data": bench.dataset.name, "k": 1}
        made.append(Outcome(cell, seed, names, value))
    note = f"{len(asked):,} questions of {len(users):,} people, {OTHERS} random items beside each"
    return Findings(tuple(made), notes=(note,))
