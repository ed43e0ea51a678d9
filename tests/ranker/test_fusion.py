"""The fusion: one ranker from all experts, whose parts add up and whose probabilities hold."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from safetensors.numpy import load, save
from tests.contracts import RankerContract
from tests.ranker.worlds import (
    KNOWN,
    NEW,
    crowd,
    everybody,
    grown,
    on_shelf,
    ordinary,
    together,
    world,
)

from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.metrics.preference import auc
from fewrec.metrics.ranking import ndcg, top_items
from fewrec.protocols import Training
from fewrec.ranker.baselines import Popularity
from fewrec.ranker.fusion import FittedFusion, Fusion
from fewrec.ranker.prior import ItemPrior
from fewrec.ranker.rehearsal import KNOTS, Rehearsal
from fewrec.ranker.saving import pack, unpack
from fewrec.recommender.asking import Revisiting
from fewrec.recommender.rankers import CONTENT, hybrid
from fewrec.recommender.storage import FITTED

PEOPLE = together(*everybody(KNOWN).values())


@cache
def hybrid_of(name: str) -> FittedFusion:
    return hybrid().fit(world(name))


@cache
def split() -> tuple[Training, Training]:
    """The crowd's rows in two: four fifths to learn from, one to ask about."""
    rows = crowd().interactions
    asked = np.random.default_rng(3).random(len(rows)) < 0.2
    return tuple(replace(crowd(), interactions=rows.where(part)) for part in (~asked, asked))


@cache
def of_crowd() -> FittedFusion:
    return hybrid().fit(split()[0])


def likes_alone() -> Training:
    rows = split()[0].interactions
    return replace(
        split()[0], interactions=replace(rows.where(rows.label > 0), has_negatives=False)
    )


@cache
def hybrid_of_likes() -> FittedFusion:
    return hybrid(("popularity", "item-knn", "ease", "text-knn")).fit(likes_alone())


def people_of(training: Training) -> Histories:
    rows, people = training.interactions, training.people
    return rows.histories().knowing(people.attributes, people.profile)


class TestFusion(RankerContract):
    def ranker(self):
        return hybrid()

    def fitted(self, name="ordinary"):
        return hybrid_of(name)

    def round_trip(self, fitted):
        """Parts are saved one by one; whoever loads a model puts the encoder back."""
        experts = {
            name: self._through_a_file(expert, FITTED[name])
            for name, expert in fitted.experts.items()
        }
        profile = fitted.experts["profile"]
        experts["profile"] = replace(experts["profile"], encoder=profile.encoder)
        return replace(
            self._through_a_file(replace(fitted, experts={}), FittedFusion), experts=experts
        )

    @staticmethod
    def _through_a_file(part, kind):
        arrays, plain = pack(part)
        return unpack(kind, load(save(arrays)), json.loads(json.dumps(plain)))

    def test_newcomers_leave_known_items_as_they_were(self):
        """Scores are standardised over the catalogue, which grew: the order stays."""
        before = self.fitted().scores(PEOPLE)
        after = self.fitted().extended(grown(with_rows=False)).scores(PEOPLE)[:, :KNOWN]
        for one, two in zip(before, after, strict=True):
            assert np.ptp(one) == 0 or np.corrcoef(one, two)[0, 1] > 0.98

    def test_who_may_be_shown_things_again_is_scored_alike(self):
        """Here what a person has met is ruled out, unless they may be shown it again."""
        person = people_of(ordinary()).take(np.array([0]))
        met = person.item[person.label > 0]
        again = self.fitted().scores(Revisiting(**vars(person)))[0]
        assert np.ptp(self.fitted().scores(person)[0, met]) == 0
        assert again[met].min() > again[on_shelf(1) + on_shelf(2)].max()

    @pytest.mark.parametrize("shelf", range(3))
    def test_one_like_finds_the_rest_of_the_shelf(self, shelf):
        person = Histories.single([shelf * 8])
        scores = self.fitted().scores(person)
        top = top_items(scores, 7, excluded=person.seen(KNOWN))
        assert set(top[0]) == set(on_shelf(shelf, new=True)) - {shelf * 8}
        assert scores[0, list(NEW)].argmax() == shelf

    def test_known_people_find_what_they_left(self):
        scores = self.fitted().scores(people_of(ordinary()))
        top = top_items(scores, 2, excluded=people_of(ordinary()).seen(KNOWN))
        assert (top // 8 == (np.arange(30) % 3)[:, None]).all()


class TestContributions:
    def test_they_add_up_to_the_score(self):
        terms, scores = (
            hybrid_of("ordinary").contributions(PEOPLE),
            hybrid_of("ordinary").scores(PEOPLE),
        )
        np.testing.assert_allclose(terms.sum(axis=1), scores, atol=1e-5)

    def test_each_is_centred_over_what_is_unseen(self):
        terms = hybrid_of("ordinary").contributions(PEOPLE)
        unseen = PEOPLE.seen(KNOWN).toarray() == 0
        for b in np.flatnonzero(unseen.any(axis=1)):
            np.testing.assert_allclose(terms[b][:, unseen[b]].mean(axis=1), 0.0, atol=1e-5)

    def test_evidence_repeats_them(self):
        fitted, person = hybrid_of("ordinary"), everybody(KNOWN)["all of it"]
        items, ids = np.array([3, 11, 23]), ordinary().interactions.items.ids
        for n, piece in zip(items, fitted.evidence(person, items, ids), strict=True):
            assert piece.item == ids[n]
            assert piece.score == pytest.approx(float(fitted.scores(person)[0, n]), abs=1e-5)
            assert sum(piece.contributions.values()) == pytest.approx(piece.score, abs=1e-5)

    @pytest.mark.parametrize("name", ("ordinary", "only likes", "nothing described"))
    def test_facts_carry_at_most_what_their_part_contributes(self, name):
        fitted, ids = hybrid_of(name), world(name).interactions.items.ids
        told = 0
        for person in everybody(KNOWN).values():
            for piece in fitted.evidence(person, np.arange(KNOWN), ids):
                carried: dict[str, float] = {}
                for fact in piece.facts:
                    assert fact.amount > 0
                    carried[fact.part] = carried.get(fact.part, 0.0) + fact.amount
                for part, amount in carried.items():
                    assert amount <= piece.contributions[part] + 1e-5
                amounts = [fact.amount for fact in piece.facts]
                assert amounts == sorted(amounts, reverse=True)
                told += len(amounts)
        assert told > 0

    def test_parts_that_lower_a_score_give_no_reasons(self):
        person = Histories.single([0], attributes=("hobby=space",))
        ids = ordinary().interactions.items.ids
        for piece in hybrid_of("ordinary").evidence(person, np.arange(KNOWN), ids):
            for fact in piece.facts:
                assert piece.contributions[fact.part] > 0


class TestWeights:
    @pytest.mark.parametrize("name", ("ordinary", "no rows", "only likes", "few people"))
    def test_none_is_below_zero(self, name):
        fitted = hybrid_of(name)
        for weights in (fitted.known, fitted.new):
            assert weights.shape == (len(KNOTS), len(fitted.experts))
            assert (weights >= 0).all()
        assert 0.0 <= fitted.trust <= 1.0

    def test_it_beats_popularity_and_keeps_up_with_the_best_expert(self):
        people, wanted = people_of(split()[0]), split()[1].interactions.likes()
        seen = people.seen(90)

        def judged(ranker):
            top = top_items(ranker.scores(people), 10, excluded=seen)
            return float(np.nanmean(ndcg(top, wanted, 10)))

        alone = {name: judged(expert) for name, expert in of_crowd().experts.items()}
        assert judged(of_crowd()) > alone["popularity"] + 0.02
        assert judged(of_crowd()) > max(alone.values()) - 0.02

    def test_the_single_that_training_would_choose(self):
        fitted = of_crowd()
        for k in (0, 1, 4, 1000):
            assert fitted.chosen_single(k) in fitted.experts
            assert fitted.chosen_single(k, new_items=True) in CONTENT
        table = fitted.singles["5"]
        assert fitted.chosen_single(5) == max(table, key=table.get)
        assert hybrid_of("no rows").chosen_single(3) == "popularity"

    def test_new_items_have_an_order(self):
        fitted = of_crowd()
        scores = fitted.scores(people_of(split()[0]))[:, 87:]
        assert (np.ptp(scores, axis=1) > 0).all()
        taste = np.arange(100) % 3
        likes = np.diff(split()[0].interactions.likes().indptr)
        found = scores.argmax(axis=1)[likes >= 5] == taste[likes >= 5]  # i87, i88, i89: one a shelf
        assert found.mean() > 0.6

    def test_the_formula(self):
        """s = sum_e [w_e(k) g(c) + v_e(k) (1 - g(c))] z_e, each summand centred."""
        fitted = of_crowd()
        k, person = 5, Histories.single([0, 3, 6], [1, 2], attributes=("club=0",))
        open_ = np.ones(90, dtype=bool)
        open_[[0, 3, 6, 1, 2]] = False
        gate = fitted.met / (fitted.met + fitted.kappa)
        wanted = np.zeros(90)
        for e, ranker in enumerate(fitted.experts.values()):
            raw = ranker.scores(person)[0].astype(np.float64)
            deviation = raw[open_].std()
            z = (raw - raw[open_].mean()) / deviation if deviation > 1e-6 else raw * 0
            q = KNOTS.index(k)
            term = (fitted.known[q, e] * gate + fitted.new[q, e] * (1 - gate)) * z
            wanted += term - term[open_].mean()
        scores = fitted.scores(person)[0]
        np.testing.assert_allclose(scores[open_], wanted[open_], atol=1e-4)


class TestProbabilities:
    def test_they_lie_between_0_and_1(self):
        for name in ("ordinary", "no rows", "no likes", "only likes", "few people", "one of each"):
            items = len(world(name).interactions.items)
            chance = hybrid_of(name).probabilities(together(*everybody(items).values()))
            assert chance.dtype == np.float32
            assert ((chance >= 0) & (chance <= 1)).all(), name

    def asked(self):
        rows = split()[1].interactions
        chance = of_crowd().probabilities(people_of(split()[0]))[rows.user, rows.item]
        return chance, rows.label

    def test_they_tell_likes_from_dislikes(self):
        chance, label = self.asked()
        assert auc(chance, label) > 0.72

    def test_they_are_calibrated(self):
        chance, label = self.asked()
        bins = np.minimum((chance * 5).astype(int), 4)
        gaps = [
            (bins == b).mean() * abs(label[bins == b].mean() - chance[bins == b].mean())
            for b in np.unique(bins)
        ]
        assert sum(gaps) < 0.08
        assert chance.mean() == pytest.approx(label.mean(), abs=0.06)

    def test_a_kind_person_likes_more(self):
        kind, strict = Histories.single(list(range(6))), Histories.single([], list(range(6)))
        chance = of_crowd().probabilities(together(kind, strict))
        assert chance[0, 30:].mean() > chance[1, 30:].mean() + 0.1

    def test_of_a_stranger_it_is_about_the_items_like_rate(self):
        chance = of_crowd().probabilities(Histories.single())[0]
        rate = of_crowd().experts["item-prior"].rate
        assert np.corrcoef(chance, rate)[0, 1] > 0.8


class TestOddData:
    def test_likes_alone_are_told_from_what_was_never_met(self):
        chance = hybrid_of_likes().probabilities(people_of(likes_alone()))
        liked = split()[1].interactions.likes().toarray() > 0
        unmet = (likes_alone().interactions.likes().toarray() == 0) & ~liked
        scores = np.concatenate([chance[liked], chance[unmet]])
        labels = np.concatenate([np.ones(liked.sum()), np.zeros(unmet.sum())])
        assert auc(scores, labels.astype(np.float32)) > 0.65

    def test_likes_alone_do_not_make_everything_likely(self):
        assert hybrid_of_likes().probabilities(people_of(likes_alone())).mean() < 0.8

    @pytest.mark.parametrize("users", (1, 2, 3, 4, 5))
    def test_a_handful_of_people_is_enough(self, users):
        rows = crowd().interactions
        training = replace(crowd(), interactions=rows.where(rows.user < users))
        fitted = hybrid().fit(training)
        people = people_of(training).take(np.arange(8))
        assert np.isfinite(fitted.scores(people)).all()
        chance = fitted.probabilities(people)
        assert ((chance >= 0) & (chance <= 1)).all()
        stranger = fitted.scores(Histories.single())[0]
        assert np.ptp(stranger) > 0

    def test_any_set_of_experts_is_fused(self):
        fusion = Fusion(
            {"popularity": Popularity(), "item-prior": ItemPrior()},
            content=("item-prior",),
            rehearsal=Rehearsal(folds=2, people=30),
        )
        fitted = fusion.fit(crowd())
        assert list(fitted.experts) == ["popularity", "item-prior"]
        assert np.isfinite(fitted.scores(people_of(crowd()))).all()

    def test_the_prior_of_items_is_always_among_the_experts(self):
        assert list(hybrid(("ease",)).experts) == ["item-prior", "ease"]

    def test_without_rows_a_catalogue_is_still_ordered_by_a_profile(self):
        fitted = hybrid_of("no rows")
        person = Histories.single(profile="I love romance and a wedding. I hate space")
        scores = fitted.scores(person)[0]
        assert scores[on_shelf(1)].min() > scores[on_shelf(0)].max()


def test_facts_are_rescaled_together():
    from fewrec.ranker.fusion import _scaled

    facts = [Fact("liked_item", "ease", amount, item="a") for amount in (3.0, 1.0)]
    assert [fact.amount for fact in _scaled(facts, 2.0)] == [1.5, 0.5]
    silent = [Fact("prior", "item-prior", 0.0), Fact("prior", "item-prior", 0.0)]
    assert [fact.amount for fact in _scaled(silent, 2.0)] == [1.0, 1.0]
