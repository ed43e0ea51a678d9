"""What each relation of a graph says about the items, and where it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from fewrec.data.dataset import Triple
from fewrec.knowledge.features import HUB_SHARE

COLUMNS = ("head", "relation", "tail")


@dataclass(frozen=True)
class RelationReport:
    """What one relation says about the items, and where it says nothing.

    Attributes:
        relation: Its name.
        triples: How many triples it has.
        items: How many items have it.
        coverage: Their share of the catalogue, in [0, 1].
        values: How many different values it has.
        singletons: Values of a single item: they connect nothing.
        hubs: Values of more than half of the items: they tell nothing apart.
        top: The most frequent value.
        top_items: How many items have it.
    """

    relation: str
    triples: int
    items: int
    coverage: float
    values: int
    singletons: int
    hubs: int
    top: str
    top_items: int


def relation_reports(triples: Sequence[Triple], items: int) -> tuple[RelationReport, ...]:
    """Describe each relation of triples whose heads are items.

    Args:
        triples: The triples.
        items: How many items the catalogue has.

    Returns:
        One report a relation, the one with most triples first.
    """
    frame = triple_frame(triples)
    held = frame.group_by("relation", "tail").len("items")
    held = held.sort(["relation", "items", "tail"], descending=[False, True, False])
    reports = []
    for (relation,), rows in held.group_by("relation", maintain_order=True):
        heads = frame.filter(pl.col("relation") == relation)["head"].n_unique()
        counts = rows["items"]
        reports.append(
            RelationReport(
                relation=str(relation),
                triples=int(counts.sum()),
                items=heads,
                coverage=heads / items,
                values=rows.height,
                singletons=int((counts == 1).sum()),
                hubs=int((counts > HUB_SHARE * items).sum()),
                top=rows["tail"][0],
                top_items=counts[0],
            )
        )
    return tuple(sorted(reports, key=lambda report: (-report.triples, report.relation)))


def isolated_items(triples: Sequence[Triple], items: int) -> int:
    """Items without any value that another item shares."""
    frame = triple_frame(triples)
    shared = (
        frame.group_by("tail").agg(pl.col("head").n_unique().alias("n")).filter(pl.col("n") > 1)
    )
    return items - frame.join(shared, on="tail", how="semi")["head"].n_unique()


def triple_frame(triples: Sequence[Triple]) -> pl.DataFrame:
    """Columns ``head``, ``relation``, ``tail``."""
    return pl.DataFrame(triples, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
