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
) -> None:
    """Measure 200 training steps of the graph neural network on drawn graphs, on one thread."""
    from rich.table import Table

    from fewrec.errors import ConfigError
    from fewrec.evaluation.graph_training import graph_training

    try:
        wanted = [int(word) for word in sizes.split(",")]
    except ValueError as error:
        raise ConfigError(f"--sizes wants whole numbers, such as 10000,100000: {sizes}") from error
    if min(wanted) < 1000:
        raise ConfigError(f"--sizes wants at least 1000 triples, not {min(wanted)}.")
    run.seeds = [0]
    with run.progress("Measuring", total=len(wanted)) as advance:
        run.rows = graph_training(wanted, advance)
    run.extras["reproduce"] = f"fewrec bench graph-training --sizes {sizes}"
    table = Table(title="200 training steps", title_justify="left", title_style="bold")
    for name in ("triples", "measure", "value"):
        table.add_column(name)
    for row in run.rows:
        table.add_row(f"{row['n']:,}", row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
