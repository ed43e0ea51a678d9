"""Items to be found: by people known well, from one liked item, in the middle of a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation.rows import Row, select
from sections.cells import difference, listed, spread

LISTS = ("ndcg@10", "recall@20", "coverage")
VISIT = ("popularity", "item-knn", "item-knn-visit", "visit-chain", "visit-knn")
"""Rankers of `bench sessions` that the page shows beside ``hybrid`` with and without a visit."""


def known_well(document: Mapping[str, Any]) -> str:
    """Lists for people of whom most is known, with numbers of others."""
    rows = document["rows"]
    published = [row for row in rows if row.get("published")]
    ours = [row for row in rows if not row.get("published")]
    ahead = {c["b"]: c for c in select(document["comparisons"], a="hybrid", metric="ndcg@10")}
    lines = [
        "| ranker | NDCG@10 | recall@20 | coverage | `hybrid` is ahead, NDCG@10 |",
        "|" + "---|" * 5,
    ]
    for name in dict.fromkeys(row["ranker"] for row in ours):
        found = {row["metric"]: row for row in select(ours, ranker=name)}
        cells = " | ".join(spread(found.get(m)) for m in LISTS)
        lines.append(f"| {name} | {cells} | {_gap(ahead.get(name))} |")
    lines += [f"| {row['ranker']}, published | {row['mean']:.3f} | | | |" for row in published]
    head = (
        f"`{document['reproduce']}`, seeds {listed(document['seeds'])}: three quarters of each "
        "person's rows, drawn at random, are learned from, every row is a like, all other items "
        "are ranked; [what is asked](algorithms/evaluation.md#people-known-well)."
    )
    return "\n\n".join([_title(document), head, "\n".join(lines)])


def from_one_item(document: Mapping[str, Any]) -> str:
    """One liked item in, another one found among random ones; who is ahead of whom."""
    compared = document["comparisons"]
    ahead = {(c["a"], c["b"]): c for c in select(compared, metric="ndcg@10")}
    lines = [
        "| ranker | NDCG@10 | 95 % interval | `hybrid` is ahead | `text-knn` is ahead |",
        "|" + "---|" * 5,
    ]
    rows = select(document["rows"], metric="ndcg@10")
    for row in rows:
        ends = "" if row["low"] is None else f"{row['low']:.3f} to {row['high']:.3f}"
        gaps = (_gap(ahead.get((a, row["ranker"]))) for a in ("hybrid", "text-knn"))
        lines.append(f"| {row['ranker']} | {spread(row)} | {ends} | {' | '.join(gaps)} |")
    head = (
        f"`{document['reproduce']}`, {max(row['users'] for row in rows):,} people; "
        "[what is asked](algorithms/evaluation.md#one-liked-item)."
    )
    return "\n\n".join([_title(document), head, "\n".join(lines)])


def visits(document: Mapping[str, Any]) -> str:
    """The next item of a visit, by how long the visit is so far."""
    rows = select(document["rows"], metric="ndcg@10")
    size, segments = document["size"], list(dict.fromkeys(row["segment"] for row in rows))
    people = {row["segment"]: row["users"] for row in rows}
    titles = [f"{s} ({people[s]:,} people)" for s in segments]
    lines = ["| NDCG@10 | " + " | ".join(titles) + " |", "|" + "---|" * (1 + len(titles))]
    fits = document.get("fits", [])
    peers = list(dict.fromkeys(fit["ranker"] for fit in fits if fit["ranker"] != "hybrid"))
    for name in ("random", *VISIT, *peers, "hybrid-no-visit", "hybrid"):
        found = {row["segment"]: row for row in select(rows, ranker=name)}
        lines.append(f"| {name} | " + " | ".join(spread(found.get(s)) for s in segments) + " |")
    for b in ("hybrid-no-visit", "item-knn-visit", "visit-chain", *peers):
        here = select(document["comparisons"], a="hybrid", b=b, metric="ndcg@10")
        gaps = {row["segment"]: row for row in here}
        told = " | ".join(_gap(gaps.get(s)) for s in segments)
        lines.append(f"| `hybrid` is ahead of {b} | {told} |")
    head = (
        f"`{document['reproduce']}`: {size['users']:,} of {size['users_in_all']:,} people, "
        f"{size['items']:,} of {size['items_in_all']:,} items, seeds "
        f"{listed(document['seeds'])}; [order and visits](algorithms/sequence.md). Differences "
        "with 95 % intervals by person; bold where 0 lies outside."
    )
    return "\n\n".join([_title(document), head, "\n".join(lines), *_times(fits, peers)])


def _times(fits: Sequence[Mapping[str, Any]], peers: Sequence[str]) -> list[str]:
    """A sentence for each library: the processor time of its fits, and failures."""
    told = []
    for name in peers:
        mine = [fit for fit in fits if fit["ranker"] == name]
        given = ", ".join(f"{fit['given']:.0f}" for fit in mine)
        taken = ", ".join(f"{fit['cpu_seconds']:.0f}" for fit in mine)
        failed = [f" Seed {fit['seed']}: {fit['reason']}." for fit in mine if fit["reason"]]
        told.append(
            f"{name} was given the processor time that the fit of `hybrid` took, by seed: {given} "
            f"seconds; with loading its library and making lists it took {taken}. Its settings "
            "were chosen besides, inside the training part." + "".join(failed)
        )
    return told


def _title(document: Mapping[str, Any]) -> str:
    return f"## {document['title']}, {document['data']['name']}"


def _gap(row: Row | None) -> str:
    return "" if row is None else difference(row)
