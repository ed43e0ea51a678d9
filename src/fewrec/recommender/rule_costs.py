"""What each business rule costs in accuracy, and how often it makes a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.slate import Query
from fewrec.metrics.intervals import mean_interval, paired_difference
from fewrec.metrics.ranking import ndcg
from fewrec.recommender.asking import asker
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for
from fewrec.recommender.model import Recommender
from fewrec.recommender.rules import Rules
from fewrec.seeding import generator

COUNTED = ("hidden", "stock", "availability", "shown_at_most", "must_show", "at_most", "never")
"""Rules whose firings are counted; the others change the scores' order alone."""


@dataclass(frozen=True)
class RuleCost:
    """One rule among all that are in force.

    Attributes:
        rule: Its name; ``at_most COLUMN`` and ``weigh COLUMN`` stand alone for each column,
            ``prefer``, ``avoid`` and ``never`` for each condition (``never genre=Horror``).
        within: NDCG@k of each person with all rules; NaN without a good item. Shape [B].
        without: The same with all rules but this one. Shape [B].
        fired: Items that the rule kept away from the slates or put in, over all answers; None
            where this is not counted.
        k: Length of the slates.
    """

    rule: str
    within: Doubles
    without: Doubles
    fired: int | None
    k: int

    @property
    def cost(self) -> float:
        """NDCG@k that the rule costs; below 0 where it helps."""
        return paired_difference(self.without, self.within, resamples=1).difference

    def to_row(self) -> dict[str, Any]:
        """As a row of the JSON contract; ``cost`` has its 95 % interval beside it."""
        whole = mean_interval(self.within)
        gap = paired_difference(self.without, self.within)
        return {
            "task": "rules",
            "rule": self.rule,
            "k": self.k,
            "metric": f"ndcg@{self.k}",
            "mean": whole.mean,
            "low": whole.low,
            "high": whole.high,
            "users": whole.users,
            "without": whole.mean + gap.difference,
            "cost": gap.difference,
            "cost_low": gap.low,
            "cost_high": gap.high,
            "fired": self.fired,
            "answers": len(self.within),
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

    Raises:
        UnknownId: A rule names an item that is not in the catalogue.
        ConfigError: A rule names a column, relation or value that is not there, or a column
            that holds no numbers.
    """
    whole = chooser_for(model, rules)
    choosers = {"": whole} | {
        name: chooser_for(model, others) for name, others in _without_each(rules, whole)
    }
    top = {name: np.full((len(queries), k), -1, dtype=np.int64) for name in choosers}
    fired: Counter[str] = Counter()
    for n, query in enumerate(queries):
        for name, (rows, counts) in _slates(model, query, choosers, now, k).items():
            top[name][n, : len(rows)] = rows
            fired.update(counts if not name else {})
    relevant = _relevant(model, good)
    reached = {name: ndcg(rows, relevant, k) for name, rows in top.items()}
    return [
        RuleCost(
            rule=name,
            within=reached[""],
            without=reached[name],
            fired=fired[name] if name.split(" ")[0] in COUNTED else None,
            k=k,
        )
        for name in choosers
        if name
    ]


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
    for field in ("prefer", "avoid", "never"):
        conditions = getattr(rules, field)
        for one in conditions:
            others = tuple(other for other in conditions if other is not one)
            yield f"{field} {one.name}", rules.model_copy(update={field: others})


def _slates(
    model: Recommender, query: Query, choosers: Mapping[str, Chooser], now: float, k: int
) -> dict[str, tuple[Ints, dict[str, int]]]:
    """One person's best slate by each chooser, and what fired; scores are computed once."""
    found: dict[str, tuple[Ints, dict[str, int]]] = {}
    random = generator(0)
    for repeats in {chooser.rules.rules.repeats for chooser in choosers.values()}:
        who = asker(replace(query, include_seen=repeats), model.known)
        scores = model.fusion.scores(who.history)[0]
        for name, chooser in choosers.items():
            if chooser.rules.rules.repeats == repeats:
                said = who.history.attributes[0]
                chosen = chooser.choose(scores, who.usable, k, random, now=now, attributes=said)
                found[name] = chosen.rows, chosen.fired
    return found


def _relevant(model: Recommender, good: Sequence[frozenset[str]]) -> sparse.csr_matrix:
    """1 for each good item that is in the catalogue. Shape [B, I]."""
    ids = model.known.catalog.items
    rows = [
        (n, r) for n, some in enumerate(good) for name in some if (r := ids.row(name)) is not None
    ]
    place = tuple(np.array(rows, dtype=np.int64).reshape(-1, 2).T)
    values = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((values, place), (len(good), len(ids)))
