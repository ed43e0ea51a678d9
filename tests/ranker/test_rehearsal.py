"""Rehearsed coldness: nothing hidden is ever known, and the cut lists stand for full ones."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from tests.ranker.worlds import crowd, world

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.metrics.ranking import ndcg, top_items
from fewrec.ranker import rehearsal
from fewrec.ranker.baselines import Chance, Popularity
from fewrec.ranker.content import TextKNN
from fewrec.ranker.item_item import EASE, ItemKNN
from fewrec.ranker.prior import ItemPrior
from fewrec.ranker.rehearsal import KNOTS, PAIRS_EACH, Rehearsal, standardised
from fewrec.ranker.weights import best_single, ndcg_of

SMALL = Rehearsal(folds=3, people=60, top=15, drawn=10)


@dataclass
class Call:
    """One question a rehearsal put to an expert."""

    known: object
    people: Histories
    scores: np.ndarray

    def who(self):
        return [int(a[0].removeprefix("id=")) for a in self.people.attributes]


@dataclass
class Spy:
    """A real expert that remembers what it was fitted on and asked."""

    ranker: object
    calls: list[Call] = field(default_factory=list)

    def fit(self, training):
        return FittedSpy(self, training.interactions, self.ranker.fit(training))


@dataclass
class FittedSpy:
    spy: Spy
    known: object
    fitted: object

    def scores(self, people):
        scores = self.fitted.scores(people)
        # distinct scores, so that a ranking has no ties
        scores = scores + 1e-3 * np.arange(scores.shape[1], dtype=np.float32) / scores.shape[1]
        self.spy.calls.append(Call(self.known, people, scores))
        return scores


def rehearse(training, experts, content=(), settings=SMALL):
    spies = {name: Spy(ranker) for name, ranker in experts.items()}
    return settings.run(spies, training, content), spies


WARM = {"popularity": Popularity(), "item-knn": ItemKNN(), "ease": EASE(), "text-knn": TextKNN()}


class TestNoLeak:
    def test_experts_are_never_fitted_on_the_people_they_rank_for(self):
        _, spies = rehearse(crowd(), WARM)
        for call in spies["ease"].calls:
            assert not set(call.who()) & set(call.known.user)

    def test_only_k_rows_of_a_person_are_shown(self):
        rehearsed, spies = rehearse(crowd(), {"item-knn": ItemKNN()})
        rows = crowd().interactions
        shown = {k: set() for k in rehearsed.people}
        for call in spies["item-knn"].calls:
            (k,) = set(call.people.count)
            for b, u in enumerate(call.who()):
                mine = call.people.take(np.array([b])).item
                assert set(mine) <= set(rows.item[rows.user == u])
                shown[k].add(u)
        assert shown == {k: set(lists.person) for k, lists in rehearsed.people.items()}

    def test_hidden_rows_change_no_score_of_their_person(self):
        """Exchange what a person will like later: what experts say about them stays equal."""
        rows = crowd().interactions
        first, before = rehearse(crowd(), WARM)
        person = int(first.people[10].person[0])
        shown = _asked_about(before["ease"], person, 5).people.item
        mine = np.flatnonzero(rows.user == person)
        hidden = mine[~np.isin(rows.item[mine], shown)]
        spare = np.setdiff1d(np.arange(80), rows.item[mine])[: len(hidden)]
        item, label = rows.item.copy(), rows.label.copy()
        item[hidden[: len(spare)]] = spare
        label[hidden] = np.roll(1.0 - label[hidden], 1)
        changed = replace(rows, item=item, label=label)
        assert (changed.likes()[person] != rows.likes()[person]).nnz > 0
        _, after = rehearse(replace(crowd(), interactions=changed), WARM)
        for name in WARM:
            for k in (0, 1, 2, 3, 5):
                one, two = (_asked_about(spies[name], person, k) for spies in (before, after))
                np.testing.assert_array_equal(one.people.item, two.people.item)
                np.testing.assert_array_equal(one.scores, two.scores)

    def test_hidden_items_are_in_no_history_and_in_no_training(self):
        content = ("item-prior", "text-knn")
        experts = {"item-prior": ItemPrior(), "text-knn": TextKNN()}
        _, spies = rehearse(crowd(), experts, content)
        rows = crowd().interactions
        rounds = 0
        for call in spies["text-knn"].calls:
            people = _of_fold(spies["text-knn"].calls, call)
            others = rows.where(~np.isin(rows.user, people))
            hidden = np.setdiff1d(others.item, call.known.item)
            rounds += len(hidden) > 0
            assert not np.isin(call.people.item, hidden).any()
            assert set(call.known.user).isdisjoint(call.who())
        assert rounds > 0


def _of_fold(calls, call):
    """Everybody an expert was asked about after the same fit."""
    return {u for other in calls if other.known is call.known for u in other.who()}


def _asked_about(spy, person, k):
    """What one expert was asked about one person of whom k rows are known."""
    for call in spy.calls:
        if person in call.who() and call.people.count[0] == k:
            b = call.who().index(person)
            return Call(call.known, call.people.take(np.array([b])), call.scores[b])
    raise AssertionError((person, k))


class TestCut:
    @pytest.mark.parametrize("settings", (SMALL, Rehearsal(folds=2, people=40)))
    def test_the_cut_changes_no_ndcg_of_a_single_expert(self, settings):
        experts = {**WARM, "random": Chance()}
        rehearsed, spies = rehearse(crowd(), experts, settings=settings)
        likes = crowd().interactions.likes()
        for e, spy in enumerate(spies.values()):
            wanted = {}
            for call in spy.calls:
                size = call.scores.shape[1]
                top = top_items(call.scores, 10, excluded=call.people.seen(size))
                left = likes[call.who()] - likes[call.who()].multiply(call.people.seen(size))
                for u, value in zip(call.who(), ndcg(top, left.tocsr(), 10), strict=True):
                    wanted[int(call.people.count[0]), u] = value
            for k, lists in rehearsed.people.items():
                found = ndcg_of(lists, lists.experts[:, e])
                full = [wanted[k, int(u)] for u in lists.person]
                np.testing.assert_allclose(found, full, atol=1e-9)

    def test_candidates_stand_for_the_whole_catalogue(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        lists = rehearsed.people[5]
        assert (lists.weight[lists.valid] >= 1).all()
        assert not lists.weight[~lists.valid].any()
        assert lists.weight.sum(axis=1).mean() == pytest.approx(90 - 5, rel=0.1)

    def test_a_small_catalogue_is_not_cut(self):
        rehearsed, _ = rehearse(crowd(), WARM, settings=Rehearsal(folds=2, people=40))
        lists = rehearsed.people[3]
        np.testing.assert_array_equal(lists.valid.sum(axis=1), 90 - 3)
        np.testing.assert_array_equal(lists.weight[lists.valid], 1.0)

    def test_every_like_that_is_left_is_among_the_candidates(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        likes = np.diff(crowd().interactions.likes().indptr)
        for k, lists in rehearsed.people.items():
            np.testing.assert_array_equal(lists.relevant.sum(axis=1), lists.likes)
            assert (lists.likes > 0).all()
            assert (lists.likes <= likes[lists.person]).all()
            if k == 0:
                np.testing.assert_array_equal(lists.likes, likes[lists.person])

    def test_warmth_is_of_the_others_interactions(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        lists = rehearsed.people[0]
        at = lists.warmth[lists.valid]
        assert at.min() == 0.0  # items nobody met
        assert 0.8 < at.max() < 1.0

    def test_an_expert_without_an_opinion_gains_nothing(self):
        silent = replace(crowd(), features=ItemFeatures.nothing(90))
        rehearsed = SMALL.run({"text-knn": TextKNN(), "item-knn": ItemKNN()}, silent, ())
        alone = best_single(rehearsed.people[1], ("text-knn", "item-knn"))
        assert alone["text-knn"] == 0.0
        assert alone["item-knn"] > 0.05


class TestWho:
    def test_everybody_rehearses_once_at_each_knot(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        assert tuple(rehearsed.people) == tuple(k for k in KNOTS if k < 40)
        for k, lists in rehearsed.people.items():
            assert len(set(lists.person)) == len(lists)
            counts = np.bincount(crowd().interactions.user)
            assert (counts[lists.person] > k).all()

    def test_at_most_some_people_rehearse(self):
        few = replace(SMALL, people=25)
        rehearsed, _ = rehearse(crowd(), WARM, settings=few)
        assert len(rehearsed.people[0]) == 25

    def test_memory_bounds_change_nobody_who_is_asked(self, monkeypatch):
        whole, _ = rehearse(crowd(), WARM)
        items = len(crowd().interactions.items)
        monkeypatch.setattr(rehearsal, "CELLS", 7 * len(WARM) * items)
        blocks, spies = rehearse(crowd(), WARM)
        assert 1 < max(len(call.people) for call in spies["ease"].calls) <= 7
        assert sorted(whole.people[0].person) == sorted(blocks.people[0].person)
        assert set(whole.people) == set(blocks.people)

    def test_few_among_many_rehearse_at_once(self):
        assert Rehearsal()._parts(400, 400) == 4
        assert Rehearsal()._parts(400, 5000) == 2
        assert Rehearsal()._parts(400, 8000) == 1
        assert Rehearsal()._parts(12, 12) == 10

    def test_the_same_seed_rehearses_the_same(self):
        one, two = (SMALL.run({"item-knn": ItemKNN()}, crowd(), ()) for _ in range(2))
        for k, lists in one.people.items():
            for name, value in vars(lists).items():
                np.testing.assert_array_equal(value, getattr(two.people[k], name), err_msg=name)
        other = SMALL.run({"item-knn": ItemKNN()}, replace(crowd(), seed=6), ())
        assert not np.array_equal(one.people[0].person, other.people[0].person)

    @pytest.mark.parametrize("users", (0, 1, 2, 3, 7))
    def test_a_handful_of_people_rehearse_as_far_as_they_can(self, users):
        rows = crowd().interactions
        training = replace(crowd(), interactions=rows.where(rows.user < users))
        rehearsed, _ = rehearse(training, WARM)
        if users < 2:
            assert (rehearsed.people, rehearsed.items, rehearsed.pairs) == ({}, {}, {})
        else:
            assert len(rehearsed.people[0]) == users

    def test_people_without_two_likes_do_not_rehearse(self):
        assert SMALL.run({"item-knn": ItemKNN()}, world("no likes"), ()).people == {}

    def test_the_progress_ends_at_one(self):
        told = []
        SMALL.run({"item-knn": ItemKNN()}, crowd(), (), told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0

    def test_hidden_items_are_ranked_among_themselves(self):
        experts = {"item-prior": ItemPrior(), "text-knn": TextKNN(), "ease": EASE()}
        rehearsed = SMALL.run(experts, crowd(), ("item-prior", "text-knn"))
        assert rehearsed.items
        for lists in rehearsed.items.values():
            assert lists.experts.shape[1] == 2
            assert not lists.warmth.any()
            assert lists.valid.sum(axis=1).max() <= 0.4 * 90


class TestPairs:
    def test_labelled_rows_that_were_not_shown(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        rows = crowd().interactions
        for k, pairs in rehearsed.pairs.items():
            counts = np.bincount(rows.user)[rehearsed.people[k].person]
            assert len(pairs.label) == np.minimum(counts - k, PAIRS_EACH).sum()
            assert pairs.signals.shape == (len(pairs.label), 2 + len(WARM))
            assert np.isfinite(pairs.signals).all()
        shares = [pairs.label.mean() for pairs in rehearsed.pairs.values()]
        assert shares[0] == pytest.approx(rows.label.mean(), abs=0.05)

    def test_rates_are_relative_to_the_base_rate(self):
        rehearsed, _ = rehearse(crowd(), WARM)
        stranger = rehearsed.pairs[0].signals[:, 1]
        np.testing.assert_allclose(stranger, 0.0, atol=1e-9)  # nothing known of the person
        known = rehearsed.pairs[20]
        likers = known.signals[:, 1] > 0
        assert known.label[likers].mean() > known.label[~likers].mean()

    def test_likes_alone_make_no_pairs(self):
        rows = crowd().interactions
        unary = replace(rows.where(rows.label > 0), has_negatives=False)
        rehearsed, _ = rehearse(replace(crowd(), interactions=unary), WARM)
        assert rehearsed.people
        assert rehearsed.pairs == {}


class TestStandardised:
    def test_mean_and_deviation_over_what_is_unseen(self, random):
        raw = (random.normal(size=(4, 50)) * 7 + 3).astype(np.float32)
        seen = random.random((4, 50)) < 0.3
        scaled = standardised(raw, seen)
        assert not scaled[seen].any()
        for row, hidden in zip(scaled, seen, strict=True):
            assert row[~hidden].mean() == pytest.approx(0.0, abs=1e-5)
            assert row[~hidden].std() == pytest.approx(1.0, rel=1e-4)

    def test_scale_and_shift_do_not_matter(self, random):
        raw, seen = random.normal(size=(2, 40)).astype(np.float32), np.zeros((2, 40), dtype=bool)
        moved = (raw * np.float32([[100.0], [0.01]])).astype(np.float32) + np.float32([[9], [-2]])
        np.testing.assert_allclose(standardised(raw, seen), standardised(moved, seen), atol=1e-3)

    @pytest.mark.parametrize("level", (0.0, 1e-12, 0.1, -7.3, 1e6))
    def test_no_opinion_is_zero(self, level):
        flat = np.full((1, 1000), level, dtype=np.float32)
        assert not standardised(flat, np.zeros((1, 1000), dtype=bool)).any()

    def test_with_everything_seen_there_is_nothing(self):
        assert not standardised(np.ones((1, 3), np.float32), np.ones((1, 3), dtype=bool)).any()


def test_likes_of_a_repeated_item_count_once():
    """Nobody can be asked to find an item they already have."""
    rows = crowd().interactions
    twice = rows.where(np.concatenate([np.arange(len(rows)), np.arange(len(rows))]))
    rehearsed = SMALL.run({"item-knn": ItemKNN()}, replace(crowd(), interactions=twice), ())
    for lists in rehearsed.people.values():
        np.testing.assert_array_equal(lists.likes, (lists.relevant & lists.valid).sum(axis=1))


def test_k_rows_are_known_where_items_are_hidden():
    experts = {"item-prior": ItemPrior(), "text-knn": TextKNN()}
    _, spies = rehearse(crowd(), experts, tuple(experts))
    for call in spies["text-knn"].calls:
        assert len(set(call.people.count)) == 1
