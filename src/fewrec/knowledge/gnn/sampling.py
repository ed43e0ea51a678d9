"""Draws the neighbourhood of some nodes, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Ints
from fewrec.knowledge.gnn.messages import Messages

MIXER = 2654435761
"""Knuth's multiplicative hash: numbers next to each other fall far apart."""


@dataclass(frozen=True)
class Block:
    """The messages of one layer, nodes by their place among those drawn.

    Attributes:
        source: Shape [e].
        target: Below ``targets``. Shape [e].
        step: Relation of each message. Shape [e].
        targets: The first so many of the drawn nodes get a new vector.
    """

    source: Ints
    target: Ints
    step: Ints
    targets: int


@dataclass(frozen=True)
class Drawn:
    """A neighbourhood.

    Attributes:
        nodes: Different nodes: the seeds first, then those one step away, and so on. Shape [m].
        blocks: Of the layers, in the order in which they are computed.
    """

    nodes: Ints
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Silence:
    """Messages that are not sent, so that a network cannot read its task off the graph.

    Attributes:
        edges: Numbers of edges, sorted. Shape [w].
        people: Nodes of people whose likes are hidden, sorted. Shape [q].
        cold: Share of items nobody's likes are known of, in [0, 1]: newcomers have none.
        salt: Which items these are.
    """

    edges: Ints
    people: Ints
    cold: float
    salt: int

    def lets_through(
        self, messages: Messages, source: Ints, target: Ints, step: Ints, edge: Ints
    ) -> Bools:
        """True for messages that are sent. Shape [e]."""
        kept: Bools = ~among(edge, self.edges)
        like = step >= 2 * messages.relations
        person, item = np.maximum(source, target)[like], np.minimum(source, target)[like]
        chance = ((item + self.salt) * MIXER % 2**31) / 2**31
        kept[like] &= ~among(person, self.people) & (chance >= self.cold)
        return kept


class Sampler:
    """Draws neighbours from compressed sparse rows; a step costs what it draws, not what is there.

    Of a node with more neighbours than the fan-out, the list (sorted by relation where the
    messages are) is cut into as many equal pieces and one is drawn of each: every relation is met
    about as often as it occurs.

    Args:
        messages: Who sends to whom.
        fan_out: Neighbours of each node, the last layer first.
    """

    def __init__(self, messages: Messages, fan_out: tuple[int, ...]) -> None:
        self.messages, self.fan_out = messages, fan_out
        self._place = np.full(len(messages), -1, dtype=np.int64)

    def draw(self, seeds: Ints, random: np.random.Generator, silence: Silence) -> Drawn:
        """Draw the neighbourhood of different nodes.

        Args:
            seeds: Whose vectors are wanted; each once. Shape [s].
            random: Draws.
            silence: Which messages are not sent.
        """
        nodes, blocks = [seeds], []
        self._place[seeds] = np.arange(len(seeds))
        known, front = len(seeds), seeds
        told: list[tuple[Ints, Ints, Ints]] = []
        for fan_out in self.fan_out:
            targets = known
            told.append(self._messages(front, fan_out, random, silence))
            sent = told[-1][0]
            fresh = np.unique(sent[self._place[sent] < 0])
            self._place[fresh] = known + np.arange(len(fresh))
            known, front = known + len(fresh), fresh
            nodes.append(fresh)
            whole = [np.concatenate(part) for part in zip(*told, strict=True)]
            blocks.append(Block(self._place[whole[0]], self._place[whole[1]], whole[2], targets))
        drawn = np.concatenate(nodes)
        self._place[drawn] = -1
        return Drawn(drawn, tuple(reversed(blocks)))

    def _messages(
        self, front: Ints, fan_out: int, random: np.random.Generator, silence: Silence
    ) -> tuple[Ints, Ints, Ints]:
        """Source, target and step of the messages drawn for some nodes. Shapes [e]."""
        messages = self.messages
        begin = messages.start[front]
        degree = messages.start[front + 1] - begin
        target, at = spread(begin, np.minimum(degree, fan_out))
        many = (degree > fan_out)[target]
        piece = (at - begin[target])[many]
        width = degree[target[many]] / fan_out
        offset = ((piece + random.random(len(piece))) * width).astype(np.int64)
        at[many] = begin[target[many]] + np.minimum(offset, degree[target[many]] - 1)
        source, target = messages.source[at], front[target]
        step = messages.step[at]
        kept = silence.lets_through(messages, source, target, step, messages.edge[at])
        return source[kept], target[kept], step[kept]


def spread(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Runs of numbers: ``begin[n], begin[n] + 1, ...``, ``count[n]`` of them, one after another.

    Returns:
        Which run each number belongs to, and the number. Shapes [sum of count].
    """
    row = np.repeat(np.arange(len(begin)), count)
    ends = np.cumsum(count)
    within = np.arange(len(row)) - np.repeat(ends - count, count)
    return row, begin[row] + within


def among(values: Ints, known: Ints) -> Bools:
    """True where a value is one of some sorted numbers. Shape [n]."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    found: Bools = known[at] == values
    return found
