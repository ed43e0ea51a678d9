"""Signals of liking for (person, item) pairs: what the head of P(like) weighs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.protocols import FittedRanker, FittedShotModel
from fewrec.ranker.baselines import user_rate
from fewrec.ranker.preference import as_signal, logit
from fewrec.ranker.rehearsal import item_rates, standardised

BLOCK = 256
"""So many people are scored at once, to bound memory."""

LARGEST = 4.0
"""Log-odds of a reader count within plus and minus this: one may be sure, and wrong."""


def pair_signals(
    experts: Mapping[str, FittedRanker],
    readers: Mapping[str, FittedShotModel],
    people: Histories,
    item: Ints,
    base_rate: float,
    warmth: Floats,
) -> Doubles:
    """Signals of N pairs.

    Args:
        experts: E rankers by name; their scores are standardised over all items.
        readers: R models by name that answer rows with log-odds.
        people: N people.
        item: One item for each. Shape [N].
        base_rate: Share of likes among all rows.
        warmth: c / (c + kappa) of each item. Shape [I].

    Returns:
        Logit of the item's and of the person's like-rate, both relative to the base rate, then
        one column a model. Shape [N, 2 + E + R].
    """
    rates = item_rates(experts, np.full(len(warmth), base_rate))
    base = float(logit(base_rate))
    columns = [logit(rates)[item] - base, logit(user_rate(people, base_rate)) - base]
    columns += [_ranked(name, ranker, people, item, warmth) for name, ranker in experts.items()]
    columns += [np.clip(r.logits(people, item), -LARGEST, LARGEST) for r in readers.values()]
    return np.column_stack(columns)


def _ranked(
    name: str, model: FittedRanker, people: Histories, item: Ints, warmth: Floats
) -> Doubles:
    """The signal of an expert that ranks all items. Shape [N]."""
    told = np.zeros(len(item))
    for start in range(0, len(item), BLOCK):
        some = np.arange(start, min(start + BLOCK, len(item)))
        raw = model.scores(people.take(some))
        signal = as_signal(name, raw, standardised(raw, np.zeros(raw.shape, dtype=bool)), warmth)
        told[some] = signal[np.arange(len(some)), item[some]]
    return told
