"""Visits in a world where the visit tells what is next, and the profile something else."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import labelled, ordinary

from fewrec.data.circumstances import Circumstances
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.visits import with_visits
from fewrec.ranker.sequence.chain import VisitChain, by_visit
from fewrec.ranker.sequence.company import Company
from fewrec.ranker.sequence.moment import Moment, telling
from fewrec.ranker.sequence.present import Present
from fewrec.ranker.sequence.rehearsing import VISIT_KNOTS, Walk, moments
from fewrec.recommender.rankers import VISIT, hybrid
from fewrec.seeding import generator

ITEMS, DAY = 24, 86_400.0
CHAINS = [list(range(c, c + 4)) for c in range(0, ITEMS, 4)]
"""Whoever starts on one goes on to its end within the visit."""


def world(people=60, visits=4, seed=2):
    """Everybody walks along drawn chains, a chain a day; phones in the evening, desks at noon.

    Which chain comes next is drawn anew every day, so a profile says nothing of it.
    """
    random = generator(seed, "visits")
    rows, times, said = [], [], []
    for u in range(people):
        for day, chain in enumerate(random.permutation(len(CHAINS))[:visits]):
            hour = 20 if chain % 2 else 12
            for n, item in enumerate(CHAINS[chain]):
                rows.append((u, item, 1.0))
                times.append(1.6e9 // DAY * DAY + day * DAY + hour * 3600 + 60 * n)
                said.append([chain % 2])
    users = IdMap(tuple(f"u{n}" for n in range(people)))
    told = labelled(users, ordinary().interactions.items, rows)
    around = Circumstances(np.full(len(rows), -1), np.array(said), ("device=desk", "device=phone"))
    people_of = replace(
        ordinary().people, users=users, attributes=((),) * people, profile=("",) * people
    )
    return replace(
        ordinary(),
        interactions=replace(told, timestamp=np.array(times), around=around),
        people=people_of,
    )


def visiting(before, now, context=()):
    """Somebody who did some things long ago and others in this visit."""
    person = Histories.single([*before, *now])
    ongoing = np.arange(len(person.item)) >= len(before)
    return with_visits(person, ongoing, (context,) if context else ())


def best(ranker, person):
    scores = ranker.scores(person)[0].astype(float)
    scores[person.item] = -np.inf
    return int(scores.argmax())


class TestVisitChain(RankerContract):
    def ranker(self):
        return VisitChain()

    @pytest.mark.parametrize("chain", CHAINS)
    def test_the_next_of_the_chain_whatever_the_profile(self, chain):
        fitted = VisitChain().fit(world())
        other = CHAINS[(chain[0] // 4 + 1) % len(CHAINS)]
        assert best(fitted, visiting(other[:3], chain[:2])) == chain[2]

    def test_in_no_visit_it_is_silent(self):
        assert not VisitChain().fit(world()).scores(Histories.single([0, 1])).any()

    def test_nothing_follows_across_visits(self):
        rows = by_visit(world().interactions)
        assert len(rows.users) == 60 * 4
        counts = np.bincount(rows.user)
        assert set(counts.tolist()) == {4}

    def test_the_reason_is_a_row_of_the_visit(self):
        fitted = VisitChain().fit(world())
        (facts,) = fitted.facts(visiting([8], [0, 1]), np.array([2]))
        assert {fact.part for fact in facts} == {"visit-chain"}
        items = ordinary().interactions.items
        assert {items.row(fact.item) for fact in facts} <= {0, 1}
        assert fitted.facts(Histories.single([0]), np.array([2])) == [[]]


class TestCompanyOfVisits(RankerContract):
    def ranker(self):
        return Company()

    def test_what_was_liked_in_the_same_visits(self):
        assert best(Company().fit(world()), visiting([8, 9], [4, 5])) in (6, 7)

    def test_later_rows_weigh_more(self):
        fitted = Company(decay=0.1).fit(world())
        assert best(fitted, visiting([], [0, 4])) in CHAINS[1]
        assert best(fitted, visiting([], [4, 0])) in CHAINS[0]


class TestCompanyOfPeople(RankerContract):
    def ranker(self):
        return Company(over="people", shrink=30.0)


class TestMoment(RankerContract):
    def ranker(self):
        return Moment()

    def test_what_is_liked_on_the_phone(self):
        fitted = Moment().fit(world())
        scores = fitted.scores(visiting([], [0], ("device=phone",)))[0]
        even = [i for c in CHAINS[::2] for i in c]
        odd = [i for c in CHAINS[1::2] for i in c]
        assert scores[odd].min() > 0 > scores[even].max()
        assert not fitted.scores(visiting([], [0])).any()
        assert not fitted.scores(visiting([], [0], ("device=watch",))).any()

    def test_columns_with_one_value_are_left_out(self):
        assert telling({"a=1", "a=2", "b=1"}) == ["a=1", "a=2"]


@pytest.fixture(scope="module")
def fusion():
    return hybrid(("popularity", "item-knn", "ials", *VISIT)).fit(world())


def test_the_fusion_follows_the_visit(fusion):
    """The profile speaks for another chain, of which all but one are known."""
    found = [
        best(fusion, visiting([8, 9, 10], chain[:2])) in chain for chain in CHAINS if 8 not in chain
    ]
    assert all(found)


def test_who_is_in_no_visit_is_ranked_as_without_visits(fusion):
    bare = replace(fusion, present=None)
    person = Histories.single([8, 9, 10, 0])
    np.testing.assert_array_equal(fusion.scores(person), bare.scores(person))
    inside = visiting([8, 9, 10], [0])
    assert not np.allclose(fusion.scores(inside), bare.scores(inside))


def test_a_batch_of_people_in_visits_and_not_equals_one_by_one(fusion):
    one, two = visiting([8, 9], [0, 1]), Histories.single([4, 5])
    from fewrec.recommender.asking import stacked

    both = fusion.scores(stacked([one, two]))
    np.testing.assert_allclose(both[0], fusion.scores(one)[0], atol=1e-5)
    np.testing.assert_allclose(both[1], fusion.scores(two)[0], atol=1e-5)


def test_parts_add_up_to_the_score(fusion):
    person = visiting([8, 9], [0, 1])
    terms = fusion.contributions(person)
    assert terms.shape[1] == len(fusion.parts) == len(fusion.experts) + len(VISIT)
    np.testing.assert_allclose(terms.sum(axis=1), fusion.scores(person), atol=1e-5)


def test_trust_in_the_visit_is_none_outside_of_it():
    present = Present({}, np.full((len(VISIT_KNOTS), 1), 0.4))
    both = with_visits(
        Histories(np.array([0, 2, 3]), np.arange(3), np.ones(3), np.ones(3), ((), ()), ("", "")),
        np.array([False, True, False]),
    )
    profile, _ = present.shares(both)
    assert profile.tolist() == pytest.approx([0.4, 1.0])


def test_a_rehearsed_moment_shows_nothing_of_what_came_after():
    training = world(people=5)
    walk = Walk.of(training.interactions, np.array([1, 3]))
    drawn = moments(walk, generator(0, "test"))
    assert set(drawn) == {0, 1, 2, 3}
    for knot, places in drawn.items():
        moment = walk.at(places, training.people.attributes)
        assert (moment.people.session.count == knot).all()
        for n in range(len(moment)):
            person = moment.people.take(np.array([n]))
            assert moment.item[n] not in person.item
            rows = training.interactions
            time = rows.timestamp[moment.row[n]]
            mine = (rows.user == moment.user[n]) & (rows.timestamp < time)
            assert sorted(person.item) == sorted(rows.item[mine])


@pytest.mark.parametrize("name", VISIT)
def test_newcomers_have_a_place_whether_counts_are_made_anew_or_not(name, monkeypatch):
    for module in ("chain", "moment"):
        monkeypatch.setattr(f"fewrec.ranker.sequence.{module}.RECOUNTED", 0)
    before = world()
    rows = before.interactions
    more = replace(rows, items=rows.items.extended(IdMap(("newcomer",))))
    fitted = VISIT[name]().fit(before)
    grown = fitted.extended(replace(before, interactions=more))
    person = visiting([8, 9], [0, 1], ("device=phone",))
    old, new = fitted.scores(person)[0], grown.scores(person)[0]
    assert len(new) == len(rows.items) + 1 and np.isfinite(new).all()
    np.testing.assert_allclose(new[:-1], old, rtol=1e-5, atol=1e-5)
    assert fitted.extended(before).scores(person).tolist() == [old.tolist()]
