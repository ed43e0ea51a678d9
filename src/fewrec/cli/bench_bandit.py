"""`fewrec bench bandit`: what a head that learns from every reaction is worth, and its time."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of people.")] = 5,
    users: Annotated[int, typer.Option(min=1, help="New people in each draw.")] = 128,
    steps: Annotated[int, typer.Option(min=1, help="Items shown to each of them.")] = 20,
    hybrid: Annotated[
        bool,
        typer.Option("--hybrid", help="Replay the fusion too, with the bonus and without."),
    ] = False,
) -> None:
    """Replay new people one reaction after the other, and time one update with its list.

    At each step a policy picks among the items that the person judged in the data; the reward
    is the share of likes. The baselines are popularity and the items' like-rates.
    """
    from rich.table import Table

    from fewrec.evaluation.bandit_replay import OURS, Replay, bandit_speed, replay_bandit
    from fewrec.evaluation.opening import open_data

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    with run.progress("Replaying", total=seeds + 1) as advance:
        rows, run.comparisons = replay_bandit(
            dataset, run.seeds, Replay(users, steps, hybrid=hybrid), lambda seed: advance()
        )
        run.rows = rows + bandit_speed(dataset)
        advance()
    run.extras["reproduce"] = (
        f"fewrec bench bandit --data {data} --seeds {seeds} --users {users} --steps {steps}"
        + (" --hybrid" if hybrid else "")
    )
    title = f"{dataset.name}: share of likes among {steps} picks, {users} new people a seed"
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("policy")
    for name in ("reward", "sd", "bandit is ahead by", "95 % interval"):
        table.add_column(name, justify="right")
    ahead = {row["b"]: row for row in run.comparisons if row["a"] == OURS}
    for row in rows:
        gap = ahead.get(row["ranker"])
        told = ("", "") if gap is None else _told(gap["difference"], gap["low"], gap["high"])
        spread = "" if row["sd"] is None else f"{row['sd']:.3f}"
        table.add_row(row["ranker"], f"{row['mean']:.3f}", spread, *told)
    run.say(table)
    for row in run.comparisons:
        if row["a"] != OURS:
            by, interval = _told(row["difference"], row["low"], row["high"])
            run.say(f"{row['a']} is ahead of {row['b']} by {by} ({interval}).")
    median, p95 = (row["mean"] for row in run.rows[-3:-1])
    run.say(f"One update and the top 10 of 500: median {median:.2f} ms, p95 {p95:.2f} ms.")


def _told(difference: float, low: float, high: float) -> tuple[str, str]:
    return f"{difference:+.3f}", f"{low:+.3f} to {high:+.3f}"
