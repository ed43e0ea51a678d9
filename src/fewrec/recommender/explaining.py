"""Why an item, and why not: one item's place, reasons, and what holds it back."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from fewrec.data.evidence import Evidence

AGAINST: Mapping[str, str] = {
    "popularity": "Fewer people liked it than the average item",
    "reach": "Fewer people liked it than the average item",
    "item-prior": "It is expected to be liked less than the average item",
    "groups": "It stands out less among people like you than the average item",
    "circle": "The people you are linked to like it less than the average item",
    "text-knn": "Its description resembles what you liked less than the average item's does",
    "tuned-text": "Where descriptions tell what people like, its fits less than the average item's",
    "graph-knn": "It lies farther from what you liked in the graph than the average item does",
    "attribute-knn": "It shares less with what you liked than the average item does",
    "ease": "By people and what it is, it fits what you liked less than the average item",
    "exposure-ease": "By people and what it is, it fits what you met less than the average item",
    "rules": "Fewer rules speak for it than for the average item",
    "feature-map": "What it is fits the taste you showed less than the average item does",
    "profile": "It fits what you wrote less than the average item does",
}
"""What a part says that lowers a score below the average candidate's."""

BY_PEOPLE = "People who liked what you liked went for it less than for the average item"
"""The same for parts that compare who liked what."""

FAINT = 0.05
"""A part that lowers the score by less than this is not worth a sentence."""


@dataclass(frozen=True, repr=False)
class Explanation:
    """Where an item stands for one person, and why there.

    Attributes:
        item: Its id.
        title: Its title.
        score: Its score; the contributions add up to it.
        rank: Its place among all items that may be shown, from 1; None for one that may not.
        of: How many may be shown.
        stage: What is known of the person, as in a slate.
        seen: Whether the person has it already.
        reasons: Sentences that speak for it, strongest first.
        against: Sentences that speak against it, strongest first.
        evidence: Contributions and facts.
    """

    item: str
    title: str
    score: float
    rank: int | None
    of: int
    stage: str
    seen: bool
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    evidence: Evidence

    @property
    def contributions(self) -> Mapping[str, float]:
        """What each part adds to the score."""
        return self.evidence.contributions

    def __repr__(self) -> str:
        lines = [f"{self.title}: {self.place}, score {self.score:.2f}"]
        lines += [f"+ {sentence}" for sentence in self.reasons]
        lines += [f"- {sentence}" for sentence in self.against]
        return "\n".join(lines)

    @property
    def place(self) -> str:
        """Its place in words."""
        if self.seen:
            return "already known to the person"
        return "not to be shown" if self.rank is None else f"place {self.rank:,} of {self.of:,}"

    def _repr_html_(self) -> str:
        def listed(mark: str, sentences: tuple[str, ...]) -> str:
            return "".join(f"<li>{mark} {html.escape(s)}</li>" for s in sentences)

        parts = sorted(self.contributions.items(), key=lambda pair: -abs(pair[1]))
        made = ", ".join(f"{html.escape(name)} {amount:+.2f}" for name, amount in parts)
        return (
            f"<p><b>{html.escape(self.title)}</b>: {self.place}, score {self.score:.2f} = {made}"
            f"</p><ul>{listed('+', self.reasons)}{listed('&minus;', self.against)}</ul>"
        )


def against(contributions: Mapping[str, float]) -> tuple[str, ...]:
    """What lowers a score, in sentences, strongest first.

    Args:
        contributions: Of each part, centred over the candidates: below 0 is below the average
            candidate.
    """
    low = sorted((amount, name) for name, amount in contributions.items() if amount < -FAINT)
    return tuple(dict.fromkeys(AGAINST.get(name, BY_PEOPLE) for _, name in low))
