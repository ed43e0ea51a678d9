"""`fewrec graph link`: which item of a data folder is which entity."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.options import ItemType, LinkReview, LinkThreshold, SkipLines
from fewrec.cli.output import Run

if TYPE_CHECKING:
    from fewrec.knowledge.linked.relink import LinkReport


def command(
    run: Run,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A data folder with items.")],
    entities: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A table with a column `entity`, RDF, or Wikidata's JSON; without it, the "
            "folder's own graph.",
        ),
    ] = None,
    threshold: LinkThreshold = 0.8,
    review: LinkReview = None,
    kind: ItemType = "",
    language: Annotated[str, typer.Option(help="Of names, such as `en`.")] = "en",
    replace: Annotated[
        bool, typer.Option("--replace", help="Change links that lead to another entity.")
    ] = False,
    skip_bad: SkipLines = False,
) -> None:
    """Link items to the entities of a graph, and list what is doubtful.

    By an id both have (imdb, tmdb, wikidata, dbpedia, freebase, musicbrainz, or `item`); else by
    title, year and type, each link with a confidence.
    """
    from fewrec.data.quarantine import set_aside
    from fewrec.knowledge.linked.imports import Wish
    from fewrec.knowledge.linked.relink import link_folder
    from fewrec.knowledge.linked.review import (
        check_review,
        doubtful,
        said_of_chains,
        said_of_shared,
        write_review,
    )

    check_review(review)
    wish = Wish(None, language, (), threshold, kind, skip_bad)
    with run.progress("Linking"):
        done = link_folder(folder, entities, wish, replace=replace)
    unsure = doubtful(done.candidates, threshold)
    how = Counter(c.how for c in done.candidates if c.confidence >= threshold)
    run.say(_sentence(done), *done.notes)
    run.say(*(f"- {number:,} by {what}" for what, number in how.most_common()))
    for sentence in (
        *set_aside(done.faults, folder / "quarantine"),
        *_otherwise(done),
        *said_of_shared(done.shared),
        *said_of_chains(done.chains),
    ):
        run.warn(sentence)
    if review is not None:
        write_review(review, unsure, done.items, done.entities)
        run.say(f"{review}: {len(unsure):,} doubtful links to look at.")
    elif unsure:
        run.say(f"{len(unsure):,} doubtful links are not made; --review FILE lists them.")
    run.extras["links"] = {
        "file": str(done.file),
        "items": len(done.items),
        "entities": len(set(done.entities.names)),
        "made": len(done.made),
        "kept": done.kept,
        "changed": done.changed,
        "otherwise": dict(done.otherwise),
        "doubtful": len(unsure),
        "how": dict(how),
        "shared": {entity: list(items) for entity, items in done.shared.items()},
        "chains": [list(chain) for chain in done.chains],
        "set_aside": len(done.faults),
        "notes": list(done.notes),
    }


def _sentence(done: LinkReport) -> str:
    lost = len(done.items) - len(done.candidates)
    return (
        f"{done.file}: {len(done.made):,} links made, {done.kept:,} kept, {done.changed:,} "
        f"changed. Nothing fits {lost:,} of {len(done.items):,} items."
    )


def _otherwise(done: LinkReport) -> list[str]:
    if not done.otherwise:
        return []
    item, entity = next(iter(done.otherwise.items()))
    return [
        f"{len(done.otherwise):,} items are linked to another entity than was found (as {item}, "
        f"found {entity}); they stay as they are, --replace changes them."
    ]
