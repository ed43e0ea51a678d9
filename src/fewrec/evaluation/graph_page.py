"""The report on a graph as one page of HTML."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from fewrec.evaluation import page
from fewrec.knowledge.build.quality import Quality
from fewrec.knowledge.graph.statistics import QUANTILES


def write_graph_page(name: str, quality: Quality, doubts: Sequence[str], out: Path) -> None:
    """Write the page, whole or not at all.

    Args:
        name: Of the data.
        quality: What was found.
        doubts: What a person should look at.
        out: The file.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        draft.write_text(graph_page(name, quality, doubts), encoding="utf-8")
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def graph_page(name: str, quality: Quality, doubts: Sequence[str]) -> str:
    """The page as text; see ``write_graph_page``."""
    told = quality.statistics
    lead = (
        f"{told.triples:,} triples of {len(told.relations):,} relations between "
        f"{told.entities:,} entities; {quality.parts:,} parts, the largest with "
        f"{quality.largest:.0%} of the entities."
    )
    body = [
        f"<h1>{page.text(f'fewrec · {name} · knowledge graph')}</h1>",
        f'<p class="headline">{page.text(lead)}</p>',
        page.section("Worth a look", "", _list(doubts)),
        page.section(
            "What the relations say about the items",
            "Coverage is the share of the items that have the relation in either direction.",
            _table(
                ("relation", "triples", "items", "coverage", "most of one item"),
                (
                    (c.relation, f"{c.triples:,}", f"{c.items:,}", f"{c.coverage:.0%}", c.most)
                    for c in quality.coverage
                ),
            ),
        ),
        page.section(
            "Degrees",
            "How many edges entities have; a hub tells little apart.",
            _table(
                ("entities with at most so many edges", "edges"),
                (
                    (f"{share:.0%}", f"{degree:,.0f}")
                    for share, degree in zip(QUANTILES, told.degrees, strict=True)
                ),
            ),
            _table(("hub", "edges"), ((hub, f"{degree:,}") for hub, degree in told.hubs)),
        ),
        page.section(
            "Where the triples came from",
            "",
            _table(("source", "triples"), ((s, f"{n:,}") for s, n in quality.sources.items())),
        ),
        page.section(
            "Names that may be one entity",
            "They differ only in case, accents or brackets.",
            _list(" · ".join(group) for group in quality.alike),
        ),
        page.section(
            "Links that lead nowhere",
            "Items linked to entities that the graph does not have.",
            _list(f"{item} → {entity}" for item, entity in quality.dangling_examples),
        ),
        page.section("Items the graph says nothing about", "", _list(quality.absent_examples)),
    ]
    return page.page(f"fewrec · {name} · knowledge graph", body)


def _list(lines: Iterable[str]) -> str:
    points = "".join(f"<li>{page.text(line)}</li>" for line in lines)
    return f"<ul>{points}</ul>" if points else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["<tr>" + "".join(f"<td>{page.text(c)}</td>" for c in row) + "</tr>" for row in rows]
    return page.table([page.text(name) for name in head], lines) if lines else ""
