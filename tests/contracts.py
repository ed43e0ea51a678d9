"""What every ranker promises (``protocols.FittedRanker``), as a test class to inherit.

Three lines test a new ranker::

    class TestMine(RankerContract):
        def ranker(self):
            return Mine()

and the same with ``ShotModelContract`` and ``model`` a new model of shots.
"""

import copy
import json
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from safetensors.numpy import load, save
from tests.ranker.finetune.world import ITEMS, shelf_shots
from tests.ranker.shot_worlds import bare, described, newcomers_asked, odd_shots, wider
from tests.ranker.truth import check
from tests.ranker.worlds import (
    KNOWN,
    ODD,
    PER_SHELF,
    everybody,
    grown,
    on_shelf,
    ordinary,
    together,
    world,
)

from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.metrics.ranking import top_items
from fewrec.protocols import FittedRanker, FittedShotModel, Ranker, ShotModel, Training
from fewrec.ranker.saving import pack, unpack
from fewrec.recommender.asking import Revisiting


class RankerContract:
    """Inherit, and say how the ranker is made.

    Attributes:
        drift: How far a known item's score may move when newcomers without rows arrive.
    """

    drift = 1e-5

    def ranker(self) -> Ranker:
        raise NotImplementedError

    def fitted(self, name: str = "ordinary") -> FittedRanker:
        """The ranker fitted on a world, once a test class."""
        return _fitted(type(self), name)

    def round_trip(self, fitted: FittedRanker) -> FittedRanker:
        """Saved as bytes and read again."""
        arrays, plain = pack(fitted)
        return unpack(type(fitted), load(save(arrays)), json.loads(json.dumps(plain)))

    # Scores

    @pytest.mark.parametrize("name", ("ordinary", *ODD))
    def test_every_kind_of_person_gets_finite_scores(self, name):
        fitted = self.fitted(name)
        items = len(world(name).interactions.items)
        people = everybody(items)
        scores = fitted.scores(together(*people.values()))
        assert scores.shape == (len(people), items)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()

    @pytest.mark.parametrize("name", ("ordinary", "nothing described", "weighted"))
    def test_a_batch_equals_one_by_one(self, name):
        people = everybody(KNOWN)
        batch = self.fitted(name).scores(together(*people.values()))
        for b, (who, person) in enumerate(people.items()):
            alone = self.fitted(name).scores(person)[0]
            np.testing.assert_allclose(batch[b], alone, rtol=1e-5, atol=1e-5, err_msg=who)

    def test_the_order_of_a_history_does_not_matter(self):
        people = together(*everybody(KNOWN).values())
        order = np.concatenate(
            [np.arange(a, b)[::-1] for a, b in zip(people.start, people.start[1:], strict=False)]
        )
        turned = replace(
            people,
            item=people.item[order],
            label=people.label[order],
            weight=people.weight[order],
        )
        np.testing.assert_allclose(
            self.fitted().scores(turned), self.fitted().scores(people), rtol=1e-5, atol=1e-5
        )

    def test_who_may_be_shown_things_again_is_scored_alike(self):
        """What is ruled out is the business of whoever chooses, not of a single ranker."""
        people = together(*everybody(KNOWN).values())
        again = Revisiting(**vars(people))
        np.testing.assert_array_equal(self.fitted().scores(again), self.fitted().scores(people))

    def test_nobody_at_all_is_an_empty_batch(self):
        nobody = together(*everybody(KNOWN).values()).take(np.zeros(0, dtype=np.int64))
        assert self.fitted().scores(nobody).shape == (0, KNOWN)

    # Fitting

    def test_the_same_seed_gives_the_same_scores(self):
        people = together(*everybody(KNOWN).values())
        again = self.ranker().fit(ordinary())
        np.testing.assert_array_equal(again.scores(people), self.fitted().scores(people))

    def test_fitting_changes_neither_the_settings_nor_the_data(self):
        ranker, training = self.ranker(), copy.deepcopy(ordinary())
        before = repr(ranker)
        fitted = ranker.fit(training)
        fitted.scores(together(*everybody(KNOWN).values()))
        fitted.facts(everybody(KNOWN)["all of it"], np.arange(KNOWN))
        assert repr(ranker) == before
        _assert_same(training, ordinary())

    # Facts

    @pytest.mark.parametrize("name", ("ordinary", *ODD))
    def test_every_fact_is_true(self, name):
        training = world(name)
        items = np.arange(len(training.interactions.items))
        for person in everybody(len(items)).values():
            facts = self.fitted(name).facts(person, items)
            assert len(facts) == len(items)
            for item, about in zip(items, facts, strict=True):
                for fact in about:
                    check(fact, int(item), person, training)

    def test_facts_name_no_item_twice(self):
        person = everybody(KNOWN)["the same thing thrice"]
        for about in self.fitted().facts(person, np.arange(KNOWN)):
            named = [(fact.part, fact.item, fact.values) for fact in about]
            assert len(named) == len(set(named))

    def test_facts_follow_the_items_asked_for(self):
        person = everybody(KNOWN)["all of it"]
        every = self.fitted().facts(person, np.arange(KNOWN))
        some = np.array([5, 2, 23])
        for i, about in zip(some, self.fitted().facts(person, some), strict=True):
            assert [f.item for f in about] == [f.item for f in every[i]]
            amounts = [f.amount for f in about]
            np.testing.assert_allclose(amounts, [f.amount for f in every[i]], rtol=1e-4)
        assert self.fitted().facts(person, np.zeros(0, dtype=np.int64)) == []

    # Newcomers

    def test_newcomers_leave_known_items_as_they_were(self):
        people = together(*everybody(KNOWN).values())
        before = self.fitted().scores(people)
        after = self.fitted().extended(grown(with_rows=False)).scores(people)
        assert np.isfinite(after).all()
        np.testing.assert_allclose(after[:, :KNOWN], before, rtol=0, atol=self.drift)
        np.testing.assert_array_equal(self.fitted().scores(people), before)  # itself unchanged

    def test_newcomers_with_rows_are_scored_and_explained(self):
        training = grown(with_rows=True)
        more = self.fitted().extended(training)
        size = len(training.interactions.items)
        for person in everybody(size).values():
            scores = more.scores(person)
            assert scores.shape == (1, size)
            assert np.isfinite(scores).all()
            for item, about in enumerate(more.facts(person, np.arange(size))):
                for fact in about:
                    check(fact, item, person, training)

    def test_extending_by_nothing_changes_nothing(self):
        people = together(*everybody(KNOWN).values())
        again = self.fitted().extended(ordinary())
        np.testing.assert_allclose(
            again.scores(people), self.fitted().scores(people), rtol=0, atol=1e-5
        )

    # Saving

    @pytest.mark.parametrize("name", ("ordinary", "nothing described", "no rows"))
    def test_saved_and_read_again_it_scores_the_same(self, name):
        people = together(*everybody(KNOWN).values())
        back = self.round_trip(self.fitted(name))
        np.testing.assert_array_equal(back.scores(people), self.fitted(name).scores(people))
        some = everybody(KNOWN)["all of it"]
        items = np.arange(KNOWN)
        for told, known in zip(
            back.facts(some, items), self.fitted(name).facts(some, items), strict=True
        ):
            assert said(told) == said(known)
            assert sum(f.amount for f in told) == pytest.approx(sum(f.amount for f in known))


def said(facts: list[Fact]) -> list[str]:
    """Facts without their amounts, which may differ in the last digit, in a fixed order."""
    return sorted(repr(replace(fact, amount=0.0)) for fact in facts)


class TasteContract(RankerContract):
    """Of rankers that read what a person liked, in a world whose right answer is obvious.

    Attributes:
        reads_items: It reads what items are, so it finds the shelf's new item too.
    """

    reads_items = False

    @pytest.mark.parametrize("shelf", range(3))
    def test_one_like_finds_the_rest_of_the_shelf(self, shelf):
        first = shelf * PER_SHELF
        wanted = set(on_shelf(shelf, new=self.reads_items)) - {first}
        person = Histories.single([first])
        top = top_items(self.fitted().scores(person), len(wanted), excluded=person.seen(KNOWN))
        assert set(top[0]) == wanted

    def test_a_dislike_does_not_beat_a_like(self):
        likes, dislikes = [0, 1], [8, 9]
        scores = self.fitted().scores(Histories.single(likes, dislikes))[0]
        liked, disliked = (set(on_shelf(s)) - {*likes, *dislikes} for s in (0, 1))
        assert scores[list(liked)].min() > scores[list(disliked)].max()

    def test_a_like_is_named_as_the_reason(self):
        facts = self.fitted().facts(Histories.single([0]), np.array(on_shelf(0)[1:]))
        items = ordinary().interactions.items
        assert all(items.row(about[0].item) == 0 for about in facts)


class ShotModelContract:
    """Of models that learn from K labelled rows and answer others: inherit, and make the model."""

    def model(self) -> ShotModel:
        raise NotImplementedError

    def learned(self, training: Training | None = None) -> FittedShotModel:
        """The model fitted on 24 shots of the described shelves, or of others."""
        if training is None:
            return _learned(type(self))
        return self.model().fit(shelf_shots(24), training)

    def test_it_is_a_shot_model(self):
        assert isinstance(self.model(), ShotModel)
        assert isinstance(self.learned(), FittedShotModel)

    @pytest.mark.parametrize("known", ["described", "bare"])
    @pytest.mark.parametrize("name", odd_shots())
    def test_answers_are_finite_whatever_was_learned(self, name, known):
        training = described() if known == "described" else bare()
        fitted = self.model().fit(odd_shots()[name], training)
        for asked in odd_shots().values():
            logits = fitted.logits(asked.people, asked.item)
            assert logits.shape == (len(asked),)
            assert np.isfinite(logits).all()

    def test_nobody_asked_is_no_answer(self):
        nobody = Histories.single().take(np.zeros(0, dtype=np.int64))
        assert self.learned().logits(nobody, np.zeros(0, dtype=np.int64)).shape == (0,)

    def test_no_row_looks_at_another(self):
        asked, fitted = shelf_shots(40, seed=3), self.learned()
        whole = fitted.logits(asked.people, asked.item)
        order = np.random.default_rng(1).permutation(40)
        for rows in (order, order[:7], order[:1]):
            some = asked.take(rows)
            np.testing.assert_allclose(
                fitted.logits(some.people, some.item), whole[rows], rtol=1e-6
            )

    def test_the_same_seed_gives_the_same_answers(self):
        asked = shelf_shots(20, seed=4)
        again = self.learned(described())
        np.testing.assert_array_equal(
            again.logits(asked.people, asked.item), self.learned().logits(asked.people, asked.item)
        )

    def test_fitting_changes_neither_the_settings_nor_the_data(self):
        model, shots, training = self.model(), shelf_shots(24), copy.deepcopy(described())
        before = repr(model)
        fitted = model.fit(shots, training)
        fitted.logits(shots.people, shots.item)
        assert repr(model) == before
        _assert_same(training, described())
        again = shelf_shots(24)
        for one, other in ((shots.people, again.people), (shots, again)):
            np.testing.assert_array_equal(one.item, other.item)
            np.testing.assert_array_equal(one.label, other.label)

    @pytest.mark.parametrize("known", ["", "bare"])
    def test_newcomers_change_no_answer_about_what_was_known(self, known):
        asked = shelf_shots(40, seed=5)
        fitted = self.learned(bare() if known else described())
        before = fitted.logits(asked.people, asked.item)
        more = fitted.extended(wider(known))
        np.testing.assert_allclose(more.logits(asked.people, asked.item), before, rtol=1e-6)
        np.testing.assert_allclose(fitted.logits(asked.people, asked.item), before, rtol=1e-6)
        assert np.isfinite(more.logits(*newcomers_asked(asked))).all()
        met = replace(asked.people, item=asked.people.item + (ITEMS - 5) * (asked.people.item < 5))
        assert np.isfinite(more.logits(met, asked.item)).all()


@cache
def _learned(kind: type[ShotModelContract]) -> FittedShotModel:
    return kind().model().fit(shelf_shots(24), described())


@cache
def _fitted(kind: type[RankerContract], name: str) -> FittedRanker:
    return kind().ranker().fit(world(name))


def _assert_same(one: Training, other: Training) -> None:
    """Fail where an array of two trainings differs."""
    for side in ("interactions", "features", "people"):
        left, right = getattr(one, side), getattr(other, side)
        for name in (field.name for field in fields(left)):
            value, wanted = getattr(left, name), getattr(right, name)
            if isinstance(value, np.ndarray):
                np.testing.assert_array_equal(value, wanted, err_msg=name)
            elif hasattr(value, "toarray"):
                assert (value != wanted).nnz == 0, name
            else:
                assert value == wanted, name
