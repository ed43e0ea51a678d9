"""`fewrec bench rules`: whether mined rules add to the fusion where little is known."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[str, typer.Option(metavar="NAME_OR_DIR", help="Public data or a data folder.")],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
    users: Annotated[
        str, typer.Option(help="Numbers of training users, separated by commas; `all` is one.")
    ] = "20,100,all",
) -> None:
    """Measure what mined rules add: to new people with few clicks, and among new items."""
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.curve import sizes_named, usable_sizes
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.rule_bench import run_rules

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    bench = open_bench(dataset)
    sizes = usable_sizes(bench, sizes_named(users))
    with run.progress("Folds", total=2 * len(sizes) * seeds) as advance:
        result = run_rules(bench, run.seeds, sizes, advance)
    run.rows, run.comparisons = result.rows, result.comparisons
    run.extras["reproduce"] = f"fewrec bench rules --data {data} --seeds {seeds} --users {users}"
    run.say(*result_tables(result.rows), *comparison_lines(result.comparisons))
    for alarm in result.alarms:
        run.warn(alarm)
