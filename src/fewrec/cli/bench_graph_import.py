"""`fewrec bench graph-import`: what importing a graph and linking a catalogue cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    lines: Annotated[int, typer.Option(min=1000, help="Of the N-Triples file.")] = 5_000_000,
    items: Annotated[int, typer.Option(min=100, help="Of the catalogue to link.")] = 1_000_000,
    truth: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER", help="A DBpedia graph with map.txt; its links are the truth."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of what is made up.")] = 0,
) -> None:
    """Measure streaming, importing and linking, on one thread, and how right links are.

    Each step runs in a process of its own, so that its memory is its own. The file and the
    catalogue are made up; `--truth` links published titles to addresses.
    """
    from rich.table import Table

    from fewrec.errors import EmptyData
    from fewrec.evaluation.import_bench import HOPS, import_bench

    for folder in truth or ():
        if not (folder / "map.txt").is_file():
            raise EmptyData("there is no map.txt", file=folder, fix="Name a folder that has it.")
    run.seeds = [seed]
    steps = 4 + len(HOPS) + len(truth or ())
    with run.progress("Measuring", total=steps) as advance:
        run.rows = import_bench(
            lines, items, tuple(truth or ()), seed=seed, step=lambda name: advance()
        )
    run.extras["reproduce"] = "fewrec bench graph-import" + "".join(
        f" --truth {folder}" for folder in truth or ()
    )
    table = Table(title="One thread", title_justify="left", title_style="bold")
    for name in ("task", "of", "measure"):
        table.add_column(name)
    table.add_column("mean", justify="right")
    for row in run.rows:
        size = row.get("lines", row.get("items", 0))
        of = row.get("data", f"{size:,}")
        table.add_row(row["task"], of, row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
