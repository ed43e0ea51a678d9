"""Flags replace a part of the guess, and are refused where they name nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewrec.data.guess import Choices, Guess, Spelling, guess_files
from fewrec.errors import BadValue, ConfigError, EmptyData, MissingColumn

LOG = """who_id,thing_id,mark,other mark,on
a,x,5,1,03/04/2022
a,y,2,2,05/04/2022
b,x,0,3,01/05/2022
b,z,4,4,02/04/2022
c,y,1,5,07/05/2022
c,z,0,1,09/05/2022
d,x,3,2,10/06/2022
"""


def guess(folder: Path, text: str = LOG, name: str = "log.csv", **choices) -> Guess:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return guess_files([path], Choices(**choices))


def first(found: Guess) -> dict:
    return found.tables["interactions"].row(0, named=True)


def test_roles(tmp_path: Path) -> None:
    found = guess(tmp_path, roles={"user": "thing_id", "item": "who_id", "value": "other mark"})
    assert first(found) | {"timestamp": 0} == {"user": "x", "item": "a", "value": 1, "timestamp": 0}


def test_a_role_may_name_its_file(tmp_path: Path) -> None:
    found = guess(tmp_path, roles={"value": "log.csv:other mark"})
    assert first(found)["value"] == 1


@pytest.mark.parametrize("role", ["value", "timestamp"])
def test_none_takes_a_role_away(tmp_path: Path, role: str) -> None:
    text = LOG.replace(",other mark", ",n").replace("mark", "rating")
    assert role in guess(tmp_path, text).tables["interactions"].columns
    found = guess(tmp_path, text, roles={role: "none"})
    assert role not in found.tables["interactions"].columns


def test_dates(tmp_path: Path) -> None:
    told = guess(tmp_path, dates="month-first")
    assert not any("--dates" in doubt.flag for doubt in told.doubts)
    assert first(told)["timestamp"] == 1646352000
    assert first(guess(tmp_path))["timestamp"] == 1648944000


def test_zero_may_mean_not_rated(tmp_path: Path) -> None:
    found = guess(tmp_path, roles={"value": "mark"}, unrated="0")
    table = found.tables["interactions"]
    assert table["value"].to_list() == [5, 2, None, 4, 1, None, 3]
    assert table["event"].to_list() == ["rate", "rate", "play", "rate", "rate", "play", "rate"]


def test_blank_may_mean_not_rated(tmp_path: Path) -> None:
    text = "user,item,rating\na,x,5\na,y,\nb,x,1\nb,z,4\nc,y,2\n"
    assert guess(tmp_path, text).tables["interactions"].height == 4
    found = guess(tmp_path, text, unrated="blank")
    assert found.tables["interactions"]["event"].to_list() == ["rate", "play", *["rate"] * 3]


def test_decimal_mark(tmp_path: Path) -> None:
    text = "user,item,rating\n" + "".join(f"u{n},i{n % 3},{n}.{n}00\n" for n in range(1, 7))
    assert first(guess(tmp_path, text))["value"] == pytest.approx(1.1)
    assert first(guess(tmp_path, text, spelling=Spelling(decimal=",")))["value"] == 1100


def test_events(tmp_path: Path) -> None:
    text = "user,item,action\na,x,0\na,y,1\nb,x,0\nb,y,2\nc,x,1\n"
    silent = guess(tmp_path, text)
    assert [doubt.flag for doubt in silent.doubts] == ["--event action --event 0=EVENT"]
    events = {"0": "view", "1": "cart", "2": "buy"}
    found = guess(tmp_path, text, roles={"event": "action"}, events=events)
    assert found.tables["interactions"]["event"].to_list() == [
        "view",
        "cart",
        "view",
        "buy",
        "cart",
    ]
    whole = guess(tmp_path, text, roles={"event": "none"}, events={"log.csv": "click"})
    assert whole.tables["interactions"]["event"].unique().to_list() == ["click"]


def test_unknown_events_count_for_nothing_and_this_is_said(tmp_path: Path) -> None:
    text = "user,item,event\na,x,view\na,y,wobble\nb,x,purchase\nb,y,view\nc,x,wobble\n"
    found = guess(tmp_path, text)
    assert found.settings["events"] == {"wobble": 0.0}
    assert [doubt.flag for doubt in found.doubts] == ["--event wobble=EVENT"]
    assert sum(found.likes) == 3


def test_kinds(tmp_path: Path) -> None:
    text = "item,title,floor\n1,Up,3\n2,Big,4\n3,Jaws,3\n4,The Fly,5\n5,Heat,3\n"
    assert guess(tmp_path, text, "items.csv").settings["items"]["floor"] == "number"
    found = guess(tmp_path, text, "items.csv", kinds={"floor": "category"})
    assert found.settings["items"]["floor"] == "category"


def test_like_and_tables(tmp_path: Path) -> None:
    found = guess(tmp_path, roles={"value": "mark"}, like="value >= 2")
    assert found.rule == "value >= 2" and found.likes == (4, 3)
    flags = "id,name,a,b,c,d\n1,Up,1,0,0,1\n2,Big,0,1,1,0\n3,Jaws,1,1,0,0\n"
    found = guess(tmp_path, flags, "t.csv", tables={"t.csv": "interactions"}, roles={"user": "id"})
    assert found.tables["interactions"].height == 6


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (
            {"roles": {"user": "whoid"}},
            "--user whoid: there is no such column. Did you mean 'who_id'",
        ),
        ({"tables": {"lag.csv": "items"}}, "--table lag.csv=items: there is no such file"),
        ({"tables": {"log.csv": "item"}}, "--table log.csv=item: there is no such table"),
        ({"events": {"log.csv": "purchase"}}, "--event log.csv=purchase: there is no such event"),
        ({"events": {"lag.csv": "buy"}}, "--event lag.csv=buy: no file and no event is called so"),
        ({"kinds": {"mark": "colour"}}, "--kind mark=colour: there is no such kind"),
        ({"kinds": {"mark": "number"}}, "--kind mark=number: this is no column of items or users"),
        ({"dates": "us"}, "--dates us: say day-first or month-first"),
        ({"like": "mark > 3"}, "is not a liked rule"),
    ],
)
def test_choices_that_name_nothing(tmp_path: Path, choices: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        guess(tmp_path, roles={"value": "mark"} | choices.pop("roles", {}), **choices)


def test_no_users(tmp_path: Path) -> None:
    text = "order,product,date\n1,tea,2024-01-01\n1,cup,2024-01-01\n2,tea,2024-01-02\n"
    with pytest.raises(MissingColumn, match=r"no column of users can be recognised.*--user COLUMN"):
        guess(tmp_path, text)


def test_no_items(tmp_path: Path) -> None:
    text = "1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n2:\n885013,4,2005-10-19\n"
    with pytest.raises(MissingColumn, match="no column of items can be recognised"):
        guess(tmp_path, text)


def test_baskets_without_customers(tmp_path: Path) -> None:
    with pytest.raises(MissingColumn, match="no column of users"):
        guess(tmp_path, "milk,bread,butter\nbeer\nmilk,beer,honey,jam\nbread\n")


def test_only_blank_users(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match="no row names both a user and an item"):
        guess(tmp_path, "user,item\n,x\n,y\n,x\n")


def test_many_broken_rows(tmp_path: Path) -> None:
    text = "user,item,rating\na,x,5\nb,y,great\nc,x,4\nd,y,3\nd,x,2\ne,x,2,2\n"
    with pytest.raises(BadValue, match=r"line 7: the row has 4 cells.*2 of 6 rows cannot be read"):
        guess(tmp_path, text)
    path = tmp_path / "log.csv"
    found = guess_files([path], skip_bad=True)
    assert found.tables["interactions"].height == 4
    assert sorted(fault.line for fault in found.faults) == [3, 7]


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("train", "test"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "r.csv").write_text(f"user,item\n{folder},x\n{folder},y\nz,x\n")
    found = guess_files([tmp_path / "train" / "r.csv", tmp_path / "test" / "r.csv"])
    assert [plan.raw.name for plan in found.files] == ["train/r.csv", "test/r.csv"]
    assert set(found.tables["interactions"]["user"]) == {"train", "test", "z"}
