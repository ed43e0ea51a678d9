"""Vectors of a graph's entities, for those it was trained on and for newcomers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.errors import ConfigError, EmptyData
from fewrec.knowledge.gnn.extra import needs_graph
from fewrec.knowledge.gnn.messages import Likes, Messages
from fewrec.knowledge.gnn.settings import GraphNetwork
from fewrec.knowledge.graph import Graph
from fewrec.knowledge.graph.names import Index

if TYPE_CHECKING:
    from fewrec.knowledge.gnn.network import Network
    from fewrec.knowledge.gnn.training import Tell


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A trained network and the vectors it gives the N entities of a graph.

    Attributes:
        vectors: Of length 1; an item's is the row of its entity. Shape [N, D].
        settings: How it was trained.
        relations: Names of the relations it reads.
        index: Finds the entities that have learned vectors by name.
        text: T, length of the text vectors it reads.
        weights: Everything learned, by name.
        unread: Relations of the graph in use that the network does not know: their edges carry
            no messages.
    """

    vectors: Floats
    settings: GraphNetwork
    relations: tuple[str, ...]
    index: Index
    text: int
    weights: Mapping[str, np.ndarray] = field(repr=False)
    unread: tuple[str, ...] = ()

    def extended(
        self, graph: Graph, text_vectors: Floats | None = None, likes: Likes | None = None
    ) -> FittedNetwork:
        """Vectors of another graph's entities by the same network; nothing is learned.

        A newcomer is told by its text and by the messages of its neighbours. Entities keep
        their learned vectors by name, whatever row they have now; give the likes that are known
        as in fitting, or vectors say only what the graph says.

        Args:
            graph: The whole graph, old and new triples.
            text_vectors: Zeros where an entity has no text; None where none has. Shape [N', T].
            likes: Who liked which entity of this graph.

        Raises:
            ConfigError: Text vectors have another length, or there are too few.
        """
        needs_graph()
        from fewrec.knowledge.gnn.inference import all_vectors
        from fewrec.knowledge.gnn.nodes import Nodes

        text = _texts(graph, text_vectors, self.text)
        if text.shape[1] != self.text:
            raise ConfigError(
                f"the network reads text vectors of length {self.text}, not {text.shape[1]}."
            )
        network = self._network()
        nodes = Nodes.of(self._learned(graph), text)
        triples, unread = self._readable(graph)
        messages = Messages.of(triples, likes or Likes.none(), len(graph), len(self.relations))
        found = all_vectors(network, messages, nodes, self.settings.device)[: len(graph)]
        return FittedNetwork(
            found, self.settings, self.relations, self.index, self.text, self.weights, unread
        )

    def _learned(self, graph: Graph) -> Ints:
        """Row of each entity's learned vector, -1 for newcomers. Shape [N]."""
        names = graph.entities.index
        found = np.empty(len(graph), dtype=np.int64)
        found[names.rows] = self.index.find(names.hashes)
        return found

    def _readable(self, graph: Graph) -> tuple[tuple[Ints, Ints, Ints], tuple[str, ...]]:
        """Triples whose relations are known, by the network's numbers; the other relations."""
        number = {name: at for at, name in enumerate(self.relations)}
        place = np.array([number.get(name, -1) for name in graph.relations], dtype=np.int64)
        head, relation, tail = graph.triples()
        known = place[relation] >= 0
        unread = tuple(name for name in graph.relations if name not in number)
        return (head[known], place[relation[known]], tail[known]), unread

    def _network(self) -> Network:
        import torch

        network = build(self.settings, len(self.index.rows), self.text, len(self.relations))
        network.load_state_dict(
            {name: torch.from_numpy(np.array(array)) for name, array in self.weights.items()}
        )
        return network.to(self.settings.device)

    def save(self, folder: Path) -> None:
        """Write to a folder, whole or not at all.

        Raises:
            ModelError: The folder holds something else or cannot be written.
        """
        from fewrec.knowledge.gnn.saving import save_network

        save_network(self, folder)

    @classmethod
    def load(cls, folder: Path) -> FittedNetwork:
        """Read what ``save`` wrote.

        Raises:
            ModelError: Something is missing or damaged, or another version wrote it.
        """
        from fewrec.knowledge.gnn.saving import load_network

        return load_network(folder)


def fit_entities(
    graph: Graph,
    text_vectors: Floats | None = None,
    likes: Likes | None = None,
    *,
    settings: GraphNetwork | None = None,
    seed: int = 0,
    tell: Tell = lambda epoch, loss, held_out: None,
) -> FittedNetwork:
    """Train a network on a graph and the likes of some people.

    Args:
        graph: N entities; relations that mirror each other should be merged before.
        text_vectors: Zeros where an entity has no text; None where none has. Shape [N, T].
        likes: Who liked which entity; None or empty learns from links alone.
        settings: How; None for the defaults.
        seed: Of everything drawn. Same seed, data and versions, one thread: same vectors.
        tell: Told epoch, mean loss and held-out loss.

    Returns:
        The network with the vectors of this graph's entities.

    Raises:
        MissingExtra: torch or torch-geometric is not installed.
        EmptyData: The graph has no edges.
        ConfigError: There are not as many text vectors as entities.
    """
    needs_graph()
    import torch

    from fewrec.knowledge.gnn.nodes import Nodes
    from fewrec.knowledge.gnn.training import Task, train

    if not graph.edges:
        raise EmptyData("the graph has no edges", fix="Give a graph with triples.")
    chosen, likes = settings or GraphNetwork(), likes or Likes.none()
    text = _texts(graph, text_vectors, 0)
    nodes = Nodes.of(np.arange(len(graph)), text)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build(chosen, len(graph), text.shape[1], len(graph.relations))
        network = network.to(chosen.device)
        train(
            network,
            Task.of(graph.triples(), likes, nodes, len(graph.relations)),
            chosen,
            seed,
            tell,
        )
    weights = {name: p.detach().cpu().numpy() for name, p in network.state_dict().items()}
    bare = FittedNetwork(
        np.empty((0, chosen.dimension), np.float32),
        chosen,
        graph.relations,
        graph.entities.index,
        text.shape[1],
        weights,
    )
    return bare.extended(graph, text_vectors, likes)


def entity_vectors(
    graph: Graph,
    text_vectors: Floats | None = None,
    likes: Likes | None = None,
    *,
    settings: GraphNetwork | None = None,
    seed: int = 0,
) -> Floats:
    """Vectors of a graph's entities, of length 1; arguments as for ``fit_entities``.

    Returns:
        Shape [N, D]. An item's vector is the row of its entity (``item_entities``).
    """
    return fit_entities(graph, text_vectors, likes, settings=settings, seed=seed).vectors


def _texts(graph: Graph, given: Floats | None, length: int) -> Floats:
    return np.zeros((len(graph), length), dtype=np.float32) if given is None else given


def build(settings: GraphNetwork, nodes: int, text: int, relations: int) -> Network:
    """An untrained network for so many nodes, numbers of a text vector, and relations."""
    from fewrec.knowledge.gnn.network import Network

    return Network(
        nodes=nodes,
        text=text,
        dimension=settings.dimension,
        steps=2 * relations + 2,
        layers=len(settings.fan_out),
        composition=settings.composition,
        attention=settings.attention,
        bases=settings.bases,
        decoder=settings.decoder,
        dropout=settings.dropout,
    )
