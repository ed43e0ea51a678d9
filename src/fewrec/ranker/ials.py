"""Implicit ALS: items as factors, people folded in by one least-squares step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts

CROWD = 150
"""People from whom on the penalty is the whole one."""


@dataclass(frozen=True)
class IALS:
    """Implicit alternating least squares, fitted by the ``implicit`` library.

    Source: Hu, Koren, Volinsky (2008), "Collaborative Filtering for Implicit Feedback Datasets".

    Attributes:
        factors: F, length of a factor vector, at least 1.
        regularisation: lambda where ``CROWD`` people or more are known, above 0; with fewer it
            falls with the fourth root of their number.
        least: Share of it that a handful of people are fitted with, in (0, 1]; 1 for all of it.
        alpha: Confidence of a like is 1 + alpha * weight, of everything else 1; above 0.
        iterations: Alternations, at least 1.
    """

    factors: int = 64
    regularisation: float = 33.0
    least: float = 0.6
    alpha: float = 4.0
    iterations: int = 12

    def fit(self, training: Training) -> FittedIALS:
        """Factorise the likes with one thread (identical results for a seed)."""
        from implicit.cpu.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        likes = training.interactions.likes()
        penalty = self.penalty(int((np.diff(likes.indptr) > 0).sum()))
        confidence = likes.copy()
        confidence.data = 1.0 + self.alpha * confidence.data
        with threadpool_limits(limits=1, user_api="blas"):
            model = AlternatingLeastSquares(
                factors=min(self.factors, max(2, likes.shape[0])),
                regularization=penalty,
                alpha=1.0,
                iterations=self.iterations,
                num_threads=1,
                random_state=training.seed,
            )
            model.fit(confidence, show_progress=False)
        factors = np.asarray(model.item_factors, dtype=np.float32)
        wide = factors.astype(np.float64)
        system = wide.T @ wide + penalty * np.eye(wide.shape[1])
        return FittedIALS(
            factors=factors,
            inverse=np.asarray(linalg.inv(system), dtype=np.float64),
            alpha=self.alpha,
            items=training.interactions.items.ids,
        )

    def penalty(self, people: int) -> float:
        """Lambda for so many people who liked anything."""
        share = min(max((people / CROWD) ** 0.25, self.least), 1.0)
        return float(self.regularisation * share)


@dataclass(frozen=True)
class FittedIALS:
    """Item factors; people are folded in by one least-squares step.

    Attributes:
        factors: Y. Shape [I, F].
        inverse: (Y'Y + lambda I)^-1. Shape [F, F].
        alpha: Confidence of a like is 1 + alpha * weight.
        items: Ids of the items.
    """

    factors: Floats
    inverse: Doubles
    alpha: float
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """x_u y_i with x_u folded in. Shape [B, I]."""
        scores: Floats = self.tastes(people) @ self.factors.T
        return scores

    def sums(self, person: Histories) -> Doubles:
        """Both sides of the system of one person (B = 1): Y'(C_u - I)Y and Y'C_u p_u. [F, F + 1].

        Hu et al. (2008), equation 4; dislikes add nothing.
        """
        liked = person.label > 0
        mine, extra = self._wide[person.item[liked]], self.alpha * person.weight[liked]
        return np.column_stack([(mine.T * extra) @ mine, (1.0 + extra) @ mine])

    def of_sums(self, sums: Doubles, person: Histories) -> Floats:
        """The same as ``scores``. Shape [I]."""
        scores: Floats = self.factors @ self.taste_of(sums)
        return scores

    def taste_of(self, sums: Doubles) -> Floats:
        """x_u from both sides of its system. Shape [F]."""
        solved = lapack.dposv(self._common + sums[:, :-1], sums[:, -1])[1]
        return np.asarray(solved, dtype=np.float32)

    def tastes(self, people: Histories) -> Floats:
        """Factors x_u of each person, by one least-squares step. Shape [B, F]."""
        liked = people.label > 0
        item, weight = people.item[liked], people.weight[liked].astype(np.float64)
        bounds = np.concatenate([[0], np.cumsum(liked)])[people.start].tolist()
        tastes = np.zeros((len(people), self.factors.shape[1]), dtype=np.float32)
        for b, (begin, end) in enumerate(pairwise(bounds)):
            if end > begin:
                tastes[b] = self._taste(self._wide[item[begin:end]], self.alpha * weight[begin:end])
        return tastes

    def _taste(self, mine: Doubles, extra: Doubles) -> Doubles:
        """x_u, which is the sum of what ``_solve`` gives, without its summands. Shape [F].

        Args:
            mine: Factors of the liked items. Shape [N, F].
            extra: Their confidence above 1. Shape [N].
        """
        wanted: Doubles = (1.0 + extra) @ mine  # Y'C_u p_u
        if len(mine) > mine.shape[1] // 2:
            solved = lapack.dposv(self._common + (mine.T * extra) @ mine, wanted)[1]
            return np.asarray(solved, dtype=np.float64)
        near: Doubles = mine @ self.inverse  # M A, shape [N, F]
        small = near @ mine.T
        small.flat[:: len(mine) + 1] += 1.0 / extra
        wanted = self.inverse @ wanted
        taste: Doubles = wanted - lapack.dposv(small, mine @ wanted)[1] @ near
        return taste

    def taste_shares(self, person: Histories) -> Floats:
        """What each history row adds to the person's factors; 0 for dislikes. Shape [H, F]."""
        shares = np.zeros((len(person.item), self.factors.shape[1]), dtype=np.float32)
        liked = person.label > 0
        shares[liked] = self._solve(person.item[liked], person.weight[liked])
        return shares

    def _solve(self, items: Ints, weight: Floats) -> Floats:
        """Summands of x_u = (Y'C_uY + lambda I)^-1 Y'C_u p_u, one a liked item. Shape [N, F].

        Hu et al. (2008), equation 4. With (Y'Y + lambda I)^-1 = A kept, the Woodbury identity
        needs a system of size N; a person who liked more than F items gets one of size F.
        """
        mine = self.factors[items].astype(np.float64)
        extra = self.alpha * weight.astype(np.float64)
        if len(items) > mine.shape[1]:
            system = self._common + (mine.T * extra) @ mine  # Y'C_uY + lambda I
            solved = np.linalg.solve(system, mine.T)
        else:
            near: Doubles = self.inverse @ mine.T  # A M', shape [F, N]
            small = np.diag(1.0 / extra) + mine @ near
            solved = near - near @ np.linalg.solve(small, mine @ near)
        shares: Floats = (solved * (1.0 + extra)).T.astype(np.float32)
        return shares

    @cached_property
    def _wide(self) -> Doubles:
        """The factors in double precision. Shape [I, F]."""
        return self.factors.astype(np.float64)

    @cached_property
    def _common(self) -> Doubles:
        """Y'Y + lambda I, the part of the system that all people share. Shape [F, F]."""
        return np.asarray(linalg.inv(self.inverse), dtype=np.float64)

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which liked item adds how much: the fold-in is a sum over liked items."""
        shares = self.taste_shares(person) @ self.factors[items].T
        return history_facts("ials", person, shares, items, self.items)

    def extended(self, training: Training) -> FittedIALS:
        """Newcomers get zero factors: no evidence yet."""
        size = len(training.interactions.items)
        if size == len(self.factors):
            return self
        grown = np.zeros((size, self.factors.shape[1]), dtype=np.float32)
        grown[: len(self.factors)] = self.factors
        return FittedIALS(grown, self.inverse, self.alpha, training.interactions.items.ids)
