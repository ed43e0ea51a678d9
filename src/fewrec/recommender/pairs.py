"""P(like) of (user, item) pairs, each with the evidence there was before it and without itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from fewrec.data.arrays import Bools, Doubles, Ints
from fewrec.data.histories import Histories
from fewrec.knowledge.features import FeatureSpec
from fewrec.protocols import TextEncoder
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.preference import logit, sigmoid
from fewrec.ranker.prior import FittedItemPrior
from fewrec.recommender.knowledge import Known

BLOCK = 128


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


def score_pairs(
    known: Known,
    fusion: FittedFusion,
    spec: FeatureSpec,
    encoder: TextEncoder | None,
    pairs: pl.DataFrame,
) -> Doubles:
    """P(like) of each pair.

    Args:
        known: What the model knows.
        fusion: The ranker, over the same items.
        spec: How features are made.
        encoder: Of texts.
        pairs: Columns ``user``, ``item``, optionally ``timestamp``.

    Returns:
        In [0, 1]. Shape [N].
    """
    asked = _asked(known, pairs)
    rates = _item_logits(known, fusion, asked)
    answer = np.zeros(len(asked.user))
    groups = _groups(known, asked)
    for at in range(0, len(groups), BLOCK):
        block = groups[at : at + BLOCK]
        people = _histories(known, asked, block)
        base = float(logit(fusion.base_rate))
        plain = fusion.logits(people, np.zeros((1, 1)))
        slope = fusion.item_slope(people)
        for b, rows in enumerate(block):
            item = asked.item[rows]
            unknown = plain[b].mean() if plain.shape[1] else base
            from_people = np.where(item >= 0, plain[b][np.maximum(item, 0)], unknown)
            answer[rows] = from_people + slope[b] * (rates[rows] - base)
    return sigmoid(answer)


def _asked(known: Known, pairs: pl.DataFrame) -> Asked:
    time = np.full(len(pairs), np.inf)
    if "timestamp" in pairs.columns:
        given = pairs["timestamp"].cast(pl.Float64).to_numpy().astype(np.float64)
        time = np.where(np.isfinite(given), given, np.inf)
    return Asked(
        known.people.users.rows(pairs["user"].cast(pl.String)),
        known.catalog.items.rows(pairs["item"].cast(pl.String)),
        time,
    )


def _groups(known: Known, asked: Asked) -> list[Ints]:
    """Pairs that share their evidence: same person and time, and no row of their own.

    A pair that stands in the person's history is a group of its own, since its rows must not
    count as evidence for it.
    """
    rows = known.interactions
    size = len(known.catalog) + 1
    met = np.unique(rows.user * size + rows.item)
    own = np.isin(asked.user * size + asked.item, met) & (asked.user >= 0) & (asked.item >= 0)
    apart = np.where(own, asked.item, -1)
    order = np.lexsort((apart, asked.time, asked.user))
    keys = np.column_stack([asked.user, apart])[order]
    time = asked.time[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1) | (time[1:] != time[:-1])
    return np.split(order, np.flatnonzero(new)[1:]) if len(order) else []


def _histories(known: Known, asked: Asked, groups: list[Ints]) -> Histories:
    """What was known of each group's person before its time, without the pair's own rows."""
    users = asked.user[[g[0] for g in groups]]
    times = asked.time[[g[0] for g in groups]]
    items = asked.item[[g[0] for g in groups]]
    rows = known.interactions
    strangers = users < 0
    full = rows.histories(np.maximum(users, 0))
    person = full.person
    when = rows.timestamp[rows.rows_of(np.maximum(users, 0))[1]]
    early = (when < times[person]) | np.isinf(times)[person]
    kept = early & ~strangers[person] & (full.item != items[person])
    people = full.rows(kept)
    attributes = [
        () if s else known.people.attributes[u] for u, s in zip(users, strangers, strict=True)
    ]
    profile = ["" if s else known.people.profile[u] for u, s in zip(users, strangers, strict=True)]
    return people.knowing(attributes, profile)


def _item_logits(known: Known, fusion: FittedFusion, asked: Asked) -> Doubles:
    """Log-odds of each pair's item by what was known before it, without its own rows. [N]."""
    prior = fusion.experts.get("item-prior")
    if not isinstance(prior, FittedItemPrior):
        return np.full(len(asked.item), float(logit(fusion.base_rate)))
    expected, strength = prior.expected(known.features)
    liked, met = _counts_before(known, asked)
    mean = np.where(asked.item >= 0, expected[np.maximum(asked.item, 0)], fusion.base_rate)
    return logit((liked + strength * mean) / (met + strength))


def _counts_before(known: Known, asked: Asked) -> tuple[Doubles, Doubles]:
    """Weighted likes and rows of each pair's item before its time. Two of shape [N]."""
    rows = known.interactions
    order = np.lexsort((np.nan_to_num(rows.timestamp, nan=-np.inf), rows.item))
    item, time = rows.item[order], np.nan_to_num(rows.timestamp, nan=-np.inf)[order]
    weight = rows.weight[order].astype(np.float64)
    met = np.concatenate([[0.0], np.cumsum(weight)])
    liked = np.concatenate([[0.0], np.cumsum(weight * rows.label[order])])
    first = np.searchsorted(item, asked.item)
    ends = _first_not_before(item, time, asked)
    own_liked, own_met = _own(known, asked)
    return (
        np.maximum(liked[ends] - liked[first] - own_liked, 0.0),
        np.maximum(met[ends] - met[first] - own_met, 0.0),
    )


def _first_not_before(item: Ints, time: Doubles, asked: Asked) -> Ints:
    """Place after the last row of the pair's item strictly before its time. Shape [N]."""
    moments = np.unique(np.concatenate([time, asked.time]))
    keys = item * (len(moments) + 1) + np.searchsorted(moments, time)
    wanted = asked.item * (len(moments) + 1) + np.searchsorted(moments, asked.time)
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
