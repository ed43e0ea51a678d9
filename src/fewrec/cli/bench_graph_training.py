"""`fewrec bench graph-training`: what training on a graph costs as it grows."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    sizes: Annotated[
        str, typer.Option(metavar="NUMBERS", help="Triples, separated by commas.")
    ] = "10000,100000,1000000",
    full: Annotated[
        int, typer.Option(min=0, help="Triples of a graph that is trained to the end; 0 for none.")
    ] = 100_000,
) -> None:
    """Measure 200 training steps of the graph neural network on drawn graphs, on one thread.

    And a whole training with the default settings, with and without their early stopping.
    """
    from rich.table import Table

    from fewrec.cli.sizes import whole_sizes
    from fewrec.evaluation.graph_training import graph_training

    wanted = whole_sizes(sizes, "triples", 1000)
    run.seeds = [0]
    with run.progress("Measuring", total=len(wanted) + 2 * bool(full)) as advance:
        run.rows = graph_training(wanted, full, advance)
    run.extras["reproduce"] = f"fewrec bench graph-training --sizes {sizes} --full {full}"
    table = Table(title="Training on drawn graphs", title_justify="left", title_style="bold")
    for name in ("task", "triples", "measure", "value"):
        table.add_column(name)
    for row in run.rows:
        table.add_row(row["task"], f"{row['n']:,}", row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
