"""People played together: each item once, and what was learned before each pick."""

import numpy as np

from fewrec.evaluation.fused_replay import played_together

PEOPLE = [
    (np.array([0, 2, 4]), np.array([1.0, 0.0, 1.0], dtype=np.float32)),
    (np.array([1, 3, 4]), np.array([0.0, 1.0, 0.0], dtype=np.float32)),
]


def test_the_best_judged_items_are_picked_once_each():
    asked = []

    def scorer(people):
        asked.append([(p.item.tolist(), p.label.tolist()) for p in people])
        return np.tile(np.arange(5, dtype=np.float32), (len(people), 1))

    rewards = played_together(scorer, PEOPLE, items=5, steps=2)
    assert rewards.tolist() == [0.5, 0.5]  # 4 and 2, then 4 and 3
    assert asked[0] == [([], []), ([], [])]
    assert asked[1] == [([4], [1.0]), ([4], [0.0])]


def test_somebody_who_judged_few_is_shown_few():
    rewards = played_together(lambda people: np.ones((len(people), 5)), PEOPLE, 5, steps=9)
    assert rewards.tolist() == [2 / 3, 1 / 3]
