"""`fewrec bench graph-growth`: time and memory of graphs as they grow."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    sizes: Annotated[
        str, typer.Option(help="Triples of the graphs, separated by commas.")
    ] = "10000,100000,1000000",
    seed: Annotated[int, typer.Option(min=0, help="Of the graphs.")] = 0,
) -> None:
    """Build made-up graphs of several sizes and measure how fast they answer, on one thread.

    Each step runs in a process of its own, so that its memory is its own.
    """
    from rich.table import Table

    from fewrec.errors import ConfigError
    from fewrec.evaluation.graph_growth import growth

    try:
        wanted = [int(size) for size in sizes.split(",")]
    except ValueError as error:
        raise ConfigError(f"--sizes: {sizes!r} are no whole numbers with commas.") from error
    if min(wanted) < 1:
        raise ConfigError(f"--sizes: a graph has at least 1 triple, not {min(wanted)}.")
    run.seeds = [seed]
    run.data = {"name": "made-up graphs", "fingerprint": ""}
    with run.progress("Sizes", total=len(wanted)) as advance:
        run.rows = growth(wanted, seed=seed, step=advance)
    run.extras["reproduce"] = f"fewrec bench graph-growth --sizes {sizes}"
    table = Table(title="Graphs as they grow, one thread", title_justify="left")
    table.add_column("triples", justify="right")
    table.add_column("measure")
    table.add_column("mean", justify="right")
    for row in run.rows:
        table.add_row(f"{row['n']:,}", row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
