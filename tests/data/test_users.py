"""The users table: groups that people can share."""

import polars as pl

from fewrec.data.ids import IdMap
from fewrec.data.users import bin_name, column_kinds, people_from_table, quantile_edges

PEOPLE = pl.DataFrame(
    {
        "user": [f"u{n}" for n in range(60)],
        "age": [str(15 + n) for n in range(60)],
        "gender": ["F", "M"] * 30,
        "zip": [f"{10000 + 731 * n:05d}" if n else "01002" for n in range(60)],
        "hobbies": ["chess|go", "go"] * 30,
        "profile": ["I like films.", None] * 30,
        "member": [True, False] * 30,
    }
)
USERS = IdMap(tuple(PEOPLE["user"]))


def test_cells_become_attributes_and_profiles() -> None:
    people = people_from_table(PEOPLE, USERS)
    assert people.attributes[0] == (
        "age=under 27",
        "gender=F",
        "hobbies=chess",
        "hobbies=go",
        "member=true",
    )
    assert people.attributes[59][:2] == ("age=62 or more", "gender=M")
    assert people.attributes[13][0] == "age=27 to 38"
    assert people.profile[:2] == ("I like films.", "")
    assert people.bins == {"age": (27.0, 39.0, 50.0, 62.0)}


def test_columns_that_tell_persons_are_skipped() -> None:
    assert column_kinds(PEOPLE)["zip"] == "skip"
    assert column_kinds(PEOPLE, kinds={"zip": "category"})["zip"] == "category"
    codes = PEOPLE.select("user", club=pl.col("zip"))
    assert column_kinds(codes)["club"] == "skip"
    assert column_kinds(PEOPLE.head(2))["zip"] == "skip"


def test_newcomers_fall_into_the_groups_of_before() -> None:
    old = people_from_table(PEOPLE, USERS)
    newcomer = pl.DataFrame({"user": ["x"], "age": [30], "gender": ["F"], "zip": ["123"]})
    new = people_from_table(newcomer, IdMap(("w", "x")), old.bins)
    assert new.attributes[0] == ()
    assert new.attributes[1][:2] == ("age=27 to 38", "gender=F")
    assert new.bins == old.bins


def test_people_the_table_lacks_are_strangers_and_others_are_passed_over() -> None:
    people = people_from_table(PEOPLE, IdMap(("u3", "nobody")))
    assert people.attributes[1] == ()
    assert people.attributes[0][1] == "gender=M"


def test_bins() -> None:
    assert quantile_edges(pl.Series([1.0, 1.0, 1.0]).to_numpy()) == ()
    assert bin_name(3, ()) == "3"
    edges = (2.0, 3.0, 10.0)
    assert [bin_name(n, edges) for n in (1, 2, 3, 9.5, 10)] == [
        "under 2",
        "2 to under 3",
        "3 to 9",
        "3 to 9",
        "10 or more",
    ]
    assert bin_name(0.7, (0.5, 0.75)) == "0.5 to under 0.75"
