"""Evidence: what a score rests on, as data; words are made from it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FactKind = Literal[
    "liked_item", "shared_attribute", "popularity", "group", "friends", "profile", "prior"
]


@dataclass(frozen=True)
class Fact:
    """One thing that is so, and by which a part of the score came about.

    Attributes:
        kind: What sort of thing.
        part: The ranker whose contribution this explains.
        amount: How much of the item's score it carries, in units of the score; where several
            facts explain one part, their amounts add up to at most the part's contribution.
        item: The liked (or disliked) item it is about, by id; "" where none is.
        relation: Relation of the shared attribute ("genre"), or the group's column.
        values: Values of the shared attribute ("Comedy"), the group's value, or the words of
            the profile that fit.
        count: How many people (of a group, of the person's friends) liked the item.
        of: How many people there are (in the group, among the friends).
        liked: False where the item named was disliked.
    """

    kind: FactKind
    part: str
    amount: float
    item: str = ""
    relation: str = ""
    values: tuple[str, ...] = ()
    count: int = 0
    of: int = 0
    liked: bool = True


@dataclass(frozen=True)
class Evidence:
    """Why one item has its score for one person.

    Attributes:
        item: The item's id.
        score: The score; equal to the sum of the contributions (within 1e-5).
        contributions: What each part adds to the score, centred over the candidates.
        facts: True statements behind the contributions, strongest first.
    """

    item: str
    score: float
    contributions: Mapping[str, float] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
