"""Making a knowledge graph of what a data folder holds: columns, texts, histories, itself."""

from __future__ import annotations

from fewrec.knowledge.build.columns import catalogue_triples
from fewrec.knowledge.build.folder import GraphBuild, build_graph
from fewrec.knowledge.build.relations import RelationReport, relation_reports

__all__ = [
    "GraphBuild",
    "RelationReport",
    "build_graph",
    "catalogue_triples",
    "relation_reports",
]
