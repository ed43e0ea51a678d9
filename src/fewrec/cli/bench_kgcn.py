"""`fewrec bench kgcn`: pairs as KGCN's authors split them, without reading what leaks."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.output import Run


def command(
    run: Run,
    data: Annotated[str, typer.Option(metavar="NAME_OR_DIR", help="Likes and a graph.")],
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
) -> None:
    """Tell liked pairs from as many unmet ones, 6 : 2 : 2, never reading a training negative.

    The protocol leaks: a person's negatives in the training part tell how many are left for the
    test part. What that is worth stands in rows of its own, beside published numbers.
    """
    from fewrec.cli.result_tables import comparison_lines, result_tables
    from fewrec.evaluation.graph_bench import GraphBench
    from fewrec.evaluation.kgcn import PUBLISHED, run_kgcn
    from fewrec.evaluation.opening import open_data

    dataset = open_data(data, progress=not run.quiet)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.seeds = list(range(seeds))
    bench = GraphBench.of(dataset)
    with run.progress("Seeds", total=seeds) as advance:
        result = run_kgcn(bench, run.seeds, advance)
    run.rows, run.comparisons = result.rows, result.comparisons
    run.extras["reproduce"] = f"fewrec bench kgcn --data {data} --seeds {seeds}"
    ours = [row for row in result.rows if not row.get("published")]
    run.say(*result_tables(ours), *comparison_lines(result.comparisons))
    told = ", ".join(f"{name} {value:.3f}" for name, value in PUBLISHED.items())
    run.say(f"Published on Last.FM, learned from training negatives: AUC {told}.")
