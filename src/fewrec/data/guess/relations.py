"""Graph and link files to rows of (head, relation, tail) and (item, entity)."""

from __future__ import annotations

import re

import polars as pl

from fewrec.data.guess.events import as_whole
from fewrec.data.guess.plan import FilePlan


def graph_rows(plan: FilePlan) -> pl.DataFrame:
    """Triples of a graph file; without a column of relations, the file's name is the relation."""
    head, tail = plan.cells("head"), plan.cells("tail")
    if head is None or tail is None:
        return pl.DataFrame(schema={"head": pl.String, "relation": pl.String, "tail": pl.String})
    relation = plan.cells("relation")
    if relation is None:
        relation = pl.Series([_relation(plan)] * len(plan.raw))
    frame = pl.DataFrame(
        {
            "head": _bare(as_whole(head)),
            "relation": _bare(relation),
            "tail": _bare(as_whole(tail)),
        }
    )
    return frame.drop_nulls()


def _relation(plan: FilePlan) -> str:
    friends = any(profile.meaning.of("friend") > 0.5 for profile in plan.profiles.values())
    stem = re.sub(r"\.(txt|csv|tsv|dat)$", "", plan.raw.path.name)
    return "friend" if friends else stem


def _bare(cells: pl.Series) -> pl.Series:
    return cells.str.strip_prefix("<").str.strip_suffix(">")


def link_rows(plan: FilePlan) -> pl.DataFrame:
    """Pairs of item and entity."""
    item, entity = plan.cells("item"), plan.cells("entity")
    if item is None or entity is None:
        return pl.DataFrame(schema={"item": pl.String, "entity": pl.String})
    return pl.DataFrame({"item": as_whole(item), "entity": _bare(as_whole(entity))}).drop_nulls()
