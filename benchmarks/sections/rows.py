"""Few labelled rows, their labels, and the words of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fewrec.evaluation.rows import Row, select
from fewrec.evaluation.tallrec import BASELINES, published_rows
from sections.cells import difference, grid, listed, spread

SHOT_METRICS = {
    "auc": "AUC",
    "uauc": "UAUC",
    "logloss": "log-loss",
    "fit_cpu_seconds": "processor seconds of a fit",
    "score_seconds": "seconds for all test rows",
}
SHOT_SECONDS = ("fit_cpu_seconds", "score_seconds")


def shots(document: Mapping[str, Any]) -> str:
    """AUC, UAUC and seconds by shots; then how far ``hybrid`` is ahead of each other ranker."""
    rows, sizes = document["rows"], sorted({row["shots"] for row in document["rows"]})
    tested = select(rows, metric="auc")[0]
    told = document.get("reproduce") or _typed(document)
    parts = [
        f"## {document['title']}",
        f"`{told}`: {tested['test_rows']:,} test rows of {tested['users']:,} people, seeds "
        f"{listed(document['seeds'])}; [few shots](algorithms/few-shot.md).",
    ]
    asked = "movie" in document["data"]["name"] and not document["arguments"].get("rows")
    published = published_rows("movie", tuple(sizes)) if asked else []
    for row in published:
        row["ranker"] += ", published"
    for metric, title in SHOT_METRICS.items():
        found = select(rows, metric=metric) + (published if metric == "auc" else [])
        found = [row for row in found if row["mean"] is not None]
        if metric in SHOT_SECONDS:
            found = [row for row in found if row["ranker"] not in BASELINES]
        if found:
            parts.append(grid(found, "ranker", "shots", f"{title}, shots"))
    lines = [
        "| `hybrid` is ahead of | "
        + " | ".join(f"{m} at {k}" for m in ("AUC", "UAUC") for k in sizes)
        + " |",
        "|" + "---|" * (1 + 2 * len(sizes)),
    ]
    for b in dict.fromkeys(row["b"] for row in document["comparisons"]):
        here = {(r["metric"], r["shots"]): r for r in select(document["comparisons"], b=b)}
        gaps = (difference(here.get((m, k))) for m in ("auc", "uauc") for k in sizes)
        lines.append(f"| {b} | " + " | ".join(gaps) + " |")
    told = "Differences with 95 % intervals by person; bold where 0 lies outside."
    return "\n\n".join([*parts, told, "\n".join(lines)])


def _typed(document: Mapping[str, Any]) -> str:
    """The command of a document that does not hold it."""
    told = document["arguments"]
    words = ["--all-users"] if told["all_users"] else []
    return " ".join(
        [
            f"fewrec {document['command']} --data {told['data']} --catalogue {told['catalogue']}",
            *words,
        ]
    )


def labels(document: Mapping[str, Any]) -> str:
    """AUC under wrong labels, AUC and labels saved by ways to choose, and wrong labels found."""
    told, rows = document["arguments"], document["rows"]
    words = [f"--data {told['data']}"]
    words += [f"--catalogue {told['catalogue']}"] if told["catalogue"] else []
    words += ["--all-users"] if told["all_users"] else []
    words += [f"--seeds {told['seeds']} --first-seed {told['first_seed']}"]
    parts = [f"## {document['title']}", f"`fewrec bench labels {' '.join(words)}`"]
    noise = [r for r in rows if r["segment"] == "wrong labels" and r["metric"] == "auc"]
    parts.append(grid(noise, "ranker", "wrong", "AUC, share of wrong labels"))
    for segment in ("histories", "items alone"):
        here = select(rows, segment=segment)
        auc, share = (select(here, metric=name) for name in ("auc", "labels saved"))
        parts.append(grid(auc, "way", "shots", f"AUC, {segment}, labels"))
        parts.append(grid(share, "way", "shots", f"share of labels saved, {segment}, labels"))
        cells = [c for c in document["comparisons"] if c["segment"] == segment]
        count = {v: sum(c["verdict"] == v for c in cells) for v in ("a", "tie", "b")}
        parts.append(
            f"Against random, {segment}, paired by person and not corrected for the number of "
            f"cells: {count['a']} ahead, {count['tie']} level, {count['b']} behind."
        )
    found = select(rows, segment="wrong labels sought")
    parts.append(grid(found, "metric", "wrong", "wrong labels sought, share planted"))
    return "\n\n".join(parts)


def texts(document: Mapping[str, Any]) -> str:
    """What reads text and how well, one column a question; then who is ahead of whom."""
    rows = [r for r in document["rows"] if r["metric"] == "ndcg@10"]
    asked = dict.fromkeys((r["segment"], r.get("k")) for r in rows)
    titles = [_question(segment, k) for segment, k in asked]
    lines = ["| ranker | " + " | ".join(titles) + " |", "|" + "---|" * (1 + len(titles))]
    for name in dict.fromkeys(r["ranker"] for r in rows):
        found = {(r["segment"], r.get("k")): r for r in rows if r["ranker"] == name}
        lines.append(f"| {name} | " + " | ".join(spread(found.get(q)) for q in asked) + " |")
    ahead = ["| a / b | " + " | ".join(titles) + " |", "|" + "---|" * (1 + len(titles))]
    for a, b in dict.fromkeys((c["a"], c["b"]) for c in document["comparisons"]):
        here = select(document["comparisons"], a=a, b=b)
        gaps = {(c["segment"], c.get("k")): c for c in here}
        ahead.append(f"| {a} / {b} | " + " | ".join(_ratio(gaps.get(q)) for q in asked) + " |")
    shares = [
        f"{100 * r['mean']:.0f} % among {r['among']} ({_question(r['segment'], None)})"
        for r in document["weights"]
        if r["metric"] == "weight text-knn" and r["k"] == 5
    ]
    return "\n\n".join(
        [
            f"## {document['title']}, {document['data']['name']}",
            f"`{document['reproduce']}`; [what is asked](algorithms/text.md).",
            "\n".join(lines),
            "Ratios of means; bold where the difference, paired by person, is not 0 with 95 % "
            "confidence (each cell for itself).",
            "\n".join(ahead),
            f"Weight of `text-knn` in the fusion at 5 known clicks: {', '.join(shares)}.",
        ]
    )


def _question(segment: str, k: int | None) -> str:
    clicks = "" if k is None else f", {k} click{'s' if k > 1 else ''}"
    return segment.replace("_", " ").replace("items all", "items among all") + clicks


def _ratio(gap: Row | None) -> str:
    if gap is None or gap["ratio"] is None:
        return ""
    return f"{gap['ratio']:.2f}" if gap["verdict"] == "tie" else f"**{gap['ratio']:.2f}**"
