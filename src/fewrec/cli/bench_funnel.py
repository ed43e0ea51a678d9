"""`fewrec bench funnel`: who comes to the target, told from the steps on the way to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data,
    target: Annotated[
        str, typer.Option(metavar="EVENT", help="Ranked for; as fewrec.toml says where not given.")
    ] = "",
    like: Annotated[
        str, typer.Option(metavar="RULE", help="Which rows are likes, such as `value >= 10`.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of people.")] = 2,
    people: Annotated[int, typer.Option(min=1, help="People asked about in each draw.")] = 300,
    users: Annotated[int, typer.Option(min=10, help="The most active people, so many.")] = 4000,
    items: Annotated[int, typer.Option(min=10, help="What these met most, so many.")] = 3000,
) -> None:
    """Ask what people come to (buy), from the steps on the way to it (views, carts).

    The people asked about are taken out of what is learned from. They come with their steps
    alone, and with half of what they came to. Ours with steps, without them, and with steps
    taken for likes, against the same of item-kNN, EASE, iALS and popularity, and the furthest step.
    """
    from fewrec.cli.result_tables import segment_table
    from fewrec.evaluation.funnel_bench import run_funnel, summarised
    from fewrec.evaluation.opening import open_ranked_for
    from fewrec.evaluation.sample import most_active

    whole = open_ranked_for(data, target, like, progress=not run.quiet)
    dataset = most_active(whole, users, items)
    run.data = {"name": whole.name, "fingerprint": whole.fingerprint}
    run.seeds = list(range(seeds))
    with run.progress("People", total=seeds) as advance:
        outcomes, notes = run_funnel(dataset, people, run.seeds, advance)
    run.rows, run.comparisons = summarised(outcomes)
    run.extras["notes"] = [f"Liked rule: {dataset.interactions.rule}", *notes]
    run.extras["size"] = {
        "users": len(dataset.people.users), "users_in_all": len(whole.people.users),
        "items": len(dataset.catalog), "items_in_all": len(whole.catalog),
    }  # fmt: skip
    words = [f"fewrec bench funnel --data {Path(data).name}"]
    words += [f"--target {target}"] if target else []
    words += [f'--like "{like}"'] if like else []
    words += [f"--seeds {seeds} --people {people} --users {users} --items {items}"]
    run.extras["reproduce"] = " ".join(words)
    size = f"{len(dataset.people.users):,} people, {len(dataset.catalog):,} items"
    run.say(segment_table(run.rows, f"{dataset.name} ({size})"), *notes[:2])
