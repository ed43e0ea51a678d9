"""Evidence: what a score rests on, as data; words are made from it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FactKind = Literal[
    "liked_item", "shared_attribute", "popularity", "group", "friends", "profile", "prior", "rule"
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
        count: How many people (of a group, of the person's friends) liked the item; of a rule
            how many likes it foretold where it was judged.
        of: How many people there are (in the group, among the friends); of a rule how many
            items it spoke for.
        liked: False where the item named was disliked.
        rule: The rule that holds, in logic's notation; "" where none is meant.
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
    rule: str = ""


@dataclass(frozen=True)
class Path:
    """A chain of true triples of a graph, from an item to one that the person likes.

    Attributes:
        entities: Names in the graph, the item's first, the liked item's last. E + 1 of them.
        relations: Relation of each of the E edges.
        forward: Whether each edge's triple points along the chain. E of them.
        items: Id of the item each entity is, "" where it is none. E + 1 of them.
        specificity: Minus the sum of the logarithms of the degrees of the entities in between;
            0 for a single edge, and the nearer to 0, the fewer things are connected like this.
    """

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    forward: tuple[bool, ...]
    items: tuple[str, ...]
    specificity: float

    def __len__(self) -> int:
        return len(self.relations)

    @property
    def liked(self) -> str:
        """Id of the liked item it leads to."""
        return self.items[-1]

    def triples(self) -> tuple[tuple[str, str, str], ...]:
        """The triples it walks, each as (head, relation, tail)."""
        steps = zip(self.entities, self.relations, self.entities[1:], self.forward, strict=False)
        return tuple((a, r, b) if along else (b, r, a) for a, r, b, along in steps)

    def to_dict(self) -> dict[str, object]:
        """As JSON holds it: the liked item, the triples, and how specific the chain is."""
        return {
            "liked": self.liked,
            "triples": [list(triple) for triple in self.triples()],
            "specificity": self.specificity,
        }


@dataclass(frozen=True)
class Evidence:
    """Why one item has its score for one person.

    Attributes:
        item: The item's id.
        score: The score; equal to the sum of the contributions (within 1e-5).
        contributions: What each part adds to the score, centred over the candidates.
        facts: True statements behind the contributions, strongest first.
        paths: How the graph connects the item with liked ones, most specific first. They carry
            no share of the score: they say that the two are connected, not by how much.
    """

    item: str
    score: float
    contributions: Mapping[str, float] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    paths: tuple[Path, ...] = ()
