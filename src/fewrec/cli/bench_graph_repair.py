"""`fewrec bench graph-repair`: how many hidden links are found, and wrong ones flagged."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[
        str, typer.Option(metavar="NAME_OR_DIR", help="A data folder with a graph of its items.")
    ],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
) -> None:
    """Hide a fifth of the graph, make a twentieth of it wrong, and look for both.

    Precision and recall of the links proposed at the thresholds 0.9 and 0.8; AUC of the flags.
    Once with all that is known, once without the columns that list values.
    """
    from rich.table import Table

    from fewrec.evaluation.graph_repair import run_repair
    from fewrec.evaluation.opening import open_data
    from fewrec.knowledge.text import encoder_for

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    encoder, why = encoder_for(dataset.catalog)
    if why:
        run.warn(why)
    with run.progress("Runs", total=2 * seeds) as advance:
        run.rows = run_repair(dataset, encoder, run.seeds, advance)
    run.extras["reproduce"] = f"fewrec bench graph-repair --data {data} --seeds {seeds}"
    table = Table(title=f"{dataset.name}: hidden and wrong links", title_justify="left")
    for name in ("evidence", "relation", "measure"):
        table.add_column(name)
    table.add_column("mean", justify="right")
    for row in run.rows:
        mean = "–" if row["mean"] is None else f"{row['mean']:,.3f}"
        table.add_row(row["evidence"], row.get("segment", "all"), row["metric"], mean)
    run.say(table)
