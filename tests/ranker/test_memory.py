"""Memory: near rows speak, far ones do not, and nobody is judged by what they said themselves."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import ShotModelContract
from tests.ranker.finetune.world import ITEMS, shelf_shots
from tests.ranker.shot_worlds import described, lenient_shots, rows_of

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.metrics.preference import auc
from fewrec.protocols import Training
from fewrec.ranker.memory import SLOPE, TEMPERATURES, FittedMemory, Memory
from fewrec.ranker.saving import pack, unpack

NOBODY = Histories.single()


class TestMemory(ShotModelContract):
    def model(self):
        return Memory()


class TestMemoryOfAnswersAlone(ShotModelContract):
    def model(self):
        return Memory(taste=0.0, histories=False)


def two_corners(items: int = 8) -> Training:
    """Items in two opposite directions by halves, the last one without text."""
    vectors = np.zeros((items, 2), dtype=np.float32)
    vectors[: items // 2, 0], vectors[items // 2 :, 0] = 1.0, -1.0
    vectors[-1] = 0.0
    nothing = ItemFeatures.nothing(ITEMS).where(np.arange(items))
    return replace(described(), features=replace(nothing, vectors=vectors))


def one_shot(item: int, label: float) -> Shots:
    return Shots(NOBODY, np.array([item]), np.array([label], dtype=np.float32))


def asked(memory: FittedMemory, *items: int) -> np.ndarray:
    return memory.logits(NOBODY.take(np.zeros(len(items), np.int64)), np.array(items))


def test_near_rows_speak_and_far_ones_do_not():
    memory = Memory(taste=0.0).fit(one_shot(0, 1.0), two_corners())
    same, near, far, blank = asked(memory, 0, 1, 5, 7)
    held = 1.0 - 2 / 3  # the label, minus the like-rate of somebody of whom nothing is known
    assert same == near == pytest.approx(SLOPE * held / 2, rel=1e-5)
    assert far == pytest.approx(0.0, abs=1e-6)
    assert abs(blank) < 1e-3


def test_more_rows_of_the_same_say_more_and_contrary_ones_cancel():
    memory = Memory(taste=0.0).fit(one_shot(0, 1.0), two_corners())
    twice = memory.written(one_shot(1, 1.0))
    assert asked(twice, 2)[0] > asked(memory, 2)[0]
    torn = memory.written(one_shot(1, 0.0))
    assert asked(torn, 2)[0] < 0.2 * asked(memory, 2)[0]
    assert asked(memory, 2)[0] > 0.5  # the first one is as it was


def test_writing_fits_nothing_and_equals_having_known_it():
    shots = shelf_shots(20)
    memory = Memory().fit(shots.take(np.arange(12)), described())
    written = memory.written(shots.take(np.arange(12, 20)))
    assert len(written.item) == 20 * 5
    assert (written.temperature, written.base_rate) == (memory.temperature, memory.base_rate)
    at_once = FittedMemory.empty(memory.vectors, memory.mean, memory.share, memory.base_rate)
    at_once = replace(at_once.written(shots), temperature=memory.temperature)
    test = shelf_shots(30, seed=2)
    np.testing.assert_allclose(
        written.logits(test.people, test.item), at_once.logits(test.people, test.item), atol=1e-12
    )


def test_whoever_likes_the_same_counts_more():
    """Two people say the opposite of item 0; one is asked who shares the taste of the first."""
    training = described()
    alike, other = Histories.single([10, 11], [20, 21]), Histories.single([20, 21], [10, 11])
    shots = rows_of(
        np.array([[10, 11, 20, 21]] * 2),
        np.array([[1, 1, 0, 0], [0, 0, 1, 1]]),
        np.array([0, 0]),
        np.array([1.0, 0.0]),
    )
    memory = Memory(taste=1.0, histories=False).fit(shots, training)
    assert memory.logits(alike, np.array([0])) > 0.1
    assert memory.logits(other, np.array([0])) < -0.1
    blind = Memory(taste=0.0, histories=False).fit(shots, training)
    assert blind.logits(alike, np.array([0])) == pytest.approx(0.0, abs=1e-6)


def test_it_learns_what_is_liked_from_shots():
    test = shelf_shots(400, seed=9)
    memory = Memory().fit(shelf_shots(64), described())
    assert auc(memory.logits(test.people, test.item), test.label) > 0.6
    labels = np.random.default_rng(0).permutation(shelf_shots(64).label)
    shuffled = Memory(histories=False).fit(shelf_shots(64).labelled(labels), described())
    assert auc(shuffled.logits(test.people, test.item), test.label) < 0.6


def test_the_temperature_is_the_one_of_least_error_on_other_people():
    shots = shelf_shots(40)
    memory = Memory().fit(shots, described())
    assert memory.temperature in TEMPERATURES
    errors = {}
    for temperature in TEMPERATURES:
        told = []
        for n in range(40):
            rest = shots.take(np.arange(40) != n)
            empty = FittedMemory.empty(memory.vectors, memory.mean, 0.5, memory.base_rate)
            one = replace(empty.written(rest), temperature=temperature)
            told.append(one.read(shots.people.take(np.array([n])), shots.item[[n]])[0])
        like = np.bincount(shots.people.person, shots.people.label)
        rate = (like + 2 * memory.base_rate) / 6
        errors[temperature] = np.mean((shots.label - rate - told) ** 2)
    assert memory.temperature == min(errors, key=lambda t: errors[t])


def test_a_person_s_other_shots_are_left_out_when_it_is_chosen():
    """All shots are one person's, so nobody is left to hear, and no temperature is better."""
    shots = lenient_shots(1, seed=3, history=8).take(np.zeros(6, dtype=np.int64))
    memory = Memory(taste=0.0).fit(shots, described())
    group = linked_people(shots)
    assert not memory.read(shots.people, shots.item, group).any()
    assert memory.read(shots.people, shots.item).all()
    assert memory.read(shots.people, shots.item, np.arange(6)).all()  # each by the other five
    assert memory.temperature == TEMPERATURES[0]


def test_saved_as_arrays_and_numbers_it_answers_the_same():
    memory, test = Memory().fit(shelf_shots(24), described()), shelf_shots(20, seed=1)
    back = unpack(FittedMemory, *pack(memory))
    np.testing.assert_array_equal(
        back.logits(test.people, test.item), memory.logits(test.people, test.item)
    )


@pytest.mark.parametrize("taste", [-0.1, 1.1, float("nan")])
def test_a_taste_out_of_range_is_named(taste):
    with pytest.raises(ConfigError, match="taste must lie between 0 and 1"):
        Memory(taste=taste)
