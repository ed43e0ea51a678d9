"""What is remembered of people is what would be worked out anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.test_sequence import visiting
from tests.ranker.test_sequence import world as visiting_world
from tests.ranker.worlds import KNOWN, everybody, grown, ordinary, world

from fewrec.data.histories import Histories
from fewrec.protocols import Training
from fewrec.ranker.remembering import Remembering
from fewrec.recommender.asking import Revisiting
from fewrec.recommender.rankers import VISIT, hybrid

PEOPLE = list(everybody(KNOWN).values())


def with_rows(training: Training, random: np.random.Generator) -> Training:
    """The same data with three more likes of people who are there already."""
    rows = training.interactions
    more = rows.where(random.integers(0, len(rows), size=3))
    return replace(training, interactions=rows.plus(replace(more, item=(more.item + 1) % KNOWN)))


@pytest.fixture
def counted(monkeypatch):
    """How many people the steady experts were asked about."""
    asked = []
    kind = type(hybrid().fit(ordinary()))
    plain = kind.terms
    monkeypatch.setattr(kind, "terms", lambda *args: asked.append(args[2]) or plain(*args))
    return asked


def test_whoever_asks_in_whatever_order(random):
    training, memory = ordinary(), Remembering(room=5 * 2 * 4 * KNOWN)
    fusion = hybrid().fit(training)
    for _ in range(120):
        if random.random() < 0.1:
            training = with_rows(training, random)
            fusion = fusion.extended(training)
        person = PEOPLE[random.integers(len(PEOPLE))]
        if random.random() < 0.3:
            person = Revisiting(**vars(person))
        found = memory.scores(fusion, person)
        np.testing.assert_allclose(found, fusion.scores(person), atol=1e-5)
    assert len(memory._kept) <= 5


def test_events_of_others_leave_most_as_it_is(counted, random):
    training, memory, person = ordinary(), Remembering(), PEOPLE[-1]
    fusion = hybrid().fit(training)
    memory.scores(fusion, person)
    for _ in range(3):
        training = with_rows(training, random)
        fusion = fusion.extended(training)
        memory.scores(fusion, person)
        counted.clear()
        memory.scores(fusion, person)
    assert len(counted) == 1 and {"popularity", "item-prior"} <= set(counted[0])
    assert not {"text-knn", "item-knn", "ials"} & set(counted[0])


def test_other_items_and_another_fit_begin_anew(counted):
    memory, person = Remembering(), PEOPLE[-1]
    for fusion in (hybrid().fit(ordinary()), hybrid().fit(world("weighted"))):
        for state in (fusion, fusion.extended(grown(with_rows=False))):
            found = memory.scores(state, person)
            assert found.shape == (1, len(state.met))
            np.testing.assert_allclose(found, state.scores(person), atol=1e-5)
    memory.forget()
    assert not memory._kept


def test_other_trust_in_the_same_experts_is_another_score():
    training, memory = ordinary(), Remembering()
    fusion = hybrid().fit(training)
    person = PEOPLE[-1]
    memory.scores(fusion, person)
    other = replace(fusion, known=fusion.known[:, ::-1].copy())
    np.testing.assert_allclose(
        memory.scores(other, person), other.scores(person), rtol=1e-5, atol=1e-5
    )


def stepping(*items: int) -> Histories:
    """A stranger who looked at some things."""
    return replace(Histories.single(), steps=Histories.single(list(items)))


def test_other_steps_on_the_way_to_the_target_are_another_person():
    rows = ordinary().interactions
    looked = replace(rows.where(np.arange(0, len(rows), 2)), steps=None)
    fusion = hybrid(("popularity", "steps-knn")).fit(
        replace(ordinary(), interactions=replace(rows, steps=looked))
    )
    memory = Remembering()
    for person in (Histories.single(), stepping(0), stepping(1, 2)):
        np.testing.assert_allclose(
            memory.scores(fusion, person), fusion.scores(person), rtol=1e-5, atol=1e-5
        )


def test_somebody_in_a_visit_is_scored_as_the_fusion_does():
    fusion = hybrid(("popularity", "item-knn", "ials", *VISIT)).fit(visiting_world())
    memory = Remembering()
    for now, moment in (([], ()), ([0], ()), ([0, 1], ("device=phone",)), ([4, 5, 6], ())):
        for kind in (Histories, Revisiting):
            person = kind(**vars(visiting([8, 9], now, moment)))
            expected = fusion.scores(person)[0]
            found = memory.scores(fusion, person)[0]
            open_ = np.setdiff1d(np.arange(len(expected)), person.ruled_out())
            np.testing.assert_allclose(found[open_], expected[open_], rtol=1e-4, atol=1e-4)
