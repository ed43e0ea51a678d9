"""Knowledge graphs: what they add, how good they are, how they grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation.rows import select
from sections.cells import difference, grid, listed, share, spread


def with_graph(document: Mapping[str, Any]) -> str:
    """Hybrid with the graph and without it, and the difference, in every segment."""
    if any(row["ranker"] == NETWORK for row in document["rows"]):
        return _with_network(document)
    lines = [
        "| segment | with | without | difference (95 % interval) "
        "| coverage with | coverage without | distance within lists, difference |",
        "|---|---|---|---|---|---|---|",
    ]
    rows, bare = document["rows"], "hybrid-without-graph"
    gaps = [gap for gap in document["comparisons"] if gap["b"] == bare]
    for cell in dict.fromkeys((row["segment"], row.get("k")) for row in rows):
        keys = {"segment": cell[0], "k": cell[1]}
        found = {m: {r["ranker"]: r for r in select(rows, **keys, metric=m)}
                 for m in ("ndcg@10", "coverage")}  # fmt: skip
        parts = {m: select(gaps, **keys, metric=m) for m in ("ndcg@10", "ild")}
        name = str(cell[0]).replace("_", " ") + ("" if cell[1] is None else f", k = {cell[1]}")
        told = [spread(found[m].get(r)) for m in found for r in ("hybrid", bare)]
        told.insert(2, difference(next(iter(parts["ndcg@10"]), None)))
        told.append(difference(next(iter(parts["ild"]), None)))
        lines.append(f"| {name} | " + " | ".join(told) + " |")
    seeds = f"Seeds {listed(document['seeds'])}. Differences that exclude 0 are bold."
    head = f"## {document['title']}\n\n`{document['reproduce']}`\n\n"
    return head + "\n".join(lines) + f"\n\n{seeds}"


NETWORK = "hybrid-with-network"


def _with_network(document: Mapping[str, Any]) -> str:
    """NDCG@10 of hybrid with the graph, with a network over it besides, and of its parts alone."""
    shown = ("graph-knn", "text-knn", "hybrid-without-graph", "hybrid", NETWORK)
    lines = ["| segment | " + " | ".join(shown) + " | hybrid minus with network (95 % interval) |"]
    lines.append("|" + "---|" * (2 + len(shown)))
    rows = [row for row in document["rows"] if row["metric"] == "ndcg@10"]
    for cell in dict.fromkeys((row["segment"], row.get("k")) for row in rows):
        keys = {"segment": cell[0], "k": cell[1]}
        found = {row["ranker"]: row for row in select(rows, **keys)}
        gap = select(document["comparisons"], **keys, metric="ndcg@10", b=NETWORK)
        name = str(cell[0]).replace("_", " ") + ("" if cell[1] is None else f", k = {cell[1]}")
        told = [*(spread(found[ranker]) for ranker in shown), difference(next(iter(gap), None))]
        lines.append(f"| {name} | " + " | ".join(told) + " |")
    head = f"## {document['title']}\n\n`{document['reproduce']}`\n\n"
    return head + "\n".join(lines) + f"\n\nSeeds {listed(document['seeds'])}."


def split_pairs(document: Mapping[str, Any]) -> str:
    """AUC and UAUC of every ranker, those of papers among them."""
    lines = ["| ranker | AUC | UAUC |", "|---|---|---|"]
    for name in dict.fromkeys(row["ranker"] for row in document["rows"]):
        found = {r["metric"]: r for r in document["rows"] if r["ranker"] == name}
        published = any(row.get("published") for row in found.values())
        told = " | ".join(spread(found[m]) if m in found else "" for m in ("auc", "uauc"))
        lines.append(f"| {name}{', as published' if published else ''} | {told} |")
    said = (
        "Published rows and `hybrid-leaky` read training negatives, whose balance tells test "
        "labels (`leak-alone`); the others never do."
    )
    head = f"## {document['title']}\n\n`{document['reproduce']}`\n\n"
    return head + "\n".join(lines) + f"\n\n{said}"


def repaired(document: Mapping[str, Any]) -> str:
    """Proposals and flags with all that is known and with texts alone, by relation."""
    metrics = list(dict.fromkeys(row["metric"] for row in document["rows"]))
    lines = ["| evidence | relation | " + " | ".join(metrics) + " |"]
    lines.append("|" + "---|" * (2 + len(metrics)))
    cells = dict.fromkeys((r["evidence"], r.get("segment", "all")) for r in document["rows"])
    for evidence, relation in cells:
        found = {
            row["metric"]: row
            for row in document["rows"]
            if (row["evidence"], row.get("segment", "all")) == (evidence, relation)
        }
        told = " | ".join(spread(found[m]) if m in found else "" for m in metrics)
        lines.append(f"| {evidence} | {relation} | {told} |")
    asked = f"`{document['reproduce']}`; [the knowledge graph](algorithms/knowledge-graph.md)."
    head = f"## {document['title']}, {document['data']['name']}"
    return "\n\n".join([head, asked, "\n".join(lines)])


def grown(document: Mapping[str, Any]) -> str:
    """Measures down, sizes across."""
    asked = f"`{document['reproduce']}`; [the knowledge graph](algorithms/knowledge-graph.md)."
    return "\n\n".join([f"## {document['title']}", asked, by_size(document["rows"], "triples")])


def shops(document: Mapping[str, Any]) -> str:
    """The same of made-up shops."""
    rows = [{**row, "metric": row["metric"].replace("_", " ")} for row in document["rows"]]
    asked = (
        f"`{document['reproduce']}`; from 100,000 items on "
        "[texts are searched](algorithms/experts.md#text-knn)."
    )
    return "\n\n".join([f"## {document['title']}", asked, by_size(rows, "items")])


def by_size(rows: Sequence[Mapping[str, Any]], what: str) -> str:
    """Measures down, sizes of something across."""
    sizes = list(dict.fromkeys(row["n"] for row in rows))
    lines = ["| measure | " + " | ".join(f"{size:,} {what}" for size in sizes) + " |"]
    lines.append("|" + "---|" * (1 + len(sizes)))
    for metric in dict.fromkeys(row["metric"] for row in rows):
        found = {row["n"]: row["mean"] for row in rows if row["metric"] == metric}
        told = " | ".join(f"{found[n]:,.2f}" if n in found else "" for n in sizes)
        lines.append(f"| {metric} | {told} |")
    return "\n".join(lines)


def growth(document: Mapping[str, Any]) -> str:
    """What the same work costs at each size; a table a task."""
    rows = [{**row, "metric": row["metric"].replace("_", " ")} for row in document["rows"]]
    parts = [f"## {document['title']}", f"`{document['reproduce']}`"]
    for task in dict.fromkeys(row["task"] for row in rows):
        parts.append(grid(select(rows, task=task), "n", "metric", f"{task}: triples"))
    return "\n\n".join(parts)


def extracted(document: Mapping[str, Any]) -> str:
    """What titles and texts told, by relation, and what the language model added."""
    rows = [{**row, "segment": row.get("segment", "all")} for row in document["rows"]]
    asked = f"`{document['reproduce']}`; [the knowledge graph](algorithms/knowledge-graph.md)."
    parts = [f"## {document['title']}, {document['data']['name']}", asked]
    for segment in dict.fromkeys(row["segment"] for row in rows):
        here = [
            {**row, "metric": row["metric"].replace("_", " ")}
            for row in select(rows, segment=segment)
        ]
        parts.append(grid(here, "ranker", "metric", segment))
    gaps = [
        f"`{gap['a']}` against `{gap['b']}`: {difference(gap)}" for gap in document["comparisons"]
    ]
    parts.append("Average precision by item, " + "; ".join(gaps) + ".")
    return "\n\n".join(parts)


def paths(document: Mapping[str, Any]) -> str:
    """How many recommended items a path connects with a like, and some of the sentences."""
    rows = document["rows"]
    lines = ["| of the recommended items that the graph names | share | 95 % interval |"]
    lines.append("|---|---|---|")
    for row in (row for row in rows if "low" in row):
        interval = f"{row['low']:.1%} to {row['high']:.1%}"
        lines.append(f"| {row['metric'].removeprefix('share ')} | {row['mean']:.1%} | {interval} |")
    found = {row["metric"]: row["mean"] for row in rows}
    told = (
        f"{found['linked items']:,.0f} items in lists of {rows[0]['k']} for {rows[0]['people']} "
        f"people; {found['paths']:,.0f} paths were walked again, {found['false paths']:.0f} name a "
        f"triple that is not there, and {found['sentences that say more than their path']:.0f} "
        f"sentences say more than their path. Finding the paths of a list takes "
        f"{found['median_ms']:.0f} ms in the middle, {found['p95_ms']:.0f} ms in 19 of 20 cases."
    )
    said = "\n".join(f"- {sentence}" for sentence in document["sentences"][:5])
    head = f"## {document['title']}, {document['data']['name']}"
    asked = f"`{document['reproduce']}`; [paths](algorithms/paths.md)."
    return "\n\n".join([head, asked, "\n".join(lines), told, said])


def mined(document: Mapping[str, Any]) -> str:
    """Rules alone, and the fusion with and without them, by training users and known clicks."""
    rows = [row for row in document["rows"] if row["metric"] == "ndcg@10"]
    names = dict.fromkeys(row["ranker"] for row in rows)
    head = f"## {document['title']}, {document['data']['name']}"
    asked = f"`{document['reproduce']}`, seeds {listed(document['seeds'])}; NDCG@10; "
    parts = [head, asked + "[rules from knowledge](algorithms/knowledge-rules.md)."]
    gaps = select(document["comparisons"], a="hybrid-rules", b="hybrid")
    lines = ["| segment | training users | known clicks | " + " | ".join(names)]
    lines[0] += " | `hybrid-rules` is ahead of `hybrid` by |"
    lines.append("|" + "---|" * (4 + len(names)))
    cells = dict.fromkeys((row["segment"], row["n"], row.get("k")) for row in rows)
    for segment, n, k in cells:
        here = [r for r in rows if (r["segment"], r["n"], r.get("k")) == (segment, n, k)]
        found = {row["ranker"]: row for row in here}
        gap = [c for c in gaps if (c["segment"], c["n"], c.get("k")) == (segment, n, k)]
        numbers = " | ".join(spread(found.get(name)) for name in names)
        known, told = "all" if k is None else k, difference(gap[0] if gap else None)
        place = segment.replace("_", " ").replace("items all", "items among all")
        lines.append(f"| {place} | {n} | {known} | {numbers} | {told} |")
    told = "Differences with 95 % intervals by person; bold where 0 lies outside."
    return "\n\n".join([*parts, "\n".join(lines), told])


def imported(document: Mapping[str, Any]) -> str:
    """Importing graphs and linking catalogues: steps down, measures across."""
    across = ("cpu_seconds", "per_cpu_second", "peak_mb", "precision", "recall")
    keys = ("task", "lines", "items", "data")
    lines = ["| step | of | " + " | ".join(across) + " |", "|" + "---|" * (2 + len(across))]
    for cell in dict.fromkeys(tuple(row.get(k) for k in keys) for row in document["rows"]):
        here = [row for row in document["rows"] if tuple(row.get(k) for k in keys) == cell]
        found = {row["metric"]: row for row in here}
        size = f"{cell[1]:,} lines" if cell[1] else f"{cell[2]:,} items"
        cells = [share(found[m]) if m in found else "" for m in across]
        name = f"{size}, {cell[3]}" if cell[3] else size
        lines.append(f"| {cell[0]} | {name} | {' | '.join(cells)} |")
    head = f"## {document['title']}\n\n`{document['reproduce']}`"
    return f"{head}, how: [linked data](algorithms/linked-data.md).\n\n" + "\n".join(lines)


def hidden(document: Mapping[str, Any]) -> str:
    """What was hidden and found again: rankers down, metrics across, a table a segment."""
    parts = [f"## {document['title']}", f"`{document['reproduce']}`"]
    for segment in dict.fromkeys(row.get("segment") for row in document["rows"]):
        rows = select(document["rows"], segment=segment)
        parts.append(grid(rows, "ranker", "metric", segment or "ranker"))
    return "\n\n".join(parts)
