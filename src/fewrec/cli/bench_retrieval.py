"""`fewrec bench retrieval`: one liked item in, another one to be found among random ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table


def command(
    run: Run,
    data: Data,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    users: Annotated[int, typer.Option(min=10, help="At most so many people, drawn.")] = 2000,
    items: Annotated[
        int, typer.Option(min=101, help="At most so many items, those these people met most.")
    ] = 2000,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="Folder for the cells; what is there is kept.")
    ] = Path("runs/retrieval"),
) -> None:
    """Show one liked item and look for another one of the same person among 99 random items.

    NDCG@10 of words, a text encoder, popularity and `hybrid`, for people who are not in the
    training part. Every seed is a cell with a file of its own.
    """
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.resuming import SeededBench
    from fewrec.evaluation.retrieval_bench import run_retrieval
    from fewrec.evaluation.sample import sampled

    dataset = sampled(open_data(data, progress=not run.quiet), users, items)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    asked = SeededBench(open_bench(dataset), tuple(run.seeds), out)
    with run.progress("Seeds", total=seeds) as advance:
        run.rows, run.comparisons = run_retrieval(asked, advance)
    run.extras["reproduce"] = (
        f"fewrec bench retrieval --data {Path(data).name} --seeds {seeds} --users {users} "
        f"--items {items}"
    )
    run.say(_table(run.rows), _gaps(run.comparisons))


def _table(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(title="One item in, another one found", title_justify="left", title_style="bold")
    for name in ("ranker", "NDCG@10", "95 % interval"):
        table.add_column(name)
    for row in rows:
        if row["mean"] is not None:
            ends = "" if row["low"] is None else f"{row['low']:.4f} to {row['high']:.4f}"
            table.add_row(row["ranker"], f"{row['mean']:.4f}", ends)
    return table


def _gaps(compared: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    table = Table(title="Paired by person", title_justify="left", title_style="bold")
    for name in ("a", "b", "difference", "95 % interval", "verdict"):
        table.add_column(name)
    for row in compared:
        if row["difference"] is not None and row["low"] is not None:
            ends = f"{row['low']:+.4f} to {row['high']:+.4f}"
            table.add_row(row["a"], row["b"], f"{row['difference']:+.4f}", ends, row["verdict"])
    return table
