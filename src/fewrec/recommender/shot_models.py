"""Every model of shots by name, and the fusion of them that is called ``hybrid`` on K rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fewrec.protocols import Ranker, ShotModel
from fewrec.ranker.content import AttributeKNN, TextKNN
from fewrec.ranker.few_shot import FewShot
from fewrec.ranker.finetune.two_tower import TwoTower
from fewrec.ranker.memory import Memory
from fewrec.ranker.quality import ItemQuality
from fewrec.ranker.residuals import ResidualKNN

RANKERS_OF_ROWS: dict[str, Callable[[], Ranker]] = {
    "item-quality": ItemQuality,
    "text-knn": TextKNN,
    "attribute-knn": AttributeKNN,
    "residual-knn": ResidualKNN,
}
"""What the fusion on K rows weighs, beside the like-rates of the item and of the person."""

READERS: dict[str, Callable[[], ShotModel]] = {"memory": Memory, "two-tower": TwoTower}
"""Models that answer rows; the fusion on K rows may weigh them, too."""


def few_shot(
    rankers: Sequence[str] = tuple(RANKERS_OF_ROWS),
    readers: Sequence[str] = ("memory", "two-tower"),
) -> FewShot:
    """The fusion on K rows of some models, by their names."""
    return FewShot(
        {name: RANKERS_OF_ROWS[name]() for name in rankers},
        {name: READERS[name]() for name in readers},
    )
