"""Which rows of a pool to label next: those that tell most about the rest of the pool.

Two ways, neither of which looks at a label of the pool. ``covering`` knows no model: rows are
taken so that whatever the pool asks about has been met, itself or something like it. ``steadying``
asks the fitted fusion: rows are taken so that its P(like) over the pool varies least.
"""

from __future__ import annotations

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.errors import EmptyData
from fewrec.ranker.feature_space import FeatureSpace
from fewrec.ranker.few_shot import FittedFewShot
from fewrec.ranker.pair_signals import pair_signals
from fewrec.ranker.preference import sigmoid
from fewrec.seeding import generator

CANDIDATES = 1500
"""So many rows of a larger pool are looked at, drawn at random, to bound memory and time."""

KAPPA = 5.0
"""Labels at which an item is half known, as in the fusion."""

LIKENESS = 0.5
"""What a label of an item with the very same description is worth, against one of its own."""

SHARPNESS = 4
"""Power of the cosine: descriptions must be near each other to count."""

PRECISION = 10.0
"""Of the prior of the head's weights, as in ``FewShot.strength``."""


def candidates(size: int, k: int, seed: int) -> Ints:
    """Rows of a pool that are looked at: all, or max(K, ``CANDIDATES``) drawn at random.

    Args:
        size: Rows of the pool, N.
        k: How many will be chosen, K.
        seed: Of the draw.
    """
    order = generator(seed, "candidates for labels").permutation(size)
    return order[: max(k, CANDIDATES)]


def covering(
    people: Histories,
    item: Ints,
    features: ItemFeatures,
    k: int,
    seed: int,
    known: Ints | None = None,
) -> Ints:
    """Choose K rows, greedily, so that the items asked about become known.

    With ``s_ij`` in [0, 1], how much a label of item i tells about item j, and ``c_j`` the sum of
    it over everything known, the worth of a choice is ``sum_j f_j c_j / (c_j + KAPPA)``, f_j
    being how often the pool asks about j. A row brings its own item and those of its history.

    Args:
        people: What is known before each of N rows.
        item: The item asked about. Shape [N].
        features: What is known of the I items.
        k: K.
        seed: Of the draw of candidates.
        known: Items with a label already, as often as they have one. None for none.

    Returns:
        Numbers of rows, the most telling first. Shape [K].

    Raises:
        EmptyData: There are fewer rows.
    """
    _enough(k, len(item))
    rows = candidates(len(item), k, seed)
    mine = people.take(rows)
    brought, source = np.unique(np.concatenate([item[rows], mine.item]), return_inverse=True)
    owner = np.concatenate([np.arange(len(rows)), mine.person])
    asked, place = np.unique(item[rows], return_inverse=True)
    often = np.bincount(place, minlength=len(asked)).astype(np.float64)
    space = _directions(features)
    told = _likeness(space, brought, asked)
    met = np.zeros(len(asked))
    if known is not None and len(known):
        before, times = np.unique(known, return_counts=True)
        met += times @ _likeness(space, before, asked)
    left = np.ones(len(rows), dtype=bool)
    chosen = np.zeros(k, dtype=np.int64)
    for n in range(k):
        worth = told @ (often * KAPPA / (met + KAPPA) ** 2)  # slope of the whole, by item brought
        gain = np.bincount(owner, worth[source], len(rows))
        best = int(np.argmax(np.where(left, gain, -np.inf)))
        left[best], chosen[n] = False, best
        met += told[source[owner == best]].sum(axis=0)
    return rows[chosen]


def steadying(model: FittedFewShot, people: Histories, item: Ints, k: int, seed: int) -> Ints:
    """Choose K rows that steady the fitted head of P(like) most over the pool.

    The head is logistic, its weights have the posterior N(theta, C) near its optimum. A label of
    row n, ``v_n = p_n (1 - p_n)``, takes ``v_n (x_n' C M C x_n) / (1 + v_n x_n' C x_n)`` off the
    variance of P(like) summed over the pool, ``M = sum_m v_m^2 x_m x_m'`` (Bayesian A-optimal
    design). Rows are taken greedily, so that no row repeats what another one tells.

    Args:
        model: Fitted on what is labelled; its rows must not stand in the pool.
        people: What is known before each of N rows.
        item: The item asked about. Shape [N].
        k: K.
        seed: Of the draw of candidates.

    Returns:
        Numbers of rows. Shape [K].

    Raises:
        EmptyData: There are fewer rows.
    """
    _enough(k, len(item))
    rows = candidates(len(item), k, seed)
    signals = _signals(model, people.take(rows), item[rows])
    taught = _signals(model, model.shots.people, model.shots.item)
    spread = _spread(model, people.take(rows), item[rows])
    weighed = taught * _spread(model, model.shots.people, model.shots.item)[:, None]
    covariance = np.linalg.inv(PRECISION * np.eye(signals.shape[1]) + weighed.T @ taught)
    wanted = (signals * (spread**2)[:, None]).T @ signals
    left: Bools = np.ones(len(rows), dtype=bool)
    chosen = np.zeros(k, dtype=np.int64)
    for n in range(k):
        turned = signals @ covariance
        own = spread * (turned * signals).sum(axis=1)
        gain = spread * ((turned @ wanted) * turned).sum(axis=1) / (1.0 + own)
        best = int(np.argmax(np.where(left, gain, -np.inf)))
        left[best], chosen[n] = False, best
        step = spread[best] / (1.0 + own[best])
        covariance -= step * np.outer(turned[best], turned[best])
    return rows[chosen]


def _directions(features: ItemFeatures) -> Doubles:
    """Descriptions as coordinates of length 1, or 0 where nothing is known. Shape [I, C]."""
    rows = FeatureSpace.of(features).coordinates(features, 1.0)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), dtype=np.float64)


def _likeness(space: Doubles, some: Ints, others: Ints) -> Doubles:
    """How much a label of each of some items tells about others. Shape [A, B]."""
    cosine = np.maximum(space[some] @ space[others].T, 0.0)
    told: Doubles = LIKENESS * cosine**SHARPNESS
    told[some[:, None] == others[None, :]] = 1.0
    return told


def _signals(model: FittedFewShot, people: Histories, item: Ints) -> Doubles:
    """What the head weighs, and a one. Shape [N, signals + 1]."""
    fusion = model.fusion
    told = pair_signals(
        fusion.experts,
        fusion.readers,
        people,
        item,
        base_rate=fusion.base_rate,
        warmth=(fusion.met / (fusion.met + fusion.kappa)).astype(np.float32),
        among=fusion.among,
    )
    return np.column_stack([told, np.ones(len(told))])


def _spread(model: FittedFewShot, people: Histories, item: Ints) -> Doubles:
    """Variance of a label, p (1 - p). Shape [N]."""
    chance = sigmoid(model.logits(people, item))
    return chance * (1.0 - chance)


def _enough(k: int, rows: int) -> None:
    if k > rows:
        raise EmptyData(f"{k} rows are to be labelled, the pool has {rows}", fix="Ask for fewer.")
