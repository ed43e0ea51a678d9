"""What people like right after what somebody just met: a Markov chain over the last items."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.attribution import history_facts
from fewrec.ranker.item_item import row_sum

RECOUNTED = 50_000
"""Up to so many rows followers are counted anew when events are taken in; above, at fits."""

UNMET = 0.05
"""Likes that an item is believed to have before it has any."""


@dataclass(frozen=True)
class Following:
    """Items by how often people went on to like them after the last items of a history.

    With C_ji the likes of i that came at most ``lags`` rows after j, each weighing
    ``decay^(lag - 1)``, n_j the rows of j and q_i the item's share of all likes,

        s(u, i) = log sum_l decay^(l - 1) (C_jl,i + prior q_i) / (n_jl + prior),

    j_l the l-th last item that u met, liked or not. So a pair that was never seen in this order
    is worth as much as the item's popularity, and the logarithm keeps a few followers of a rare
    item from drowning everything else.

    Source: a chain of mixed order, as in Rendle et al. (2010), "Factorizing Personalized
    Markov Chains", without factors; smoothing of Jelinek and Mercer (1980).

    Attributes:
        lags: Rows looked back, at least 1.
        decay: Weight of a row against the one after it, above 0 and at most 1.
        prior: Rows of prior belief in the item's popularity, above 0.
    """

    lags: int = 10
    decay: float = 0.8
    prior: float = 5.0

    def fit(self, training: Training) -> FittedFollowing:
        """Count followers; rows without a time count in the order in which they stand."""
        rows = training.interactions
        likes = np.bincount(rows.item, rows.label > 0, minlength=len(rows.items))
        return FittedFollowing(
            followers=_followers(rows, self.lags, self.decay),
            met=np.bincount(rows.item, minlength=len(rows.items)).astype(np.float32),
            share=((likes + UNMET) / (likes.sum() + 1.0)).astype(np.float32),
            lags=self.lags,
            decay=self.decay,
            prior=self.prior,
            items=rows.items.ids,
        )


def _followers(rows: Interactions, lags: int, decay: float) -> sparse.csr_matrix:
    """C_ji. Shape [I, I]."""
    order, _ = rows.by_user
    user, item, liked = rows.user[order], rows.item[order], rows.label[order] > 0
    before, after, weight = [], [], []
    for lag in range(1, min(lags, max(len(order) - 1, 0)) + 1):
        kept = (user[lag:] == user[:-lag]) & liked[lag:] & (item[lag:] != item[:-lag])
        before.append(item[:-lag][kept])
        after.append(item[lag:][kept])
        weight.append(np.full(int(kept.sum()), decay ** (lag - 1), dtype=np.float32))
    size = len(rows.items)
    if not before:
        return sparse.csr_matrix((size, size), dtype=np.float32)
    pairs = (np.concatenate(before), np.concatenate(after))
    return sparse.csr_matrix((np.concatenate(weight), pairs), (size, size), dtype=np.float32)


@dataclass(frozen=True)
class FittedFollowing:
    """Counted followers.

    Attributes:
        followers: C_ji. Shape [I, I].
        met: n_j. Shape [I].
        share: q_i. Shape [I].
        lags: Rows looked back.
        decay: Weight of a row against the one after it.
        prior: Rows of prior belief.
        items: Ids of the items.
    """

    followers: sparse.csr_matrix
    met: Floats
    share: Floats
    lags: int
    decay: float
    prior: float
    items: tuple[str, ...]

    def scores(self, people: Histories) -> Floats:
        """Logarithm of the mixed chain; 0 for somebody without a history. Shape [B, I]."""
        weight = self._weight(people)
        if len(people) == 1:
            return self._of_one(people, weight)[None, :]
        size = (len(people), len(self.items))
        last = sparse.csr_matrix((weight, (people.person, people.item)), size, dtype=np.float32)
        mixed: Floats = np.asarray((last @ self.followers).todense(), dtype=np.float32)
        total = np.bincount(people.person, weight, minlength=len(people))
        seen = np.bincount(people.person, weight * self.met[people.item], minlength=len(people))
        mixed += np.outer(self.prior * total, self.share).astype(np.float32)
        floor = (seen + self.prior * total)[:, None].astype(np.float32)
        known = total > 0
        scores = np.zeros(size, dtype=np.float32)
        scores[known] = np.log(mixed[known] / floor[known])
        return scores

    def _of_one(self, person: Histories, weight: Doubles) -> Floats:
        """The same for one person. Shape [I]."""
        if not weight.any():
            return np.zeros(len(self.items), dtype=np.float32)
        last = weight > 0.0
        rows, shares = person.item[last], weight[last].astype(np.float32)
        floor = np.float32(shares @ self.met[rows] + self.prior * shares.sum())
        mixed = row_sum(self.followers, rows, shares / floor)
        return np.log(mixed + np.float32(self.prior * shares.sum() / floor) * self.share)

    def _weight(self, people: Histories) -> Doubles:
        """decay^(l - 1) of the l-th last row of each person, 0 beyond the lags. Shape [H]."""
        back = people.start[people.person + 1] - 1 - np.arange(len(people.item))
        weight: Doubles = np.where(back < self.lags, self.decay ** back.astype(np.float64), 0.0)
        return weight

    def facts(self, person: Histories, items: Ints) -> list[list[Fact]]:
        """Which of the last liked items the candidate followed how often."""
        weight = self._weight(person)
        shares = self.followers[person.item][:, items].toarray() * weight[:, None]
        shares = shares.astype(np.float32)
        return history_facts("next-item", person, shares, items, self.items)

    def extended(self, training: Training) -> FittedFollowing:
        """Count again, unless there are so many rows that a few more change little."""
        rows = training.interactions
        if len(rows) <= RECOUNTED:
            return Following(self.lags, self.decay, self.prior).fit(training)
        return self.widened(rows.items.ids)

    def widened(self, items: tuple[str, ...]) -> FittedFollowing:
        """The same counts over more items. ``items``: ids, those known first."""
        size, known = len(items), len(self.items)
        if size == known:
            return self
        grown = sparse.csr_matrix(self.followers, copy=True)
        grown.resize((size, size))
        return replace(
            self,
            followers=grown,
            met=np.pad(self.met, (0, size - known)),
            share=np.pad(
                self.share, (0, size - known), constant_values=self.share.min(initial=1e-9)
            ),
            items=items,
        )
