"""Query and Slate: who asks, and what they get. The two nouns that travel through every stage."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from fewrec.data.evidence import Evidence
from fewrec.errors import ConfigError


@dataclass(frozen=True)
class Query:
    """Who asks for what.

    Attributes:
        user: A user's id; None for somebody anonymous. An unknown id is an ordinary stranger.
        likes: Items liked just now, by id or title.
        dislikes: Items disliked just now, by id or title.
        profile: Free text of the person about themselves.
        k: How many items to return, at least 1.
        allowed: Only these items (ids) may be shown; None for all.
        excluded: These items (ids) are never shown.
        include_seen: Whether items the person already has may be shown again.
        before: Use only events strictly before this time (seconds since 1970).
        moment: When it is asked (seconds since 1970), where a visit may go on that is on file:
            all evidence counts, and nothing is said of time to whoever is in no visit. None
            where that is not known; ``before`` where that is given.
        diversity: 0 ranks by score alone; above it, first the end of the slate and then all of
            it trades score for variety, up to 1.
        context: Anything else that is known about the moment (hour, device).
        views: Items looked at just now, by id or title: weak likes.
    """

    user: str | None = None
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    profile: str = ""
    k: int = 10
    allowed: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    include_seen: bool = False
    before: float | None = None
    moment: float | None = None
    diversity: float = 0.0
    context: Mapping[str, str] = field(default_factory=dict)
    views: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ConfigError(f"k must be at least 1, not {self.k}.")
        if not 0.0 <= self.diversity <= 1.0:
            raise ConfigError(f"diversity must lie between 0 and 1, not {self.diversity}.")


@dataclass(frozen=True, repr=False)
class Slate:
    """The ranked answer to one query.

    Attributes:
        query: The query it answers.
        items: Item ids, best first.
        titles: Their titles.
        scores: Their scores, in the ranker's units.
        stage: What it was made from: ``popular`` (nothing known about the person), ``people``
            (their columns), ``profile`` (their text), ``few`` (at most 5 interactions) or
            ``warm``.
        propensities: Probability with which each item was placed, where a policy drew the slate.
        evidence: Why, item by item; empty where it was not asked for.
        reasons: The same in words, item by item; empty where it was not asked for.
        notes: What the asker should know (unknown titles were ignored, fewer than k items left).
    """

    query: Query
    items: tuple[str, ...]
    titles: tuple[str, ...]
    scores: tuple[float, ...]
    stage: str
    propensities: tuple[float, ...] | None = None
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def to_dict(self) -> dict[str, object]:
        """The slate as the JSON object of the command line (``recommend --json``)."""
        rows = []
        for place, (item, title, score) in enumerate(
            zip(self.items, self.titles, self.scores, strict=True)
        ):
            row: dict[str, object] = {
                "item": item,
                "title": title,
                "rank": place + 1,
                "score": score,
                "reasons": list(self.reasons[place]) if self.reasons else [],
                "contributions": dict(self.evidence[place].contributions) if self.evidence else {},
                "paths": [path.to_dict() for path in self.evidence[place].paths]
                if self.evidence
                else [],
            }
            rows.append(row)
        answer: dict[str, object] = {"user": self.query.user, "stage": self.stage, "items": rows}
        if self.notes:
            answer["notes"] = list(self.notes)
        return answer

    def to_frame(self) -> pl.DataFrame:
        """Columns ``user``, ``item``, ``rank`` (from 1), ``score``."""
        return pl.DataFrame(
            {
                "user": [self.query.user] * len(self),
                "item": list(self.items),
                "rank": list(range(1, len(self) + 1)),
                "score": list(self.scores),
            },
            schema={"user": pl.String, "item": pl.String, "rank": pl.Int64, "score": pl.Float64},
        )

    def __repr__(self) -> str:
        who = self.query.user or self.query.profile or "somebody new"
        lines = [f"Slate for {who} ({self.stage})"]
        for place, (title, score) in enumerate(zip(self.titles, self.scores, strict=True)):
            why = f"  {'; '.join(self.reasons[place])}" if self.reasons else ""
            lines.append(f"{place + 1:3}. {title} ({score:.2f}){why}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{place + 1}</td><td>{html.escape(title)}</td><td>{score:.3f}</td>"
            f"<td>{html.escape('; '.join(self.reasons[place])) if self.reasons else ''}</td></tr>"
            for place, (title, score) in enumerate(zip(self.titles, self.scores, strict=True))
        )
        who = html.escape(self.query.user or self.query.profile or "somebody new")
        return (
            f"<table><caption>{who} ({self.stage})</caption>"
            f"<tr><th>rank</th><th>title</th><th>score</th><th>why</th></tr>{rows}</table>"
        )
