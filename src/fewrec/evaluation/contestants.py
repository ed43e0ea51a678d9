"""Everything a table compares, fitted once on one training part: single rankers and hybrid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from fewrec.data.arrays import Floats
from fewrec.data.histories import Histories
from fewrec.evaluation.experiment import Scorer
from fewrec.protocols import FittedRanker, Ranker, Training
from fewrec.recommender import Variety

HYBRID = "hybrid"
TRIVIAL = ("popularity", "like-rate", "item-user-mean")
"""Baselines that stand in every table, beside the random expectation."""
LIKELIHOODS = ("like-rate", "item-user-mean")
"""Single rankers whose score is a share of likes, so that calibration applies."""


@runtime_checkable
class Fusion(Protocol):
    """What a table needs of a fitted hybrid, besides being a fitted ranker."""

    @property
    def experts(self) -> Mapping[str, FittedRanker]:
        """The single rankers it weighs, fitted on all of the training part."""
        ...

    def scores(self, people: Histories) -> Floats:
        """Ranking scores of all items. Shape [B, I]."""
        ...

    def chosen_single(self, k: int, new_items: bool = False) -> str:
        """The expert that the training part would choose for k known rows (among new items)."""
        ...


@runtime_checkable
class Likelihood(Protocol):
    """What labelled pairs need of a fitted hybrid."""

    def probabilities(self, people: Histories) -> Floats:
        """P(like) of all items. Shape [B, I]."""
        ...


@dataclass(frozen=True)
class Contestants:
    """Fitted rankers of one training part.

    Attributes:
        scorers: Name -> ranking scores; ``hybrid`` last.
        likes: Name -> scores for "does this person like this item", for labelled pairs.
        calibrated: Names in ``likes`` whose scores mean P(like).
        fusion: The fitted hybrid itself; None without one.
        variety: The diversity knob, with levels from the training part; None without a hybrid.
        chosen: Number of known rows, and whether only items nobody met may be shown -> the
            single ranker that the training part would choose; None without a hybrid.
    """

    scorers: Mapping[str, Scorer]
    likes: Mapping[str, Scorer]
    calibrated: frozenset[str]
    fusion: FittedRanker | None
    variety: Variety | None
    chosen: Callable[[int, bool], str] | None


def fit_contestants(training: Training, rankers: Mapping[str, Callable[[], Ranker]]) -> Contestants:
    """Fit every ranker once; those that hybrid weighs are taken from it.

    Args:
        training: The training part.
        rankers: Name -> factory, ``hybrid`` among them or not. ``random`` is left out: its
            expectation is computed, not drawn.

    Returns:
        The fitted rankers.
    """
    fusion = rankers[HYBRID]().fit(training) if HYBRID in rankers else None
    fitted: dict[str, FittedRanker] = {}
    if isinstance(fusion, Fusion):
        fitted |= fusion.experts
    for name, make in rankers.items():
        if name not in (*fitted, HYBRID, "random"):
            fitted[name] = make().fit(training)
    scorers: dict[str, Scorer] = {name: ranker.scores for name, ranker in fitted.items()}
    likes = {name: scorers[name] for name in TRIVIAL if name in scorers}
    calibrated = set(LIKELIHOODS) & set(likes)
    if fusion is not None:
        scorers[HYBRID] = fusion.scores
    if isinstance(fusion, Likelihood):
        likes[HYBRID] = fusion.probabilities
        calibrated |= {HYBRID} if training.interactions.has_negatives else set()
    chosen = fusion.chosen_single if isinstance(fusion, Fusion) else None
    return Contestants(
        scorers,
        likes,
        frozenset(calibrated),
        fusion,
        None if fusion is None else Variety.of(fusion, training),
        chosen,
    )
