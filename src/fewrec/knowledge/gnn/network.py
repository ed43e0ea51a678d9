"""From what is known of nodes to their vectors, and from two vectors to the score of a link."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fewrec.knowledge.gnn.layers import RelationalLayer

FIRST = 0.1
"""Deviation of learned vectors at the start."""


class Network(nn.Module):
    """Input vectors, layers of messages, relations, and the decoder of links.

    A node starts as its text, projected, plus a learned vector where it has one; nodes without
    either start as one shared vector for entities and one for people.

    Args:
        nodes: N, entities that may have a learned vector.
        text: T, length of text vectors; 0 without text.
        dimension: D.
        steps: 2R + 2, relations in both directions and likes in both.
        layers: How many.
        composition: See ``GraphNetwork``.
        attention: See ``GraphNetwork``.
        bases: See ``GraphNetwork``.
        decoder: ``distmult`` or ``complex``.
        dropout: Between layers.
    """

    def __init__(
        self,
        *,
        nodes: int,
        text: int,
        dimension: int,
        steps: int,
        layers: int,
        composition: str,
        attention: bool,
        bases: int,
        decoder: str,
        dropout: float,
    ) -> None:
        super().__init__()
        self.decoder = decoder
        self.learned = nn.Embedding(nodes, dimension, sparse=True)
        nn.init.normal_(self.learned.weight, std=FIRST)
        self.shared = nn.Parameter(FIRST * torch.randn(2, dimension))
        self.read = nn.Linear(text, dimension, bias=False) if text else None
        middle = 1.0 if composition == "multiply" else 0.0  # a message is what was sent
        self.steps = nn.Parameter(middle + FIRST * torch.randn(steps, dimension))
        self.turn = nn.ModuleList(nn.Linear(dimension, dimension) for _ in range(layers - 1))
        self.layers = nn.ModuleList(
            RelationalLayer(
                dimension=dimension,
                steps=steps,
                composition=composition,
                attention=attention,
                bases=bases,
            )
            for _ in range(layers)
        )
        self.dropout = nn.Dropout(dropout)
        self.links = nn.Parameter(torch.randn(steps, dimension))
        self.scale = nn.Parameter(torch.tensor([1.0, 2.0]))

    def first(self, learned: Tensor, text: Tensor, person: Tensor) -> Tensor:
        """Vectors of m nodes before any message.

        Args:
            learned: Row of the learned vector, -1 where there is none. Shape [m].
            text: Text vectors, zeros where there is no text. Shape [m, T].
            person: True for people. Shape [m].

        Returns:
            Shape [m, D].
        """
        known = learned >= 0
        own = self.learned(learned.clamp(min=0))
        start = torch.where(known[:, None], own, self.shared[person.long()])
        return start if self.read is None else start + self.read(text)

    def relations(self, layer: int) -> Tensor:
        """Vectors of relations as a layer sees them (CompGCN, eq. 6). Shape [S, D]."""
        steps: Tensor = self.steps
        for turn in list(self.turn)[:layer]:
            steps = turn(steps)
        return steps

    def pass_on(
        self, layer: int, vectors: Tensor, messages: tuple[Tensor, Tensor, Tensor], size: int
    ) -> Tensor:
        """One layer; what a node was before stays in (a residual sum). Shape [size, D].

        Args:
            layer: From 0.
            vectors: Of m nodes. Shape [m, D].
            messages: Source, target and step of each. Shapes [e].
            size: The first so many nodes get a new vector.
        """
        new = self.layers[layer](vectors, *messages, self.relations(layer), size)
        total: Tensor = vectors[:size] + self.dropout(new)
        return total

    def asked(self, vectors: Tensor, step: Tensor) -> Tensor:
        """What a link's other end is compared with by a dot product. Shape [b, D].

        Args:
            vectors: Of the ends that are known. Shape [b, D].
            step: Relation; R on for asking backwards. Shape [b].
        """
        relation = self.links[step]
        if self.decoder == "distmult":
            return vectors * relation
        a, b = vectors.chunk(2, dim=1)
        c, d = relation.chunk(2, dim=1)
        return torch.cat([a * c - b * d, a * d + b * c], dim=1)
