"""Knowledge graphs as compressed sparse rows, in memory or mapped from files."""

from __future__ import annotations

from fewrec.knowledge.graph.store import Adjacency, Graph, Neighbours
from fewrec.knowledge.graph.writing import write_graph

__all__ = ["Adjacency", "Graph", "Neighbours", "write_graph"]
