"""`fewrec bench speed`: seconds and memory of every step a user waits for."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    seed: Annotated[int, typer.Option(min=0, help="Of the fit.")] = 0,
) -> None:
    """Measure start, reading, encoding, fitting, recommending, scoring, remembering, on one thread.

    Each step runs in a process of its own, so that its memory is its own. The same question is
    put to implicit's ALS in the same run.
    """
    from rich.table import Table

    from fewrec.evaluation.opening import data_folder, open_data
    from fewrec.evaluation.speed import speed

    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = {"name": dataset.name, "fingerprint": dataset.fingerprint}, [seed]
    with run.progress("Measuring", total=8) as advance:
        run.rows = speed(data_folder(data), seed=seed, step=lambda task: advance())
    run.extras["reproduce"] = f"fewrec bench speed --data {data}"
    table = Table(title=f"{dataset.name}, one thread", title_justify="left", title_style="bold")
    for name in ("task", "measure"):
        table.add_column(name)
    table.add_column("mean", justify="right")
    for row in run.rows:
        table.add_row(row["task"], row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
