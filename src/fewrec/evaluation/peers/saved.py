"""What a few people and clicks are worth: how much more of them the best peer needs.

A learning curve is read off between its points in log n and log(1 + k), a straight line between
two neighbours; before that it is made to never fall, since more data can be thrown away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fewrec.evaluation.rows import Row, select, size_order
from fewrec.evaluation.table import BEST_PEER

PEOPLE_AT, CLICKS_AT = 20, 3
CLICKS_WITH = 100
KEPT = 0.99


@dataclass(frozen=True)
class Need:
    """How much of something a level takes.

    Attributes:
        amount: Read off the curve; the most that was measured where the level is never reached.
        reached: Whether it is.
    """

    amount: float
    reached: bool


def needed(points: Sequence[tuple[float, float]], level: float, shift: float = 0.0) -> Need:
    """Where a curve first reaches a level.

    Args:
        points: (amount, value), any order, at least one.
        level: A value.
        shift: Added to amounts before the logarithm; 1 where amounts begin at 0.
    """
    line = sorted(points)
    before, highest = line[0][0], line[0][1]
    if highest >= level:
        return Need(before, True)
    for amount, value in line[1:]:
        if value >= level:
            share = (level - highest) / (value - highest)
            low, high = math.log(before + shift), math.log(amount + shift)
            return Need(math.exp(low + share * (high - low)) - shift, True)
        before, highest = amount, max(value, highest)
    return Need(line[-1][0], False)


def clicks_with(sizes: Iterable[Any]) -> list[Any]:
    """With how many training users clicks are counted: 100, and the most that were measured."""
    known = sorted(sizes, key=size_order)
    return [n for n in known if n in (CLICKS_WITH, known[-1])]


def data_saved(
    rows: Sequence[Row], everybody: float, peer: str = BEST_PEER
) -> list[dict[str, Any]]:
    """Training users and clicks that the best tuned peer needs for what hybrid reaches with few.

    Args:
        rows: Of a learning curve with peers.
        everybody: How many training users ``all`` is.
        peer: Whose needs.

    Returns:
        ``what`` ("training users", "clicks"), ``n``, ``k``, ``level`` (hybrid's NDCG@10),
        ``peer_level`` (the peer's there), ``needs``, ``reached``, ``factor``.
    """
    value = _values(rows, "hybrid", everybody)
    theirs = _values(rows, peer, everybody)
    made = []
    here = (float(PEOPLE_AT), CLICKS_AT)
    if here in value and here in theirs:
        line = [(n, v) for (n, k), v in theirs.items() if k == CLICKS_AT and n >= PEOPLE_AT]
        need = needed(line, value[here])
        made.append(_saved("training users", PEOPLE_AT, value[here], theirs[here], need, PEOPLE_AT))
    for n in clicks_with({r["n"] for r in rows if "n" in r}):
        here = (everybody if n == "all" else float(str(n)), CLICKS_AT)
        if here in value and here in theirs:
            line = [(k, v) for (m, k), v in theirs.items() if m == here[0] and k >= CLICKS_AT]
            need = needed(line, value[here], shift=1.0)
            made.append(_saved("clicks", n, value[here], theirs[here], need, CLICKS_AT))
    return made


def not_the_same_list(rows: Sequence[Row], peer: str = BEST_PEER) -> list[dict[str, Any]]:
    """For each n hybrid's widest coverage within 1 % of its best NDCG@10, over that of the peer.

    Args:
        rows: Of a learning curve with peers, with hybrid's lists along the diversity knob.
        peer: The most accurate peer, as the training part would choose it.

    Returns:
        ``n, k, diversity, ndcg, coverage, peer_ndcg, peer_coverage, factor``.
    """
    made = []
    knob = [r for r in rows if "diversity" in r and r["mean"] is not None]
    for n, k in dict.fromkeys((r["n"], r["k"]) for r in knob):
        accuracy = {r["diversity"]: r["mean"] for r in select(knob, n=n, k=k, metric="ndcg@10")}
        shown = {r["diversity"]: r["mean"] for r in select(knob, n=n, k=k, metric="coverage")}
        peers = {
            r["metric"]: r["mean"]
            for r in select(rows, ranker=peer, n=n, k=k, segment="new_users", diversity=None)
        }
        if not accuracy or peers.get("coverage") is None:
            continue
        kept = [d for d in accuracy if accuracy[d] >= KEPT * max(accuracy.values())]
        wide = max(kept, key=lambda d: shown[d])
        made.append(
            {
                "n": n, "k": k, "diversity": wide, "ndcg": accuracy[wide], "coverage": shown[wide],
                "peer_ndcg": peers["ndcg@10"], "peer_coverage": peers["coverage"],
                "factor": shown[wide] / peers["coverage"] if peers["coverage"] else None,
            }
        )  # fmt: skip
    return made


def factor_named(saved: Mapping[str, Any]) -> str:
    """A factor in words, "more than" where the peer never gets there."""
    told = f"{saved['factor']:.1f}"
    return told if saved["reached"] else f"more than {told}"


def _saved(
    what: str, n: object, level: float, peer_level: float, need: Need, had: float
) -> dict[str, Any]:
    return {
        "what": what, "n": n, "k": CLICKS_AT, "level": level, "peer_level": peer_level,
        "needs": need.amount, "reached": need.reached, "factor": need.amount / had,
    }  # fmt: skip


def _values(rows: Sequence[Row], ranker: str, everybody: float) -> dict[tuple[float, int], float]:
    """(n, k) -> NDCG@10 of new people."""
    found = select(rows, ranker=ranker, metric="ndcg@10", segment="new_users", diversity=None)
    return {
        (everybody if r["n"] == "all" else float(r["n"]), r["k"]): r["mean"]
        for r in found
        if r["mean"] is not None
    }
