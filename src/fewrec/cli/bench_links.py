"""`fewrec bench links`: which hidden triples of a graph a model finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import Data
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.evaluation.rows import Row


def command(
    run: Run,
    data: Data = "ml-100k",
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 3,
    dimension: Annotated[int, typer.Option(min=1, help="Complex numbers of a vector.")] = 64,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Processor time of each training run.")
    ] = 8.0,
) -> None:
    """Hide links and find them: DistMult and ComplEx against torch-geometric's ComplEx.

    Every model has vectors of the same size and the same processor time; mirrored relations are
    merged, and two entities linked in one part are linked in no other.
    """
    from fewrec.evaluation.link_bench import LinkBench
    from fewrec.evaluation.opening import open_data
    from fewrec.knowledge.linking import Links

    dataset = open_data(data, progress=not run.quiet)
    run.data, run.seeds = (
        {"name": dataset.name, "fingerprint": dataset.fingerprint},
        list(range(seeds)),
    )
    settings = Links(dimension=dimension, epochs=10_000)
    bench = LinkBench.of(dataset, settings, seconds, run.seeds)
    with run.progress("Models", total=4 * seeds) as advance:
        run.rows, run.comparisons, told = bench.run(advance)
    run.extras["graph"] = {
        "entities": len(bench.graph),
        "relations": len(bench.graph.relations),
        "triples": bench.graph.edges,
    }
    run.extras |= told
    run.extras["reproduce"] = f"fewrec bench links --data {data} --seeds {seeds}" + (
        f" --dimension {dimension} --seconds {seconds:g}"
    )
    run.say(_table(run.rows))


def _table(rows: list[Row]) -> Table:
    from rich.table import Table

    metrics = list(dict.fromkeys(row["metric"] for row in rows))
    table = Table(title="Hidden triples, filtered", title_justify="left", title_style="bold")
    for name in ("triples", "model", *metrics):
        table.add_column(name)
    for segment, ranker in dict.fromkeys((row["segment"], row["ranker"]) for row in rows):
        found = {
            row["metric"]: row["mean"]
            for row in rows
            if (row["segment"], row["ranker"]) == (segment, ranker)
        }
        table.add_row(segment, ranker, *(f"{found[m] or 0:.4f}" for m in metrics))
    return table
