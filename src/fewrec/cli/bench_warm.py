"""`fewrec bench warm`: lists for people of whom much is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[
        str, typer.Option(metavar="NAME_OR_DIR", help="Public data or a data folder.")
    ] = "ml-100k",
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 5,
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for the cells; by default runs/warm-NAME."),
    ] = None,
) -> None:
    """Rank the whole catalogue for people with three quarters of their rows known.

    Every row counts as a like, as in the comparison of algorithms by the project recommenders,
    whose numbers stand beside ours. Every seed is a cell with a file of its own.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.opening import open_bench, open_data
    from fewrec.evaluation.resuming import SeededBench
    from fewrec.evaluation.warm_bench import all_liked, run_warm

    dataset = all_liked(open_data(data, progress=not run.quiet))
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    folder = out or Path("runs") / f"warm-{dataset.name}"
    asked = SeededBench(open_bench(dataset), tuple(run.seeds), folder)
    with run.progress("Seeds", total=seeds) as advance:
        run.rows, run.comparisons, notes = run_warm(asked, advance)
    run.extras["notes"] = notes
    run.extras["reproduce"] = f"fewrec bench warm --data {Path(data).name} --seeds {seeds}"
    ours = [row for row in run.rows if not row.get("published")]
    run.say(*notes, *result_tables(ours), *comparison_lines(run.comparisons))
    for row in run.rows:
        if row.get("published"):
            run.say(f"{row['ranker']}, published: NDCG@10 {row['mean']:.3f}")
