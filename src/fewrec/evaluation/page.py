"""Pieces of HTML for the report: page, sections, tables, numbers with their intervals."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from importlib import resources

from fewrec.evaluation.rows import Row

METRIC_NAMES = {
    "ndcg@10": ("NDCG@10", "How high the liked items stand in the first ten places; 1 is perfect."),
    "recall@20": ("Recall@20", "Share of a person's liked items among the first twenty places."),
    "coverage": ("coverage", "Share of the catalogue that stands in at least one list of ten."),
    "overlap": ("overlap", "Share of items that the lists of two people have in common."),
    "gini": ("Gini", "Inequality of exposure: 0 all items equally often, 1 only a few items."),
    "ild": ("distance", "How unlike the items of one list are, by their text; 1 is unrelated."),
    "novelty": ("novelty", "How little known the shown items are; 1 is known to nobody."),
    "auc": ("AUC", "Chance that a liked row scores above one not liked; .5 is guessing."),
    "uauc": ("UAUC", "The same within each person, averaged over people with both labels."),
    "logloss": ("log-loss", "How surprised the probabilities are by what happened; 0 is never."),
    "ece": ("calibration error", "Mean gap between predicted and observed share of likes."),
}
RANKER_NAMES = {"best-single": "best single", "random": "random (expected)"}


def page(title: str, body: Iterable[str]) -> str:
    """One self-contained HTML page: style inside, nothing is loaded from elsewhere.

    Args:
        title: Plain text.
        body: Pieces of HTML.
    """
    css = resources.files("fewrec.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        + "\n".join(piece for piece in body if piece)
        + "\n</body>\n</html>\n"
    )


def text(words: object) -> str:
    """Plain text, made safe to stand in HTML."""
    return html.escape(str(words))


def section(heading: str, lead: str, *pieces: str) -> str:
    """A section with a heading and a sentence about it; nothing where it has no content."""
    content = "\n".join(piece for piece in pieces if piece)
    if not content:
        return ""
    said = f'<p class="lead">{text(lead)}</p>' if lead else ""
    return f"<section>\n<h2>{text(heading)}</h2>\n{said}\n{content}\n</section>"


def folded(summary: str, content: str) -> str:
    """Content that opens on a click."""
    return f"<details><summary>{text(summary)}</summary>\n{content}\n</details>"


def figure(svg: str, caption: str = "") -> str:
    """A picture with its caption."""
    said = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
    return f"<figure>{svg}{said}</figure>"


def table(head: Sequence[str], lines: Iterable[str]) -> str:
    """A table that scrolls sideways on a narrow screen. ``head`` and ``lines`` are HTML."""
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    rows = "\n".join(lines)
    return (
        f'<div class="scroll"><table>\n<thead><tr>{cells}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def metric_head(metric: str) -> str:
    """A metric's name with its meaning on hover."""
    name, meaning = METRIC_NAMES.get(metric, (metric, ""))
    return f'<abbr title="{text(meaning)}">{text(name)}</abbr>' if meaning else text(name)


def ranker_name(name: str) -> str:
    """How a ranker is called in tables."""
    return RANKER_NAMES.get(name, name)


def number(row: Row | None) -> str:
    """A mean with its interval as a table cell; a dash with the reason where undefined."""
    if row is None:
        return '<td class="none">–</td>'
    if row["mean"] is None:
        return f'<td class="none" title="{text(row.get("reason", ""))}">–</td>'
    low, high, sd = row.get("low"), row.get("high"), row.get("sd")
    spread = ""
    if low is not None and high is not None:
        spread = f'<span class="ends">{low:.3f} – {high:.3f}</span>'
    elif sd is not None:
        spread = f'<span class="ends">± {sd:.3f}</span>'
    return f"<td>{row['mean']:.3f}{spread}</td>"


def forest(difference: float, low: float, high: float, reach: float, verdict: str) -> str:
    """A small interval around its estimate, with a line at zero.

    Args:
        difference: The estimate.
        low: Lower end.
        high: Upper end.
        reach: Largest absolute value on the shared scale, above 0.
        verdict: ``a``, ``b`` or ``tie``; gives the colour.
    """

    def place(value: float) -> float:
        return round(88 + 84 * max(-1.0, min(1.0, value / reach)), 1)

    colour = {"a": "var(--blue)", "b": "var(--orange)"}.get(verdict, "var(--soft)")
    return (
        '<svg class="forest" viewBox="0 0 176 18" aria-hidden="true">'
        '<line x1="88" y1="0" x2="88" y2="18" stroke="var(--pale)"/>'
        f'<line x1="{place(low)}" y1="9" x2="{place(high)}" y2="9" stroke="{colour}" '
        'stroke-width="2" stroke-linecap="round"/>'
        f'<circle cx="{place(difference)}" cy="9" r="3.6" fill="{colour}"/></svg>'
    )
