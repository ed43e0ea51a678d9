"""What each business rule costs in accuracy, and how often it makes a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.slate import Query
from fewrec.metrics.ranking import ndcg
from fewrec.recommender.asking import Asker, asker
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.model import Recommender
from fewrec.recommender.rules import Rules
from fewrec.seeding import generator


@dataclass(frozen=True)
class RuleCost:
    """One rule among all that are in force.

    Attributes:
        rule: Its name; ``at_most COLUMN`` and ``weigh COLUMN`` stand alone for each column.
        ndcg: NDCG@k with all rules, mean over the people who have a good item.
        without: The same with all rules but this one.
        fired: Items that the rule kept away from the slates or put in, over all answers.
        answers: How many slates were asked for.
        k: Length of the slates.
    """

    rule: str
    ndcg: float
    without: float
    fired: int
    answers: int
    k: int

    @property
    def cost(self) -> float:
        """NDCG@k that the rule costs; below 0 where it helps."""
        return self.without - self.ndcg

    def to_row(self) -> dict[str, Any]:
        """As a row of the JSON contract."""
        return {
            "task": "rules",
            "rule": self.rule,
            "k": self.k,
            "metric": f"ndcg@{self.k}",
            "mean": self.ndcg,
            "without": self.without,
            "cost": self.cost,
            "fired": self.fired,
            "answers": self.answers,
        }


def rule_costs(
    model: Recommender,
    rules: Rules,
    queries: Sequence[Query],
    good: Sequence[frozenset[str]],
    *,
    now: float,
    k: int = 10,
) -> list[RuleCost]:
    """Leave out each rule in force, one after the other.

    Args:
        model: Scores the items; always the best slate is judged, nothing is left to chance.
        rules: All rules.
        queries: Who asks; what they liked since then must not be known to the model.
        good: Ids of the items each of them liked since then.
        now: Seconds since 1970.
        k: Length of the slates.

    Returns:
        Rule by rule; ``shown_at_most`` is not among them, because it needs what was shown.
    """
    ids = model.known.catalog.items
    rows = [
        (n, r) for n, some in enumerate(good) for name in some if (r := ids.row(name)) is not None
    ]
    shape = (len(queries), len(ids))
    place = tuple(np.array(rows, dtype=np.int64).reshape(-1, 2).T)
    relevant = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), place), shape)
    whole, fired = _judged(model, rules, queries, relevant, now, k)
    found = []
    for name, others in _without_each(rules, chooser_for(model, rules)):
        without, _ = _judged(model, others, queries, relevant, now, k)
        cost = RuleCost(name, _mean(whole), _mean(without), fired[name], len(queries), k)
        found.append(cost)
    return found


def _mean(values: Doubles) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def _without_each(rules: Rules, chooser: Chooser) -> Iterator[tuple[str, Rules]]:
    """The name of each rule in force, and the rules without it."""
    windows = np.isfinite(chooser.rules.window).any()
    if rules.hidden:
        yield "hidden", rules.model_copy(update={"hidden": frozenset()})
    if not chooser.rules.stocked.all():
        yield "stock", rules.model_copy(update={"stock": False})
    if windows:
        yield "availability", rules.model_copy(update={"availability": False})
    if rules.must_show:
        yield "must_show", rules.model_copy(update={"must_show": {}})
    if rules.repeats:
        yield "repeats", rules.model_copy(update={"repeats": False})
    for field in ("at_most", "weigh"):
        told = getattr(rules, field)
        for column in told:
            rest = {name: value for name, value in told.items() if name != column}
            yield f"{field} {column}", rules.model_copy(update={field: rest})


def _judged(
    model: Recommender,
    rules: Rules,
    queries: Sequence[Query],
    relevant: sparse.csr_matrix,
    now: float,
    k: int,
) -> tuple[Doubles, Counter[str]]:
    """NDCG@k of each query's best slate, shape [B], and how often each rule fired."""
    chooser, random = chooser_for(model, rules), generator(0)
    top: Ints = np.full((len(queries), k), -1, dtype=np.int64)
    fired: Counter[str] = Counter()
    for n, query in enumerate(queries):
        who: Asker = asker(replace(query, include_seen=rules.repeats), model.known)
        scores = model.fusion.scores(who.history)[0]
        chosen = chooser.choose(scores, who.usable, k, random, now=now)
        top[n, : len(chosen.rows)] = chosen.rows
        fired.update(chosen.fired)
    return ndcg(top, relevant, k), fired
