"""The learning curve with other libraries in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fewrec.evaluation.alarms import join_alarms
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.curve import Curve, curve_findings
from fewrec.evaluation.evaluate import Result, summarise
from fewrec.evaluation.experiment import Outcome
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.peers.environments import version_of
from fewrec.evaluation.peers.models import Peer
from fewrec.evaluation.peers.process import STANDARD, Limits
from fewrec.evaluation.peers.run import Size, Stand, measure, renamed, tune
from fewrec.evaluation.peers.saved import data_saved, not_the_same_list
from fewrec.evaluation.peers.tuning import Tuned, popularity_scores, rehearsals
from fewrec.evaluation.table import BEST_PEER, comparisons, tally

POPULARITY = "popularity"
"""A candidate for the best peer too: for k = 0 it is all there is."""


@dataclass(frozen=True)
class Compared:
    """What goes into the JSON of `fewrec bench curve --peers`.

    Attributes:
        result: Rows and comparisons of hybrid, single rankers, peers and ``best-peer``.
        extras: ``peers``, ``best_peer``, ``data_saved``, ``not_the_same_list``, ``against_peer``.
    """

    result: Result
    extras: dict[str, Any]


def compare_with_peers(
    bench: Bench,
    curve: Curve,
    peers: Sequence[Peer],
    step: Callable[[str], None],
    limits: Limits = STANDARD,
) -> Compared:
    """Run what is missing of the curve and of every peer, and summarise everything.

    Args:
        bench: Data and rankers.
        curve: What to run, and where its cells are kept.
        peers: Whom to compare with.
        step: Told each cell when it is done or found done.
        limits: Of a peer's time.
    """
    found = curve_findings(bench, curve, step)
    stand = Stand(bench, curve.folder, limits)
    tuned: dict[tuple[str, Size], Tuned] = {}
    theirs: list[Findings] = []
    for library in dict.fromkeys(peer.library for peer in peers):
        some = [peer for peer in peers if peer.library == library]
        tuned |= tune(stand, some, curve.sizes)
        for seed in curve.seeds:
            theirs += measure(stand, some, seed, curve.sizes, tuned, step)
    popular = {n: popularity_scores(rehearsals(stand.fold(0, n).train)) for n in curve.sizes}
    order = ranking(peers, tuned, popular)
    best = best_peers([o for f in [*found, *theirs] for o in f.outcomes], order)
    result = _summary(bench, [*found, *theirs, Findings(tuple(best))])
    everybody = len(np.unique(stand.fold(0, "all").train.user))
    return Compared(result, _extras(result, peers, tuned, order, everybody))


def ranking(
    peers: Sequence[Peer],
    tuned: Mapping[tuple[str, Size], Tuned],
    popular: Mapping[Size, Mapping[int, float]],
) -> dict[tuple[Size, int], list[str]]:
    """(n, k) -> names of peers and popularity, best tuning score first."""
    made = {}
    for n, base in popular.items():
        made[n, 0] = [POPULARITY]
        for k in base:
            scores = {p.name: tuned[p.name, n].score.get(k) for p in peers}
            scores[POPULARITY] = base[k]
            known = {name: score for name, score in scores.items() if score is not None}
            made[n, k] = sorted(known, key=lambda name: -known[name])
    return made


def best_peers(
    outcomes: Sequence[Outcome], order: Mapping[tuple[Size, int], Sequence[str]]
) -> list[Outcome]:
    """Outcomes of the peer that the training part chooses, under the name ``best-peer``.

    One that gave no answer with some seed is replaced by the next there.
    """
    cells: dict[tuple[Any, ...], dict[str, Outcome]] = {}
    for o in outcomes:
        if o.cell.get("segment") == "new_users" and "diversity" not in o.cell:
            place = (o.seed, o.cell["n"], o.cell["k"])
            cells.setdefault(place, {})[str(o.cell["ranker"])] = o
    made = []
    for (_, n, k), here in cells.items():
        answered = [
            name
            for name in order.get((n, k), (POPULARITY,))
            if name in here and not np.isnan(here[name].per_user["ndcg@10"]).all()
        ]
        if answered:
            made.append(renamed(here[answered[0]], BEST_PEER))
    return made


def _summary(bench: Bench, found: Sequence[Findings]) -> Result:
    result = summarise(found, join_alarms(bench.dataset))
    asked = [
        o
        for f in found
        for o in f.outcomes
        if o.cell.get("segment") == "new_users" and "diversity" not in o.cell
    ]
    return replace(result, comparisons=result.comparisons + comparisons(asked, (BEST_PEER,)))


def _extras(
    result: Result,
    peers: Sequence[Peer],
    tuned: Mapping[tuple[str, Size], Tuned],
    order: Mapping[tuple[Size, int], Sequence[str]],
    everybody: int,
) -> dict[str, Any]:
    against = [c for c in result.comparisons if c["b"] == BEST_PEER]
    return {
        "peers": [
            {
                "name": p.name, "library": p.library, "version": version_of(p.library),
                "folded": p.folded,
                "tuning": [
                    {"n": n, "settings": t.settings, "ndcg": t.score.get(3), "reason": t.reason,
                     "tried": list(t.tried)}
                    for (name, n), t in tuned.items() if name == p.name
                ],
            }
            for p in peers
        ],
        "best_peer": [{"n": n, "k": k, "peer": names[0]} for (n, k), names in order.items()],
        "against_peer": tally(against),
        "training_users": everybody,
        "data_saved": data_saved(result.rows, everybody),
        "not_the_same_list": not_the_same_list(result.rows),
    }  # fmt: skip
