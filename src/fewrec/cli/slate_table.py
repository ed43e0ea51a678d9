"""A slate in the terminal: titles, scores, reasons beneath, and what each score is made of."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fewrec.data.slate import Slate
from fewrec.knowledge.names import enumerated

FAMILIES: Mapping[str, tuple[str, str]] = {
    "popularity": ("popularity", "yellow"),
    "reach": ("popularity", "yellow"),
    "item-prior": ("popularity", "yellow"),
    "groups": ("people like you", "magenta"),
    "circle": ("your friends", "magenta"),
    "item-knn": ("who liked what", "cyan"),
    "exposure-knn": ("who liked what", "cyan"),
    "ease": ("who liked what", "cyan"),
    "exposure-ease": ("who liked what", "cyan"),
    "residual-knn": ("who liked what", "cyan"),
    "ials": ("who liked what", "cyan"),
    "text-knn": ("what it is", "green"),
    "tuned-text": ("what it is", "green"),
    "graph-knn": ("what it is", "green"),
    "attribute-knn": ("what it is", "green"),
    "feature-map": ("what it is", "green"),
    "rules": ("what it is", "green"),
    "profile": ("your words", "blue"),
    "next-item": ("what comes next", "cyan"),
    "visit-chain": ("this visit", "cyan"),
    "visit-knn": ("this visit", "cyan"),
    "visit-taste": ("this visit", "cyan"),
    "moment": ("time and place", "magenta"),
}
"""Expert -> what it looks at, in words, and a colour."""

WIDTH = 24
"""Of the longest bar, in characters."""

STAGES: Mapping[str, str] = {
    "popular": "nothing is known of them",
    "people": "only their columns are known",
    "profile": "from what they wrote",
    "few": "from a few interactions",
    "warm": "from their history",
}


def slate_views(slate: Slate, *, coloured: bool) -> list[RenderableType]:
    """A slate as lines and a table.

    Args:
        slate: With reasons and evidence where they were asked for.
        coloured: Whether bars can be told apart by colour; else contributions are written out.
    """
    table = Table(show_lines=bool(slate.reasons))
    table.add_column("", justify="right")
    table.add_column("title", overflow="fold")
    table.add_column("score", justify="right")
    families = [_families(piece.contributions) for piece in slate.evidence]
    longest = max((sum(max(v, 0.0) for v in parts.values()) for parts in families), default=0.0)
    if families:
        table.add_column("made of", no_wrap=coloured)
    for place, (title, score) in enumerate(zip(slate.titles, slate.scores, strict=True)):
        cells: list[RenderableType] = [
            Text(str(place + 1)),
            _title(slate, place, title),
            Text(f"{score:.2f}"),
        ]
        if families:
            parts = families[place]
            cells.append(_bar(parts, longest) if coloured else _sum(parts))
        table.add_row(*cells)
    heading = Text(f"For {_who(slate)}", style="bold")
    heading.append(f" ({STAGES.get(slate.stage, slate.stage)})", style="not bold")
    views: list[RenderableType] = [heading, table]
    if families and coloured:
        views.append(_legend(families))
    return [*views, *(f"note: {note}" for note in slate.notes)]


def _who(slate: Slate) -> str:
    query = slate.query
    who = "somebody new" if query.user is None else f"user {query.user}"
    said = []
    if query.likes:
        said.append(f"likes {enumerated(query.likes)}")
    if query.dislikes:
        said.append(f"dislikes {enumerated(query.dislikes)}")
    if query.profile:
        said.append(f"writes “{query.profile}”")
    return f"{who} who {enumerated(said)}" if said else who


def _title(slate: Slate, place: int, title: str) -> Group:
    text = Text(title, style="bold")
    if slate.items[place] != title:
        text.append(f"  · {slate.items[place]}", style="not bold dim")
    reasons = slate.reasons[place] if slate.reasons else ()
    return Group(text, *(Padding(Text(reason), (0, 0, 0, 2)) for reason in reasons))


def _families(contributions: Mapping[str, float]) -> dict[str, float]:
    """Contributions by what their experts look at, largest first."""
    sums: dict[str, float] = {}
    for name, amount in contributions.items():
        family = FAMILIES.get(name, (name, "white"))[0]
        sums[family] = sums.get(family, 0.0) + amount
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def _bar(parts: Mapping[str, float], longest: float) -> Text:
    """A bar of what raises the score, one colour a family; nothing for what lowers it."""
    bar = Text()
    for family, _ in dict.fromkeys(FAMILIES.values()):
        length = round(WIDTH * max(parts.get(family, 0.0), 0.0) / longest) if longest > 0 else 0
        bar.append("█" * length, style=_colour(family))
    return bar


def _sum(parts: Mapping[str, float]) -> Text:
    """Contributions written out: ``who liked what +2.10``, one a line."""
    told = [f"{family} {amount:+.2f}" for family, amount in parts.items() if abs(amount) >= 0.005]
    return Text("\n".join(told))


def _legend(families: list[dict[str, float]]) -> Text:
    legend = Text("  ")
    there = {family for parts in families for family in parts}
    for family in (f for f, _ in dict.fromkeys(FAMILIES.values()) if f in there):
        legend.append("█ ", style=_colour(family))
        legend.append(f"{family}   ")
    return legend


def _colour(family: str) -> str:
    return dict(FAMILIES.values()).get(family, "white")
