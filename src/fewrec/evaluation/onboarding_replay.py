"""What asking a newcomer a few questions is worth, by how the questions were chosen.

Of every newcomer four fifths of the rows are what they can answer about, the rest is what they
will like next. Questions are put; those about items they know are answered; then the hybrid
ranks everything outside of what they can answer about. So all ways to ask are judged on the same
items: an item that was asked about is neither lost as an answer nor saved from being wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.errors import ConfigError
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.rows import Row, metric_row
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.metrics.ranking import ndcg, top_items
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender.onboarding import Onboarding
from fewrec.recommender.variety import item_vectors
from fewrec.seeding import generator

ANSWERABLE = 0.8
OURS = "design"
LEAST_ROWS = 5
"""Newcomers have at least so many rows."""


@dataclass(frozen=True)
class Newcomer:
    """One person who is asked.

    Attributes:
        knows: Item row -> label of what they can answer about.
        likes: Item rows of what they like of the rest. Shape [L].
    """

    knows: Mapping[int, float]
    likes: Ints


@dataclass(frozen=True)
class Asking:
    """How people are asked.

    Attributes:
        people: Newcomers a seed, at least 1.
        questions: Numbers of questions that are compared.
    """

    people: int = 200
    questions: tuple[int, ...] = (5, 10)


def replay_onboarding(
    bench: Bench,
    seeds: list[int],
    asking: Asking | None = None,
    step: Callable[[int], None] = lambda seed: None,
) -> tuple[list[Row], list[Row]]:
    """Ask newcomers in several ways, one fit of the hybrid a seed.

    Args:
        bench: The data with its hybrid.
        seeds: Of the choice of newcomers and of what they can answer about.
        asking: How.
        step: Called after each seed.

    Returns:
        Rows (``ndcg@10``, ``answers``, ``likes`` of each way to ask and each number of
        questions, k), and comparisons of ``design`` with the other ways.

    Raises:
        ConfigError: Too few people have rows enough.
    """
    how = asking or Asking()
    found: dict[tuple[str, int, str], list[Doubles]] = {}
    people: list[Ints] = []
    for seed in seeds:
        asked = newcomers(bench.dataset.interactions, seed, how.people)
        people.append(asked)
        for key, values in _one_seed(bench, asked, seed, how).items():
            found.setdefault(key, []).append(values)
        step(seed)
    everyone = np.concatenate(people)
    cell = {"task": "onboarding", "data": bench.dataset.name}
    rows = [
        _row({**cell, "ranker": way, "k": k}, metric, each, everyone)
        for (way, k, metric), each in found.items()
    ]
    others = dict.fromkeys(way for way, _, _ in found if way != OURS)
    compared = [
        _compared({**cell, "k": k}, way, found, everyone) for k in how.questions for way in others
    ]
    return rows, compared


def newcomers(rows: Interactions, seed: int, number: int) -> Ints:
    """People who are left out of the fit and asked. Shape [number].

    Raises:
        ConfigError: There are too few with ``LEAST_ROWS`` rows.
    """
    count = np.bincount(rows.user, minlength=len(rows.users))
    enough = np.flatnonzero(count >= LEAST_ROWS)
    if len(enough) <= number:
        raise ConfigError(
            f"{number} people are to be asked, but only {len(enough)} have at least {LEAST_ROWS} "
            "rows and somebody must be left to learn from. Ask for fewer people."
        )
    drawn: Ints = np.sort(generator(seed, "onboarding").permutation(enough)[:number])
    return drawn


def _one_seed(
    bench: Bench, asked: Ints, seed: int, how: Asking
) -> dict[tuple[str, int, str], Doubles]:
    rows = bench.dataset.interactions
    before = rows.where(~np.isin(rows.user, asked))
    training = bench.training(before, seed)
    fusion = bench.rankers["hybrid"]().fit(training)
    if not isinstance(fusion, FittedFusion):
        raise TypeError("the hybrid of a bench is a fusion")
    onboarding = Onboarding.of(before, fusion, item_vectors(bench.features))
    people = [_newcomer(rows, int(user), seed) for user in asked]
    most = max(how.questions)
    found: dict[tuple[str, int, str], Doubles] = {}
    ways = questionnaires(before, onboarding, most)
    for way in ("none", *ways, "random", "design-sequential"):
        lists = [
            _questions(way, ways, onboarding, who, most, seed, n) for n, who in enumerate(people)
        ]
        for k in how.questions if way != "none" else (0,):
            answers = [
                [i for i in some[:k] if i in who.knows]
                for some, who in zip(lists, people, strict=True)
            ]
            told = _histories(bench, asked, people, answers)
            found[way, k, "ndcg@10"] = _reached(fusion, told, people, len(rows.items))
            found[way, k, "answers"] = np.array([float(len(a)) for a in answers])
            found[way, k, "likes"] = np.array(
                [sum(who.knows[i] for i in a) for who, a in zip(people, answers, strict=True)]
            )
    return found


def _newcomer(rows: Interactions, user: int, seed: int) -> Newcomer:
    mine = rows.rows_of(np.array([user]))[1]
    last = dict(zip(rows.item[mine].tolist(), rows.label[mine].tolist(), strict=True))
    items = np.array(sorted(last), dtype=np.int64)
    open_ = generator(seed, "answerable", user).random(len(items)) < ANSWERABLE
    likes = [i for i in items[~open_].tolist() if last[i] > 0]
    return Newcomer({i: last[i] for i in items[open_].tolist()}, np.array(likes, dtype=np.int64))


def questionnaires(rows: Interactions, onboarding: Onboarding, k: int) -> dict[str, Ints]:
    """The k items that everybody is asked about, by each way to choose them.

    Entropy is that of the answers, like or dislike; ``pop-entropy`` is popularity times it,
    ``log-pop-entropy`` the logarithm of popularity times it (Rashid et al. 2002, "Getting to
    Know You: Learning New User Preferences in Recommender Systems").
    """
    size = len(rows.items)
    met = np.bincount(rows.item, minlength=size).astype(np.float64)
    liked = np.bincount(rows.item, rows.label, size)
    share = np.clip(liked / np.maximum(met, 1), 1e-9, 1 - 1e-9)
    entropy = -(share * np.log2(share) + (1 - share) * np.log2(1 - share))
    scores = {
        "popular": met,
        "most-liked": liked,
        "pop-entropy": met * entropy,
        "log-pop-entropy": np.log1p(met) * entropy,
    }
    best = {name: np.argsort(-value, kind="stable")[:k] for name, value in scores.items()}
    return {**best, OURS: onboarding.ask(k)}


def _questions(
    way: str,
    ways: Mapping[str, Ints],
    onboarding: Onboarding,
    who: Newcomer,
    k: int,
    seed: int,
    number: int,
) -> list[int]:
    """What one person is asked, in order."""
    if way in ways:
        return [int(i) for i in ways[way]]
    if way == "random":
        drawn = generator(seed, "questions", number).permutation(len(onboarding.met))[:k]
        return [int(i) for i in drawn]
    asked: list[int] = []
    while way == "design-sequential" and len(asked) < k:
        known = [i for i in asked if i in who.knows]
        told = Histories.single(
            [i for i in known if who.knows[i] > 0], [i for i in known if not who.knows[i]]
        )
        more = onboarding.ask(1, told, passed=[i for i in asked if i not in who.knows])
        if not len(more):
            break
        asked.append(int(more[0]))
    return asked


def _histories(
    bench: Bench, users: Ints, people: list[Newcomer], answers: list[list[int]]
) -> Histories:
    item = [i for some in answers for i in some]
    label = [who.knows[i] for who, some in zip(people, answers, strict=True) for i in some]
    told = bench.dataset.people
    return Histories(
        start=np.concatenate([[0], np.cumsum([len(some) for some in answers])]).astype(np.int64),
        item=np.array(item, dtype=np.int64),
        label=np.array(label, dtype=np.float32),
        weight=np.ones(len(item), dtype=np.float32),
        attributes=tuple(told.attributes[u] for u in users),
        profile=tuple(told.profile[u] for u in users),
    )


def _reached(fusion: FittedFusion, told: Histories, people: list[Newcomer], items: int) -> Doubles:
    """NDCG@10 on what each person likes of the rest. Shape [B]."""
    relevant = _marked([who.likes for who in people], items)
    out = _marked([np.array(list(who.knows), dtype=np.int64) for who in people], items)
    scores: Floats = fusion.scores(told)
    return ndcg(top_items(scores, 10, excluded=out), relevant, 10)


def _marked(rows: list[Ints], items: int) -> sparse.csr_matrix:
    """1 at some items of each person. Shape [B, I]."""
    start = np.concatenate([[0], np.cumsum([len(some) for some in rows])])
    item = np.concatenate(rows)
    return sparse.csr_matrix(
        (np.ones(len(item), dtype=np.float32), item, start), (len(rows), items)
    )


def _row(cell: Mapping[str, Any], metric: str, each: list[Doubles], people: Ints) -> Row:
    interval = mean_interval(np.concatenate(each), people)
    return metric_row(
        cell,
        metric,
        [float(np.nanmean(values)) for values in each],
        low=interval.low,
        high=interval.high,
        users=interval.users,
    )


def _compared(
    cell: Mapping[str, Any],
    way: str,
    found: Mapping[tuple[str, int, str], list[Doubles]],
    people: Ints,
) -> Row:
    ours = np.concatenate(found[OURS, cell["k"], "ndcg@10"])
    other = found[way, 0 if way == "none" else cell["k"], "ndcg@10"]
    gap = paired_difference(ours, np.concatenate(other), people)
    return {
        **cell,
        "a": OURS,
        "b": way,
        "metric": "ndcg@10",
        "difference": gap.difference,
        "low": gap.low,
        "high": gap.high,
        "verdict": gap.verdict,
        "p": gap.p,
        "users": gap.users,
    }
