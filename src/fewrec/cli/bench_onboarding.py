"""`fewrec bench onboarding`: what a few questions to somebody new are worth."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run


def command(
    run: Run,
    data: Data = "ml-100k",
    seeds: Annotated[int, typer.Option(min=1, help="How many draws of newcomers.")] = 5,
    people: Annotated[int, typer.Option(min=1, help="Newcomers in each draw.")] = 200,
) -> None:
    """Ask newcomers 5 and 10 questions chosen in several ways, and rank with their answers.

    They answer about items they know. Judged is NDCG@10 on likes that could not be asked about.
    """
    from rich.table import Table

    from fewrec.evaluation.onboarding_replay import Asking, replay_onboarding
    from fewrec.evaluation.opening import open_bench, open_data

    bench = open_bench(open_data(data, progress=not run.quiet))
    run.data = {"name": bench.dataset.name, "fingerprint": bench.dataset.fingerprint}
    run.seeds = list(range(seeds))
    with run.progress("Asking", total=seeds) as advance:
        run.rows, run.comparisons = replay_onboarding(
            bench, run.seeds, Asking(people), lambda seed: advance()
        )
    run.extras["reproduce"] = (
        f"fewrec bench onboarding --data {data} --seeds {seeds} --people {people}"
    )
    table = Table(
        title=f"{bench.dataset.name}: NDCG@10 after questions, {people} newcomers a seed",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("questions")
    for name in ("asked", "answered", "NDCG@10", "design is ahead by", "95 % interval"):
        table.add_column(name, justify="right")
    ahead = {(row["b"], row["k"]): row for row in run.comparisons}
    means = {(row["ranker"], row["k"], row["metric"]): row["mean"] for row in run.rows}
    for way, k in sorted({key[:2] for key in means}, key=lambda cell: (cell[1], cell[0])):
        gap = ahead.get((way, k))
        spread = "" if gap is None else f"{gap['low']:+.4f} to {gap['high']:+.4f}"
        table.add_row(
            way,
            str(k),
            f"{means[way, k, 'answers']:.2f}",
            f"{means[way, k, 'ndcg@10']:.4f}",
            "" if gap is None else f"{gap['difference']:+.4f}",
            spread,
        )
    run.say(table)
