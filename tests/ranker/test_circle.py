"""What friends like, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.truth import check
from tests.ranker.worlds import hand_typed as hand
from tests.ranker.worlds import ordinary, together

from fewrec.data.friends import BACK
from fewrec.data.histories import Histories
from fewrec.data.people import link
from fewrec.protocols import Training
from fewrec.ranker.circle import Circle

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)
SHARE = (np.array([3, 2, 1, 2, 1, 1]) + 0.5) / (10 + 0.5 * 6)


def friend_of(*names: str, relation: str = "friend") -> Histories:
    return Histories.single(attributes=tuple(link(relation, name) for name in names))


def linked() -> Training:
    """Ann and bob trust each other, bob trusts dee."""
    training = hand()
    people = training.people
    more = {
        "ann": [link("trusts", "bob")],
        "bob": [link("trusts", "ann"), link("trusts", "dee")],
        "dee": [link(BACK + "trusts", "bob")],
    }
    attributes = zip(people.users, people.attributes, strict=True)
    said = tuple((*own, *more.get(user, [])) for user, own in attributes)
    return replace(training, people=replace(people, attributes=said))


class TestCircle(RankerContract):
    def ranker(self):
        return Circle()

    def test_one_friend_by_hand(self):
        scores = Circle(strength=2.0, far=0.0).fit(linked()).scores(friend_of("cy"))[0]
        told = np.array([0, 0, 0, 1, 1, 0])  # what cy likes
        more = (told + 2 * SHARE) / (2 + 2) - SHARE
        np.testing.assert_allclose(scores, np.sqrt(np.maximum(more, 0)), rtol=1e-5, atol=1e-7)

    def test_friends_of_friends_by_hand(self):
        fitted = Circle(strength=2.0, far=0.5).fit(linked())
        scores = fitted.scores(friend_of("bob"))[0]
        bob, ann, dee = (
            np.array(x) for x in ([1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 0, 0, 1, 0, 1])
        )
        told = bob + 0.5 * (ann + dee) / 2
        more = (told + 2 * SHARE) / (told.sum() + 2) - SHARE
        np.testing.assert_allclose(scores, np.sqrt(np.maximum(more, 0)), rtol=1e-5, atol=1e-7)

    def test_a_link_that_others_made_counts_less(self):
        fitted = Circle(strength=2.0, far=0.0, back=0.5).fit(linked())
        own, theirs = fitted.scores(
            together(friend_of("cy"), friend_of("cy", relation=BACK + "trusts"))
        )
        assert own[FIG] > theirs[FIG] > 0

    def test_the_fact_counts_friends(self):
        fitted, who = Circle(strength=2.0).fit(linked()), friend_of("ann", "dee", "nobody")
        facts = fitted.facts(who, np.arange(6))
        assert [(f.count, f.of) for (f,) in (facts[TRAM], facts[BUS])] == [(2, 2), (1, 2)]
        assert facts[PLUM] == []
        for item, about in enumerate(facts):
            for fact in about:
                check(fact, item, who, linked())
                assert fact.amount == pytest.approx(float(fitted.scores(who)[0][item]))

    def test_nobody_without_friends_gets_an_order(self):
        fitted = Circle().fit(linked())
        assert not fitted.scores(Histories.single([TRAM], attributes=("city=Ulm",))).any()
        assert not fitted.scores(friend_of("somebody unknown")).any()
        assert not Circle().fit(ordinary()).scores(friend_of("person-1")).any()

    def test_newcomers_friends_count_at_once(self):
        bare = hand()
        fitted = Circle(strength=2.0).fit(bare).extended(linked())
        np.testing.assert_array_equal(
            fitted.scores(friend_of("bob")),
            Circle(strength=2.0).fit(linked()).scores(friend_of("bob")),
        )
