"""The fusion on K labelled rows: who may speak, and how loud, is learned from the shots alone.

Where events are many, the fusion rehearses coldness on them (``fusion.Fusion``). Where all there
is are K rows, the rows themselves are the rehearsal. Each history adds more of the same kind: one
of its rows is asked about, and the rest of it and the answer are what is known, so K shots with
histories of ten give 11 K questions. Models are fitted on some people's shots and asked the
questions of the others; the weights of P(like) are then those of least log-loss near the prior.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from fewrec.data.arrays import Doubles, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError, EmptyData
from fewrec.protocols import FittedRanker, FittedShotModel, Ranker, ShotModel, Training
from fewrec.ranker.answering import as_training
from fewrec.ranker.baselines import like_rate
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.pair_signals import pair_signals
from fewrec.ranker.preference import Pairs, fit_preference, logit
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.trust import shot_prior, warm_prior
from fewrec.seeding import generator


@dataclass(frozen=True)
class FewShot:
    """``hybrid`` on K labelled rows.

    Attributes:
        rankers: Rankers by name, fitted on the rows of histories and answers, as if every shot
            were a person.
        readers: Models of shots by name, fitted on the shots.
        folds: In how many parts people are cut, at least 2.
        strength: Questions that the prior weights count for, above 0.
        echo: How much each row of a history counts as a question of its own, from 0 to 1.
        kappa: Rows at which an item is half known, above 0.
    """

    rankers: Mapping[str, Ranker]
    readers: Mapping[str, ShotModel] = field(default_factory=dict)
    folds: int = 5
    strength: float = 10.0
    echo: float = 0.5
    kappa: float = 5.0

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise ConfigError(f"FewShot: folds must be at least 2, not {self.folds}.")
        if not self.strength > 0:
            raise ConfigError(f"FewShot: strength must be above 0, not {self.strength}.")
        if not 0 <= self.echo <= 1:
            raise ConfigError(f"FewShot: echo must lie between 0 and 1, not {self.echo}.")
        if not self.kappa > 0:
            raise ConfigError(f"FewShot: kappa must be above 0, not {self.kappa}.")
        twice = sorted({*self.rankers} & {*self.readers})
        if twice:
            raise ConfigError(f"FewShot: {twice[0]!r} is a ranker and a reader; rename one.")

    def fit(
        self,
        shots: Shots,
        training: Training,
        progress: Callable[[float], None] = lambda share: None,
    ) -> FittedFewShot:
        """Learn from the shots.

        Args:
            shots: K labelled rows.
            training: Describes the items; its own rows are not looked at.
            progress: Told the share of the work that is done.

        Raises:
            EmptyData: There are no shots.
        """
        if not len(shots):
            raise EmptyData(
                "few-shot ranking needs at least one labelled row",
                fix="Give shots, or rank with what is known of the items.",
            )
        names = (*self.rankers, *self.readers)
        pairs = self._questions(shots, training, progress)
        experts, readers, rows = self._fitted(shots, training)
        base = like_rate(rows.label, rows.weight)
        preference = fit_preference(
            {KNOTS[0]: pairs}, names, float(logit(base)), self.strength, prior=shot_prior(names)
        )
        progress(1.0)
        trust = warm_prior(tuple(experts))
        fusion = FittedFusion(
            experts=experts,
            known=trust,
            new=trust,
            preference=np.tile(preference, (len(KNOTS), 1)),
            met=_met(rows),
            base_rate=base,
            kappa=self.kappa,
            trust=0.0,
            singles={},
            new_singles={},
            readers=readers,
            among=len(rows.items),
        )
        return FittedFewShot(fusion, shots)

    def _questions(
        self, shots: Shots, training: Training, progress: Callable[[float], None]
    ) -> Pairs:
        """Signals and answers of all questions, from models that saw other people's shots."""
        fold = self._fold(shots, training.seed)
        signals, labels, weights = [], [], []
        for part in np.unique(fold):
            experts, readers, rows = self._fitted(shots.take(fold != part), training)
            asked, echo = shots.take(fold == part).echoed()
            warmth = (_met(rows) / (_met(rows) + self.kappa)).astype(np.float32)
            signals.append(
                pair_signals(
                    experts,
                    readers,
                    asked.people,
                    asked.item,
                    base_rate=like_rate(rows.label, rows.weight),
                    warmth=warmth,
                    among=len(warmth),
                )
            )
            labels.append(asked.label.astype(np.float64))
            weights.append(np.where(echo, self.echo, 1.0))
            progress((float(part) + 1.0) / (self.folds + 1.0))
        return Pairs(np.concatenate(signals), np.concatenate(labels), np.concatenate(weights))

    def _fold(self, shots: Shots, seed: int) -> Ints:
        """The part of each shot; shots that seem to be of one person stay together. [K]."""
        group = linked_people(shots)
        order = generator(seed, "few-shot folds").permutation(int(group.max()) + 1)
        fold: Ints = order[group] % self.folds
        return fold

    def _fitted(
        self, shots: Shots, training: Training
    ) -> tuple[dict[str, FittedRanker], dict[str, FittedShotModel], Interactions]:
        """All models on some shots, and the rows that rankers saw."""
        seen = as_training(shots, training)
        experts = {name: ranker.fit(seen) for name, ranker in self.rankers.items()}
        readers = {name: reader.fit(shots, training) for name, reader in self.readers.items()}
        return experts, readers, seen.interactions


@dataclass(frozen=True)
class FittedFewShot:
    """A fusion that learned whom to trust from K shots.

    Attributes:
        fusion: Ranks, scores and explains.
        shots: What it learned from.
    """

    fusion: FittedFusion
    shots: Shots

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row. Shape [N]."""
        return self.fusion.pair_logits(people, item)

    def parts(self, people: Histories, item: Ints) -> dict[str, Doubles]:
        """What the log-odds are made of; the N summands of each part add up to them."""
        return self.fusion.pair_parts(people, item)

    def extended(self, training: Training) -> FittedFewShot:
        """The same model for more items."""
        return replace(self, fusion=self.fusion.extended(as_training(self.shots, training)))


def _met(rows: Interactions) -> Ints:
    return np.bincount(rows.item, minlength=len(rows.items)).astype(np.int64)
