"""Link prediction: which triples a knowledge graph lacks."""

from __future__ import annotations

from fewrec.knowledge.linking.judging import Known, LinkRanks, filtered_ranks
from fewrec.knowledge.linking.links import FittedLinks, Links
from fewrec.knowledge.linking.parting import Parts, part_triples

__all__ = [
    "FittedLinks",
    "Known",
    "LinkRanks",
    "Links",
    "Parts",
    "filtered_ranks",
    "part_triples",
]
