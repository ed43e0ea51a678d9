"""The learning curve: lists by cell, and accuracy against variety."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fewrec.evaluation.rows import Row, people_named, select, size_order
from fewrec.evaluation.table import CHOSEN, tally
from sections.cells import spread

RANKERS = ("hybrid", CHOSEN, "popularity", "random")
VARIETY = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild")


def lists(rows: Sequence[Row], comparisons: Sequence[Row]) -> Iterable[str]:
    """A table a segment, and how hybrid stands against the single ranker training chose."""
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
        numbers = " | ".join(spread(here.get(ranker)) for ranker in RANKERS)
        lines.append(f"| {people_named(n)} | {known} | {numbers} |")
    return "\n".join(lines)


def variety(rows: Sequence[Row]) -> Iterable[str]:
    """Metrics of lists along the diversity knob."""
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
        lines.append(f"| {name} | " + " | ".join(spread(found.get(m)) for m in VARIETY) + " |")
    yield "\n".join(lines)
