"""What experts say of one person, carried along from event to event.

Most experts make their scores from sums over the rows of a history. One more row moves the sums
by what it adds, so that scores after an event cost the same however long a history is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.histories import Histories
from fewrec.ranker.alone import gathered
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.weights import at_counts


@runtime_checkable
class Additive(Protocol):
    """An expert whose scores are made of sums over the rows of a history."""

    def sums(self, person: Histories) -> Any:  # noqa: ANN401 - an array of the expert's own shape
        """Sums over a person's rows (B = 1); those of more rows are the sum of those of parts."""

    def of_sums(self, sums: Any, person: Histories) -> Floats:  # noqa: ANN401
        """Scores from the sums over all rows of a person (B = 1). Shape [I]."""


@dataclass(frozen=True)
class Standing:
    """One person (B = 1), in no visit, and what holds of them until something else happens.

    Attributes:
        fusion: Weighs the experts.
        person: What is known of them.
        additive: Experts whose scores are made of sums, by name.
        sums: Theirs.
        fixed: Scores of experts that do not look at rows, by name. Shape [I] each.
    """

    fusion: FittedFusion
    person: Histories
    additive: dict[str, Additive]
    sums: dict[str, Any]
    fixed: dict[str, Floats]

    @classmethod
    def of(cls, fusion: FittedFusion, person: Histories, unmoved: Collection[str]) -> Standing:
        """Work everything out.

        Args:
            fusion: Weighs the experts.
            person: The person.
            unmoved: Names of experts that do not look at the rows of a history.
        """
        experts = fusion.experts.items()
        fixed = {name: one.scores(person)[0] for name, one in experts if name in unmoved}
        additive: dict[str, Additive] = {
            name: one for name, one in experts if isinstance(one, Additive) and name not in fixed
        }
        sums = {name: one.sums(person) for name, one in additive.items()}
        return cls(fusion, person, additive, sums, fixed)

    def after(self, grown: Histories, event: Histories) -> Standing:
        """The same person after one more event.

        Args:
            grown: What is known of them now.
            event: The rows that came.
        """
        sums = {name: self.sums[name] + one.sums(event) for name, one in self.additive.items()}
        return Standing(self.fusion, grown, self.additive, sums, self.fixed)

    def scores(self) -> Floats:
        """As ``FittedFusion.scores``. Shape [1, I]."""
        fusion, met = self.fusion, self.person.ruled_out()
        both = np.hstack([fusion.known, fusion.new])
        known, new = at_counts(both, KNOTS, self.person.count)[0].reshape(2, -1)
        names = list(fusion.experts)
        trusted = [e for e in range(len(names)) if known[e] != 0.0 or new[e] != 0.0]
        said = np.empty((len(trusted), len(fusion.met)), dtype=np.float32)
        for row, e in enumerate(trusted):
            said[row] = self._said(names[e])
        spread = _centred(said, met)
        scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0.0)
        weights = np.stack([new[trusted], known[trusted] - new[trusted]]) * scale
        terms: Floats = weights.astype(np.float32) @ said
        return gathered(terms, fusion.warmth, met)[None, :]

    def _said(self, name: str) -> Floats:
        """Scores of one expert. Shape [I]."""
        if name in self.fixed:
            return self.fixed[name]
        if name in self.additive:
            return self.additive[name].of_sums(self.sums[name], self.person)
        scores: Floats = self.fusion.experts[name].scores(self.person)[0]
        return scores


def _centred(said: Floats, met: Ints) -> Floats:
    """Take the candidates' means away in place; deviations, 0 where all are alike. Shape [E]."""
    number = np.float32(max(said.shape[1] - len(met), 1))
    said[:, met] = 0.0
    mean = said.sum(axis=1) / number
    said -= mean[:, None]
    said[:, met] = 0.0
    spread: Floats = np.sqrt(np.einsum("ei,ei->e", said, said) / number)
    spread[spread < 1e-6 * np.maximum(np.abs(mean), 1e-3)] = 0.0
    return spread
