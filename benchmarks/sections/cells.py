"""Numbers, differences and small tables as every section writes them."""

from __future__ import annotations

from collections.abc import Sequence

from fewrec.evaluation.rows import Row


def spread(row: Row | None) -> str:
    """Mean and standard deviation over seeds."""
    if row is None or row.get("mean") is None:
        return "not measured" if row is None else "undefined"
    return f"{row['mean']:.3f} ± {row['sd']:.3f}" if row.get("sd") else f"{row['mean']:.3f}"


def number(row: Row) -> str:
    """Mean ± deviation of numbers that may be large."""
    if row["mean"] is None:
        return "undefined"
    places = 0 if row["mean"] >= 100 else 2
    spread = f" ± {row['sd']:,.{places}f}" if row.get("sd") else ""
    return f"{row['mean']:,.{places}f}{spread}"


def difference(row: Row | None) -> str:
    """A difference with its interval, bold where that excludes 0."""
    if row is None or row["low"] is None:
        return "undefined"
    told = f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
    return told if row["verdict"] == "tie" else f"**{told}**"


def verdict(gap: Row) -> str:
    """The interval of a difference, or that it is a tie."""
    return "a tie" if gap["verdict"] == "tie" else f"{gap['low']:+.4f} to {gap['high']:+.4f}"


def listed(seeds: Sequence[int]) -> str:
    """Seeds, one after the other."""
    return ", ".join(str(seed) for seed in seeds)


def grid(rows: Sequence[Row], down: str, across: str, title: str) -> str:
    """One key down, another one across."""
    columns = sorted({row[across] for row in rows})
    lines = [f"| {title} | " + " | ".join(map(str, columns)) + " |"]
    lines.append("|" + "---|" * (1 + len(columns)))
    for name in dict.fromkeys(row[down] for row in rows):
        found = {row[across]: row for row in rows if row[down] == name}
        lines.append(f"| {name} | " + " | ".join(spread(found.get(c)) for c in columns) + " |")
    return "\n".join(lines)


def share(row: Row) -> str:
    """A share with three places, any other number as it is."""
    return spread(row) if row["metric"] in ("precision", "recall") else number(row)
