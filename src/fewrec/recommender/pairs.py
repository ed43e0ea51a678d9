"""P(like) of (user, item) pairs, each with the evidence there was before it and without itself.

Two kinds of evidence move a score after the fit. A person's own history goes into the experts;
the likes and dislikes of an item go into its like-rate. Both are cut for every single pair: only
rows strictly before it, and never its own rows. Whatever else counts rows (popularity, groups)
stays as it was at the fit, since it could not be cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.preference import logit, sigmoid
from fewrec.ranker.prior import FittedItemPrior
from fewrec.recommender.knowledge import Known

CELLS = 500_000
"""Pairs are scored in blocks of so many (person, item) cells, to bound memory."""

STRENGTH = 5.0
"""Rows of belief in the base rate of an item, where no item prior was fitted."""


@dataclass(frozen=True)
class Asked:
    """N pairs as row numbers.

    Attributes:
        user: -1 for strangers. Shape [N].
        item: -1 for items nobody described. Shape [N].
        time: Seconds since 1970; infinity where evidence of any time counts. Shape [N].
    """

    user: Ints
    item: Ints
    time: Doubles


@dataclass(frozen=True)
class Groups:
    """G sets of pairs that share their evidence: same person, same history, no own row in it.

    A pair whose own row stands in the history is a set of its own, since that row must not
    count as evidence for it.

    Attributes:
        pairs: Numbers of the pairs, set after set. Shape [N].
        start: Set g owns ``pairs[start[g]:start[g + 1]]``. Shape [G + 1].
        user: Row of the person, -1 for strangers. Shape [G].
        known: How many of the person's rows, from the oldest, are known. Shape [G].
        without: Item left out of the history; -1 for none. Shape [G].
        steps: How many of the person's steps to the target, from the oldest, are known; those
            on the item itself count too. Shape [G].
    """

    pairs: Ints
    start: Ints
    user: Ints
    known: Ints
    without: Ints
    steps: Ints

    def __len__(self) -> int:
        return len(self.user)


def score_pairs(known: Known, fusion: FittedFusion, pairs: pl.DataFrame) -> Doubles:
    """P(like) of each pair.

    Args:
        known: What the model knows.
        fusion: The ranker, over the same items; its counts are those of the fit.
        pairs: Columns ``user``, ``item`` (texts), optionally ``timestamp`` (seconds since 1970,
            missing where evidence of any time counts).

    Returns:
        In [0, 1]. Shape [N].
    """
    asked = asked_pairs(known, pairs)
    own_liked, own_met = _own(known, asked)
    rates = _item_logits(known, fusion, asked, own_liked, own_met)
    groups = _groups(known, asked, own_met > 0)
    size = max(len(known.catalog), 1)
    block = max(1, CELLS // size)
    answer = np.zeros(len(asked.user))
    base = float(logit(fusion.base_rate))
    for at in range(0, len(groups), block):
        some = np.arange(at, min(at + block, len(groups)))
        people = _histories(known, groups, some)
        plain = fusion.logits(people, np.zeros((1, size)))
        slope = fusion.item_slope(people)
        rows = groups.pairs[groups.start[at] : groups.start[some[-1] + 1]]
        person = np.repeat(some - at, np.diff(groups.start)[some])
        item = asked.item[rows]
        # of an item nobody described only the person's own level is known
        level = np.where(item >= 0, plain[person, np.maximum(item, 0)], plain.mean(axis=1)[person])
        answer[rows] = level + slope[person] * (rates[rows] - base)
    return sigmoid(answer)


def asked_pairs(known: Known, pairs: pl.DataFrame) -> Asked:
    """Pairs as row numbers. Arguments as in ``score_pairs``."""
    time = np.full(len(pairs), np.inf)
    if "timestamp" in pairs.columns:
        given = pairs["timestamp"].cast(pl.Float64).fill_null(np.nan).to_numpy()
        time = np.where(np.isfinite(given), given, np.inf)
    return Asked(
        known.people.users.rows(pairs["user"].cast(pl.String)),
        known.catalog.items.rows(pairs["item"].cast(pl.String)),
        time,
    )


def _groups(known: Known, asked: Asked, own: Bools) -> Groups:
    """Pairs by person, length of the history, and own item where it stands there."""
    rows = known.interactions
    count = _known_before(rows, asked)
    steps = np.zeros_like(count) if rows.steps is None else _known_before(rows.steps, asked)
    without = np.where(own, asked.item, -1)
    pairs = np.lexsort((without, steps, count, asked.user))
    keys = np.column_stack([asked.user, count, without, steps])[pairs]
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    start = np.flatnonzero(new)
    return Groups(pairs, np.append(start, len(pairs)), *keys[start].T)


def _known_before(rows: Interactions, asked: Asked) -> Ints:
    """How many rows of its person came strictly before each pair. Shape [N]."""
    order, bounds = rows.by_user
    time = np.nan_to_num(rows.timestamp[order], nan=-np.inf)
    ends = _first_not_before(rows.user[order], time, asked.user, asked.time)
    first = bounds[np.maximum(asked.user, 0)] if len(bounds) > 1 else np.zeros_like(ends)
    return np.where(asked.user >= 0, ends - first, 0)


def _histories(known: Known, groups: Groups, some: Ints) -> Histories:
    """What was known of the persons of some groups. B = len(some)."""
    rows, people, users = known.interactions, known.people, groups.user[some]
    history = _first_of(rows, users, groups.known[some])
    history = history.rows(history.item != groups.without[some][history.person])
    steps = None if rows.steps is None else _first_of(rows.steps, users, groups.steps[some])
    return replace(
        history,
        attributes=tuple(people.attributes[u] if u >= 0 else () for u in users),
        profile=tuple(people.profile[u] if u >= 0 else "" for u in users),
        steps=steps,
    )


def _first_of(rows: Interactions, users: Ints, number: Ints) -> Histories:
    """The first so many rows of each of B users; nothing of users -1."""
    order, bounds = rows.by_user
    places = [
        order[bounds[u] : bounds[u] + n] if u >= 0 else order[:0]
        for u, n in zip(users, number, strict=True)
    ]
    mine = np.concatenate(places)
    return Histories(
        start=np.concatenate([[0], np.cumsum([len(p) for p in places])]).astype(np.int64),
        item=rows.item[mine],
        label=rows.label[mine],
        weight=rows.weight[mine],
        attributes=((),) * len(users),
        profile=("",) * len(users),
    )


def _item_logits(
    known: Known, fusion: FittedFusion, asked: Asked, own_liked: Doubles, own_met: Doubles
) -> Doubles:
    """Log-odds of each pair's item by what was known before it, without its own rows. [N]."""
    expected, strength = _expected(known, fusion)
    liked, met = _counts_before(known, asked)
    liked = np.maximum(liked - own_liked, 0.0)
    met = np.maximum(met - own_met, 0.0)
    mean = np.full(len(asked.item), fusion.base_rate)
    described = asked.item >= 0
    mean[described] = expected[asked.item[described]]
    return logit((liked + strength * mean) / (met + strength))


def _expected(known: Known, fusion: FittedFusion) -> tuple[Floats | Doubles, float]:
    """Like-rate that each item's features promise, shape [I], and the rows it is worth."""
    prior = fusion.experts.get("item-prior")
    if isinstance(prior, FittedItemPrior):
        return prior.expected(known.features)
    return np.full(len(known.catalog), fusion.base_rate), STRENGTH


def _counts_before(known: Known, asked: Asked) -> tuple[Doubles, Doubles]:
    """Weighted likes and rows of each pair's item before its time. Two of shape [N]."""
    rows = known.interactions
    order = np.lexsort((np.nan_to_num(rows.timestamp, nan=-np.inf), rows.item))
    item, time = rows.item[order], np.nan_to_num(rows.timestamp, nan=-np.inf)[order]
    weight = rows.weight[order].astype(np.float64)
    met = np.concatenate([[0.0], np.cumsum(weight)])
    liked = np.concatenate([[0.0], np.cumsum(weight * rows.label[order])])
    first = np.searchsorted(item, asked.item)
    ends = _first_not_before(item, time, asked.item, asked.time)
    return liked[ends] - liked[first], met[ends] - met[first]


def _first_not_before(owner: Ints, time: Doubles, asked: Ints, until: Doubles) -> Ints:
    """For each pair the place after the last row of its owner strictly before its time.

    Args:
        owner: Of each row, ascending. Shape [R].
        time: Of each row, ascending within an owner. Shape [R].
        asked: Owner of each pair; -1 has no rows. Shape [N].
        until: Time of each pair. Shape [N].

    Returns:
        Shape [N].
    """
    moments = np.unique(np.concatenate([time, until]))
    keys = owner * (len(moments) + 1) + np.searchsorted(moments, time)
    wanted = asked * (len(moments) + 1) + np.searchsorted(moments, until)
    return np.searchsorted(keys, wanted, side="left").astype(np.int64)


def _own(known: Known, asked: Asked) -> tuple[Doubles, Doubles]:
    """Weighted likes and rows of each pair itself before its time. Two of shape [N]."""
    rows = known.interactions
    size = len(known.catalog) + 1
    keys = rows.user * size + rows.item
    wanted = np.where((asked.user >= 0) & (asked.item >= 0), asked.user * size + asked.item, -1)
    some: Bools = np.isin(keys, wanted)
    events = pl.DataFrame(
        {
            "key": keys[some],
            "when": np.nan_to_num(rows.timestamp[some], nan=-np.inf),
            "met": rows.weight[some].astype(np.float64),
            "liked": (rows.weight * rows.label)[some].astype(np.float64),
        }
    )
    pairs = pl.DataFrame({"n": np.arange(len(wanted)), "key": wanted, "time": asked.time})
    both = pairs.join(events, on="key", how="inner").filter(pl.col("when") < pl.col("time"))
    sums = both.group_by("n").agg(pl.col("liked").sum(), pl.col("met").sum())
    liked, met = np.zeros(len(wanted)), np.zeros(len(wanted))
    liked[sums["n"].to_numpy()] = sums["liked"].to_numpy()
    met[sums["n"].to_numpy()] = sums["met"].to_numpy()
    return liked, met
