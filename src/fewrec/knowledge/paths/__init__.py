"""Paths of the knowledge graph from what a person likes to what they might like."""

from fewrec.knowledge.paths.finder import PathFinder as PathFinder
