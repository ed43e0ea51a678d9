"""`fewrec bench friends`: who finds hidden links between people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.evaluation.rows import Row


def command(
    run: Run,
    data: Annotated[
        str, typer.Option(metavar="DIR", help="A data folder whose graph links people.")
    ],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
) -> None:
    """Hide a fifth of the links between people and ask for them again.

    Our ranker, with what people like and without it, against common friends, Adamic-Adar,
    personalised PageRank and likeness of taste.
    """
    from fewrec.evaluation.friend_bench import FriendBench
    from fewrec.evaluation.opening import open_data

    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = (
        {"name": dataset.name, "fingerprint": dataset.fingerprint},
        list(range(seeds)),
    )
    bench = FriendBench.of(dataset)
    with run.progress("Seeds", total=seeds) as advance:
        run.rows, run.comparisons, weights = bench.run(run.seeds, advance)
    run.extras["people"], run.extras["links"] = len(bench.users), len(bench.links)
    run.extras["weights"] = weights
    run.extras["reproduce"] = f"fewrec bench friends --data {data} --seeds {seeds}"
    run.say(_table(run.rows))


def _table(rows: list[Row]) -> Table:
    from rich.table import Table

    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    table = Table(title="Hidden friends", title_justify="left", title_style="bold")
    for name in ("ranker", *metrics):
        table.add_column(name)
    for ranker in dict.fromkeys(row["ranker"] for row in rows):
        found = {row["metric"]: row["mean"] for row in rows if row["ranker"] == ranker}
        table.add_row(ranker, *(f"{found[metric]:.4f}" for metric in metrics))
    return table
