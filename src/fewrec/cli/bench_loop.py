"""`fewrec bench loop`: from an empty store, event after event, a slate before each like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    slates: Annotated[int, typer.Option(min=1, help="How many slates are asked for.")] = 10_000,
    refit: Annotated[int, typer.Option(min=100, help="Events between two fits.")] = 1_000,
    seeds: Annotated[int, typer.Option(min=1, help="How many replays, each in its order.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Folder for replays; one that is there is not repeated."),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the cumulative reward here, as PNG and SVG."),
    ] = None,
) -> None:
    """Replay a data set as if it happened now, and count how often a slate held the next like.

    Popularity, and popularity with matrix factorisation refitted now and then, are asked for
    the same slates at the same moments.
    """
    from fewrec.errors import ConfigError
    from fewrec.evaluation.loop import Loop
    from fewrec.evaluation.loop_replay import replayed
    from fewrec.evaluation.loop_rows import loop_comparisons, loop_curves, loop_rows
    from fewrec.evaluation.loop_storage import load_replay, save_replay
    from fewrec.evaluation.opening import open_bench, open_data

    loop = Loop(slates=slates, refit=refit)
    if refit % loop.fresh:
        raise ConfigError(f"--refit must be a multiple of {loop.fresh}, not {refit}.")
    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    key = f"{dataset.fingerprint} {loop}"
    replays, bench = [], None
    with run.progress("Slates", total=slates * seeds) as advance:
        for seed in run.seeds:
            file = None if out is None else out / f"loop-{dataset.name}-{seed}.json"
            replay = None if file is None else load_replay(file, key)
            if replay is None:
                told = [0]

                def step(so_far: int, told: list[int] = told) -> None:
                    advance(so_far - told[0])
                    told[0] = so_far

                bench = bench or open_bench(dataset)
                replay = replayed(bench, loop, seed, step)
                if file is not None:
                    save_replay(file, replay, key)
            else:
                advance(slates)
            replays.append(replay)
    cell = {"task": "loop", "data": dataset.name, "k": loop.k}
    run.rows, run.comparisons = loop_rows(replays, cell), loop_comparisons(replays, cell)
    run.extras["cumulative"] = curves = loop_curves(replays)
    run.extras["order"] = "time" if dataset.interactions.timed else "seeded"
    run.extras["events"] = [replay.events for replay in replays]
    run.extras["reproduce"] = (
        f"fewrec bench loop --data {data} --slates {slates} --refit {refit} --seeds {seeds}"
    )
    count = run.rows[0]["slates"]
    run.say(_table(f"{dataset.name}: {count:,} slates", run.rows))
    if figure is not None:
        from fewrec.evaluation.drawing import save
        from fewrec.evaluation.loop_figure import cumulative_reward

        shown = {r["ranker"]: r["mean"] for r in run.rows if r["metric"] == "coverage"}
        files = save(cumulative_reward(curves, shown, count), figure.with_suffix(""))
        run.say(f"Drawn in {', '.join(str(file) for file in files)}.")


def _table(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("ranker", "likes on the slate", "95 % interval", "share of catalogue shown"):
        table.add_column(name, justify="left" if name == "ranker" else "right")
    whole = [row for row in rows if "segment" not in row]
    shown = {row["ranker"]: row["mean"] for row in whole if row["metric"] == "coverage"}
    for row in whole:
        if row["metric"] == "reward":
            interval = f"{row['low']:.4f} to {row['high']:.4f}"
            coverage = f"{shown[row['ranker']]:.3f}"
            table.add_row(row["ranker"], f"{row['mean']:.4f}", interval, coverage)
    return table
