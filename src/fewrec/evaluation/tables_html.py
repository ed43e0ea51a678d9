"""Tables of a report as HTML: rankers by metrics, comparisons, cells of a learning curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation import page
from fewrec.evaluation.rows import CELL_KEYS, Row, cell_of, people_named, select, size_order
from fewrec.evaluation.table import CHOSEN, tally

LIST_METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty")
PAIR_METRICS = ("auc", "uauc", "logloss", "ece")
_COUNTS_HEAD = ("hybrid against", "won", "tied", "lost", "not worse by 1 %", "lowest difference")
_VARIETY = ("ndcg@10", "coverage", "overlap", "gini", "ild", "novelty")
SEGMENTS = {
    "new_users": "new people",
    "new_items": "new items among themselves",
    "new_items_all": "new items among the whole catalogue",
}
_AROUND = ("ranker", "data", "protocol")


def metric_tables(rows: Sequence[Row], metrics: Sequence[str]) -> str:
    """One table a cell, rankers down and metrics across; all but the first folded.

    Args:
        rows: Rows of the JSON contract.
        metrics: Columns; rankers without any of them are left out.
    """
    groups: dict[tuple[tuple[str, Any], ...], list[Row]] = {}
    for row in rows:
        if row["metric"] in metrics and "ranker" in row:
            groups.setdefault(cell_of(row, *_AROUND), []).append(row)
    tables = [(cell, metric_table(group, metrics)) for cell, group in groups.items()]
    if not tables:
        return ""
    first = tables[0][1]
    return first + "".join(
        page.folded(f"{cell_name(cell)} ({_size(groups[cell])})", made) for cell, made in tables[1:]
    )


def metric_table(rows: Sequence[Row], metrics: Sequence[str]) -> str:
    """One table: rankers, best first by the first metric, with ``hybrid`` set off."""
    present = [m for m in metrics if any(r["metric"] == m for r in rows)]
    by_ranker: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_ranker.setdefault(row["ranker"], {})[row["metric"]] = row
    lines = []
    for ranker, found in sorted(by_ranker.items(), key=lambda pair: -_level(pair[1], present)):
        kind = ' class="ours"' if ranker == "hybrid" else ""
        cells = "".join(page.number(found.get(metric)) for metric in present)
        lines.append(f"<tr{kind}><td>{page.text(page.ranker_name(ranker))}</td>{cells}</tr>")
    return page.table(["ranker", *map(page.metric_head, present)], lines)


def variety_tables(rows: Sequence[Row]) -> str:
    """Hybrid at each diversity: accuracy beside variety, one table a cell, folded."""
    groups: dict[tuple[tuple[str, Any], ...], list[Row]] = {}
    for row in rows:
        if "diversity" in row:
            groups.setdefault(cell_of(row, *_AROUND, "diversity"), []).append(row)
    pieces = []
    for cell, group in groups.items():
        lines = []
        for diversity in sorted({r["diversity"] for r in group}):
            found = {r["metric"]: r for r in select(group, diversity=diversity)}
            cells = "".join(page.number(found.get(m)) for m in _VARIETY)
            lines.append(f"<tr><td>{diversity:g}</td>{cells}</tr>")
        made = page.table(["--diversity", *map(page.metric_head, _VARIETY)], lines)
        pieces.append(page.folded(f"As numbers: {cell_name(cell)}", made))
    return "".join(pieces)


def comparison_tables(rows: Sequence[Row]) -> str:
    """Hybrid against each other ranker: difference, interval, verdict; segments folded."""
    shown = [r for r in rows if r["difference"] is not None]
    whole = [r for r in shown if not cell_of(r, *_AROUND)]
    apart = [r for r in shown if cell_of(r, *_AROUND)]
    if not shown:
        return ""
    counted = page.table(_COUNTS_HEAD, [_counts_line(*f) for f in _families(apart)])
    folded = page.folded("Cell by cell", counted + _forest_table(apart)) if apart else ""
    title = "<h3>Who is ahead, on the same people</h3>"
    return title + (_forest_table(whole) if whole else counted) + folded


def _families(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Comparisons that were tested together: the same other ranker and metric, all cells."""
    keys = dict.fromkeys((r["b"], r["metric"]) for r in rows)
    several = len({metric for _, metric in keys}) > 1
    return [
        (f"{page.ranker_name(b)}, {metric}" if several else b, select(rows, b=b, metric=metric))
        for b, metric in keys
    ]


def _forest_table(rows: Sequence[Row]) -> str:
    ends = [
        abs(r[key]) for r in rows for key in ("low", "high", "difference") if r[key] is not None
    ]
    reach = max([*ends, 1e-9])
    head = ["hybrid minus", "where", "metric", "difference", "", "verdict"]
    return page.table(head, [_forest_line(row, reach) for row in rows])


def _forest_line(row: Row, reach: float) -> str:
    low = row["difference"] if row["low"] is None else row["low"]
    high = row["difference"] if row["high"] is None else row["high"]
    drawn = page.forest(row["difference"], low, high, reach, row["verdict"])
    ends = f'<span class="ends">{low:+.3f} – {high:+.3f}</span>'
    return (
        f"<tr><td>{page.text(page.ranker_name(row['b']))}</td>"
        f"<td>{page.text(cell_name(cell_of(row, *_AROUND)))}</td>"
        f"<td>{page.metric_head(row['metric'])}</td>"
        f"<td>{row['difference']:+.3f}{ends}</td><td>{drawn}</td>"
        f'<td class="{row["verdict"]}">{_verdict(row)}</td></tr>'
    )


def curve_differences(rows: Sequence[Row]) -> str:
    """Of one segment of a learning curve: hybrid minus the best single ranker, and all counts."""
    others = dict.fromkeys(r["b"] for r in rows)
    if not others:
        return ""
    place = segment_name(str(rows[0].get("segment", "")))
    lines = [_counts_line(b, select(rows, b=b)) for b in others]
    single = select(rows, b=CHOSEN)
    return (
        (_difference_matrix(single, place) if single else "")
        + f"<h3>Cells won, tied and lost in NDCG@10, {page.text(place)} (Holm-corrected)</h3>"
        + page.table(_COUNTS_HEAD, lines)
    )


def curve_tables(rows: Sequence[Row]) -> str:
    """All cells of one segment of a learning curve."""
    pieces = []
    for n in sorted({r.get("n") for r in rows}, key=size_order):
        for k in sorted({r.get("k") for r in rows}, key=size_order):
            group = select(rows, n=n, k=k)
            words = [] if n is None else [people_named(n)]
            words += [] if k is None else [f"{k} clicks known"]
            table = metric_table(group, LIST_METRICS) if group else ""
            pieces.append(f"<h3>{', '.join(words)}</h3>{table}" if group else "")
    return "".join(pieces)


def other_rows(rows: Sequence[Row]) -> str:
    """Rows whose metrics have no table of their own (seconds, memory), one below the other."""
    kept = [r for r in rows if r["metric"] not in page.METRIC_NAMES]
    if not kept:
        return ""
    keys = [k for k in dict.fromkeys(k for r in kept for k in r) if k in (*CELL_KEYS, "what")]
    lines = []
    for row in kept:
        cells = "".join(f"<td>{page.text(row.get(key, ''))}</td>" for key in keys)
        lines.append(
            f"<tr>{cells}<td>{page.text(row['metric'])}</td>"
            f"<td>{page.text(_measured(row))}</td></tr>"
        )
    return page.table([*map(page.text, keys), "measure", "value"], lines)


def cell_name(cell: Sequence[tuple[str, object]]) -> str:
    """A cell in words; "all" where it has no keys."""
    words = [
        segment_name(str(value)) if key == "segment" else f"{key} = {value}" for key, value in cell
    ]
    return ", ".join(words) or "all"


def segment_name(segment: str) -> str:
    """A segment in words."""
    return SEGMENTS.get(segment, segment)


def _counts_line(b: str, rows: Sequence[Row]) -> str:
    family = [r for r in rows if r["difference"] is not None]
    counts = tally(family)
    worst = min((r["difference"] for r in family), default=0.0)
    numbers = "".join(f"<td>{counts[key]}</td>" for key in ("won", "tied", "lost", "not_worse"))
    name = page.text(page.ranker_name(b))
    return f"<tr><td>{name}</td>{numbers}<td>{worst:+.3f}</td></tr>"


def _difference_matrix(rows: Sequence[Row], place: str) -> str:
    clicks = sorted({r.get("k") for r in rows}, key=size_order)
    lines = []
    for n in sorted({r.get("n") for r in rows}, key=size_order):
        found = [select(rows, n=n, k=k) for k in clicks]
        cells = [_difference_cell(f[0]) if f else page.number(None) for f in found]
        lines.append(f"<tr><td>{'all' if n in ('all', None) else n}</td>{''.join(cells)}</tr>")
    head = ["difference" if k is None else f"k = {k}" for k in clicks]
    title = f"<h3>hybrid minus the best single ranker, NDCG@10, {page.text(place)}</h3>"
    return title + page.table(["training users", *head], lines)


def _difference_cell(row: Row) -> str:
    if row["difference"] is None:
        return '<td class="none">–</td>'
    ends = ""
    if row["low"] is not None:
        ends = f'<span class="ends">{row["low"]:+.3f} – {row["high"]:+.3f}</span>'
    return f'<td class="{row["verdict_holm"]}">{row["difference"]:+.3f}{ends}</td>'


def _verdict(row: Row) -> str:
    if row["verdict"] == "tie":
        return "no worse" if row.get("not_worse") else "no difference seen"
    return "hybrid" if row["verdict"] == "a" else page.text(page.ranker_name(row["b"]))


def _level(found: Mapping[str, Row], metrics: Sequence[str]) -> float:
    row = found.get(metrics[0]) if metrics else None
    return -1.0 if row is None or row["mean"] is None else float(row["mean"])


def _size(rows: Sequence[Row]) -> str:
    users = max(r["users"] for r in rows)
    tested = max((r.get("test_rows", 0) for r in rows), default=0)
    return f"{users:,} people, {tested:,} rows" if tested else f"{users:,} people"


def _measured(row: Row) -> str:
    if row["mean"] is None:
        return str(row.get("reason", "not measured"))
    return f"{row['mean']:,.3f}" if row["mean"] < 10 else f"{row['mean']:,.1f}"
