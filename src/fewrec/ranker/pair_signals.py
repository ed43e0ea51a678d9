"""Signals of liking for (person, item) pairs: what the head of P(like) weighs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker, FittedShotModel
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.preference import as_signal, logit
from fewrec.ranker.rehearsal import item_rates, rating_expert

BLOCK = 256
"""So many people are scored at once, to bound memory."""

LARGEST = 4.0
"""Log-odds of a reader count within plus and minus this: one may be sure, and wrong."""


def pair_signals(
    experts: Mapping[str, FittedRanker],
    readers: Mapping[str, FittedShotModel],
    people: Histories,
    item: Ints,
    *,
    base_rate: float,
    warmth: Floats,
    among: int,
) -> Doubles:
    """Signals of N pairs.

    Args:
        experts: E rankers by name; their scores are standardised.
        readers: R models by name that answer rows with log-odds.
        people: N people.
        item: One item for each. Shape [N].
        base_rate: Share of likes among all rows.
        warmth: c / (c + kappa) of each item. Shape [I].
        among: Over so many items, the first ones, scores are standardised.

    Returns:
        Logit of the item's and of the person's like-rate, both relative to the base rate, then
        one column a model. Shape [N, 2 + E + R].
    """
    rates = item_rates(experts, np.full(len(warmth), base_rate))
    base = float(logit(base_rate))
    columns = [logit(rates)[item] - base, logit(user_rate(people, base_rate)) - base]
    rated = rating_expert(experts)
    for name, ranker in experts.items():
        told = np.zeros(len(item))  # an item's rate counts once
        if name != rated:
            told = _ranked(name, ranker, people, item, warmth, among)
        columns.append(told)
    columns += [reader_signal(reader, people, item) for reader in readers.values()]
    return np.column_stack(columns)


def reader_signal(reader: FittedShotModel, people: Histories, item: Ints) -> Doubles:
    """Log-odds of a reader, kept within plus and minus ``LARGEST``. Shape [N]."""
    signal: Doubles = np.clip(reader.logits(people, item), -LARGEST, LARGEST)
    return signal


def _ranked(
    name: str, model: FittedRanker, people: Histories, item: Ints, warmth: Floats, among: int
) -> Doubles:
    """The signal of an expert that ranks all items. Shape [N]."""
    told = np.zeros(len(item))
    for start in range(0, len(item), BLOCK):
        some = np.arange(start, min(start + BLOCK, len(item)))
        raw = model.scores(people.take(some))
        own = raw[np.arange(len(some)), item[some], None]
        signal = as_signal(name, own, relative(own, raw[:, :among]), warmth[item[some], None])
        told[some] = signal[:, 0]
    return told


def relative(own: Floats, raw: Floats) -> Floats:
    """Scores in deviations from the mean of each person's scores; 0 where these are all alike.

    Args:
        own: Shape [B, N].
        raw: What they are compared with. Shape [B, I].

    Returns:
        Shape [B, N].
    """
    mean, deviation = raw.mean(axis=1, keepdims=True), raw.std(axis=1, keepdims=True)
    flat = deviation < 1e-6 * np.maximum(np.abs(mean), 1e-3)
    relative: Floats = np.where(flat, 0.0, (own - mean) / np.where(flat, 1.0, deviation))
    return relative.astype(np.float32)
