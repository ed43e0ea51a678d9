"""What experts say of a person is the same, carried from event to event or worked out anew."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ranker.worlds import KNOWN, everybody, world

from fewrec.data.histories import Histories
from fewrec.ranker import content
from fewrec.ranker.standing import Additive, Standing
from fewrec.recommender.model import FOR_EVERYBODY
from fewrec.recommender.rankers import hybrid

EVENTS = [(3, True), (7, False), (1, True), (11, True)]


@pytest.fixture(scope="module", params=["ordinary", "nothing described"])
def fitted(request):
    return hybrid().fit(world(request.param))


@pytest.mark.parametrize("room", [0, content.HELD_BYTES])
def test_scores_after_events_are_those_of_the_whole_history(fitted, room, monkeypatch):
    monkeypatch.setattr(content, "HELD_BYTES", room)
    for person in everybody(KNOWN).values():
        standing = Standing.of(fitted, person, FOR_EVERYBODY)
        np.testing.assert_allclose(standing.scores(), fitted.scores(person), atol=1e-5)
        for item, liked in EVENTS:
            if item in person.item:
                continue
            event = Histories.single([item] if liked else [], [] if liked else [item])
            person = person.after(item, liked)
            standing = standing.after(person, event)
            np.testing.assert_allclose(standing.scores(), fitted.scores(person), atol=2e-5)


def test_sums_of_parts_add_up_and_make_the_scores(fitted):
    person = next(p for p in everybody(KNOWN).values() if len(p.item) > 2)
    kept = np.arange(len(person.item)) < 2
    additive = {n: e for n, e in fitted.experts.items() if isinstance(e, Additive)}
    assert {"item-knn", "ease", "residual-knn", "ials"} <= set(additive)
    for name, expert in additive.items():
        whole = expert.sums(person)
        parts = expert.sums(person.rows(kept)) + expert.sums(person.rows(~kept))
        np.testing.assert_allclose(parts, whole, atol=1e-5, err_msg=name)
        scores = expert.scores(person)[0]
        np.testing.assert_allclose(expert.of_sums(whole, person), scores, atol=1e-5, err_msg=name)


def test_experts_called_unmoved_do_not_look_at_rows(fitted):
    for person in everybody(KNOWN).values():
        more = person.after(2).after(5, liked=False)
        for name, expert in fitted.experts.items():
            if name in FOR_EVERYBODY:
                assert (expert.scores(person) == expert.scores(more)).all(), name
