"""`fewrec bench rules`: whether mined rules add to the fusion where little is known.

Every (seed, n, fold) is a cell with a file of its own; a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from threadpoolctl import threadpool_limits

from fewrec import __version__
from fewrec.errors import EmptyData
from fewrec.evaluation.alarms import table_alarms
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.cells import code_digest, load_findings, save_findings
from fewrec.evaluation.curve import Size
from fewrec.evaluation.evaluate import Result
from fewrec.evaluation.experiment import Outcome, Question, judge_chance, judge_lists, top_lists
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import Fold, asked_about, new_item_fold, new_user_fold
from fewrec.evaluation.table import comparisons, list_rows
from fewrec.protocols import FittedRanker
from fewrec.ranker.rule_expert import RuleExpert
from fewrec.recommender import hybrid
from fewrec.recommender.rankers import experts_for

WITH, RULES, PERSONAL = "hybrid-rules", "rules", "rules-personal"
ALONE = ("popularity", "attribute-knn", "text-knn")
"""Single experts that stand beside the rules."""

FOLDS = {"new-users": new_user_fold, "new-items": new_item_fold}


def rule_cells(
    seeds: Sequence[int], sizes: Sequence[Size], folder: Path
) -> Iterator[tuple[int, Size, str, Path]]:
    """Seed, n, fold and file of every cell, in the order they are run."""
    for seed in seeds:
        for n in sizes:
            for name in FOLDS:
                yield seed, n, name, folder / "cells" / f"seed-{seed}-n-{n}-{name}.json"


def run_rules(
    bench: Bench,
    seeds: Sequence[int],
    sizes: Sequence[Size],
    folder: Path,
    step: Callable[[], None],
) -> Result:
    """Compare the fusion with rules among its experts and without, and rules alone.

    Args:
        bench: Data and features.
        seeds: Of splits and fits.
        sizes: Numbers of training users.
        folder: Where the cells are kept.
        step: Called after each cell.

    Returns:
        Rows by ``n``, ``segment`` and ``k``; comparisons of ``hybrid-rules`` with ``hybrid`` and
        of ``rules`` with single experts.

    Raises:
        EmptyData: Items have no attributes that a rule could speak of.
    """
    if not bench.features.attributes.nnz:
        raise EmptyData(
            f"{bench.dataset.name}: items share no attributes, so there are no rules",
            fix="Add columns to items, or a graph with `fewrec graph import`.",
        )
    key, outcomes = _key(bench), list[Outcome]()
    for seed, n, name, file in rule_cells(seeds, sizes, folder):
        done = load_findings(file, key)
        if done is None:
            wanted, people = None if n == "all" else n, asked_about(bench.dataset)
            fold = FOLDS[name](bench.dataset, seed, wanted, people, n=n)
            fresh = Findings(tuple(_asked(bench, fold)))
            save_findings(file, fresh, key)
            done = load_findings(file, key) or fresh  # rounded alike, whether run now or before
        outcomes += done.outcomes
        step()
    rows = list_rows(outcomes)
    compared = comparisons(outcomes, ("hybrid",), a=WITH)
    compared += comparisons(outcomes, (PERSONAL, *ALONE), a=RULES)
    return Result(rows, compared, table_alarms(rows, compared))


def _key(bench: Bench) -> str:
    """Changes with everything that a cell depends on, as far as it can be known."""
    facts = {
        "data": bench.dataset.fingerprint,
        "version": __version__,
        "encoder": bench.encoder.name if bench.encoder else "",
        "code": code_digest(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _asked(bench: Bench, fold: Fold) -> list[Outcome]:
    made: list[Outcome] = []
    with threadpool_limits(limits=1):
        rankers = _fitted(bench, fold)
        for keys, split in fold.splits:
            question = Question.of(split, fold.seed)
            cell = {"data": bench.dataset.name, **keys}
            vectors = bench.features.vectors
            made.append(judge_chance(question, {"ranker": "random", **cell}, vectors))
            made += [
                judge_lists(
                    top_lists(ranker.scores, question), question, {"ranker": name, **cell}, vectors
                )
                for name, ranker in rankers.items()
            ]
    return made


def _fitted(bench: Bench, fold: Fold) -> Mapping[str, FittedRanker]:
    training, weighed = bench.training(fold.train, fold.seed), experts_for(bench.dataset)
    fit = {"hybrid": partial(hybrid, weighed), WITH: partial(hybrid, (*weighed, RULES))}
    fitted: dict[str, FittedRanker] = {name: make().fit(training) for name, make in fit.items()}
    experts: Mapping[str, FittedRanker] = getattr(fitted[WITH], "experts", {})
    fitted |= {name: experts[name] for name in (RULES, *ALONE) if name in experts}
    return fitted | {PERSONAL: RuleExpert(general=False).fit(training)}
