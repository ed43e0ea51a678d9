"""P(like) of held-out rows, with people and items warm and cold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation.rows import Row, select
from sections.cells import difference, listed, spread

METRICS = {"auc": "AUC", "uauc": "UAUC", "logloss": "log-loss", "ece": "ECE"}
RIVALS = ("item-user-mean", "text-user-mean", "bias-als")
"""What each segment is held against."""


def likelihoods(document: Mapping[str, Any]) -> str:
    """Each split: metrics of everybody, how far ``hybrid`` is ahead, and its segments."""
    parts = [
        f"## {document['title']}, {document['data']['name']}",
        f"`{document['reproduce']}`, seeds {listed(document['seeds'])} of the fits; "
        "[what is asked](algorithms/evaluation.md#pairs-warm-and-cold). Differences with 95 % "
        "intervals by person; bold where 0 lies outside.",
    ]
    for split in dict.fromkeys(row["protocol"] for row in document["rows"]):
        rows = select(document["rows"], protocol=split)
        gaps = select(document["comparisons"], protocol=split)
        parts += [f"### Split `{split}`", _whole(rows, gaps), _segments(rows, gaps)]
    if (name := document["data"]["name"]) == "ml-100k":
        parts.append(
            f"![Predicted and observed likes, split user-time](images/calibration-{name}.png)"
        )
    return "\n\n".join(parts)


def _whole(rows: Sequence[Row], gaps: Sequence[Row]) -> str:
    here = [row for row in rows if row.get("segment") is None]
    ahead = {(g["b"], g["metric"]): g for g in gaps if g.get("segment") is None}
    heads = [f"{here[0]['test_rows']:,} rows", *METRICS.values()]
    heads += [f"`hybrid` is ahead, {METRICS[m]}" for m in ("auc", "uauc")]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    for name in dict.fromkeys(row["ranker"] for row in here):
        found = {row["metric"]: row for row in select(here, ranker=name)}
        told = [_ahead(ahead.get((name, m))) for m in ("auc", "uauc")]
        lines.append(_line([name, *(spread(found.get(m)) for m in METRICS), *told]))
    return "\n".join(lines)


def _segments(rows: Sequence[Row], gaps: Sequence[Row]) -> str:
    heads = ["person and item", "rows", "AUC of `hybrid`", *(f"ahead of {b}" for b in RIVALS)]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    for row in select(rows, ranker="hybrid", metric="auc"):
        if (segment := row.get("segment")) is not None:
            here = {g["b"]: g for g in select(gaps, segment=segment, metric="auc")}
            told = [_ahead(here.get(b)) for b in RIVALS]
            lines.append(_line([segment, f"{row['test_rows']:,}", spread(row), *told]))
    return "\n".join(lines)


def _ahead(gap: Row | None) -> str:
    return "" if gap is None else difference(gap)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
