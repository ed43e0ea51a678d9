"""`fewrec graph import`: a graph from elsewhere, and links to it, into a data folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import ItemType, LinkReview, LinkThreshold, SkipLines
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from rich.table import Table

    from fewrec.knowledge.graph.statistics import RelationCount
    from fewrec.knowledge.linked.imports import GraphImport

SHOWN = 25
"""So many relations are shown; the JSON holds all."""


def command(
    run: Run,
    layout: Annotated[
        str,
        typer.Argument(metavar="FORMAT", help="`rdf`, `wikidata`, `dbpedia`, `recbole` or `kgcn`."),
    ],
    source: Annotated[Path, typer.Argument(metavar="SRC", help="File or folder of the graph.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with items.")],
    hops: Annotated[
        int | None,
        typer.Option(min=1, max=3, help="Steps from linked items; all there is without it."),
    ] = None,
    language: Annotated[str, typer.Option(help="Of names and literals, such as `en`.")] = "en",
    relation: Annotated[
        list[str] | None,
        typer.Option(help="Take this relation only; full or last part of its name. Repeatable."),
    ] = None,
    threshold: LinkThreshold = 0.8,
    review: LinkReview = None,
    kind: ItemType = "",
    skip_bad: SkipLines = False,
) -> None:
    """Add a graph from elsewhere, and links of items to it, to a data folder.

    Items are linked by the source's own map, by ids both know, else by title, year and type.
    Importing again from the same format replaces its triples; triples from elsewhere stay.
    """
    from fewrec.data.quarantine import set_aside
    from fewrec.knowledge.linked.imports import Wish, import_graph
    from fewrec.knowledge.linked.review import check_review, doubtful, write_review
    from fewrec.knowledge.linked.statistics import relation_sizes

    check_review(review)
    wish = Wish(hops, language, tuple(relation or ()), threshold, kind, skip_bad)
    with run.progress(f"Importing {source.name}"):
        done = import_graph(folder, layout, source, wish)
    sizes = relation_sizes(done.triples, done.linked.values())
    unsure = doubtful(done.candidates, threshold)
    run.say(_sentence(done), _linked(done, threshold), *done.notes, _table(sizes))
    for sentence in (*set_aside(done.faults, folder / "quarantine"), *_warnings(done)):
        run.warn(sentence)
    if review is not None:
        write_review(review, unsure, done.items, done.entities)
        run.say(f"{review}: {len(unsure):,} doubtful links to look at.")
    elif unsure:
        run.say(f"{len(unsure):,} doubtful links are not made; --review FILE lists them.")
    run.say(f"Next: fewrec data check {folder}")
    written = done.written
    run.extras["graph"] = {
        "file": str(written.file),
        "made": written.made,
        "kept": written.kept,
        "replaced": written.replaced,
        "entities": len(done.triples.entities),
        "items": len(done.items),
        "linked": len(done.linked),
        "doubtful": len(unsure),
        "shared": {entity: list(items) for entity, items in done.shared.items()},
        "chains": [list(chain) for chain in done.chains],
        "set_aside": len(done.faults),
        "notes": list(done.notes),
        "relations": sizes,
    }


def _sentence(done: GraphImport) -> str:
    written = done.written
    return (
        f"{written.file}: {written.made:,} triples over {len(done.triples.entities):,} entities "
        f"and {len(done.triples.relations):,} relations written; {written.kept:,} from elsewhere "
        f"kept, {written.replaced:,} of an earlier import replaced."
    )


def _linked(done: GraphImport, threshold: float) -> str:
    linked = (c for c in done.candidates if done.items.names[c.item] in done.linked)
    sure = [c for c in linked if c.confidence >= threshold]
    by_id = sum("," not in c.how and c.how not in ("title", "variant", "similar") for c in sure)
    return (
        f"The graph knows {len(done.linked):,} of {len(done.items):,} items: {by_id:,} by id, "
        f"{len(sure) - by_id:,} by title."
    )


def _warnings(done: GraphImport) -> list[str]:
    from fewrec.knowledge.linked.review import said_of_chains, said_of_shared

    return [*said_of_shared(done.shared), *said_of_chains(done.chains)]


def _table(sizes: Sequence[RelationCount]) -> Table:
    from rich.table import Table
    from rich.text import Text

    more = len(sizes) - SHOWN
    caption = f"and {more:,} more relations: --json FILE lists all" if more > 0 else None
    table = Table(title="What was imported", caption=caption)
    table.add_column("relation", overflow="fold")
    for name in ("triples", "items", "heads", "tails"):
        table.add_column(name, justify="right")
    for size in sizes[:SHOWN]:
        numbers = (size.triples, size.items, size.heads, size.tails)
        table.add_row(Text(size.relation), *(f"{number:,}" for number in numbers))
    return table
