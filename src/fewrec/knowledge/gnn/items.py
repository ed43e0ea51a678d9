"""A network over a data set's graph, and the vectors it gives the items of any catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.dataset import Dataset
from fewrec.knowledge.gnn.entities import FittedNetwork, fit_entities
from fewrec.knowledge.gnn.settings import GraphNetwork
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.of_dataset import graph_of, item_entities

if TYPE_CHECKING:
    from fewrec.knowledge.gnn.training import Tell


def item_network(
    dataset: Dataset,
    text: Floats,
    *,
    settings: GraphNetwork | None = None,
    seed: int = 0,
    tell: Tell = lambda epoch, loss, held_out: None,
) -> FittedNetwork:
    """Train a network on the graph's links and the items' texts; it reads no likes.

    So the vectors are the same whoever is held out, as text vectors are.

    Args:
        dataset: I items, with a graph.
        text: Text vectors of the items, 0 without text. Shape [I, T].
        settings: How; None for the defaults.
        seed: Of everything drawn.
        tell: Told epoch, mean loss and held-out loss.

    Raises:
        MissingExtra: torch or torch-geometric is not installed.
        EmptyData: The graph has no edges.
    """
    graph = graph_of(dataset)
    texts = _spread(graph, item_entities(graph, dataset), text)
    return fit_entities(graph, texts, settings=settings, seed=seed, tell=tell)


def graph_vectors(network: FittedNetwork, dataset: Dataset, text: Floats) -> Floats:
    """Vectors of a catalogue's items, newcomers among them; nothing is learned.

    Args:
        network: From ``item_network``.
        dataset: I items and the triples that are known of them.
        text: Their text vectors. Shape [I, T].

    Returns:
        Of length 1; 0 for an item of which the graph says nothing. Shape [I, D].
    """
    graph = graph_of(dataset)
    found = np.zeros((len(dataset.catalog), network.settings.dimension), dtype=np.float32)
    if not graph.edges:
        return found
    rows = item_entities(graph, dataset)
    grown = network.extended(graph, _spread(graph, rows, text))
    found[rows >= 0] = grown.vectors[rows[rows >= 0]]
    return found


def _spread(graph: Graph, rows: Ints, text: Floats) -> Floats:
    """Text vectors of all entities: those of items, 0 for others. Shape [N, T]."""
    texts = np.zeros((len(graph), text.shape[1]), dtype=np.float32)
    texts[rows[rows >= 0]] = text[rows >= 0]
    return texts
