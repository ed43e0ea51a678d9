"""Which shots a prompt shows as examples: as many likes as dislikes, perhaps the nearest ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.chat import Chat, Turn
from fewrec.data.shots import Shots
from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.protocols import Training
from fewrec.ranker.prompted.rendering import Renderer


def balanced(shots: Shots, k: int, random: np.random.Generator) -> Ints:
    """Row numbers of k shots drawn at random, likes and dislikes in turn.

    Args:
        shots: The labelled rows; where one answer has too few, the other one fills up.
        k: How many to choose.
        random: Draws.

    Returns:
        At most k row numbers.
    """
    order = random.permutation(len(shots))
    return _in_turn(order, shots.label[order] >= 0.5, k)


def nearest(shots: Shots, vectors: Floats, item: int, k: int) -> Ints:
    """Row numbers of k shots on the items most like one, likes and dislikes in turn.

    Args:
        shots: The labelled rows.
        vectors: Of length 1, of all items. Shape [I, D].
        item: Row of the item asked about.
        k: How many to choose.

    Returns:
        At most k row numbers, the most similar last, where a model looks most.
    """
    order = np.argsort(-(vectors[shots.item] @ vectors[item]), kind="stable")
    return _in_turn(order, shots.label[order] >= 0.5, k)[::-1]


def _in_turn(order: Ints, liked: np.ndarray, k: int) -> Ints:
    """The first k of an order, taking likes and dislikes in turn while there are both."""
    place = np.zeros(len(order), dtype=np.int64)
    for answer in (True, False):
        place[liked == answer] = 2 * np.arange((liked == answer).sum()) + (not answer)
    return order[np.argsort(place, kind="stable")][:k]


def comparable(training: Training) -> Floats:
    """Vectors of length 1 of the I items: those of their texts, else of letters. Shape [I, D]."""
    if training.features.vectors.shape[1]:
        return training.features.vectors
    return HashingEncoder().encode(training.texts)


@dataclass(frozen=True)
class Demonstrations:
    """Shots as turns of a chat.

    Attributes:
        shots: The labelled rows.
        renderer: Writes them; its room is smaller than that of a question.
    """

    shots: Shots
    renderer: Renderer

    def turns(self, rows: Ints) -> Chat:
        """Questions with their answers, without the words of the system."""
        some = self.shots.take(rows)
        words = self.renderer.template
        chats = self.renderer.chats(some.people, some.item)
        return tuple(
            turn
            for chat, label in zip(chats, some.label, strict=True)
            for turn in (chat[-1], Turn("assistant", words.yes if label >= 0.5 else words.no))
        )
