"""What the graph says about items, one step away, each neighbour once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fewrec.data.dataset import Dataset
from fewrec.knowledge.graph.mirrors import mirrored
from fewrec.knowledge.pairs import SCHEMA


@dataclass(frozen=True)
class Relations:
    """How the relations of a graph are read.

    Attributes:
        mirrored: Relation -> the relation it is the reverse of (``directed`` ->
            ``director``); a symmetric relation (``similar``) -> itself.
        order: Names of the steps from items, those with more triples first; where a neighbour
            is reached by several, the first counts. A relation that items have in both
            directions (``sequel``) gives two: itself, and ``reverse of`` it.
    """

    mirrored: Mapping[str, str]
    order: tuple[str, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> Relations:
        """Find mirrored relations, and how much each says about the items of a data set."""
        reverses = mirrored(*_steps(dataset, {}))
        forward, backward = _steps(dataset, reverses)
        both = pl.concat([forward, _reversed(backward, set(forward["relation"]), reverses)])
        sizes = dict(both.group_by("relation").len().iter_rows())
        return cls(reverses, tuple(sorted(sizes, key=lambda name: (-sizes[name], name))))


def neighbour_pairs(dataset: Dataset, relations: Relations) -> pl.DataFrame:
    """The entities one step from each item, whichever way the triple points.

    Args:
        dataset: Items, triples and links.
        relations: How to read the relations; those not in it are left out.

    Returns:
        Columns ``row``, ``relation``, ``value`` (the neighbour); each (row, value) once.
    """
    forward, backward = _steps(dataset, relations.mirrored)
    both_ways = {name for name in relations.order if _reverse(name) in relations.order}
    steps = pl.concat([forward, _reversed(backward, both_ways, relations.mirrored)])
    if not steps.height:
        return steps
    place = {name: at for at, name in enumerate(relations.order)}
    known = steps.filter(pl.col("relation").is_in(list(place)))
    ranked = known.with_columns(place=pl.col("relation").replace_strict(place, default=len(place)))
    first = ranked.sort("row", "value", "place").unique(["row", "value"], keep="first")
    return first.select("row", "relation", "value").sort("row", "relation", "value")


def _steps(dataset: Dataset, mirrored: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(row, relation, neighbour) with the item as head, and with the item as tail."""
    if not dataset.triples:
        return pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=SCHEMA)
    triples = _turned(
        pl.DataFrame(dataset.triples, schema=["head", "relation", "tail"], orient="row"), mirrored
    )
    items = dataset.catalog.items.ids
    entity = pl.DataFrame(
        {"row": range(len(items)), "entity": [dataset.links.get(item, item) for item in items]},
        schema={"row": pl.Int64, "entity": pl.String},
    )
    forward = triples.join(entity, left_on="head", right_on="entity")
    backward = triples.join(entity, left_on="tail", right_on="entity")
    return (
        forward.select("row", "relation", pl.col("tail").alias("value")).unique(),
        backward.select("row", "relation", pl.col("head").alias("value")).unique(),
    )


def _turned(triples: pl.DataFrame, mirrored: Mapping[str, str]) -> pl.DataFrame:
    """(person, directed, film) becomes (film, director, person) where these mirror each other."""
    names = {back: there for back, there in mirrored.items() if back != there}
    turn = pl.col("relation").is_in(list(names))
    return triples.select(
        head=pl.when(turn).then("tail").otherwise("head"),
        relation=pl.col("relation").replace(names),
        tail=pl.when(turn).then("head").otherwise("tail"),
    )


def _reversed(
    backward: pl.DataFrame, both_ways: set[str], mirrored: Mapping[str, str]
) -> pl.DataFrame:
    """Steps against the arrow, named apart where items also have steps along it."""
    apart = {name: _reverse(name) for name in both_ways if mirrored.get(name) != name}
    return backward.with_columns(pl.col("relation").replace(apart))


def _reverse(relation: str) -> str:
    return f"reverse of {relation}"
