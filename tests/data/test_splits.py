"""Splits hold out what they say, and nothing that is held out can be learned from."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data.events import Interactions
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.splits import (
    Split,
    k_shot,
    new_items_split,
    new_users_split,
    random_split,
    time_split,
    user_time_split,
)
from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError, EmptyData, MissingColumn

TOY = toy_world(users=30, per_shelf=8)


def rows(
    *triples: tuple[int, int, int], times: list[float] | None = None, users: int = 4, items: int = 5
) -> Interactions:
    user, item, label = (np.array(column, dtype=np.int64) for column in zip(*triples, strict=True))
    return Interactions(
        users=IdMap(tuple(f"u{n}" for n in range(users))),
        items=IdMap(tuple(f"i{n}" for n in range(items))),
        user=user,
        item=item,
        label=label.astype(np.float32),
        weight=np.ones(len(user), dtype=np.float32),
        value=label.astype(np.float32),
        timestamp=np.array(times if times is not None else range(len(user)), dtype=np.float64),
    )


def pairs(interactions: Interactions) -> set[tuple[int, int]]:
    return set(zip(interactions.user.tolist(), interactions.item.tolist(), strict=True))


def revealed(split: Split) -> set[tuple[int, int]]:
    who = split.users[split.histories.person].tolist()
    return set(zip(who, split.histories.item.tolist(), strict=True))


def wanted(split: Split) -> set[tuple[int, int]]:
    row, item = split.relevant.nonzero()
    return set(zip(split.users[row].tolist(), item.tolist(), strict=True))


def check(split: Split) -> None:
    """What must hold of every split."""
    liked = split.test.where(split.test.label > 0)
    assert wanted(split) <= pairs(liked)
    assert not wanted(split) & revealed(split)
    assert not wanted(split) & pairs(split.train)
    assert set(split.test.user.tolist()) <= set(split.users.tolist())
    assert split.relevant.shape == (len(split), len(split.train.items))
    assert len(split.histories) == len(split) > 0
    assert (np.diff(split.users) > 0).all()
    assert len(split.train) > 0
    if split.candidates is not None:
        assert all(split.candidates[item] for _, item in wanted(split))


def test_time_learns_strictly_from_before() -> None:
    data = rows((0, 0, 1), (1, 1, 1), (0, 2, 0), (2, 3, 1), (0, 4, 1), times=[1, 2, 2, 3, 3])
    split = time_split(data, 0.4)
    check(split)
    assert split.train.timestamp.max() < split.test.timestamp.min() == 3
    assert split.users.tolist() == [0, 2]
    assert split.histories.count.tolist() == [2, 0]
    assert wanted(split) == {(0, 4), (2, 3)}


def test_time_with_a_shared_last_moment_holds_out_more_not_less() -> None:
    data = rows((0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1), times=[1, 5, 5, 5])
    assert len(time_split(data, 0.25).test) == 3
    with pytest.raises(EmptyData, match="no row is to learn from in this split of 4 rows"):
        time_split(replace(data, timestamp=np.full(4, 7.0)), 0.25)


def test_user_time_holds_out_the_last_of_everybody_with_two_rows() -> None:
    data = rows((0, 0, 1), (0, 1, 1), (1, 2, 1), (0, 2, 0), (2, 0, 1), (2, 3, 1))
    split = user_time_split(data, 0.2)
    check(split)
    assert pairs(split.test) == {(0, 2), (2, 3)}
    assert (1, 2) in pairs(split.train)
    with pytest.raises(EmptyData, match="no row is held out"):
        user_time_split(rows((0, 0, 1), (1, 1, 1)))


def test_splits_by_time_need_times() -> None:
    data = rows((0, 0, 1), (0, 1, 1), times=[1, float("nan")])
    with pytest.raises(MissingColumn, match="time split needs a timestamp in every row; 1 row"):
        time_split(data)
    with pytest.raises(MissingColumn, match="user-time split needs"):
        user_time_split(data)
    empty = data.where(np.zeros(2, dtype=bool))
    with pytest.raises(EmptyData, match="there are no interactions to split"):
        time_split(empty)


def test_random_keeps_all_rows_of_a_pair_on_one_side() -> None:
    data = rows(*[(n % 4, n % 5, 1) for n in range(40)])
    split = random_split(data, 0.3, seed=1)
    check(split)
    assert not pairs(split.train) & pairs(split.test)
    assert len(split.train) + len(split.test) == 40


def test_a_repeated_like_is_not_to_be_found_again() -> None:
    data = rows((0, 0, 1), (0, 1, 1), (0, 0, 1), (0, 2, 1), times=[1, 2, 3, 4])
    split = user_time_split(data, 0.5)
    assert pairs(split.test) == {(0, 0), (0, 2)}
    assert wanted(split) == {(0, 2)}


def test_new_users_were_not_there_in_training() -> None:
    data = TOY.interactions
    split = new_users_split(data, test_users=9, k=3, seed=0, most=5, people=TOY.people)
    check(split)
    assert not set(split.users.tolist()) & set(split.train.user.tolist())
    assert split.histories.count.tolist() == [3] * 9
    assert split.histories.attributes[0] == TOY.people.attributes[split.users[0]]
    everything = pairs(data.where(np.isin(data.user, split.users)))
    assert revealed(split) | pairs(split.test) == everything
    assert "9 new users, 3 interactions revealed of each, 21 users to learn from" in split.note


def test_at_most_half_of_the_users_are_asked_about() -> None:
    assert len(new_users_split(TOY.interactions, test_users=200, k=0, most=3)) == 15


def test_new_items_have_no_rows_in_training() -> None:
    split = new_items_split(TOY.interactions, 0.25, seed=2, people=TOY.people)
    check(split)
    assert split.candidates is not None
    hidden = np.flatnonzero(split.candidates)
    assert len(hidden) == round(21 * 0.25)
    assert not set(hidden.tolist()) & set(split.train.item.tolist())
    assert not set(hidden.tolist()) & set(split.histories.item.tolist())
    assert (split.histories.count > 0).all()
    assert (split.relevant.getnnz(axis=1) > 0).all()


def test_few_training_users_still_ask_about_warm_people() -> None:
    few = new_items_split(TOY.interactions, 0.25, seed=2, train_users=4, test_users=6)
    more = new_items_split(TOY.interactions, 0.25, seed=2, train_users=8, test_users=6)
    check(few)
    assert few.users.tolist() == more.users.tolist()
    assert np.array_equal(few.histories.item, more.histories.item)
    assert set(few.train.user.tolist()) < set(more.train.user.tolist())


def test_k_shots_take_both_classes_in_turn() -> None:
    labels = np.array([1, 1, 1, 1, 1, 1, 0, 0], dtype=np.float32)
    chosen = k_shot(labels, 6, seed=3)
    assert labels[chosen].tolist() == [1, 0, 1, 0, 1, 1]
    assert k_shot(labels, 4, seed=3).tolist() == chosen[:4].tolist()
    assert sorted(k_shot(labels, 8).tolist()) == list(range(8))
    with pytest.raises(EmptyData, match="9 labelled rows are wanted, there are 8"):
        k_shot(labels, 9)
    with pytest.raises(ConfigError, match="k must be at least 1, not 0"):
        k_shot(labels, 0)


def test_impossible_wishes() -> None:
    data = TOY.interactions
    with pytest.raises(ConfigError, match="share held out must lie between 0 and 1, not be 1"):
        time_split(data, 1)
    with pytest.raises(ConfigError, match=r"k must lie between 0 and 10 .* not 11"):
        new_users_split(data, k=11)
    with pytest.raises(ConfigError, match="test_users must be at least 1, not 0"):
        new_users_split(data, test_users=0)
    with pytest.raises(EmptyData, match="nobody has a like left after 50 revealed"):
        new_users_split(data, most=50)
    with pytest.raises(EmptyData, match="nobody who has other interactions likes one"):
        new_items_split(rows((0, 0, 1), (1, 1, 1)), 0.5)
    with pytest.raises(EmptyData, match="nobody has a like left"):
        new_users_split(data.where(np.zeros(len(data), dtype=bool)))
    with pytest.raises(EmptyData, match="nobody has a like left"):
        new_users_split(rows((0, 0, 1), (0, 1, 1)), most=0)


ROWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 9), st.integers(0, 1), st.integers(0, 5)),
    min_size=2,
    max_size=60,
)


@settings(max_examples=120, deadline=None)
@given(table=ROWS, share=st.sampled_from([0.1, 0.3, 0.6]), seed=st.integers(0, 5))
def test_on_any_data_splits_hold_or_say_why_not(
    table: list[tuple[int, int, int, int]], share: float, seed: int
) -> None:
    data = rows(*[row[:3] for row in table], times=[row[3] for row in table], users=8, items=10)
    people = People.unknown(data.users)
    for make in (
        lambda: time_split(data, share, people),
        lambda: user_time_split(data, share, people),
        lambda: random_split(data, share, seed, people),
        lambda: new_users_split(data, None, 3, 1, seed, people=people, most=2),
        lambda: new_items_split(data, share, seed, people=people),
    ):
        try:
            split = make()
        except EmptyData:
            continue
        check(split)
        again = make()
        assert np.array_equal(split.train.item, again.train.item)
        assert np.array_equal(split.histories.item, again.histories.item)


@settings(max_examples=60, deadline=None)
@given(table=ROWS, seed=st.integers(0, 5))
def test_smaller_cells_of_a_curve_are_parts_of_larger_ones(
    table: list[tuple[int, int, int, int]], seed: int
) -> None:
    data = rows(*[row[:3] for row in table], times=[row[3] for row in table], users=8, items=10)
    try:
        cells = [
            new_users_split(data, n, 3, k, seed, most=3) for n in (1, 2, None) for k in (0, 1, 3)
        ]
    except EmptyData:
        return
    for cell in cells:
        assert cell.users.tolist() == cells[0].users.tolist()
        assert cell.histories.count.max() <= 3
    for smaller, larger in pairwise(cells[:3]):
        assert revealed(smaller) <= revealed(larger)
        assert wanted(larger) <= wanted(smaller)
    assert pairs(cells[0].train) <= pairs(cells[3].train) <= pairs(cells[6].train)
    assert revealed(cells[2]) == revealed(cells[8])


def test_another_seed_is_another_split() -> None:
    first = new_users_split(TOY.interactions, k=2, seed=0, most=3, test_users=9)
    second = new_users_split(TOY.interactions, k=2, seed=1, most=3, test_users=9)
    assert first.users.tolist() != second.users.tolist()
