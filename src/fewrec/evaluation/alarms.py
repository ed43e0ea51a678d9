"""What should make a reader doubt a table: leaks, shortcuts, broken joins, cells too small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fewrec.data.dataset import Dataset
from fewrec.evaluation.rows import Row, cell_of, select

TINY_CELL = 30
JOIN_FLOOR = 0.9
PERFECT = 0.9995
SHORTCUTS = ("like-rate", "popularity", "item-user-mean")
_PARTS = ("groups",)
"""Experts that say how a group differs from everybody: no order of items by themselves."""
_CROWDED = "new_items_all"
"""Here only new items are right answers, and rankers that are blind to them are below chance."""
_ACCURACY = ("ndcg@10", "auc", "uauc")


def table_alarms(rows: Sequence[Row], comparisons: Sequence[Row] = ()) -> list[str]:
    """Sentences about results that look wrong, or that rest on too little.

    Args:
        rows: Rows of the JSON contract.
        comparisons: Its comparisons.

    Returns:
        One sentence a kind of trouble and metric; nothing where nothing is wrong.
    """
    return [
        *_perfect(rows),
        *_below_chance(rows),
        *_shortcuts(comparisons),
        *_tiny(rows),
    ]


def join_alarms(dataset: Dataset) -> list[str]:
    """Sentences about tables that do not fit together.

    Args:
        dataset: A whole data folder.

    Returns:
        One sentence for each join that fits for less than 90 % of the ids in question.
    """
    met = np.unique(dataset.interactions.item)
    active = np.unique(dataset.interactions.user)
    entities = {name for head, _, tail in dataset.triples for name in (head, tail)}
    described = _described(dataset)
    known = np.array([bool(a) for a in dataset.people.attributes], dtype=bool)
    joins = {
        "items with interactions stand in the items table": _share(described, met),
        "users with interactions stand in the users table": _share(known, active),
        "linked entities stand in the graph": (
            float(np.mean([e in entities for e in dataset.links.values()]))
            if dataset.links and entities
            else None
        ),
    }
    return [
        f"Join: only {share:.0%} of {what}; below {JOIN_FLOOR:.0%} the ids are usually written "
        "differently in the two tables."
        for what, share in joins.items()
        if share is not None and share < JOIN_FLOOR
    ]


def _described(dataset: Dataset) -> np.ndarray:
    """Items with at least one filled column; all False where there are no columns."""
    table = dataset.catalog.table
    if not table.columns:
        return np.zeros(len(dataset.catalog), dtype=bool)
    filled = [table[name].is_not_null().to_numpy() for name in table.columns]
    return np.asarray(np.any(filled, axis=0))


def _share(known: np.ndarray, ids: np.ndarray) -> float | None:
    """Share of ids that are known; None where the other table is absent altogether."""
    return float(known[ids].mean()) if known.any() and len(ids) else None


def _perfect(rows: Iterable[Row]) -> list[str]:
    """Of a handful of people all may be right by luck; tiny cells have an alarm of their own."""
    found = [
        r
        for r in rows
        if r["metric"] in _ACCURACY and (r["mean"] or 0) >= PERFECT and r["users"] >= TINY_CELL
    ]
    return _by_metric(
        found,
        "At 1.0: {metric} of {who}. Either the task is trivial, or the answer leaks into what the "
        "ranker sees.",
    )


def _below_chance(rows: Sequence[Row]) -> list[str]:
    """Single rankers that are blind to new items tie all of them, which may fall below chance."""
    chance = {
        (cell_of(r, "ranker", "diversity"), r["metric"]): r["mean"]
        for r in rows
        if r.get("ranker") == "random"
    }
    found = []
    for row in rows:
        floor = chance.get((cell_of(row, "ranker", "diversity"), row["metric"]))
        floor = 0.5 if row["metric"] in ("auc", "uauc") else floor
        blind = str(row.get("segment", "")).startswith("new_items") and row["ranker"] != "hybrid"
        alone = row["ranker"] not in ("random", *_PARTS)
        tested = row["metric"] in _ACCURACY and alone and not blind
        if tested and floor and row["high"] is not None and row["high"] < floor:
            found.append(row)
    crowded = select(found, ranker="hybrid", segment=_CROWDED)
    found = [row for row in found if row.get("segment") != _CROWDED]
    return [
        *_by_metric(found, "Below chance: {metric} of {who}. Labels or ids may be swapped."),
        *_by_metric(
            crowded,
            "New items are crowded out: among the whole catalogue they stand in lists less often "
            "than chance would put them there ({metric} of {who}).",
        ),
    ]


def _shortcuts(comparisons: Iterable[Row]) -> list[str]:
    lost = [
        {**row, "ranker": row["b"]}
        for row in comparisons
        if row["a"] == "hybrid"
        and row["b"] in SHORTCUTS
        and row["verdict"] == "b"
        and row.get("segment") != _CROWDED
    ]
    return _by_metric(
        lost, "A shortcut is ahead of hybrid in {metric}: {who}. Do not trust hybrid there."
    )


def _tiny(rows: Iterable[Row]) -> list[str]:
    sizes: dict[tuple[tuple[str, object], ...], int] = {}
    for row in rows:
        if row["metric"] in _ACCURACY and row["mean"] is not None:
            cell = cell_of(row, "ranker", "diversity", "data", "protocol")
            sizes[cell] = min(sizes.get(cell, row["users"]), row["users"])
    tiny = {cell: users for cell, users in sizes.items() if users < TINY_CELL}
    if not tiny:
        return []
    shown = "; ".join(f"{users} people in {_named(cell)}" for cell, users in list(tiny.items())[:4])
    more = f" and {len(tiny) - 4} more cells" if len(tiny) > 4 else ""
    return [f"Tiny cells, where differences mean little: {shown}{more}."]


def _by_metric(found: Sequence[Row], sentence: str) -> list[str]:
    alarms = []
    for metric in dict.fromkeys(row["metric"] for row in found):
        cells = [row for row in found if row["metric"] == metric]
        who = "; ".join(_named(cell_of(row, "data", "protocol")) for row in cells[:4])
        more = f" and {len(cells) - 4} more cells" if len(cells) > 4 else ""
        alarms.append(sentence.format(metric=metric, who=who + more))
    return alarms


def _named(cell: Iterable[tuple[str, object]]) -> str:
    """A cell in words: "hybrid at n = 20, k = 3, segment new_items"."""
    keys = dict(cell)
    ranker = str(keys.pop("ranker", ""))
    parts = [
        f"{key} {value}" if key == "segment" else f"{key} = {value}" for key, value in keys.items()
    ]
    place = ", ".join(parts)
    return f"{ranker} at {place}" if ranker and place else ranker or place or "the whole table"
