"""Speed beside other libraries, and what they find on the same lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation.rows import Row, select


def beside(document: Mapping[str, Any]) -> str:
    """Milliseconds of each task, how many times as fast ours is, and whether numbers agree."""
    rows = document["rows"]
    versions = ", ".join(f"{name} {version}" for name, version in document["peers"].items())
    lines = ["| task | library | ms | fewrec is times as fast | on the clock |", "|" + "---|" * 5]
    for row in select(rows, metric="cpu_ms"):
        cell = {"task": row["task"], "library": row["library"]}
        told = [_ratio(rows, metric, cell) for metric in ("times_as_fast", "times_as_fast_wall")]
        lines.append(f"| {row['task']} | {row['library']} | {_ms(row)} | {' | '.join(told)} |")
    kept = {row["library"]: row["mean"] for row in select(rows, metric="kept_mb")}
    same = select(rows, metric="same_lists")[0]["mean"]
    held = ", ".join(f"{name} {size:.1f} MB" for name, size in kept.items())
    return "\n\n".join(
        [
            f"## {document['title']}, {document['data']['name']}",
            f"`{document['reproduce']}`: one thread each, turns alternate, {versions}. "
            "Milliseconds of the processor, mean ± deviation over rounds; below 1 fewrec is the "
            "slower one.",
            "\n".join(lines),
            f"Kept of everybody for lists: {held}. Lists of all at once and of one person alone "
            f"are the same for {100 * same:.1f} % of the people asked for alone.",
            *_numbers(rows),
        ]
    )


def _numbers(rows: Sequence[Row]) -> list[str]:
    """What each library finds with which options; nothing where nobody else was asked."""
    found = select(rows, task="what is found")
    if len({row["library"] for row in found}) < 2:
        return []
    lines = [
        "| library | options | metric | value | off fewrec's | off its own definition |",
        "|" + "---|" * 6,
    ]
    for row in found:
        value = row["reason"] if row["mean"] is None else f"{row['mean']:.6f}"
        off = [f"{row[name]:.0e}" if name in row else "" for name in ("off", "off_defined")]
        cells = (row["library"], row["options"], row["metric"], value, *off)
        lines.append(f"| {' | '.join(cells)} |")
    return [
        "By default RecTools divides DCG by that of ten good items, also where a person has "
        "fewer, and LensKit lets the first two ranks weigh the same; `alike` sets both to what "
        "fewrec does. LensKit divides hits by 20 where a person has more good items than that. "
        "The last column is the distance from fewrec's lists judged by the library's definition.",
        "\n".join(lines),
    ]


def _ms(row: Row) -> str:
    places = 4 if row["mean"] < 0.1 else 2
    spread = f" ± {row['sd']:.{places}f}" if row.get("sd") else ""
    return f"{row['mean']:,.{places}f}{spread}"


def _ratio(rows: Sequence[Row], metric: str, cell: dict[str, str]) -> str:
    found = select(rows, metric=metric, **cell)
    if not found:
        return ""
    mean, spread = found[0]["mean"], found[0].get("sd")
    places = 2 if mean < 1 else 1
    return f"{mean:.{places}f}" + (f" ± {spread:.{places}f}" if spread else "")
