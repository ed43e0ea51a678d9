"""`fewrec bench rules`: whether mined rules add to the fusion where little is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
    users: Annotated[
        str, typer.Option(help="Numbers of training users, separated by commas; `all` is one.")
    ] = "20,100,all",
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for the cells; by default runs/rules-NAME."),
    ] = None,
) -> None:
    """Measure what mined rules add: to new people with few clicks, and among new items.

    Every (seed, n, fold) is a cell with a file of its own in the run folder. A run that was
    stopped goes on where it was.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.curve import sizes_named, usable_sizes
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.rule_bench import rule_cells, run_rules

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    bench = open_bench(dataset)
    sizes = usable_sizes(bench, sizes_named(users))
    folder = out or Path("runs") / f"rules-{dataset.name}"
    cells = list(rule_cells(run.seeds, sizes, folder))
    with run.progress("Cells", total=len(cells)) as advance:
        result = run_rules(bench, run.seeds, sizes, folder, advance)
    run.rows, run.comparisons = result.rows, result.comparisons
    run.extras["reproduce"] = f"fewrec bench rules --data {data} --seeds {seeds} --users {users}"
    run.say(*result_tables(result.rows), *comparison_lines(result.comparisons))
    for alarm in result.alarms:
        run.warn(alarm)
