"""One section of the page for each kind of benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sections import found, graphs, living, pairs, peers, rows, speed

KINDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "bench curve": peers.against,
    "bench onboarding": living.asked,
    "bench loop": living.replayed,
    "bench funnel": living.funnel,
    "bench serve": living.served,
    "bench labels": rows.labels,
    "bench text": rows.texts,
    "bench tallrec": rows.shots,
    "bench graph": graphs.with_graph,
    "bench kgcn": graphs.split_pairs,
    "bench graph-repair": graphs.repaired,
    "bench graph-extraction": graphs.extracted,
    "bench graph-growth": graphs.grown,
    "bench growth": graphs.shops,
    "bench graph-training": graphs.growth,
    "bench graph-import": graphs.imported,
    "bench paths": graphs.paths,
    "bench rules": graphs.mined,
    "bench links": graphs.hidden,
    "bench friends": graphs.hidden,
    "bench pairs": pairs.likelihoods,
    "bench warm": found.known_well,
    "bench retrieval": found.from_one_item,
    "bench sessions": found.visits,
    "bench speed-peers": speed.beside,
}
"""Command -> what makes a section of a document; one table where there is none."""


def section(document: Mapping[str, Any]) -> str:
    """The section of one JSON document, as markdown."""
    return KINDS.get(document["command"], living.other)(document)
