"""From outcomes to tables: means over seeds with intervals by user, and who beats whom."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fewrec.evaluation.experiment import Outcome
from fewrec.evaluation.rows import Row, cell_of, even_weights, mean_of_known, metric_row
from fewrec.metrics.intervals import Difference, holm, mean_interval, paired_difference

CHOSEN = "best-single"
"""The single ranker that the training part would choose; another one in each cell and seed."""
BEST_PEER = "best-peer"
"""The other library's model that the training part would choose; another one in each cell."""

METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty")


def list_rows(outcomes: Iterable[Outcome], *, seed: int = 0) -> list[Row]:
    """Rows of the JSON contract for lists: one a cell and metric.

    Args:
        outcomes: Of any rankers, cells and seeds.
        seed: Of the resampling.

    Returns:
        Cells in order of first appearance, metrics in the order of ``METRICS``.
    """
    rows = []
    for seeds in by_cell(outcomes).values():
        for metric in METRICS:
            if metric in seeds[0].per_user:
                rows.append(_mean_row(seeds, metric, seed))
            elif metric in seeds[0].overall:
                rows.append(_overall_row(seeds, metric))
    return rows


def by_cell(outcomes: Iterable[Outcome]) -> dict[tuple[tuple[str, Any], ...], list[Outcome]]:
    """Outcomes of each cell, one a seed."""
    groups: dict[tuple[tuple[str, Any], ...], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(cell_of(outcome.cell), []).append(outcome)
    return groups


def chosen_single(outcomes: Iterable[Outcome], name: str) -> list[Outcome]:
    """Outcomes of the single ranker that the training part chose, as a ranker of its own.

    Args:
        outcomes: Of one seed and one n and k, any segments.
        name: The chosen ranker.

    Returns:
        Its outcomes under the name ``best-single``.
    """
    return [
        replace(o, cell={**o.cell, "ranker": CHOSEN}) for o in outcomes if o.cell["ranker"] == name
    ]


def comparisons(
    outcomes: Sequence[Outcome],
    against: Sequence[str],
    *,
    a: str = "hybrid",
    metric: str = "ndcg@10",
    margin: float = 0.01,
    seed: int = 0,
) -> list[Row]:
    """Compare one ranker with others, cell by cell, on the same people.

    Args:
        outcomes: Of any rankers, cells and seeds.
        against: Names of the others.
        a: Name of the one.
        metric: A metric with one value a person.
        margin: Relative margin of "not worse".
        seed: Of the resampling.

    Returns:
        Rows with the cell's keys (without ``ranker``), ``a``, ``b``, ``metric``,
        ``difference``, ``low``, ``high``, ``verdict`` by the 95 % interval, ``p``, ``p_holm``
        and ``verdict_holm`` corrected over all cells against the same ranker, ``not_worse``
        (non-inferior within the margin) and ``users``.
    """
    groups: dict[tuple[tuple[str, Any], ...], dict[str, list[Outcome]]] = {}
    for cell, seeds in by_cell(outcomes).items():
        keys = dict(cell)
        name = str(keys.pop("ranker"))
        groups.setdefault(tuple(keys.items()), {})[name] = seeds
    made = []
    for b in against:
        family = [
            _comparison(dict(cell), rankers[a], rankers[b], metric, margin, seed)
            for cell, rankers in groups.items()
            if a in rankers and b in rankers
        ]
        made += settle(family)
    return made


def settle(family: list[Row]) -> list[Row]:
    """Add Holm-corrected p-values and verdicts to comparisons that were tested together."""
    corrected = holm([math.nan if row["p"] is None else row["p"] for row in family])
    for row, p in zip(family, corrected, strict=True):
        ahead = "a" if (row["difference"] or 0) > 0 else "b"
        row["p_holm"] = None if math.isnan(p) else float(p)
        row["verdict_holm"] = ahead if p < 0.05 else "tie"
    return family


def tally(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Cells won, tied and lost by ``a`` after Holm's correction, and cells not worse."""
    verdicts = [(row["verdict_holm"], bool(row["not_worse"])) for row in rows]
    return {
        "won": sum(v == "a" for v, _ in verdicts),
        "tied": sum(v == "tie" for v, _ in verdicts),
        "lost": sum(v == "b" for v, _ in verdicts),
        "not_worse": sum(fine for _, fine in verdicts),
    }


def difference_row(cell: Mapping[str, Any], a: str, b: str, metric: str, found: Difference) -> Row:
    """One comparison as a row of the JSON contract; undefined numbers are None."""
    numbers = {
        "difference": found.difference,
        "low": found.low,
        "high": found.high,
    }
    return {
        **cell,
        "a": a,
        "b": b,
        "metric": metric,
        **{key: None if math.isnan(value) else value for key, value in numbers.items()},
        "verdict": found.verdict,
        "p": None if math.isnan(found.p) else found.p,
        "not_worse": found.not_worse,
        "users": found.users,
    }


def _comparison(
    cell: Mapping[str, Any],
    one: Sequence[Outcome],
    other: Sequence[Outcome],
    metric: str,
    margin: float,
    seed: int,
) -> Row:
    partner = {o.seed: o for o in other}
    pairs = [(o, partner[o.seed]) for o in one if o.seed in partner]
    a = [o.per_user[metric] for o, _ in pairs]
    b = [o.per_user[metric] for _, o in pairs]
    found = paired_difference(
        np.concatenate(a), np.concatenate(b), _people([o for o, _ in pairs]),
        even_weights(a), margin=margin, seed=seed,
    )  # fmt: skip
    return difference_row(
        cell, str(one[0].cell["ranker"]), str(other[0].cell["ranker"]), metric, found
    )


def _mean_row(seeds: Sequence[Outcome], metric: str, seed: int) -> Row:
    each = [o.per_user[metric] for o in seeds]
    found = mean_interval(np.concatenate(each), _people(seeds), even_weights(each), seed=seed)
    return metric_row(
        seeds[0].cell,
        metric,
        [mean_of_known(values) for values in each],
        low=found.low,
        high=found.high,
        users=found.users,
        reason=_reason(seeds, metric),
    )


def _overall_row(seeds: Sequence[Outcome], metric: str) -> Row:
    people = len({u for o in seeds for u in o.users})
    values = [o.overall[metric] for o in seeds]
    return metric_row(seeds[0].cell, metric, values, users=people, reason=_reason(seeds, metric))


def _people(seeds: Sequence[Outcome]) -> np.ndarray:
    """Whose value each is, all seeds one after the other."""
    return np.concatenate([np.array(o.users, dtype=np.str_) for o in seeds])


def _reason(seeds: Sequence[Outcome], metric: str) -> str:
    return next((o.reasons[metric] for o in seeds if metric in o.reasons), "")
