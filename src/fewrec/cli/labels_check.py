"""`fewrec labels check`: labels of a data folder that look wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The labels that look wrong.")
    ],
    folds: Annotated[int, typer.Option(min=2, help="In how many parts people are cut.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of all draws.")] = 0,
) -> None:
    """List labels that models of other people's rows find improbable, the most doubtful first.

    A doubt is no proof: people like what others do not. The tables are never changed.
    """
    import numpy as np
    import polars as pl

    from fewrec.cli.asked import check_suffix, write_table
    from fewrec.data.tables import count
    from fewrec.data.unlabelled import read_labels
    from fewrec.errors import EmptyData
    from fewrec.evaluation.tallrec import described
    from fewrec.ranker.suspicion import cross_fitted, doubts
    from fewrec.recommender.shot_models import few_shot

    check_suffix(out)
    with run.progress("Reading"):
        found = read_labels(folder)
    run.data = {"name": found.dataset.name, "fingerprint": found.dataset.fingerprint}
    run.seeds = [seed]
    rows = np.arange(found.labelled)
    whole = found.dataset.interactions
    if len(np.unique(whole.label[rows])) < 2:
        raise EmptyData(
            f"{count(found.labelled, 'row')} are labelled, and not both ways",
            file=folder,
            fix="Labels are checked where there are likes and dislikes; see `like` in fewrec.toml.",
        )
    with run.progress("Checking"):
        _, group = np.unique(whole.user[rows], return_inverse=True)
        training = described(found.dataset, len(found.dataset.catalog))
        shots, model = found.shots(rows), few_shot(readers=())
        chance = cross_fitted(model, shots, training, group=group, folds=folds, seed=seed)
        told = doubts(chance, shots.label)
    listed = told.order[told.flagged[told.order]]
    titles = found.dataset.catalog.titles
    table = found.cells[listed].with_columns(
        pl.Series("line", found.lines[listed]),
        pl.Series("title", [titles[item] for item in whole.item[listed]], dtype=pl.String),
        pl.Series("liked", whole.label[listed] > 0.5),
        pl.Series("probability", chance[listed]),
        pl.Series("doubt", told.loss[listed]),
    )
    write_table(table, out)
    run.say(f"Liked rule: {found.rule}.")
    run.say(
        f"{count(len(listed), 'label')} of {found.labelled:,} look wrong, saved in {out}: "
        "most doubtful first. Look at them; a doubt is no proof."
    )
    run.extras["labels"] = {"file": str(out), "labelled": found.labelled, "flagged": len(listed)}
