"""What the graph says about items, one step away, each neighbour once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from fewrec.data.dataset import Dataset
from fewrec.knowledge.pairs import SCHEMA

MIRRORED = 0.9


@dataclass(frozen=True)
class Relations:
    """How the relations of a graph are read.

    Attributes:
        mirrored: Relation -> the relation it is the reverse of
            (``directed`` -> ``director``).
        order: All others, those with more triples first; where a neighbour is reached by
            several relations, the first counts.
    """

    mirrored: Mapping[str, str]
    order: tuple[str, ...]

    @classmethod
    def of(cls, dataset: Dataset) -> Relations:
        """Find the relations that say the same in reverse, on at least ``MIRRORED`` of pairs."""
        forward, backward = _steps(dataset)
        sizes = _sizes(pl.concat([forward, backward]))
        both = forward.join(backward, on=["row", "value"], suffix="_back")
        shared = both.group_by("relation", "relation_back").len().sort("relation", "relation_back")
        mirrored: dict[str, str] = {}
        for there, back, count in shared.iter_rows():
            smaller = min(_size(forward, there), _size(backward, back))
            if there != back and count >= MIRRORED * smaller and there not in mirrored:
                mirrored.setdefault(back, there)
        order = sorted(sizes, key=lambda name: (-sizes[name], name))
        return cls(mirrored, tuple(name for name in order if name not in mirrored))


def neighbour_pairs(dataset: Dataset, relations: Relations) -> pl.DataFrame:
    """The entities one step from each item, whichever way the triple points.

    Args:
        dataset: Items, triples and links.
        relations: How to read the relations; those not in it are left out.

    Returns:
        Columns ``row``, ``relation``, ``value`` (the neighbour); each (row, value) once.
    """
    steps = pl.concat(_steps(dataset))
    if not steps.height:
        return steps
    place = {name: at for at, name in enumerate(relations.order)}
    named = steps.with_columns(pl.col("relation").replace(dict(relations.mirrored)))
    known = named.filter(pl.col("relation").is_in(list(place)))
    ranked = known.with_columns(place=pl.col("relation").replace_strict(place, default=len(place)))
    first = ranked.sort("row", "value", "place").unique(["row", "value"], keep="first")
    return first.select("row", "relation", "value").sort("row", "relation", "value")


def _steps(dataset: Dataset) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(row, relation, neighbour) with the item as head, and with the item as tail."""
    if not dataset.triples:
        return pl.DataFrame(schema=SCHEMA), pl.DataFrame(schema=SCHEMA)
    heads, names, tails = zip(*dataset.triples, strict=True)
    triples = pl.DataFrame({"head": heads, "relation": names, "tail": tails})
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


def _sizes(steps: pl.DataFrame) -> dict[str, int]:
    return dict(steps.group_by("relation").len().iter_rows())


def _size(steps: pl.DataFrame, relation: str) -> int:
    return steps.filter(pl.col("relation") == relation).height
