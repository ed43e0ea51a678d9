"""The service and what it learns from: replays, questions, speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fewrec.evaluation.rows import select
from sections.cells import number, spread, verdict

SERVED = (
    "per_second",
    "ratio_to_hello",
    "cpu_ratio_to_hello",
    "median_ms",
    "p95_ms",
    "p99_ms",
    "cpu_ms",
    "seconds",
    "peak_mb",
)
PAIRS = ("auc", "uauc", "logloss", "ece", "ndcg@10", "coverage")
SPEED = ("seconds", "median_ms", "p95_ms", "per_cpu_second", "peak_mb", "ratio_to_implicit")


def asked(document: Mapping[str, Any]) -> str:
    """Ways to ask newcomers, by number of questions."""
    ahead = {(row["b"], row["k"]): row for row in document["comparisons"]}
    lines = [
        "| questions by | asked | answered | NDCG@10 | `design` is ahead by |",
        "|" + "---|" * 5,
    ]
    cells = dict.fromkeys((row["ranker"], row["k"]) for row in document["rows"])
    for way, k in sorted(cells, key=lambda cell: cell[1]):
        found = {r["metric"]: r for r in document["rows"] if (r["ranker"], r["k"]) == (way, k)}
        gap = ahead.get((way, k))
        told = f"{gap['difference']:+.3f} ({gap['low']:+.3f} to {gap['high']:+.3f})" if gap else ""
        answered, reached = spread(found["answers"]), spread(found["ndcg@10"])
        lines.append(f"| {way} | {k} | {answered} | {reached} | {told} |")
    head = f"## Questions for newcomers, {document['data']['name']}"
    return f"{head}\n\n`{document['reproduce']}`\n\n" + "\n".join(lines)


def replayed(document: Mapping[str, Any]) -> str:
    """Rankers of the living loop: likes, coverage, and how far fewrec is ahead."""
    ahead = {row["b"]: row for row in document["comparisons"]}
    rows = [r for r in document["rows"] if "segment" not in r and r["metric"] != "alone"]
    lines = [
        "| ranker | likes on the slate | 95 % interval | coverage | `fewrec` is ahead by |",
        "|" + "---|" * 5,
    ]
    for name in dict.fromkeys(row["ranker"] for row in rows):
        found = {row["metric"]: row for row in rows if row["ranker"] == name}
        gap, reward = ahead.get(name), found["reward"]
        told = f"{100 * gap['relative']:+.1f} % ({verdict(gap)})" if gap else ""
        interval = f"{reward['low']:.3f} to {reward['high']:.3f}"
        likes, coverage = spread(reward), spread(found["coverage"])
        lines.append(f"| {name} | {likes} | {interval} | {coverage} | {told} |")
    order = "time" if document["order"] == "time" else "a seed"
    head = (
        f"## The living loop, {document['data']['name']}\n\n"
        f"{rows[0]['slates']:,} slates in the order of {order}; how: "
        f"[the living loop](algorithms/loop.md)."
    )
    return f"{head}\n\n`{document['reproduce']}`\n\n" + "\n".join(lines)


def funnel(document: Mapping[str, Any]) -> str:
    """Rankers by what is known of the targets of the people asked about."""
    ahead = {(row["b"], row["segment"]): row for row in document["comparisons"]}
    rows = [row for row in document["rows"] if row["metric"] == "ndcg@10"]
    segments = list(dict.fromkeys(row["segment"] for row in rows))
    heads = [head for s in segments for head in (f"NDCG@10, {s}", "`hybrid` is ahead by")]
    lines = ["| ranker | " + " | ".join(heads) + " |", "|" + "---|" * (1 + len(heads))]
    for name in dict.fromkeys(row["ranker"] for row in rows):
        cells = []
        for segment in segments:
            (row,) = select(rows, ranker=name, segment=segment)
            gap = ahead.get((name, segment))
            told = f"{gap['difference']:+.3f} ({verdict(gap)})" if gap else ""
            cells += [spread(row), told]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    size = document["size"]
    head = (
        f"## What people come to, {document['data']['name']}\n\n"
        f"{size['users']:,} of {size['users_in_all']:,} people, {size['items']:,} of "
        f"{size['items_in_all']:,} items, the most active; {document['notes'][1]}. How: "
        f"[the funnel](algorithms/sequence.md#the-funnel)."
    )
    return f"{head}\n\n`{document['reproduce']}`\n\n" + "\n".join(lines)


def served(document: Mapping[str, Any]) -> str:
    """The service: tasks and clients down, measures across."""
    cells = dict.fromkeys((row["task"], row.get("clients")) for row in document["rows"])
    lines = ["| task | clients | " + " | ".join(SERVED) + " |", "|" + "---|" * (2 + len(SERVED))]
    for task, clients in cells:
        here = select(document["rows"], task=task, clients=clients)
        found = {row["metric"]: row for row in here}
        if found.keys() & set(SERVED):
            numbers = " | ".join(number(found[m]) if m in found else "" for m in SERVED)
            lines.append(f"| {task} | {clients or ''} | {numbers} |")
    head = f"## The service, {document['data']['name']}\n\n`{document['reproduce']}`"
    return f"{head}, what the rows mean: [cli](cli.md).\n\n" + "\n".join(lines)


def other(document: Mapping[str, Any]) -> str:
    """Any other document as one table: rankers by metrics, else tasks by metrics."""
    key = "ranker" if any("ranker" in row for row in document["rows"]) else "task"
    wanted = PAIRS if key == "ranker" else SPEED
    rows = [r for r in document["rows"] if "diversity" not in r and r.get("segment") is None]
    names = dict.fromkeys(row[key] for row in rows)
    lines = [f"| {key} | " + " | ".join(wanted) + " |", "|" + "---|" * (1 + len(wanted))]
    for name in names:
        found = {row["metric"]: row for row in rows if row[key] == name}
        if found.keys() & set(wanted):
            cells = " | ".join(spread(found.get(m)) if m in found else "" for m in wanted)
            lines.append(f"| {name} | {cells} |")
    told = document.get("reproduce") or f"fewrec {document['command']} --data ml-100k"
    return f"## {document['title']}\n\n`{told}`\n\n" + "\n".join(lines)
