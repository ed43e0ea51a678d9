"""`fewrec bench paths`: how often the graph connects a recommendation with a like."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data,
    people: Annotated[int, typer.Option(min=1, help="At most so many people are asked about.")] = (
        300
    ),
    k: Annotated[int, typer.Option("-k", min=1, help="Length of the lists.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Of the fit and of the choice of people.")] = 0,
) -> None:
    """Measure how often a path of the graph explains a recommendation, and walk each path again.

    Asked are people with at least 10 likes; counted are recommended items that stand in the
    graph.
    """
    from rich.table import Table

    from fewrec.evaluation.opening import open_data
    from fewrec.evaluation.path_bench import run_paths

    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = {"name": dataset.name, "fingerprint": dataset.fingerprint}, [seed]
    with run.progress("Walking", total=people) as advance:
        run.rows, said = run_paths(dataset, people=people, k=k, seed=seed, step=advance)
    run.extras["sentences"] = said
    run.extras["reproduce"] = f"fewrec bench paths --data {data} --people {people} -k {k}"
    table = Table(title=f"{dataset.name}, lists of {k}", title_justify="left", title_style="bold")
    table.add_column("measure")
    table.add_column("", justify="right")
    for row in run.rows:
        share = row["metric"].startswith("share")
        table.add_row(row["metric"], f"{row['mean']:.1%}" if share else f"{row['mean']:,.4g}")
    run.say(table, *said[:3])
