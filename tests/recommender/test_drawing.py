"""Slates by policies and under rules, on a fitted model of the toy world."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy import stats

from fewrec.data.catalog import Catalog
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.slate import Query
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.recommender.asking import asker
from fewrec.recommender.choosing import CANDIDATES, Chooser
from fewrec.recommender.drawing import chooser_for, draw
from fewrec.recommender.reacting import Reacting, item_factors
from fewrec.recommender.rule_costs import rule_costs
from fewrec.recommender.rules import Rules
from fewrec.seeding import generator

DRAWS = 20_000
LIKES = ("space-0", "space-1")


def ask(model, rules=None, policy=None, seed=0, *, shown=None, bonus=None, **query):
    asked = Query(**{"likes": LIKES, "k": 5, **query})
    chooser = chooser_for(model, rules, policy)
    return draw(model, asked, chooser, generator(seed), now=0.0, shown=shown, bonus=bonus)


class TestRules:
    def test_without_rules_and_chance_it_is_the_ordinary_slate(self, model):
        drawn = ask(model)
        plain = model.slate(Query(likes=LIKES, k=5), explain=True)
        assert drawn.slate.items == plain.items and drawn.slate.scores == plain.scores
        assert drawn.slate.propensities == (1.0,) * 5 and drawn.fired == {}
        explained = draw(
            model, plain.query, chooser_for(model), generator(0), now=0.0, explain=True
        )
        assert explained.slate.reasons == plain.reasons

    def test_hidden_items_are_gone_and_counted(self, model):
        first = ask(model).slate.items[:2]
        drawn = ask(model, Rules(hidden=frozenset(first)))
        assert not set(first) & set(drawn.slate.items) and drawn.fired == {"hidden": 2}

    def test_what_would_not_be_shown_anyway_is_no_firing(self, model):
        last = ask(model, k=40).slate.items[-1]
        assert ask(model, Rules(hidden={last})).fired == {}

    def test_pins_stand_where_they_must(self, model):
        drawn = ask(model, Rules(must_show={1: "romance-3", 3: "cooking-1"}))
        assert drawn.slate.items[0] == "romance-3" and drawn.slate.items[2] == "cooking-1"
        assert drawn.fired == {"must_show": 2} and len(set(drawn.slate.items)) == 5

    def test_a_pin_gives_way_where_it_may_not_be_shown(self, model):
        rules = Rules(must_show={1: "space-0"}, hidden={"cooking-1"})
        assert "space-0" not in ask(model, rules).slate.items  # liked already
        assert (
            "cooking-1"
            not in ask(model, Rules(must_show={1: "cooking-1"}, hidden={"cooking-1"})).slate.items
        )

    def test_at_most_n_of_a_shelf(self, model):
        plain, drawn = ask(model), ask(model, Rules(at_most={"shelf": 2}))
        shelves = [item.split("-")[0] for item in drawn.slate.items]
        assert max(shelves.count(s) for s in shelves) == 2 and len(shelves) == 5
        kept = [item.split("-")[0] for item in plain.slate.items]
        over = sum(max(0, kept.count(s) - 2) for s in set(kept))
        assert drawn.fired == {"at_most shelf": over} and over > 0

    def test_often_shown_items_leave_and_repeats_come_back(self, model):
        first = ask(model).slate.items[0]
        rules = Rules(shown_at_most=2)
        assert ask(model, rules, shown={first: 1}).slate.items[0] == first
        assert first not in ask(model, rules, shown={first: 2}).slate.items
        with_liked = ask(model, Rules(repeats=True), k=24).slate.items
        assert set(LIKES) <= set(with_liked)
        assert not set(LIKES) & set(ask(model, k=24).slate.items)

    def test_a_weighed_column_moves_the_order(self, model):
        catalog = model.known.catalog
        year = dict(zip(catalog.items.ids, catalog.table["year"].to_list(), strict=True))
        mean = [
            np.mean([year[i] for i in ask(model, Rules(weigh={"year": w})).slate.items])
            for w in (-3.0, 0.0, 3.0)
        ]
        assert mean[0] < mean[1] < mean[2]

    def test_diversity_keeps_to_the_rules(self, model):
        drawn = ask(model, Rules(hidden={"cooking-1"}, must_show={2: "romance-3"}), diversity=0.9)
        assert drawn.slate.items[1] == "romance-3" and "cooking-1" not in drawn.slate.items


class TestLongMenus:
    @pytest.mark.parametrize(("brands", "most", "length"), [(3, 4, 10), (2, 4, 8), (40, 1, 10)])
    def test_caps_find_other_brands_far_below_the_top(self, brands, most, length):
        """The 600 best items are of one brand; the others come from far down, or not at all."""
        brand = np.r_[np.zeros(600, int), 1 + np.arange(400) % (brands - 1)]
        names = {"brand": [f"b{n}" for n in brand]}
        catalog = Catalog(IdMap(tuple(map(str, range(1000)))), pl.DataFrame(names), {})
        policy = PlackettLuce(1.0, explore=1.0)
        chooser = Chooser(Rules(at_most={"brand": most}).on(catalog), policy)
        scores = np.linspace(5, -5, 1000).astype(np.float32)
        for seed in range(20):
            drawn = chooser.choose(scores, np.ones(1000, bool), 10, generator(seed), now=0.0)
            held = np.bincount(brand[drawn.rows])
            assert len(drawn.rows) == length and held.max() <= most


class TestChance:
    @pytest.mark.parametrize(
        "rules", [None, Rules(at_most={"shelf": 1}, must_show={2: "cooking-1"})]
    )
    def test_logged_propensities_are_the_frequencies(self, model, rules):
        """First places of 20,000 slates, in the real path, against what was logged for them."""
        query, policy = Query(likes=LIKES, k=3), PlackettLuce(0.5, explore=0.6)
        chooser, random = chooser_for(model, rules, policy), generator(11, "slates")
        assert len(draw(model, query, chooser, random, now=0.0).slate.propensities) == 3
        person = asker(query, model.known)
        scores = model.fusion.scores(person.history)[0]
        seen, told = np.zeros(len(scores)), np.zeros(len(scores))
        for _ in range(DRAWS):
            chosen = chooser.choose(scores, person.usable, 3, random, now=0.0)
            seen[chosen.rows[0]] += 1
            told[chosen.rows[0]] = chosen.propensities[0]
        often = told * DRAWS >= 5
        assert told.sum() == pytest.approx(1.0, abs=0.01)
        due = told[often] / told[often].sum() * seen[often].sum()
        assert stats.chisquare(seen[often], due).pvalue > 1e-3

    def test_new_items_get_their_first_audience(self, model, since):
        fresh = pl.DataFrame({"item": ["new-1"], "title": ["Something else"]})
        grown = since([("z", "new-1", 0.0)], items=fresh)
        policy = PlackettLuce(explore=0.0, first_audience=0.5)
        chooser = chooser_for(grown, None, policy)
        chooser.waiting[:] = False
        chooser.waiting[grown.known.catalog.items.row("new-1")] = True
        random, query = generator(3), Query(likes=LIKES, k=1)
        shown = [draw(grown, query, chooser, random, now=0.0).slate for _ in range(200)]
        share = np.mean([s.items == ("new-1",) for s in shown])
        assert 0.4 < share < 0.6
        assert {s.propensities for s in shown} == {(0.5,)}


class TestManyNewItems:
    """A catalogue that is new as a whole, longer than a menu."""

    size = 3 * CANDIDATES

    def chooser(self, **policy):
        items = IdMap(tuple(f"i{n}" for n in range(self.size)))
        catalog = Catalog(items, pl.DataFrame({"kind": [n % 7 for n in range(self.size)]}), {})
        vectors = np.eye(7, dtype=np.float32)[np.arange(self.size) % 7]
        policy = PlackettLuce(explore=0.0, **policy)
        waiting = np.ones(self.size, dtype=bool)
        return Chooser(Rules(at_most={"kind": 2}).on(catalog), policy, vectors, waiting)

    def test_each_is_shown_as_often_whatever_its_score(self):
        chooser, random = self.chooser(first_audience=1.0), generator(4)
        scores, usable = np.arange(self.size, dtype=np.float32), np.ones(self.size, dtype=bool)
        drawn = [chooser.choose(scores, usable, 1, random, now=0.0) for _ in range(900)]
        thirds = np.bincount([int(one.rows[0]) // CANDIDATES for one in drawn], minlength=3)
        assert stats.chisquare(thirds).pvalue > 0.01
        assert {float(one.propensities[0]) for one in drawn} == {1 / self.size}

    @pytest.mark.parametrize("diversity", [0.0, 0.8])
    def test_outside_of_its_share_nothing_but_candidates_and_a_bonus_for_them(self, diversity):
        chooser, random = self.chooser(first_audience=0.1, diversity=diversity), generator(4)
        scores, usable = np.arange(self.size, dtype=np.float32), np.ones(self.size, dtype=bool)
        asked = []

        def bonus(rows):
            asked.append(rows.tolist())
            return np.zeros(len(rows), dtype=np.float32)

        for _ in range(30):
            one = chooser.choose(scores, usable, 5, random, now=0.0, bonus=bonus)
            greeted = one.propensities < 0.5
            assert (one.rows[~greeted] >= self.size - CANDIDATES).all()
        assert asked[0] == list(range(self.size - 1, self.size - 1 - CANDIDATES, -1))


class TestReacting:
    def test_a_reaction_changes_the_next_slate(self, model):
        reacting = Reacting.fit(model.known.interactions, model.fusion)
        assert item_factors(model.fusion).shape[0] == len(model.known.catalog)
        belief = reacting.head.somebody()
        for item in range(8):
            belief = reacting.head.learned(belief, item, 0.0)
        asked = []

        def bonus(history, items):
            asked.append((history.item.tolist(), len(items)))
            return 3 * reacting.upper(belief, items, 0.2)

        before = ask(model).slate
        after = ask(model, bonus=bonus).slate
        assert before.items != after.items
        rows = [model.known.catalog.items.row(item) for item in LIKES]
        assert asked == [(rows, len(model.known.catalog) - len(LIKES))]

    def test_nothing_learned_and_no_width_is_no_bonus(self, model):
        reacting = Reacting.fit(model.known.interactions, model.fusion)
        every = np.arange(len(model.known.catalog))
        assert not reacting.upper(reacting.head.somebody(), every, 0.0).any()
        assert (reacting.upper(reacting.head.somebody(), every, 0.2) > 0).all()

    def test_what_somebody_glanced_at_says_less(self, model):
        reacting = Reacting.fit(model.known.interactions, model.fusion)
        liked, item = Histories.single(likes=[3]), np.array([3])
        glanced = replace(liked, weight=np.array([0.2], dtype=np.float32))
        little, much = (
            float(reacting.upper(reacting.belief(h), item, 0.0)[0]) for h in (glanced, liked)
        )
        assert 0 < little < 0.8 * much

    def test_beliefs_survive_a_fold_in(self, model, since):
        reacting = Reacting.fit(model.known.interactions, model.fusion)
        fresh = pl.DataFrame({"item": ["new-1"], "title": ["The starship of new stars"]})
        grown = since([("z", "new-1", 1.0)], items=fresh)
        more = reacting.grown(grown.known.interactions, grown.fusion)
        every = np.arange(len(model.known.catalog) + 1)
        belief = reacting.belief(model.histories(["u0"]))
        bonus = more.upper(belief, every, 0.2)
        assert np.isfinite(bonus).all()
        np.testing.assert_array_equal(bonus[:-1], reacting.upper(belief, every[:-1], 0.2))


def test_the_cost_of_each_rule_is_told(model):
    queries = [Query(likes=LIKES, k=5)] * 3
    good = [frozenset(ask(model).slate.items[:2])] * 3
    rules = Rules(hidden=good[0], at_most={"shelf": 1}, weigh={"year": 0.0})
    costs = {c.rule: c for c in rule_costs(model, rules, queries, good, now=0.0, k=5)}
    assert set(costs) == {"hidden", "at_most shelf", "weigh year"}
    assert costs["hidden"].cost > 0.4 and costs["hidden"].fired == 6
    assert costs["weigh year"].cost == 0.0
    assert costs["hidden"].to_row()["metric"] == "ndcg@5"
