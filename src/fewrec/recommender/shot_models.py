"""Every model of shots by name, and the fusion of them that is called ``hybrid`` on K rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fewrec.errors import ConfigError, nearest
from fewrec.protocols import Ranker, ShotModel
from fewrec.ranker.content import AttributeKNN, TextKNN
from fewrec.ranker.few_shot import FewShot
from fewrec.ranker.finetune.cross_encoder import CrossEncoder
from fewrec.ranker.finetune.tuning import Tuning
from fewrec.ranker.finetune.two_tower import TwoTower
from fewrec.ranker.memory import Memory
from fewrec.ranker.prompted import Prompted, PromptedLoRA, SoftPrompt
from fewrec.ranker.quality import ItemQuality
from fewrec.ranker.residuals import ResidualKNN

RANKERS_OF_ROWS: dict[str, Callable[[], Ranker]] = {
    "item-quality": ItemQuality,
    "text-knn": TextKNN,
    "attribute-knn": AttributeKNN,
    "residual-knn": ResidualKNN,
}
"""What the fusion on K rows weighs, beside the like-rates of the item and of the person."""

READERS: dict[str, Callable[[], ShotModel]] = {
    "memory": Memory,
    "two-tower": TwoTower,
    "lora": lambda: TwoTower(tuning=Tuning(mode="lora")),
    "adalora": lambda: TwoTower(tuning=Tuning(mode="adalora")),
    "full": lambda: TwoTower(tuning=Tuning(mode="full")),
    "cross": lambda: CrossEncoder(tuning=Tuning(mode="lora")),
    "prompted": Prompted,
    "in-context": lambda: Prompted(demonstrations=4),
    "soft-prompt": SoftPrompt,
    "prompted-lora": PromptedLoRA,
}
"""Models that answer rows; the fusion on K rows may weigh them, too. All but the first two train
or ask a language model, and need the extra ``lm``."""


def reader_named(name: str) -> Callable[[], ShotModel]:
    """What makes a model that answers rows.

    Raises:
        ConfigError: There is none of this name.
    """
    if name not in READERS:
        raise ConfigError(f"there is no reader {name!r}. {nearest(name, READERS, 'readers')}")
    return READERS[name]


def few_shot(
    rankers: Sequence[str] = tuple(RANKERS_OF_ROWS),
    readers: Sequence[str] = ("memory", "two-tower"),
) -> FewShot:
    """The fusion on K rows of some models, by their names."""
    return FewShot(
        {name: RANKERS_OF_ROWS[name]() for name in rankers},
        {name: reader_named(name)() for name in readers},
    )
