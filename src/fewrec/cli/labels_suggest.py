"""`fewrec labels suggest`: which rows of a data folder to label next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.data.arrays import Doubles, Ints
    from fewrec.data.unlabelled import LabelFolder

TAUGHT = 256
"""The model learns from at most so many labelled rows, drawn at random."""

ENOUGH = 8
"""With fewer labels there is no model to ask."""


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The rows to label, value empty.")
    ],
    k: Annotated[int, typer.Option("-k", min=1, help="How many rows.")] = 32,
    have: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Answers so far: such a table with value filled in."),
    ] = None,
    by: Annotated[
        str, typer.Option(help="covering (needs no labels), or model (steadies the fitted model).")
    ] = "covering",
    seed: Annotated[int, typer.Option(min=0, help="Of all draws.")] = 0,
) -> None:
    """Choose the rows whose labels would tell most about the others.

    Rows of the interactions with neither value nor event are the pool. Fill in `value` in the
    file written, and give it back with --have.
    """
    import polars as pl

    from fewrec.cli.asked import check_suffix, write_table
    from fewrec.data.tables import count
    from fewrec.data.unlabelled import read_labels
    from fewrec.errors import ConfigError, EmptyData, nearest

    check_suffix(out)
    if by not in ("covering", "model"):
        raise ConfigError(f"--by {by}: {nearest(by, ('covering', 'model'), 'ways')}")
    with run.progress("Reading"):
        found = read_labels(folder, have)
    run.data = {"name": found.dataset.name, "fingerprint": found.dataset.fingerprint}
    run.seeds = [seed]
    if not len(found.pool):
        raise EmptyData(
            "every row of the interactions has a label",
            file=folder,
            fix="Leave value (and event) empty in the rows that may be labelled.",
        )
    if k > len(found.pool):
        run.warn(f"{k} rows are asked for, {count(len(found.pool), 'row')} have no label.")
    with run.progress("Choosing"):
        rows, chance = _chosen(run, found, min(k, len(found.pool)), by, seed)
    catalog, items = found.dataset.catalog, found.dataset.interactions.item[rows]
    titles = pl.Series("title", [catalog.titles[item] for item in items], dtype=pl.String)
    table = found.cells[rows].with_columns(titles)
    write_table(table if chance is None else table.with_columns(probability=chance), out)
    run.say(f"{count(len(rows), 'row')} of {len(found.pool):,} without a label, saved in {out}.")
    if found.unanswered:
        run.warn(f"{have}: {count(found.unanswered, 'row')} without an answer are left out.")
    run.extras["labels"] = {
        "file": str(out),
        "chosen": len(rows),
        "pool": len(found.pool),
        "labelled": found.labelled,
        "by": by if chance is not None else "covering",
    }


def _chosen(
    run: Run, found: LabelFolder, k: int, by: str, seed: int
) -> tuple[Ints, Doubles | None]:
    """Rows to label [K], and P(like) of each where a model was asked."""
    import numpy as np

    from fewrec.evaluation.tallrec import described
    from fewrec.ranker.labelling import covering, steadying
    from fewrec.ranker.preference import sigmoid
    from fewrec.recommender.shot_models import few_shot
    from fewrec.seeding import generator

    pool = found.shots(found.pool)
    training = described(found.dataset, len(found.dataset.catalog))
    known = np.arange(found.labelled)
    if by == "covering":
        met = found.dataset.interactions.item[known]
        taken = covering(pool.people, pool.item, training.features, k, seed, known=met)
        return found.pool[taken], None
    known = known[found.answers] if found.answers.any() else known
    taught = generator(seed, "labels taught").permutation(known)[:TAUGHT]
    labels = found.dataset.interactions.label[taught]
    if len(taught) < ENOUGH or len(np.unique(labels)) < 2:
        run.warn(
            f"a model needs {ENOUGH} labels, likes and dislikes among them; there are "
            f"{len(taught)}. Rows are chosen by covering."
        )
        return _chosen(run, found, k, "covering", seed)
    model = few_shot(readers=()).fit(found.shots(np.sort(taught)), training)
    taken = steadying(model, pool.people, pool.item, k, seed)
    told = pool.take(taken)
    return found.pool[taken], sigmoid(model.logits(told.people, told.item))
