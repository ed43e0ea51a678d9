"""Tables of a report as HTML: rankers by metrics, comparisons, cells of a learning curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation import page
from fewrec.evaluation.rows import CELL_KEYS, Row, cell_of, select
from fewrec.evaluation.table import CHOSEN, tally

LIST_METRICS = ("ndcg@10", "recall@20", "coverage", "overlap", "gini", "ild", "novelty")
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


def comparison_tables(rows: Sequence[Row]) -> str:
    """``hybrid`` against each other ranker: difference, interval, verdict."""
    if not rows:
        return ""
    ends = [
        abs(r[key]) for r in rows for key in ("low", "high", "difference") if r[key] is not None
    ]
    reach = max([*ends, 1e-9])
    lines = []
    for row in rows:
        if row["difference"] is None:
            continue
        low = row["difference"] if row["low"] is None else row["low"]
        high = row["difference"] if row["high"] is None else row["high"]
        drawn = page.forest(row["difference"], low, high, reach, row["verdict"])
        cell = cell_name(cell_of(row, *_AROUND))
        ends_text = f'<span class="ends">{low:+.3f} – {high:+.3f}</span>'
        lines.append(
            f"<tr><td>{page.text(page.ranker_name(row['b']))}</td><td>{page.text(cell)}</td>"
            f"<td>{page.metric_head(row['metric'])}</td>"
            f"<td>{row['difference']:+.3f}{ends_text}</td><td>{drawn}</td>"
            f'<td class="{row["verdict"]}">{_verdict(row)}</td></tr>'
        )
    head = ["hybrid minus", "where", "metric", "difference", "", "verdict"]
    return "<h3>Who is ahead, on the same people</h3>" + page.table(head, lines)


def curve_differences(rows: Sequence[Row]) -> str:
    """Of a learning curve: hybrid minus the best single ranker, cell by cell, and all counts."""
    single = [r for r in rows if r["b"] == CHOSEN]
    others = dict.fromkeys(r["b"] for r in rows)
    if not others:
        return ""
    lines = []
    for other in others:
        family = [r for r in rows if r["b"] == other and r["difference"] is not None]
        counts = tally(family)
        worst = min((r["difference"] for r in family), default=0.0)
        lines.append(
            f"<tr><td>{page.text(page.ranker_name(other))}</td><td>{counts['won']}</td>"
            f"<td>{counts['tied']}</td><td>{counts['lost']}</td><td>{counts['not_worse']}</td>"
            f"<td>{worst:+.3f}</td></tr>"
        )
    head = ["hybrid against", "won", "tied", "lost", "not worse by 1 %", "lowest difference"]
    counted = "<h3>Cells won, tied and lost in NDCG@10 (Holm-corrected)</h3>" + page.table(
        head, lines
    )
    return (_difference_matrix(single) if single else "") + counted


def curve_tables(rows: Sequence[Row]) -> str:
    """All cells of a learning curve, folded by the number of training users."""
    pieces = []
    for n in dict.fromkeys(r["n"] for r in rows):
        tables = [
            f"<h3>{k} clicks known</h3>{metric_table(group, LIST_METRICS)}"
            for k in sorted({r["k"] for r in rows if r["n"] == n})
            if (group := [r for r in select(rows, n=n, k=k) if "diversity" not in r])
        ]
        people = "all training users" if n == "all" else f"{n} training users"
        pieces.append(page.folded(f"All rankers with {people}", "".join(tables)))
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
    words = []
    for key, value in cell:
        shown = str(value).replace("_", " ")
        words.append(shown if key == "segment" else f"{key} = {shown}")
    return ", ".join(words) or "all"


def _difference_matrix(rows: Sequence[Row]) -> str:
    sizes = list(dict.fromkeys(r["n"] for r in rows))
    clicks = sorted({r["k"] for r in rows})
    lines = []
    for n in sizes:
        cells = []
        for k in clicks:
            found = select(rows, n=n, k=k)
            cells.append(_difference_cell(found[0]) if found else page.number(None))
        people = "all" if n == "all" else f"n = {n}"
        lines.append(f"<tr><td>{people}</td>{''.join(cells)}</tr>")
    title = "<h3>hybrid minus the best single ranker, NDCG@10</h3>"
    return title + page.table(["training users", *(f"k = {k}" for k in clicks)], lines)


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
