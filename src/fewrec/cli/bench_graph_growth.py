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
    from fewrec.cli.sizes import size_table, whole_sizes
    from fewrec.evaluation.graph_growth import growth

    wanted = whole_sizes(sizes, "triples", 1)
    run.seeds = [seed]
    run.data = {"name": "made-up graphs", "fingerprint": ""}
    with run.progress("Sizes", total=len(wanted)) as advance:
        run.rows = growth(wanted, seed=seed, step=advance)
    run.extras["reproduce"] = f"fewrec bench graph-growth --sizes {sizes}"
    run.say(size_table("Graphs as they grow, one thread", "triples", run.rows))
