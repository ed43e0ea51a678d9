"""Lifts of groups of people, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import grown, on_shelf, together
from tests.ranker.worlds import hand_typed as hand

from fewrec.data.histories import Histories
from fewrec.data.people import People
from fewrec.ranker.groups import Groups, membership

TRAM, BUS, TRAIN, FIG, PLUM, PEAR = range(6)


def person(*attributes):
    return Histories.single(attributes=attributes)


class TestGroups(RankerContract):
    drift = 0.01  # more items share the same likes, so an item's share moves

    def ranker(self):
        return Groups()

    def test_a_lift_by_hand(self):
        # 3 of all 10 likes are the tram's; ann and bob (Ulm) like it twice among 5 likes
        share = (3 + 0.5) / (10 + 0.5 * 6)
        wanted = np.log((2 + 2 * share) / (5 + 2) / share)
        scores = Groups(strength=2.0).fit(hand()).scores(person("city=Ulm"))[0]
        assert scores[TRAM] == pytest.approx(wanted, rel=1e-5)
        assert scores[FIG] < 0 < scores[BUS]

    def test_overlapping_groups_are_divided_by_the_root_of_their_number(self):
        fitted = Groups(strength=2.0).fit(hand())
        people = together(person("city=Ulm"), person("age=30"), person("city=Ulm", "age=30"))
        one, two, both = fitted.scores(people)
        np.testing.assert_allclose(both, (one + two) / np.sqrt(2), rtol=1e-5)

    def test_more_prior_belief_means_smaller_lifts(self):
        low, high = (Groups(strength=s).fit(hand()).lift for s in (1.0, 100.0))
        assert (np.abs(high) <= np.abs(low)).all()
        assert np.abs(high).max() < 0.1 * np.abs(low).max()

    def test_the_fact_is_the_groups_and_its_amount_is_in_the_score(self):
        fitted = Groups(strength=2.0).fit(hand())
        who = person("city=Bonn", "age=30")
        (about,) = fitted.facts(who, np.array([FIG]))
        (fact,) = about
        assert (fact.relation, fact.values, fact.count, fact.of) == ("city", ("Bonn",), 2, 2)
        assert fact.amount == pytest.approx(
            fitted.lift[fitted.names.index("city=Bonn"), FIG] / 2**0.5
        )

    def test_settings_stay_when_extended(self):
        fitted = Groups(strength=2.0).fit(hand())
        np.testing.assert_array_equal(fitted.extended(hand()).lift, fitted.lift)

    def test_newcomers_groups_are_counted(self):
        training = grown(with_rows=True)
        people = replace(
            training.people, attributes=(*training.people.attributes[:-1], ("hobby=chess",))
        )
        fitted = self.fitted().extended(replace(training, people=people))
        assert "hobby=chess" in fitted.names

    def test_a_hobby_finds_its_shelf(self):
        scores = self.fitted().scores(person("hobby=romance"))[0]
        others = on_shelf(0) + on_shelf(2)
        assert scores[on_shelf(1)].min() > scores[others].max()

    def test_strangers_to_all_groups_get_no_order(self):
        assert not self.fitted().scores(person("hobby=chess", "age=3")).any()

    def test_people_without_columns_make_no_groups(self):
        rows = hand().interactions
        fitted = Groups().fit(replace(hand(), people=People.unknown(rows.users)))
        assert fitted.names == ()
        assert not fitted.scores(person("city=Ulm")).any()


def test_membership_ignores_what_is_unknown():
    matrix = membership((("a", "x"), (), ("b", "a")), ["a", "b"])
    np.testing.assert_array_equal(matrix.toarray(), [[1, 0], [0, 0], [1, 1]])
