"""The seams: every interface a user may implement, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.chat import Chat
from fewrec.data.choice import Choice, Menu
from fewrec.data.events import Interactions
from fewrec.data.evidence import Evidence, Fact
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.people import People
from fewrec.data.shots import Shots


@runtime_checkable
class TextEncoder(Protocol):
    """Turns texts into vectors whose dot product says how alike they are."""

    @property
    def name(self) -> str:
        """Name under which vectors are cached; another name means other vectors."""
        ...

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode N texts as vectors of length 1 (zeros for an empty text). Shape [N, D]."""
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """Goes on with a text; says how probable it finds answers."""

    @property
    def name(self) -> str:
        """Name under which answers are cached; another name means other answers."""
        ...

    def length(self, text: str) -> int:
        """About how many tokens a text takes."""
        ...

    def answers(self, chats: Sequence[Chat], answers: Sequence[str]) -> Doubles:
        """Log-probability that each of N chats goes on with each of A answers. Shape [N, A].

        Of the first token that tells the answers apart; no chat looks at another one.
        """
        ...

    def generate(self, chats: Sequence[Chat], tokens: int) -> list[str]:
        """The most probable answer of at most so many tokens to each of N chats. N texts."""
        ...


@dataclass(frozen=True)
class Training:
    """What a ranker is fitted on.

    Attributes:
        interactions: Labelled rows of U users over I items.
        features: What is known of the I items.
        people: What is known of the U users.
        encoder: Encodes profiles into the space of ``features.vectors``; None without text.
        seed: Of all randomness in fitting.
        texts: What language models read of the I items; empty where nothing reads.
        titles: What the I items are called, where that is known apart from the texts: a prompt
            names the items of a history by them. Empty where texts are titles.
    """

    interactions: Interactions
    features: ItemFeatures
    people: People
    encoder: TextEncoder | None = None
    seed: int = 0
    texts: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@runtime_checkable
class Ranker(Protocol):
    """A configured way to rank; ``fit`` makes it usable."""

    def fit(self, training: Training) -> FittedRanker:
        """Learn from training data; never changes ``self``."""
        ...


@runtime_checkable
class FittedRanker(Protocol):
    """Scores items for people of whom any amount is known, from nothing to everything."""

    def scores(self, people: Histories) -> Floats:
        """Score all items for B people; higher is better, always finite. Shape [B, I].

        A ranker that has nothing to say about a person gives the same score to all items; one
        that has nothing to say about an item gives it the score of "no evidence".
        """
        ...

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """True statements behind the scores of one person (B = 1) for N items. N lists.

        A fact's ``amount`` is its share of the item's raw score here; the fusion rescales it.
        """
        ...

    def extended(self, training: Training) -> FittedRanker:
        """The same model for more items and more events, in closed form, without refitting.

        ``training`` holds everything: the rows the model was fitted on and the new ones, with
        the same row numbers for the items it knew and the newcomers after them.
        """
        ...


@runtime_checkable
class ShotModel(Protocol):
    """A configured way to learn from K labelled rows; ``fit`` makes it usable."""

    def fit(self, shots: Shots, training: Training) -> FittedShotModel:
        """Learn the answers of K shots; never changes ``self``.

        ``training`` describes the items and holds the rows of histories, never an answer.
        """
        ...


@runtime_checkable
class FittedShotModel(Protocol):
    """Answers rows: would this person like this item?"""

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row, finite; no row looks at another. Shape [N].

        ``people``: N people, perhaps with empty histories. ``item``: one item for each. [N].
        """
        ...

    def extended(self, training: Training) -> FittedShotModel:
        """The same model for more items: those it knew, then newcomers; nothing is learned.

        Newcomers change no answer about items that were known.
        """
        ...


@runtime_checkable
class Policy(Protocol):
    """Chooses what to show, and knows how probable its choices are."""

    def choose(self, menu: Menu, k: int, random: np.random.Generator) -> Choice:
        """Choose a slate of at most k of the menu's N items, within its pins and caps."""
        ...

    def propensities(self, menu: Menu, items: Ints) -> Doubles:
        """Probability of each item of a slate at its place, given those before it. Shape [K]."""
        ...


class Writer(Protocol):
    """Puts evidence into words."""

    def reasons(self, evidence: Evidence, titles: dict[str, str]) -> tuple[str, ...]:
        """Sentences for one item, strongest first; each says only what a fact says.

        Args:
            evidence: Of one item.
            titles: Title of each item id the evidence names.
        """
        ...
