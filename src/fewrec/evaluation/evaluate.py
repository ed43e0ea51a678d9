"""`fewrec evaluate`: one protocol, all rankers, some seeds -> rows, comparisons, alarms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from fewrec.evaluation.alarms import join_alarms, table_alarms
from fewrec.evaluation.asking import Findings, ask
from fewrec.evaluation.contestants import HYBRID, TRIVIAL, fit_contestants
from fewrec.evaluation.examples import example_slates
from fewrec.evaluation.experiment import Cell
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.pairs import Predictions, auc_difference, pair_rows, uauc_difference
from fewrec.evaluation.protocols import folds
from fewrec.evaluation.rows import Row, cell_of
from fewrec.evaluation.table import CHOSEN, comparisons, difference_row, list_rows, settle
from fewrec.metrics.calibration import reliability

Step = Callable[[], None]


@dataclass(frozen=True)
class Result:
    """What goes into the JSON of `fewrec evaluate`.

    Attributes:
        rows: One a cell and metric.
        comparisons: hybrid against the best single ranker and every trivial baseline.
        alarms: What should make a reader doubt the table.
        calibration: Reliability tables of the rankers whose scores mean P(like).
        notes: What was held out, in words, one sentence a fold.
        slates: Examples from the first fold, as in ``recommend --json``.
    """

    rows: list[Row]
    comparisons: list[Row]
    alarms: list[str]
    calibration: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    slates: list[dict[str, Any]] = field(default_factory=list)


def evaluate(
    bench: Bench, protocol: str, seeds: Sequence[int], *, step: Step = lambda: None
) -> Result:
    """Fit and ask, once a fold and seed.

    Args:
        bench: Data and rankers.
        protocol: A name in ``protocols.PROTOCOLS``.
        seeds: Of splits and fits.
        step: Called after each fold.

    Returns:
        The result over all seeds.

    Raises:
        ConfigError: The protocol is unknown.
        EmptyData: Nothing can be held out.
        MissingColumn: The protocol needs timestamps and there are none.
    """
    found: list[Findings] = []
    slates: list[dict[str, Any]] = []
    for seed in seeds:
        for fold in folds(protocol, bench.dataset, seed):
            with threadpool_limits(limits=1):
                contestants = fit_contestants(bench.training(fold.train, seed), bench.rankers)
                name, vectors = bench.dataset.name, bench.features.vectors
                found.append(ask(fold, contestants, name, vectors, varied=_varied))
                slates = slates or example_slates(bench, fold, contestants)
            step()
    return replace(summarise(found, join_alarms(bench.dataset)), slates=slates)


def _varied(cell: Cell) -> bool:
    """Cells with a curve of accuracy against variety: one a protocol is enough."""
    return cell.get("k") in (None, 5) and cell.get("segment") in (None, "new_users", "new_items")


def summarise(found: Sequence[Findings], alarms: Sequence[str] = ()) -> Result:
    """Tables of findings.

    Args:
        found: Of any folds and seeds.
        alarms: Sentences that are known already.
    """
    outcomes = [o for findings in found for o in findings.outcomes]
    predictions = [p for findings in found for p in findings.predictions]
    plain = [o for o in outcomes if "diversity" not in o.cell]
    by_cell = predictions_by_cell(predictions)
    rows = list_rows(outcomes)
    rows += [row for seeds in by_cell.values() for row in pair_rows(seeds)]
    compared = comparisons(plain, (CHOSEN, *TRIVIAL, "random")) + pair_comparisons(by_cell)
    return Result(
        rows=rows,
        comparisons=compared,
        alarms=[*alarms, *table_alarms(rows, compared)],
        calibration=calibration_tables(predictions),
        notes=list(dict.fromkeys(note for findings in found for note in findings.notes)),
    )


PairCells = dict[tuple[tuple[str, Any], ...], list[Predictions]]


def predictions_by_cell(predictions: Sequence[Predictions]) -> PairCells:
    """Predictions of each cell, one a seed; cells whose rows have one label only are kept."""
    groups: PairCells = {}
    for found in predictions:
        groups.setdefault(cell_of(found.cell), []).append(found)
    return groups


def pair_comparisons(groups: PairCells, against: Sequence[str] = TRIVIAL) -> list[Row]:
    """Hybrid against others (the trivial baselines) on labelled pairs, in AUC and UAUC."""
    made = []
    for b in against:
        for metric, compare in (("auc", auc_difference), ("uauc", uauc_difference)):
            family = []
            for cell, ours in groups.items():
                keys = dict(cell)
                theirs = groups.get(cell_of({**keys, "ranker": b}))
                if keys["ranker"] == HYBRID and theirs is not None:
                    keys.pop("ranker")
                    family.append(difference_row(keys, HYBRID, b, metric, compare(ours, theirs)))
            made += settle(family)
    return made


def calibration_tables(predictions: Sequence[Predictions]) -> list[dict[str, Any]]:
    """Predicted and observed shares of likes over all seeds, hybrid first."""
    whole = [
        p for p in predictions if p.probability and p.cell.get("segment") in (None, "new_users")
    ]
    tables = []
    for ranker in (HYBRID, "item-user-mean"):
        mine = [p for p in whole if p.cell["ranker"] == ranker]
        if not mine:
            continue
        table = reliability(
            np.concatenate([p.score for p in mine]), np.concatenate([p.label for p in mine])
        )
        tables.append(
            {
                "ranker": ranker,
                "edges": table.edges.tolist(),
                "count": table.count.tolist(),
                "predicted": _nullable(table.predicted),
                "observed": _nullable(table.observed),
            }
        )
    return tables


def _nullable(values: np.ndarray) -> list[float | None]:
    return [None if v != v else float(v) for v in values.tolist()]
