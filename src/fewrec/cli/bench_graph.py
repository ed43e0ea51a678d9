"""`fewrec bench graph`: the same data with the knowledge graph and without it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run, plain


def command(
    run: Run,
    data: Data,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    least: Annotated[
        int, typer.Option(min=0, metavar="L", help="Only items with at least so many likes.")
    ] = 0,
    network: Annotated[
        bool,
        typer.Option("--network", help="Also with a graph neural network as one expert more."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for the cells; by default runs/graph-NAME."),
    ] = None,
) -> None:
    """Measure what the graph adds, for people and items of whom little is known and for others.

    Every (seed, fold) is a cell with a file of its own in the run folder. A run that was stopped
    goes on where it was; more seeds add to what is there.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.cells import write_json
    from fewrec.evaluation.graph_bench import GraphBench, graph_cells, run_graph
    from fewrec.evaluation.opening import open_data

    dataset = open_data(data, progress=not run.quiet).liked_items(least)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    folder = out or Path("runs") / f"graph-{dataset.name}"
    bench = GraphBench.of(dataset, network)
    folder.mkdir(parents=True, exist_ok=True)
    with run.progress("Cells", total=len(list(graph_cells(run.seeds, folder)))) as advance:
        result = run_graph(bench, run.seeds, folder, advance)
    run.rows, run.comparisons = result.rows, result.comparisons
    run.extras["reproduce"] = f"fewrec bench graph --data {data} --seeds {seeds}" + (
        (f" --least {least}" if least else "") + (" --network" if network else "")
    )
    shown = [row for row in result.rows if "with friends" not in row["segment"]]
    run.say(*result_tables(shown), *comparison_lines(result.comparisons))
    for alarm in result.alarms:
        run.warn(alarm)
    write_json(folder / "result.json", plain(run.document()))
