"""A graph neural network over users, items and entities (the extra ``graph``).

``entity_vectors`` is all that most need: vectors of a graph's entities, learned from its links
and, where they are given, from likes::

    fitted = fit_entities(graph, text_vectors, likes)      # FittedNetwork
    fitted.vectors                                         # [N, D], one row an entity, length 1
    fitted.extended(larger_graph, more_text_vectors)       # newcomers get vectors, nothing learns

A person is the mean of what they liked minus the mean of what they disliked; the cosine with an
item is the score, as with text vectors.
"""

from __future__ import annotations

from fewrec.knowledge.gnn.entities import FittedNetwork, entity_vectors, fit_entities
from fewrec.knowledge.gnn.messages import Likes
from fewrec.knowledge.gnn.settings import GraphNetwork

__all__ = ["FittedNetwork", "GraphNetwork", "Likes", "entity_vectors", "fit_entities"]
