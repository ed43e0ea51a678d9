"""Rules as an expert: the contract of rankers, and weights by hand."""

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import KNOWN, ordinary, shelf_of

from fewrec.data.histories import Histories
from fewrec.ranker.rule_expert import RuleExpert


class TestRuleExpert(RankerContract):
    def ranker(self):
        return RuleExpert(support=2)

    def test_a_shelf_is_a_rule_and_a_reason(self):
        fitted = self.fitted()
        assert any("shelf(a, x), shelf(b, x)" in rule for rule in fitted.told)
        person = Histories.single([0])
        scores = fitted.scores(person)[0] - fitted.scores(Histories.single())[0]
        same = np.array([shelf_of(i) == 0 for i in range(KNOWN)])
        assert scores[same].min() > scores[~same].max()
        (facts,) = fitted.facts(person, np.array([3]))
        assert facts[0].rule.startswith("liked(u, a), shelf(a, ")
        assert sum(fact.amount for fact in facts) <= scores[3] + 1e-5

    def test_scores_are_the_weights_of_the_rules_that_hold(self):
        fitted, person = self.fitted(), Histories.single([0, 9])
        attributes = fitted.attributes.toarray() > 0
        liked = attributes[[0, 9]].any(axis=0)
        for item in (1, 12, 20):
            holds = {
                int(k)
                for k, a, b in zip(fitted.rule, fitted.left, fitted.right, strict=True)
                if liked[a] and attributes[item, b]
            }
            expected = fitted.general[attributes[item]].sum() + fitted.weight[list(holds)].sum()
            assert fitted.scores(person)[0, item] == pytest.approx(expected, abs=1e-5)

    def test_without_general_rules_strangers_hear_nothing(self):
        fitted = RuleExpert(support=2, general=False).fit(ordinary())
        assert len(fitted.weight) and not fitted.scores(Histories.single()).any()
