"""Prompts that begin alike are found, and every prompt is in one group."""

from hypothesis import given
from hypothesis import strategies as st

from fewrec.knowledge.language.prefixes import WORTH_SHARING, common, groups, root

HEAD = list(range(WORTH_SHARING))


def test_one_token_of_each_prompt_is_always_left_over():
    assert common([1, 2, 3], [1, 2, 3]) == 2
    assert common([1], [1, 2]) == 0
    assert root([[1, 2, 3], [1, 2, 4], [1, 2]]) == 1
    assert root([[1, 2, 3]]) == 0


def test_rows_of_one_person_are_one_group():
    ann, bob = [7, *HEAD, 1], [8, *HEAD, 1]
    prompts = [[0, *ann, 5], [0, *bob, 5], [0, *ann, 6], [0, *bob, 6], [0, 9, 9]]
    found = groups(prompts)
    assert [set(group.rows) for group in found] == [{4}, {0, 2}, {1, 3}]
    assert [group.shared for group in found] == [1, len(ann) + 1, len(bob) + 1]


def test_short_common_beginnings_are_not_worth_a_group():
    prompts = [[0, 1, 2, 3, 5], [0, 1, 2, 3, 6], [0, 9, 9]]
    (only,) = groups(prompts)
    assert sorted(only.rows) == [0, 1, 2]
    assert only.shared == 1


@given(st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=60), min_size=1, max_size=12))
def test_groups_hold_every_prompt_once_and_share_what_they_say(prompts):
    found = groups(prompts)
    assert sorted(row for group in found for row in group.rows) == list(range(len(prompts)))
    for group in found:
        first = prompts[group.rows[0]]
        for row in group.rows:
            assert prompts[row][: group.shared] == first[: group.shared]
            assert len(prompts[row]) > group.shared


def test_no_prompts_share_nothing():
    assert groups([]) == []
