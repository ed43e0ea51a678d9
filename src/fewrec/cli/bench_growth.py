"""`fewrec bench growth`: time and memory of a model as the catalogue grows."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    sizes: Annotated[
        str, typer.Option(help="Items of the shops, separated by commas.")
    ] = "1000,10000",
    seed: Annotated[int, typer.Option(min=0, help="Of shops and fits.")] = 0,
) -> None:
    """Fit made-up shops of several sizes, with ten rows an item, and ask them, on one thread.

    Each step runs in a process of its own, so that its memory is its own. From 100,000 items on
    texts are compared with the help of an inverted file; how many of the best items by full
    scoring are among ours is measured as well.
    """
    from rich.table import Table

    from fewrec.errors import ConfigError
    from fewrec.evaluation.shop_growth import shop_growth

    try:
        wanted = [int(size) for size in sizes.split(",")]
    except ValueError as error:
        raise ConfigError(f"--sizes: {sizes!r} are no whole numbers with commas.") from error
    if min(wanted) < 1000:
        raise ConfigError(f"--sizes: a shop has at least 1,000 items, not {min(wanted)}.")
    run.seeds = [seed]
    run.data = {"name": "made-up shops", "fingerprint": ""}
    with run.progress("Steps", total=2 * len(wanted)) as advance:
        run.rows = shop_growth(wanted, seed=seed, step=lambda name: advance())
    run.extras["reproduce"] = f"fewrec bench growth --sizes {sizes}"
    table = Table(title="Models as catalogues grow, one thread", title_justify="left")
    table.add_column("items", justify="right")
    table.add_column("measure")
    table.add_column("mean", justify="right")
    for row in run.rows:
        table.add_row(f"{row['n']:,}", row["metric"], f"{row['mean']:,.3f}")
    run.say(table)
