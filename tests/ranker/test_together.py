"""Many people at once are scored as each alone, and as the contributions add up."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ranker.worlds import KNOWN, everybody, world

from fewrec.ranker import content, together
from fewrec.recommender.asking import Revisiting, stacked
from fewrec.recommender.rankers import hybrid


@pytest.mark.parametrize("name", ["ordinary", "nothing described", "repeated rows", "no rows"])
@pytest.mark.parametrize("cells", [1, 10**6])
def test_everybody_is_scored_as_alone(name, cells, monkeypatch):
    monkeypatch.setattr(together, "CELLS", cells)
    fitted = hybrid().fit(world(name))
    alone = list(everybody(KNOWN).values())
    for people in (alone, [Revisiting(**vars(person)) for person in alone]):
        both = stacked(people)
        scores = fitted.scores(both)
        np.testing.assert_allclose(scores, fitted.contributions(both).sum(axis=1), atol=1e-5)
        each = [fitted.scores(person)[0] for person in people]
        np.testing.assert_allclose(scores, np.stack(each), atol=1e-5)


def test_nobody():
    fitted = hybrid().fit(world("ordinary"))
    person = next(iter(everybody(KNOWN).values()))
    assert fitted.scores(person.take(np.zeros(0, dtype=np.int64))).shape == (0, len(fitted.met))


def test_likeness_of_all_items_or_of_those_asked_about(monkeypatch):
    fitted = hybrid().fit(world("ordinary"))
    alone = list(everybody(KNOWN).values())
    people = stacked([person for person in alone for _ in range(content.SOME + 1)])
    experts = [fitted.experts[name] for name in ("text-knn", "attribute-knn")]
    held = [expert.scores(people) for expert in experts]
    monkeypatch.setattr(content, "HELD_BYTES", 0)
    for expert, before in zip(experts, held, strict=True):
        assert before.any()
        np.testing.assert_allclose(expert.scores(people), before, atol=1e-5)
