"""The sentence on top of a report: what was found, in words and with its spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fewrec.evaluation.rows import Row, people_named, select, size_order
from fewrec.evaluation.table import CHOSEN, tally

_CLICKS = 3


def headline(document: Mapping[str, Any]) -> str:
    """The finding of a document of the JSON contract, in one or two sentences.

    Args:
        document: Of ``evaluate``, ``bench curve`` or anything else with rows.
    """
    rows: list[Row] = document.get("rows", [])
    curve = [r for r in rows if "k" in r and "n" in r]
    if curve:
        return _curve(curve, document.get("comparisons", []))
    lists = _first(rows, ranker="hybrid", metric="ndcg@10")
    pairs = _first(rows, ranker="hybrid", metric="auc")
    parts = [_lists(lists, rows) if lists else "", _pairs(pairs, rows) if pairs else ""]
    said = " ".join(part for part in parts if part)
    return said or f"Results of {document.get('command', 'a run')}."


def _lists(ours: Row, rows: Sequence[Row]) -> str:
    cell = {key: ours.get(key) for key in ("segment", "k", "shots", "diversity")}
    asked = "people" if ours.get("k") is None else f"new people with {ours['k']} clicks known"
    asked = f"people after {ours['shots']} labelled rows" if ours.get("shots") else asked
    sentence = f"hybrid reaches NDCG@10 {_spread(ours)} for {ours['users']:,} {asked}"
    popular = _first(rows, ranker="popularity", metric="ndcg@10", **cell)
    shown = _first(rows, ranker="hybrid", metric="coverage", **cell)
    if popular:
        sentence += f", where popularity reaches {popular['mean']:.3f}"
    if shown:
        sentence += f"; its lists show {shown['mean']:.0%} of the catalogue"
    return sentence + "."


def _pairs(ours: Row, rows: Sequence[Row]) -> str:
    cell = {key: ours.get(key) for key in ("segment", "k", "shots")}
    sentence = f"It tells likes from dislikes with AUC {_spread(ours)}"
    error = _first(rows, ranker="hybrid", metric="ece", **cell)
    if error:
        sentence += f", and its probabilities are off by {error['mean']:.1%} on average"
    return sentence + "."


def _curve(rows: Sequence[Row], comparisons: Sequence[Row]) -> str:
    ours = [
        r
        for r in select(rows, ranker="hybrid", metric="ndcg@10", diversity=None)
        if r["segment"] == "new_users" and r["mean"] is not None
    ]
    if not ours:
        return "The learning curve has no cells yet."
    cell = next((r for r in ours if (r["n"], r["k"]) == (20, _CLICKS)), ours[len(ours) // 2])
    counts = tally(select(comparisons, a="hybrid", b=CHOSEN, segment="new_users", metric="ndcg@10"))
    score = (
        f" Over {sum(counts[v] for v in ('won', 'tied', 'lost'))} cells it wins {counts['won']}, "
        f"ties {counts['tied']} and loses {counts['lost']} against the single ranker that the "
        "training data would choose."
    )
    return _saved(cell, rows) + score


def _saved(ours: Row, rows: Sequence[Row]) -> str:
    said = (
        f"With {people_named(ours['n'])} and {ours['k']} clicks of a new person, hybrid reaches "
        f"NDCG@10 {_spread(ours)}"
    )
    rivals = select(rows, ranker=CHOSEN, metric="ndcg@10", segment="new_users")
    rivals = [r for r in rivals if r["mean"] is not None]
    same = next((r for r in rivals if (r["n"], r["k"]) == (ours["n"], ours["k"])), None)
    if same is None:
        return said + "."
    if same["mean"] >= ours["mean"]:
        return said + f"; the best single ranker reaches {same['mean']:.3f}."
    level = [r for r in rivals if r["mean"] >= ours["mean"]]
    clicks = sorted(r["k"] for r in level if r["n"] == ours["n"])
    people = sorted((r["n"] for r in level if r["k"] == ours["k"]), key=size_order)
    needs = [f"{clicks[0]} clicks"] if clicks else []
    needs += [f"{people_named(people[0])}"] if people else []
    said += f"; the best single ranker reaches {same['mean']:.3f} there"
    return said + (f" and needs {' or '.join(needs)} for as much." if needs else ".")


def _first(rows: Sequence[Row], **keys: object) -> Row | None:
    """A defined row with these keys: of the whole data, else with three clicks, else the first."""
    found = [r for r in select(rows, **keys) if r["mean"] is not None and "diversity" not in r]
    whole = [r for r in found if r.get("segment") is None]
    few = [r for r in found if r.get("k") == _CLICKS]
    return next(iter(whole or few or found), None)


def _spread(row: Row) -> str:
    if row.get("low") is None:
        return f"{row['mean']:.3f}"
    return f"{row['mean']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
