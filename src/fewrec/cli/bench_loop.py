"""`fewrec bench loop`: from an empty store, event after event, a slate before each like."""

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
    slates: Annotated[int, typer.Option(min=1, help="How many slates are asked for.")] = 10_000,
    refit: Annotated[int, typer.Option(min=100, help="Events between two fits.")] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="Of order, fits and exploring.")] = 0,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the cumulative reward here, as PNG and SVG."),
    ] = None,
) -> None:
    """Replay a data set as if it happened now, and count how often a slate held the next like.

    Popularity, and popularity with matrix factorisation refitted now and then, are asked for
    the same slates at the same moments.
    """
    from rich.table import Table

    from fewrec.errors import ConfigError
    from fewrec.evaluation.loop import Loop, run_loop
    from fewrec.evaluation.opening import open_bench, open_data

    loop = Loop(slates=slates, refit=refit)
    if refit % loop.fresh:
        raise ConfigError(f"--refit must be a multiple of {loop.fresh}, not {refit}.")
    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = {"name": dataset.name, "fingerprint": dataset.fingerprint}, [seed]
    with run.progress("Slates", total=slates) as advance:
        told = [0]

        def step(so_far: int) -> None:
            advance(so_far - told[0])
            told[0] = so_far

        run.rows, run.comparisons, curves = run_loop(open_bench(dataset), loop, seed, step)
    run.extras["cumulative"] = curves
    run.extras["order"] = "time" if dataset.interactions.timed else "seeded"
    run.extras["reproduce"] = (
        f"fewrec bench loop --data {data} --slates {slates} --refit {refit} --seed {seed}"
    )
    count = run.rows[0]["slates"]
    table = Table(title=f"{dataset.name}: {count:,} slates", title_justify="left")
    for name in ("ranker", "likes on the slate", "95 % interval", "share of catalogue shown"):
        table.add_column(name, justify="left" if name == "ranker" else "right")
    for reward, coverage in zip(run.rows[::2], run.rows[1::2], strict=True):
        interval = f"{reward['low']:.4f} to {reward['high']:.4f}"
        table.add_row(
            reward["ranker"], f"{reward['mean']:.4f}", interval, f"{coverage['mean']:.3f}"
        )
    run.say(table)
    if figure is not None:
        from fewrec.evaluation.drawing import save
        from fewrec.evaluation.loop_figure import cumulative_reward

        files = save(cumulative_reward(curves, count), figure.with_suffix(""))
        run.say(f"Drawn in {', '.join(str(file) for file in files)}.")
