"""Rows to label cover the pool; planted wrong labels are found."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ranker.finetune.world import PER_SHELF, shelf_shots, shelf_training

from fewrec.errors import EmptyData
from fewrec.metrics.preference import auc
from fewrec.ranker.labelling import covering, steadying
from fewrec.ranker.suspicion import cross_fitted, doubts
from fewrec.recommender.shot_models import few_shot


def bare(shots):
    people = shots.people
    return people.rows(np.zeros(len(people.item), dtype=bool))


def test_covering_takes_what_is_asked_about_and_not_yet_known():
    shots, features = shelf_shots(200), shelf_training(0).features
    rows = covering(bare(shots), shots.item, features, 9, 0)
    assert np.bincount(shots.item[rows] // PER_SHELF, minlength=3).all()  # no shelf forgotten
    assert len(set(shots.item[rows])) == 9
    shelf = shots.item[rows[0]] // PER_SHELF
    known = np.flatnonzero(np.arange(len(features)) // PER_SHELF == shelf).repeat(20)
    told = covering(bare(shots), shots.item, features, 5, 0, known=known)
    assert shelf not in shots.item[told] // PER_SHELF


def test_choices_are_repeatable_distinct_and_blind_to_labels():
    shots, training = shelf_shots(120), shelf_training(0)
    first = covering(shots.people, shots.item, training.features, 40, 1)
    again = covering(shots.people, shots.item, training.features, 40, 1)
    assert first.tolist() == again.tolist()
    assert len(set(first.tolist())) == 40
    model = few_shot(readers=()).fit(shots.take(np.arange(20)), training)
    rest = shots.take(np.arange(20, 120))
    rows = steadying(model, rest.people, rest.item, 100, 0)
    assert sorted(rows.tolist()) == list(range(100))


def test_too_few_rows_are_named():
    shots, training = shelf_shots(10), shelf_training(0)
    with pytest.raises(EmptyData, match="11 rows are to be labelled, the pool has 10"):
        covering(shots.people, shots.item, training.features, 11, 0)


def test_doubt_orders_by_log_loss_and_flags_the_other_class():
    chance = np.array([0.9, 0.8, 0.1, 0.2, 0.95])
    label = np.array([1, 1, 0, 0, 0], dtype=np.float32)
    found = doubts(chance, label)
    assert found.order[0] == 4
    assert found.flagged.tolist() == [False, False, False, False, True]


def test_wrong_labels_are_found_among_shelves():
    shots, training = shelf_shots(120), shelf_training(0)
    wrong = np.zeros(120, dtype=bool)
    wrong[::10] = True
    taught = shots.labelled(np.where(wrong, 1 - shots.label, shots.label))
    chance = cross_fitted(
        few_shot(readers=()), taught, training, group=np.arange(120), folds=3, seed=0
    )
    found = doubts(chance, taught.label)
    assert auc(found.loss, wrong.astype(np.float32)) > 0.75  # answers of shelves are noisy, too


def test_one_person_cannot_be_checked_against_others():
    shots, training = shelf_shots(6), shelf_training(0)
    with pytest.raises(EmptyData, match="there are not two people"):
        cross_fitted(few_shot(readers=()), shots, training, group=np.zeros(6, dtype=np.int64))
