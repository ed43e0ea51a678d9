"""What a graph says around an item besides who its neighbours are: how many, how known, by name.

How many people worked on a film and how many other films they made tells how well known it is
long before anybody liked it; their names mean something to a language model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from fewrec.data.arrays import Doubles
from fewrec.data.dataset import Dataset
from fewrec.knowledge.names import is_identifier, readable_relation, readable_value
from fewrec.knowledge.neighbours import Relations, neighbour_pairs

RELATIONS_LIMIT = 12
"""Relations that are described, those with most triples first."""

NAMES_LIMIT = 5
"""Neighbours of a relation that are named, the best connected first."""

NAMED = 0.5
"""Neighbours are named where at least this share of them has a name a person can read."""


@dataclass(frozen=True)
class Surroundings:
    """How to describe what is around items in a graph. Plain fields, saved with a model.

    Attributes:
        relations: The described steps from items.
        degrees: Triples of each neighbour of an item in the whole graph, where more than one.
        spoken: Whether neighbours have names.
    """

    relations: tuple[str, ...] = ()
    degrees: Mapping[str, int] | None = None
    spoken: bool = False

    @classmethod
    def of(cls, dataset: Dataset, relations: Relations) -> Surroundings:
        """Learn what to describe from a data set's graph; nothing where it has none."""
        near = neighbour_pairs(dataset, relations)
        if not near.height:
            return cls()
        values = near["value"].unique(maintain_order=True)
        graph = pl.DataFrame(dataset.triples, schema=["head", "relation", "tail"], orient="row")
        ends = pl.concat([graph["head"], graph["tail"]]).alias("value")
        counts = ends.value_counts().filter(pl.col("count") > 1)
        known = values.to_frame().join(counts, on="value", maintain_order="left")
        named = sum(not is_identifier(value) for value in values)
        return cls(
            relations=relations.order[:RELATIONS_LIMIT],
            degrees=dict(known.drop_nulls().iter_rows()),
            spoken=named >= NAMED * len(values),
        )

    def names(self) -> tuple[str, ...]:
        """What each of the M' numbers of ``numbers`` is."""
        if not self.relations:
            return ()
        each = ("how many", "the best connected", "how connected")
        told = [f"{name}: {what}" for name in self.relations for what in each]
        return (*told, "in the graph", "triples")

    def numbers(self, dataset: Dataset, relations: Relations) -> Doubles:
        """Per relation the log number of neighbours, the largest and the mean log degree of them.

        Degrees are those of the whole graph, so a director of many films outside the catalogue
        counts as one. Then whether the graph knows the item, and the log number of its triples.

        Args:
            dataset: I items and a graph.
            relations: How the graph is read.

        Returns:
            Shape [I, M'].
        """
        size, wide = len(dataset.catalog), len(self.relations)
        if not wide:
            return np.zeros((size, 0))
        near = self._near(dataset, relations)
        row, step = near["row"].to_numpy(), near["step"].to_numpy()
        degree = near["log"].to_numpy()
        cell = row * wide + step
        count = np.bincount(cell, minlength=size * wide).astype(np.float64)
        most = np.zeros(size * wide)
        np.maximum.at(most, cell, degree)
        mean = np.bincount(cell, degree, minlength=size * wide) / np.maximum(count, 1.0)
        told = np.stack([np.log1p(count), most, mean], axis=1).reshape(size, wide * 3)
        triples = count.reshape(size, wide).sum(axis=1)
        return np.column_stack([told, triples > 0, np.log1p(triples)])

    def words(self, dataset: Dataset, relations: Relations) -> list[str]:
        """The neighbours of each item by name: "director: Ann Lee. starring: Bo Cy, Dee".

        Args:
            dataset: I items and a graph.
            relations: How the graph is read.

        Returns:
            I texts, "" where there are no neighbours with names.
        """
        said: list[list[str]] = [[] for _ in range(len(dataset.catalog))]
        near = self._near(dataset, relations).sort(
            ["row", "step", "log", "value"], descending=[False, False, True, False]
        )
        for (row, step), rows in near.group_by("row", "step", maintain_order=True):
            names = [readable_value(v) for v in rows["value"] if not is_identifier(v)]
            if names:
                relation = readable_relation(self.relations[int(str(step))])
                said[int(str(row))].append(f"{relation}: {', '.join(names[:NAMES_LIMIT])}")
        return [". ".join(parts) for parts in said]

    def _near(self, dataset: Dataset, relations: Relations) -> pl.DataFrame:
        """Columns ``row``, ``step`` (place of the relation), ``value``, ``log`` (of the degree)."""
        places = {name: place for place, name in enumerate(self.relations)}
        degrees = self.degrees or {}
        known = pl.DataFrame(
            {"value": list(degrees), "degree": list(degrees.values())},
            schema={"value": pl.String, "degree": pl.Int64},
        )
        near = neighbour_pairs(dataset, relations).filter(pl.col("relation").is_in(list(places)))
        joined = near.join(known, on="value", how="left", maintain_order="left")
        return joined.select(
            "row",
            pl.col("relation").replace_strict(places, return_dtype=pl.Int64).alias("step"),
            "value",
            pl.col("degree").fill_null(1).log1p().alias("log"),
        )
