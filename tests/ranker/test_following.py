"""The chain of last items, against plain loops over rows."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import KNOWN, ordinary

from fewrec.data.histories import Histories
from fewrec.ranker import following
from fewrec.ranker.following import UNMET, Following


class TestFollowing(RankerContract):
    def ranker(self):
        return Following()

    def test_the_order_of_a_history_does_not_matter(self):
        fitted = self.fitted()
        one, other = (fitted.scores(Histories.single(likes))[0] for likes in ([0, 9], [9, 0]))
        assert np.abs(one - other).max() > 0.1  # here it does: the last item says most

    def test_scores_by_loops(self):
        training = ordinary()
        rows, ranker = training.interactions, Following(lags=3, decay=0.5, prior=2.0)
        followers, met = np.zeros((KNOWN, KNOWN)), np.zeros(KNOWN)
        for user in range(len(rows.users)):
            mine = np.flatnonzero(rows.user == user)
            mine = mine[np.argsort(rows.timestamp[mine], kind="stable")]
            for n, row in enumerate(mine):
                met[rows.item[row]] += 1
                for lag in range(1, min(3, n) + 1):
                    before = rows.item[mine[n - lag]]
                    if rows.label[row] > 0 and before != rows.item[row]:
                        followers[before, rows.item[row]] += 0.5 ** (lag - 1)
        likes = np.bincount(rows.item, rows.label, KNOWN)
        share = (likes + UNMET) / (likes.sum() + 1)
        person = Histories.single([4, 1], [2])  # 2 is the last, 4 the third last
        weight = {2: 1.0, 1: 0.5, 4: 0.25}
        above = sum(w * (followers[j] + 2.0 * share) for j, w in weight.items())
        below = sum(w * (met[j] + 2.0) for j, w in weight.items())
        scores = ranker.fit(training).scores(person)[0]
        np.testing.assert_allclose(scores, np.log(above / below), rtol=1e-4)

    def test_what_always_comes_next_comes_first(self):
        rows = ordinary().interactions
        users = np.repeat(np.arange(5), 3)
        chain = replace(
            rows.where(np.arange(15)),
            user=users,
            item=np.tile([3, 17, 5], 5),
            label=np.ones(15, dtype=np.float32),
            timestamp=np.arange(15, dtype=float),
        )
        fitted = Following().fit(replace(ordinary(), interactions=chain))
        assert fitted.scores(Histories.single([3]))[0].argmax() == 17
        assert fitted.scores(Histories.single([3, 17]))[0].argmax() == 5

    def test_a_stranger_leaves_it_without_an_opinion(self):
        assert not self.fitted().scores(Histories.single()).any()

    def test_so_many_rows_are_counted_at_fits_alone(self, monkeypatch):
        training = ordinary()
        rows = training.interactions
        half = replace(training, interactions=rows.where(np.arange(len(rows) // 2)))
        fitted = Following().fit(half)
        assert fitted.extended(training).followers.sum() > fitted.followers.sum()
        monkeypatch.setattr(following, "RECOUNTED", 10)
        assert fitted.extended(training).followers.sum() == pytest.approx(fitted.followers.sum())
