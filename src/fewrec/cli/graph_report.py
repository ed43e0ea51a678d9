"""`fewrec graph report`: what a folder's graph covers, and what in it looks wrong."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import SkipBad
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.knowledge.build.quality import Quality


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with a graph.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="HTML", help="The page to write.")
    ] = None,
    skip_bad: SkipBad = False,
) -> None:
    """Say what the graph covers, what stands in it twice and what leads nowhere."""
    from fewrec.data.sources import read_folder
    from fewrec.evaluation.graph_page import write_graph_page
    from fewrec.knowledge.build.quality import graph_quality, quality_doubts

    with run.progress("Looking at the graph"):
        dataset = read_folder(folder, skip_bad=skip_bad)
        quality = graph_quality(folder, dataset)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    told = quality.statistics
    run.say(
        f"{told.triples:,} triples of {len(told.relations)} relations between "
        f"{told.entities:,} entities."
    )
    run.say(_table(quality))
    doubts = quality_doubts(quality, len(dataset.catalog))
    for sentence in doubts:
        run.warn(sentence)
    run.extras["graph"] = asdict(quality)
    if out is not None:
        write_graph_page(dataset.name, quality, doubts, out)
        run.say(f"Wrote {out}")


def _table(quality: Quality) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="What the relations say about the items")
    table.add_column("relation")
    for name in ("triples", "items", "coverage", "most of one"):
        table.add_column(name, justify="right")
    for row in quality.coverage:
        cells = (f"{row.triples:,}", f"{row.items:,}", f"{row.coverage:.0%}", f"{row.most:,}")
        table.add_row(Text(row.relation), *cells)
    return table
