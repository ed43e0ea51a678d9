"""`fewrec score`: how probable it is that people like items, pair by pair."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    import polars as pl

    from fewrec.data.arrays import Doubles
    from fewrec.recommender import Recommender


def command(
    run: Run,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Folder of a fitted model.")],
    pairs: Annotated[
        Path,
        typer.Argument(metavar="PAIRS", help="Table with user, item, optionally timestamp."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help="The same table with scores.")
    ],
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="A data folder with what is new since the fit."),
    ] = None,
) -> None:
    """Give every (user, item) pair of a table the probability that the user likes the item.

    The rows stay as they are and in their order; a column `score` in [0, 1] is added. Users and
    items nobody heard of are ordinary. With a timestamp, only what happened strictly before it
    counts; a pair's own rows in --data never do.
    """
    import polars as pl

    from fewrec.cli.asked import check_suffix, read_pairs, write_table
    from fewrec.cli.opening import open_model

    check_suffix(out)
    table, asked = read_pairs(pairs)
    recommender = open_model(run, model, data)
    with run.progress("Scoring"):
        scores = recommender.score(asked)
    write_table(table.with_columns(pl.Series("score", scores)), out)
    _say(run, recommender, asked, scores, out)


def _say(run: Run, model: Recommender, asked: pl.DataFrame, scores: Doubles, out: Path) -> None:
    from fewrec.data.tables import count

    users, items = model.known.people.users, model.known.catalog.items
    strangers = int((users.rows(asked["user"]) < 0).sum())
    unknown = int((items.rows(asked["item"]) < 0).sum())
    mean = float(scores.mean()) if len(scores) else None
    middle = "" if mean is None else f", {mean:.3f} on average"
    run.say(f"{count(len(scores), 'pair')} scored{middle}, saved in {out}.")
    if strangers:
        run.say(f"- {count(strangers, 'pair')} of users the model does not know.")
    if unknown:
        run.say(f"- {count(unknown, 'pair')} of items the model does not know.")
    calibrated = model.manifest.calibrated
    if calibrated:
        run.say("Scores are P(like): calibrated on people hidden while the experts were fitted.")
    else:
        run.warn(
            "nothing in the training data is a dislike: scores order pairs, but are not "
            "calibrated and must not be read as probabilities."
        )
    run.extras["scores"] = {
        "file": str(out),
        "pairs": len(scores),
        "unknown_users": strangers,
        "unknown_items": unknown,
        "mean": mean,
        "calibrated": calibrated,
    }
