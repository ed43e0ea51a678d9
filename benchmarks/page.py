"""Makes docs/benchmarks.md and its pictures from the JSON files beside this script.

.venv/bin/python benchmarks/page.py
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fewrec.evaluation.curve_figure import people_named, size_order
from fewrec.evaluation.headline import headline
from fewrec.evaluation.report import write_report
from fewrec.evaluation.rows import Row, select
from fewrec.evaluation.table import CHOSEN, tally
from fewrec.evaluation.tallrec import BASELINES, published_rows

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
IMAGES = PAGE.parent / "images"
RANKERS = ("hybrid", CHOSEN, "popularity", "random")
PAIRS = ("auc", "uauc", "logloss", "ece", "ndcg@10", "coverage")
SPEED = ("seconds", "median_ms", "p95_ms", "per_cpu_second", "peak_mb", "ratio_to_implicit")
PICTURES = {"new_users": "learning-curve", "new_items": "new-items", "pareto": "variety"}
"""Pictures of the report that the page and the README show."""
SHOT_METRICS = {
    "auc": "AUC",
    "uauc": "UAUC",
    "logloss": "log-loss",
    "fit_cpu_seconds": "processor seconds of a fit",
    "score_seconds": "seconds for all test rows",
}
SHOT_SECONDS = ("fit_cpu_seconds", "score_seconds")
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
TEXTS = ("amazon-games", "book_crossing", "steam", "news-dkn", "ml-100k")
LOOPS = ("ml-100k", "ml-latest-small", "steam", "lastfm")
LABELS = {
    "tallrec": "TALLRec's train prompts, titles alone",
    "tallrec-described": "TALLRec's train prompts with a catalogue",
    "ml-100k": "MovieLens 100K",
    "ml-latest-small": "MovieLens latest small",
}
SHOTS = {
    "tallrec-movie": "TALLRec's movie prompts, described by a catalogue",
    "tallrec-titles": "TALLRec's movie prompts, titles alone",
    "tallrec-books": "Book-Crossing as prompts, titles and authors alone",
    "tallrec-all-users": "Everybody of MovieLens 100K, ten earlier opinions and a catalogue",
    "tallrec-lm-encoders": "TALLRec's movie prompts, encoders fine-tuned",
    "tallrec-lm-lora": "TALLRec's movie prompts, LoRA at 256 shots",
    "tallrec-lm-cross": "TALLRec's movie prompts, a cross-encoder",
    "tallrec-lm-asked": "TALLRec's movie prompts, SmolLM2-135M asked",
    "tallrec-lm-learned": "TALLRec's movie prompts, SmolLM2-135M taught",
    "tallrec-lm-fused": "TALLRec's movie prompts, language models in the fusion",
}
VARIETY = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild")


def page(curve: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """The page as markdown; every number comes from the documents given."""
    parts = [
        "# Benchmarks",
        "This page is made by `benchmarks/page.py` from the JSON files in `benchmarks/`, each "
        "written by the command named. Means over seeds ± standard deviation over seeds. "
        f"`{CHOSEN}` is the single ranker that cross-validation inside the training part "
        "chooses, as a user would. What the metrics mean: [evaluation](algorithms/evaluation.md).",
        "## The learning curve, MovieLens 100K",
        f"`{curve['reproduce']}`, seeds {_words(curve['seeds'])}. {headline(curve)}",
        "![NDCG@10 by training users and known clicks](images/learning-curve.png)",
        *_lists(curve["rows"], curve["comparisons"]),
        *_variety(curve["rows"]),
        *(_described(d) for d in others),
    ]
    return "\n\n".join(parts) + "\n"


def _lists(rows: Sequence[Row], comparisons: Sequence[Row]) -> Iterable[str]:
    for segment, title in (
        ("new_users", "New people, NDCG@10 over the whole catalogue"),
        ("new_items", "New items ranked among themselves, NDCG@10"),
        ("new_items_all", "New items among the whole catalogue, NDCG@10"),
    ):
        found = [r for r in select(rows, segment=segment, metric="ndcg@10") if "diversity" not in r]
        yield f"### {title}"
        if segment == "new_items":
            yield "![NDCG@10 of new items](images/new-items.png)"
        yield _table(found)
        cells = select(comparisons, a="hybrid", b=CHOSEN, segment=segment, metric="ndcg@10")
        counts = tally([c for c in cells if "diversity" not in c])
        yield (
            f"Against `{CHOSEN}`, paired by person and corrected for the number of cells: "
            f"{counts['won']} won, {counts['tied']} tied, {counts['lost']} lost."
        )


def _table(rows: Sequence[Row]) -> str:
    """Rankers across, cells down."""
    cells = sorted(
        {(r["n"], r.get("k")) for r in rows}, key=lambda c: (size_order(c[0]), c[1] or 0)
    )
    lines = ["| training users | known clicks | " + " | ".join(RANKERS) + " |"]
    lines.append("|" + "---|" * (2 + len(RANKERS)))
    for n, k in cells:
        here = {r["ranker"]: r for r in rows if (r["n"], r.get("k")) == (n, k)}
        known = "all" if k is None else str(k)
        numbers = " | ".join(_spread(here.get(ranker)) for ranker in RANKERS)
        lines.append(f"| {people_named(n)} | {known} | {numbers} |")
    return "\n".join(lines)


def _variety(rows: Sequence[Row]) -> Iterable[str]:
    yield "### Accuracy and variety, all training users, 5 clicks known"
    yield "![NDCG@10 against coverage along the diversity knob](images/variety.png)"
    here = [r for r in select(rows, segment="new_users", k=5) if size_order(r["n"]) > 100]
    names = dict.fromkeys((r["ranker"], r.get("diversity")) for r in here)
    lines = ["| ranker | " + " | ".join(VARIETY) + " |", "|" + "---|" * (1 + len(VARIETY))]
    for ranker, diversity in names:
        found = {
            r["metric"]: r for r in here if (r["ranker"], r.get("diversity")) == (ranker, diversity)
        }
        name = ranker if diversity is None else f"{ranker} `--diversity {diversity}`"
        lines.append(f"| {name} | " + " | ".join(_spread(found.get(m)) for m in VARIETY) + " |")
    yield "\n".join(lines)


def _described(document: Mapping[str, Any]) -> str:
    kinds = {"onboarding": _asked, "loop": _replayed, "bench serve": _served}
    kinds["bench labels"] = _labels
    kinds["bench text"] = _texts
    kinds["bench links"] = kinds["bench friends"] = _hidden
    kinds["bench graph-training"] = _growth
    kinds["bench paths"] = _paths
    kinds["bench rules"] = _mined
    kinds["bench tallrec"] = _shots
    kinds["bench graph-import"] = _imported
    kinds["bench graph-repair"] = _repaired
    kinds["bench graph-growth"] = _grown
    kinds["bench graph"] = _with_graph
    kinds["bench kgcn"] = _split_pairs
    made = [make for word, make in kinds.items() if word in document["command"]]
    return (made or [_other])[0](document)


def _with_graph(document: Mapping[str, Any]) -> str:
    """Hybrid with the graph and without it, and the difference, in every segment."""
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
        told = [_spread(found[m].get(r)) for m in found for r in ("hybrid", bare)]
        told.insert(2, _gap(next(iter(parts["ndcg@10"]), None)))
        told.append(_gap(next(iter(parts["ild"]), None)))
        lines.append(f"| {name} | " + " | ".join(told) + " |")
    seeds = f"Seeds {_words(document['seeds'])}. Differences that exclude 0 are bold."
    head = f"## {document['title']}\n\n`{document['reproduce']}`\n\n"
    return head + "\n".join(lines) + f"\n\n{seeds}"


def _repaired(document: Mapping[str, Any]) -> str:
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
        told = " | ".join(_spread(found[m]) if m in found else "" for m in metrics)
        lines.append(f"| {evidence} | {relation} | {told} |")
    asked = f"`{document['reproduce']}`; [the knowledge graph](algorithms/knowledge-graph.md)."
    head = f"## {document['title']}, {document['data']['name']}"
    return "\n\n".join([head, asked, "\n".join(lines)])


def _grown(document: Mapping[str, Any]) -> str:
    """Measures down, sizes across."""
    rows = document["rows"]
    sizes = list(dict.fromkeys(row["n"] for row in rows))
    lines = ["| measure | " + " | ".join(f"{size:,} triples" for size in sizes) + " |"]
    lines.append("|" + "---|" * (1 + len(sizes)))
    for metric in dict.fromkeys(row["metric"] for row in rows):
        found = {row["n"]: row["mean"] for row in rows if row["metric"] == metric}
        told = " | ".join(f"{found[n]:,.2f}" if n in found else "" for n in sizes)
        lines.append(f"| {metric} | {told} |")
    asked = f"`{document['reproduce']}`; [the knowledge graph](algorithms/knowledge-graph.md)."
    return "\n\n".join([f"## {document['title']}", asked, "\n".join(lines)])


def _paths(document: Mapping[str, Any]) -> str:
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


def _mined(document: Mapping[str, Any]) -> str:
    """Rules alone, and the fusion with and without them, by training users and known clicks."""
    rows = [row for row in document["rows"] if row["metric"] == "ndcg@10"]
    names = dict.fromkeys(row["ranker"] for row in rows)
    head = f"## {document['title']}, {document['data']['name']}"
    asked = f"`{document['reproduce']}`, seeds {_words(document['seeds'])}; NDCG@10; "
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
        numbers = " | ".join(_spread(found.get(name)) for name in names)
        known, told = "all" if k is None else k, _gap(gap[0] if gap else None)
        place = segment.replace("_", " ").replace("items all", "items among all")
        lines.append(f"| {place} | {n} | {known} | {numbers} | {told} |")
    told = "Differences with 95 % intervals by person; bold where 0 lies outside."
    return "\n\n".join([*parts, "\n".join(lines), told])


def _asked(document: Mapping[str, Any]) -> str:
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
        answered, reached = _spread(found["answers"]), _spread(found["ndcg@10"])
        lines.append(f"| {way} | {k} | {answered} | {reached} | {told} |")
    head = f"## Questions for newcomers, {document['data']['name']}"
    return f"{head}\n\n`{document['reproduce']}`\n\n" + "\n".join(lines)


def _replayed(document: Mapping[str, Any]) -> str:
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
        told = f"{100 * gap['relative']:+.1f} % ({_verdict(gap)})" if gap else ""
        interval = f"{reward['low']:.3f} to {reward['high']:.3f}"
        likes, coverage = _spread(reward), _spread(found["coverage"])
        lines.append(f"| {name} | {likes} | {interval} | {coverage} | {told} |")
    order = "time" if document["order"] == "time" else "a seed"
    head = (
        f"## The living loop, {document['data']['name']}\n\n"
        f"{rows[0]['slates']:,} slates in the order of {order}; how: "
        f"[the living loop](algorithms/loop.md)."
    )
    return f"{head}\n\n`{document['reproduce']}`\n\n" + "\n".join(lines)


def _verdict(gap: Row) -> str:
    return "a tie" if gap["verdict"] == "tie" else f"{gap['low']:+.4f} to {gap['high']:+.4f}"


def _served(document: Mapping[str, Any]) -> str:
    """The service: tasks and clients down, measures across."""
    cells = dict.fromkeys((row["task"], row.get("clients")) for row in document["rows"])
    lines = ["| task | clients | " + " | ".join(SERVED) + " |", "|" + "---|" * (2 + len(SERVED))]
    for task, clients in cells:
        here = select(document["rows"], task=task, clients=clients)
        found = {row["metric"]: row for row in here}
        if found.keys() & set(SERVED):
            numbers = " | ".join(_number(found[m]) if m in found else "" for m in SERVED)
            lines.append(f"| {task} | {clients or ''} | {numbers} |")
    head = f"## The service, {document['data']['name']}\n\n`{document['reproduce']}`"
    return f"{head}, what the rows mean: [cli](cli.md).\n\n" + "\n".join(lines)


def _imported(document: Mapping[str, Any]) -> str:
    """Importing graphs and linking catalogues: steps down, measures across."""
    across = ("cpu_seconds", "per_cpu_second", "peak_mb", "precision", "recall")
    keys = ("task", "lines", "items", "data")
    lines = ["| step | of | " + " | ".join(across) + " |", "|" + "---|" * (2 + len(across))]
    for cell in dict.fromkeys(tuple(row.get(k) for k in keys) for row in document["rows"]):
        here = [row for row in document["rows"] if tuple(row.get(k) for k in keys) == cell]
        found = {row["metric"]: row for row in here}
        size = f"{cell[1]:,} lines" if cell[1] else f"{cell[2]:,} items"
        cells = [_share(found[m]) if m in found else "" for m in across]
        name = f"{size}, {cell[3]}" if cell[3] else size
        lines.append(f"| {cell[0]} | {name} | {' | '.join(cells)} |")
    head = f"## {document['title']}\n\n`{document['reproduce']}`"
    return f"{head}, how: [linked data](algorithms/linked-data.md).\n\n" + "\n".join(lines)


def _share(row: Row) -> str:
    """A share with three places, any other number as it is."""
    return _spread(row) if row["metric"] in ("precision", "recall") else _number(row)


def _number(row: Row) -> str:
    """Mean ± deviation of numbers that may be large."""
    if row["mean"] is None:
        return "undefined"
    places = 0 if row["mean"] >= 100 else 2
    spread = f" ± {row['sd']:,.{places}f}" if row.get("sd") else ""
    return f"{row['mean']:,.{places}f}{spread}"


def _texts(document: Mapping[str, Any]) -> str:
    """What reads text and how well, one column a question; then who is ahead of whom."""
    rows = [r for r in document["rows"] if r["metric"] == "ndcg@10"]
    asked = dict.fromkeys((r["segment"], r.get("k")) for r in rows)
    titles = [_question(segment, k) for segment, k in asked]
    lines = ["| ranker | " + " | ".join(titles) + " |", "|" + "---|" * (1 + len(titles))]
    for name in dict.fromkeys(r["ranker"] for r in rows):
        found = {(r["segment"], r.get("k")): r for r in rows if r["ranker"] == name}
        lines.append(f"| {name} | " + " | ".join(_spread(found.get(q)) for q in asked) + " |")
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


def _labels(document: Mapping[str, Any]) -> str:
    """AUC under wrong labels, AUC and labels saved by ways to choose, and wrong labels found."""
    told, rows = document["arguments"], document["rows"]
    words = [f"--data {told['data']}"]
    words += [f"--catalogue {told['catalogue']}"] if told["catalogue"] else []
    words += ["--all-users"] if told["all_users"] else []
    words += [f"--seeds {told['seeds']} --first-seed {told['first_seed']}"]
    parts = [f"## {document['title']}", f"`fewrec bench labels {' '.join(words)}`"]
    noise = [r for r in rows if r["segment"] == "wrong labels" and r["metric"] == "auc"]
    parts.append(_grid(noise, "ranker", "wrong", "AUC, share of wrong labels"))
    for segment in ("histories", "items alone"):
        here = select(rows, segment=segment)
        auc, share = (select(here, metric=name) for name in ("auc", "labels saved"))
        parts.append(_grid(auc, "way", "shots", f"AUC, {segment}, labels"))
        parts.append(_grid(share, "way", "shots", f"share of labels saved, {segment}, labels"))
        cells = [c for c in document["comparisons"] if c["segment"] == segment]
        count = {v: sum(c["verdict"] == v for c in cells) for v in ("a", "tie", "b")}
        parts.append(
            f"Against random, {segment}, paired by person and not corrected for the number of "
            f"cells: {count['a']} ahead, {count['tie']} level, {count['b']} behind."
        )
    found = select(rows, segment="wrong labels sought")
    parts.append(_grid(found, "metric", "wrong", "wrong labels sought, share planted"))
    return "\n\n".join(parts)


def _shots(document: Mapping[str, Any]) -> str:
    """AUC, UAUC and seconds by shots; then how far ``hybrid`` is ahead of each other ranker."""
    rows, sizes = document["rows"], sorted({row["shots"] for row in document["rows"]})
    tested = select(rows, metric="auc")[0]
    told = document.get("reproduce") or _typed(document)
    parts = [
        f"## {document['title']}",
        f"`{told}`: {tested['test_rows']:,} test rows of {tested['users']:,} people, seeds "
        f"{_words(document['seeds'])}; [few shots](algorithms/few-shot.md).",
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
            parts.append(_grid(found, "ranker", "shots", f"{title}, shots"))
    lines = [
        "| `hybrid` is ahead of | "
        + " | ".join(f"{m} at {k}" for m in ("AUC", "UAUC") for k in sizes)
        + " |",
        "|" + "---|" * (1 + 2 * len(sizes)),
    ]
    for b in dict.fromkeys(row["b"] for row in document["comparisons"]):
        here = {(r["metric"], r["shots"]): r for r in select(document["comparisons"], b=b)}
        gaps = (_gap(here.get((m, k))) for m in ("auc", "uauc") for k in sizes)
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


def _gap(row: Row | None) -> str:
    if row is None or row["low"] is None:
        return "undefined"
    told = f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
    return told if row["verdict"] == "tie" else f"**{told}**"


def _grid(rows: Sequence[Row], down: str, across: str, title: str) -> str:
    """One key down, another one across."""
    columns = sorted({row[across] for row in rows})
    lines = [f"| {title} | " + " | ".join(map(str, columns)) + " |"]
    lines.append("|" + "---|" * (1 + len(columns)))
    for name in dict.fromkeys(row[down] for row in rows):
        found = {row[across]: row for row in rows if row[down] == name}
        lines.append(f"| {name} | " + " | ".join(_spread(found.get(c)) for c in columns) + " |")
    return "\n".join(lines)


def _hidden(document: Mapping[str, Any]) -> str:
    """What was hidden and found again: rankers down, metrics across, a table a segment."""
    parts = [f"## {document['title']}", f"`{document['reproduce']}`"]
    for segment in dict.fromkeys(row.get("segment") for row in document["rows"]):
        rows = select(document["rows"], segment=segment)
        parts.append(_grid(rows, "ranker", "metric", segment or "ranker"))
    return "\n\n".join(parts)


def _growth(document: Mapping[str, Any]) -> str:
    """What the same work costs at each size."""
    rows = [{**row, "metric": row["metric"].replace("_", " ")} for row in document["rows"]]
    told = f"`{document['reproduce']}`"
    return "\n\n".join([f"## {document['title']}", told, _grid(rows, "n", "metric", "triples")])


def _split_pairs(document: Mapping[str, Any]) -> str:
    """AUC and UAUC of every ranker, those of papers among them."""
    lines = ["| ranker | AUC | UAUC |", "|---|---|---|"]
    for name in dict.fromkeys(row["ranker"] for row in document["rows"]):
        found = {r["metric"]: r for r in document["rows"] if r["ranker"] == name}
        published = any(row.get("published") for row in found.values())
        told = " | ".join(_spread(found[m]) if m in found else "" for m in ("auc", "uauc"))
        lines.append(f"| {name}{', as published' if published else ''} | {told} |")
    said = (
        "Published rows and `hybrid-leaky` read training negatives, whose balance tells test "
        "labels (`leak-alone`); the others never do."
    )
    head = f"## {document['title']}\n\n`{document['reproduce']}`\n\n"
    return head + "\n".join(lines) + f"\n\n{said}"


def _other(document: Mapping[str, Any]) -> str:
    """Any other document as one table: rankers by metrics, else tasks by metrics."""
    key = "ranker" if any("ranker" in row for row in document["rows"]) else "task"
    wanted = PAIRS if key == "ranker" else SPEED
    rows = [r for r in document["rows"] if "diversity" not in r and r.get("segment") is None]
    names = dict.fromkeys(row[key] for row in rows)
    lines = [f"| {key} | " + " | ".join(wanted) + " |", "|" + "---|" * (1 + len(wanted))]
    for name in names:
        found = {row["metric"]: row for row in rows if row[key] == name}
        if found.keys() & set(wanted):
            cells = " | ".join(_spread(found.get(m)) if m in found else "" for m in wanted)
            lines.append(f"| {name} | {cells} |")
    told = document.get("reproduce") or f"fewrec {document['command']} --data ml-100k"
    return f"## {document['title']}\n\n`{told}`\n\n" + "\n".join(lines)


def _spread(row: Row | None) -> str:
    if row is None or row.get("mean") is None:
        return "not measured" if row is None else "undefined"
    return f"{row['mean']:.3f} ± {row['sd']:.3f}" if row.get("sd") else f"{row['mean']:.3f}"


def _words(seeds: Sequence[int]) -> str:
    return ", ".join(str(seed) for seed in seeds)


def documents() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The learning curve, and the other files that are there."""
    curve = json.loads((HERE / "curve-ml-100k.json").read_text(encoding="utf-8"))
    titles = {
        "pairs-ml-100k.json": "Calibration: a random fifth of the ratings held out",
        "speed-ml-100k.json": "Speed on one thread",
        "serve.json": "The service",
        "onboarding-ml-100k.json": "Questions for newcomers",
        "paths-ml-100k.json": "Paths of the graph",
        "rules-ml-100k.json": "Mined rules",
        "graph-ml-100k-dbpedia.json": "With the graph and without: films and DBpedia",
        "graph-ml-100k.json": "With the graph and without: films and Freebase",
        "graph-lastfm-dbpedia.json": "With the graph and without: artists and DBpedia",
        "graph-filmtrust.json": "With friends and without: FilmTrust",
        "kgcn-lastfm.json": "Last.FM as KGCN splits it",
        "graph-import.json": "Importing graphs and linking catalogues",
        "graph-repair-ml-100k.json": "Hidden and wrong links of DBpedia",
        "graph-growth.json": "Graphs as they grow",
        "links-ml-100k.json": "Missing links of a graph, MovieLens 100K",
        "friends-lastfm.json": "Hidden friends, Last.fm",
        "graph-training.json": "200 steps of the graph neural network as graphs grow",
        **{f"loop-{name}.json": "The living loop" for name in LOOPS},
        **{f"text-{name}.json": "What text adds" for name in TEXTS},
        **{f"{name}.json": title for name, title in SHOTS.items()},
        **{f"labels-{name}.json": f"Labels, {title}" for name, title in LABELS.items()},
    }
    others = []
    for name, title in titles.items():
        if (HERE / name).is_file():
            document = json.loads((HERE / name).read_text(encoding="utf-8"))
            others.append({**document, "title": title})
    return curve, others


def main() -> None:
    """Write the page and its picture."""
    curve, others = documents()
    PAGE.write_text(page(curve, others), encoding="utf-8")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = write_report(HERE / "curve-ml-100k.json", Path(scratch) / "report.html")
        for part, name in PICTURES.items():
            (found,) = (file for file in made if file.name.endswith(f"{part}.png"))
            shutil.copyfile(found, IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
