"""`fewrec bench serve`: requests a second of the service, beside a server that only says hello."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.output import Run
from fewrec.errors import MissingExtra


def command(
    run: Run,
    data: Annotated[
        str,
        typer.Option(metavar="NAME_OR_DIR", help="Public data or a data folder; made up without."),
    ] = "",
    items: Annotated[int, typer.Option(min=1, help="Items of the shop that is made up.")] = 10_000,
    events: Annotated[int, typer.Option(min=1, help="Events in it.")] = 100_000,
    users: Annotated[int, typer.Option(min=20, help="Customers in it.")] = 5_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often all is measured.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.05, help="Of each measurement.")] = 2.0,
    seed: Annotated[int, typer.Option(min=0, help="Of the shop, and of who asks.")] = 0,
) -> None:
    """Measure the service: slates a second, latency, events a second, memory.

    A real server process with one worker is filled over HTTP and asked by up to 200 clients.
    In every round a server that only says hello is measured just before, so that ratios mean
    the same on any machine.
    """
    try:
        import fastapi  # noqa: F401 (said before anything is made)
    except ImportError as error:
        raise MissingExtra(error.name or "fastapi", "serve", "The service") from error
    from rich.table import Table

    from fewrec.service.bench.serving import Plan, bench_serve
    from fewrec.service.bench.shop import made_up, taken_from

    if data:
        from fewrec.evaluation.opening import open_data

        dataset = open_data(data, progress=not run.quiet)
        shop, name = taken_from(dataset), dataset.name
        run.data = {"name": name, "fingerprint": dataset.fingerprint}
    else:
        shop = made_up(items, events, users, seed)
        name = f"made up: {items:,} items, {events:,} events, {users:,} customers"
        run.data = {"name": name}
    run.seeds = [seed]
    plan = Plan(rounds, seconds, seed)
    with tempfile.TemporaryDirectory() as scratch, run.progress("Measuring") as advance:
        run.rows = bench_serve(shop, Path(scratch), plan, lambda name: advance())
    run.extras["reproduce"] = "fewrec bench serve" + (f" --data {data}" if data else "")
    table = Table(title=f"{name}, one worker", title_justify="left")
    for name in ("task", "clients", "measure"):
        table.add_column(name)
    for name in ("mean", "least", "most"):
        table.add_column(name, justify="right")
    for row in run.rows:
        known = [value for value in row["per_seed"] if value is not None]
        if known:
            numbers = (f"{value:,.3f}" for value in (row["mean"], min(known), max(known)))
            table.add_row(row["task"], str(row.get("clients", "")), row["metric"], *numbers)
    run.say(table)
