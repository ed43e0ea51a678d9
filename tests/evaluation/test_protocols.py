import dataclasses

import numpy as np
import pytest

from fewrec.data.events import Interactions
from fewrec.errors import ConfigError, EmptyData
from fewrec.evaluation.protocols import ABOUT, PROTOCOLS, REVEALED, SHOTS, folds


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_held_out_is_learned_from(toy, protocol):
    for fold in folds(protocol, toy, 0):
        learned = set(zip(fold.train.user.tolist(), fold.train.item.tolist(), strict=True))
        for _, split in fold.splits:
            assert np.array_equal(split.train.item, fold.train.item)
            held = zip(split.test.user.tolist(), split.test.item.tolist(), strict=True)
            assert not learned & set(held)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_is_explained_and_repeats_itself(toy, protocol):
    assert ABOUT[protocol].endswith(".")
    first, again = folds(protocol, toy, 3), folds(protocol, toy, 3)
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one.train.user, two.train.user)
        assert [keys for keys, _ in one.splits] == [keys for keys, _ in two.splits]


def test_new_users_are_asked_with_each_number_of_revealed_rows(toy):
    (fold,) = folds("new-users", toy, 0)
    assert [keys["k"] for keys, _ in fold.splits] == list(REVEALED)
    for keys, split in fold.splits:
        assert split.histories.count.tolist() == [keys["k"]] * len(split)
        assert not set(split.users.tolist()) & set(fold.train.user.tolist())


def test_new_items_are_ranked_among_themselves_and_among_all(toy):
    (fold,) = folds("new-items", toy, 0)
    (among, first), (everything, second) = fold.splits
    assert (among["segment"], everything["segment"]) == ("new_items", "new_items_all")
    assert not first.candidates[fold.train.item].any()
    assert second.candidates is None


def test_k_shots_mean_k_labels_in_all(toy):
    made = folds("few-shot", toy, 0)
    assert [fold.splits[0][0]["shots"] for fold in made] == [
        s for s in SHOTS if s <= len(toy.interactions)
    ]
    for fold in made:
        assert len(fold.train) == fold.splits[0][0]["shots"]


def test_an_unknown_protocol_is_answered_with_the_nearest(toy):
    with pytest.raises(ConfigError, match=r"no protocol 'new-user'.*'new-users'"):
        folds("new-user", toy, 0)


def test_no_interactions_cannot_be_evaluated(toy):
    rows = toy.interactions.where(np.zeros(len(toy.interactions), dtype=bool))
    assert isinstance(rows, Interactions)
    with pytest.raises(EmptyData, match="there are no interactions to evaluate on"):
        folds("time", dataclasses.replace(toy, interactions=rows), 0)


def test_few_shot_needs_enough_rows(toy):
    rows = toy.interactions
    learners = np.isin(rows.user, np.arange(58)) & (np.arange(len(rows)) % 60 == 0)
    few = rows.where(learners | (rows.user >= 58))
    assert 0 < learners.sum() < SHOTS[0]
    with pytest.raises(EmptyData, match="few-shot needs at least 16 rows to learn from"):
        folds("few-shot", dataclasses.replace(toy, interactions=few), 0)
