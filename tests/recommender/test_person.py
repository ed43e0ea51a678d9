"""Somebody whose slate follows every event is answered as whoever says the same at once."""

import numpy as np
import pytest

from fewrec.data.histories import Histories
from fewrec.data.slate import Query
from fewrec.errors import UnknownId
from fewrec.recommender.person import Person


@pytest.mark.parametrize("user", ["u0", "nobody", None])
def test_likes_one_after_the_other_are_likes_said_at_once(model, user):
    person = Person.of(model, Query(user=user))
    before = person.slate(5)
    person = person.after("space-1").after("cooking-2", liked=False).after("romance-3")
    told = Query(user=user, likes=("space-1", "romance-3"), dislikes=("cooking-2",), k=5)
    after = person.slate(5)
    assert after.items == model.slate(told).items != before.items
    assert after.scores == pytest.approx(model.slate(told).scores, abs=1e-5)
    assert after.stage == model.slate(told).stage
    assert not {"space-1", "cooking-2", "romance-3"} & set(person.slate(100).items)


def test_a_second_event_on_an_item_replaces_the_first(model):
    person = Person.of(model, Query()).after("space-1").after("space-2")
    other = person.after("space-1", liked=False)
    rows = model.known.catalog.items
    assert other.history.item.tolist() == [rows.row("space-2"), rows.row("space-1")]
    assert other.history.label.tolist() == [1.0, 0.0]
    assert person.history.label.tolist() == [1.0, 1.0], "who was before stays who they were"
    assert (
        other.slate(4).items
        == model.slate(Query(likes=("space-2",), dislikes=("space-1",), k=4)).items
    )


def test_whoever_goes_two_ways_is_two_people(model):
    root = Person.of(model, Query(user="u0"))
    root.slate(5)
    found = [i for i in root.slate(100).items]
    for first, second in ((found[3], found[9]), (found[4], found[8])):
        person = root.after(first).after(second, liked=False)
        told = Query(user="u0", likes=(first,), dislikes=(second,), k=5)
        assert person.slate(5).items == model.slate(told).items


def test_many_events_do_not_run_out_of_room(model):
    person, told = Person.of(model, Query()), []
    for item in model.known.catalog.items.ids[:40]:
        person = person.after(item)
        told.append(item)
        if len(told) % 13 == 0:
            assert person.slate(3).items == model.slate(Query(likes=tuple(told), k=3)).items


def test_an_item_that_is_not_there(model):
    with pytest.raises(UnknownId, match="space-99"):
        Person.of(model, Query()).after("space-99")


def test_two_branches_of_one_history_do_not_meet():
    root = Histories.single([1, 2])
    left, right = root.after(3), root.after(4, liked=False, weight=2.0)
    both = left.after(5), right.after(6)
    assert [h.item.tolist() for h in both] == [[1, 2, 3, 5], [1, 2, 4, 6]]
    assert both[1].label.tolist() == [1.0, 1.0, 0.0, 1.0]
    assert both[1].weight.tolist() == [1.0, 1.0, 2.0, 1.0]
    assert np.diff(both[1].start).tolist() == [4]
