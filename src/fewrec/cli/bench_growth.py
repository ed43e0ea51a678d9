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
    from fewrec.cli.sizes import size_table, whole_sizes
    from fewrec.evaluation.shop_growth import shop_growth

    wanted = whole_sizes(sizes, "items", 1000)
    run.seeds = [seed]
    run.data = {"name": "made-up shops", "fingerprint": ""}
    with run.progress("Steps", total=2 * len(wanted)) as advance:
        run.rows = shop_growth(wanted, seed=seed, step=lambda name: advance())
    run.extras["reproduce"] = f"fewrec bench growth --sizes {sizes}"
    run.say(size_table("Models as catalogues grow, one thread", "items", run.rows))
