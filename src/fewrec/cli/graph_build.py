"""`fewrec graph build`: the catalogue's columns as a knowledge graph in the data folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.knowledge.build import RelationReport


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with items.")],
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Set faulty rows aside instead of stopping.")
    ] = False,
) -> None:
    """Make a knowledge graph of the catalogue's columns and report on its quality.

    Categories, lists, persons, years (by decade) and numbers (in bins) become triples
    (item, column, value) in the folder's graph file. Triples from elsewhere stay as they are;
    building again replaces what was built before.
    """
    from fewrec.data.sources import read_folder
    from fewrec.knowledge.build import build_graph

    with run.progress("Building the graph"):
        dataset = read_folder(folder, skip_bad=skip_bad)
        built = build_graph(folder, dataset)
    run.data = {"name": dataset.name, "fingerprint": dataset.fingerprint}
    run.say(
        f"{built.file}: {built.made:,} triples made from the catalogue, {built.kept:,} from "
        f"elsewhere kept, {built.replaced:,} of an earlier build replaced."
    )
    run.say(_table(built.relations))
    for sentence in _doubts(built.relations, built.isolated, len(dataset.catalog)):
        run.warn(sentence)
    run.extras["graph"] = {
        "file": str(built.file),
        "made": built.made,
        "kept": built.kept,
        "replaced": built.replaced,
        "isolated": built.isolated,
        "relations": [asdict(report) for report in built.relations],
    }


def _table(reports: tuple[RelationReport, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="What the relations say")
    table.add_column("relation")
    for name in ("triples", "items", "coverage", "values", "singletons", "hubs"):
        table.add_column(name, justify="right")
    table.add_column("most frequent")
    for report in reports:
        table.add_row(
            Text(report.relation),
            f"{report.triples:,}",
            f"{report.items:,}",
            f"{report.coverage:.0%}",
            f"{report.values:,}",
            f"{report.singletons:,}",
            f"{report.hubs:,}",
            Text(f"{report.top} ({report.top_items:,})"),
        )
    return table


def _doubts(reports: tuple[RelationReport, ...], isolated: int, items: int) -> list[str]:
    """What a person should look at before relying on the graph."""
    said = []
    for report in reports:
        if report.singletons == report.values:
            said.append(f"{report.relation}: no two items share a value, so it connects nothing.")
        elif report.hubs == report.values:
            said.append(f"{report.relation}: every value belongs to more than half of the items.")
        elif report.coverage < 0.5:
            said.append(f"{report.relation}: only {report.coverage:.0%} of the items have it.")
    if isolated:
        said.append(f"{isolated:,} of {items:,} items share no value with any other item.")
    return said
