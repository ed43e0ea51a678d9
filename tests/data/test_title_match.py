"""Titles of two catalogues that spell differently."""

import pytest

from fewrec.data.title_match import match_titles, title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Matrix, The (1999)", "The Matrix"),
        ("Misérables, Les (1995)", "Les Miserables"),
        ("Shanghai Triad (Yao a yao yao dao waipo qiao) (1995)", "Shanghai Triad"),
        ("Wallace & Gromit", "Wallace and Gromit"),
        ("M*A*S*H (1970)", "M A S H"),
    ],
)
def test_one_title_in_two_spellings_has_one_key(one, other):
    assert title_key(one) == title_key(other)


def test_a_title_of_signs_alone_keeps_a_key():
    assert title_key("???") == "???"


def test_the_year_tells_namesakes_apart_and_may_be_off_by_one():
    titles, years = ["Emma", "Emma", "Heat"], ["1932", "1996", "1995"]
    found = match_titles(
        ["Emma (1996)", "Emma (1933)", "Emma (1950)", "Heat (1986)"], titles, years
    )
    assert found.tolist() == [1, 0, -1, 2]


def test_an_exact_title_goes_first_and_unknown_ones_have_no_row():
    titles = ["the heat", "Heat, The", "The Heat"]
    assert match_titles(["The Heat", "Cold"], titles, [None] * 3).tolist() == [2, -1]


def test_a_title_that_stands_twice_is_the_first_one():
    assert match_titles(["Chasing Amy (1997)"], ["Chasing Amy"] * 2, ["1997"] * 2).tolist() == [0]


def test_years_are_read_from_titles_where_none_are_given():
    titles = ["Emma (1932)", "Emma (1996)"]
    assert match_titles(["emma (1996)"], titles).tolist() == [1]
