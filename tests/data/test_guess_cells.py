"""Numbers, times, opinions and events as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from fewrec.data.guess.numbers import guess_numbers, is_unknown
from fewrec.data.guess.opinions import deed_of, read_deeds, read_opinions
from fewrec.data.guess.times import TimeForm, guess_times


def seconds(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.049,90 €", "24,50 €"], [1049.9, 24.5]),
        (["4,5", "3"], [4.5, 3.0]),
        (["1,018.00", "11.50"], [1018.0, 11.5]),
        (["$1,299.00", "$5.00"], [1299.0, 5.0]),
        (["80 %", "5%"], [80.0, 5.0]),
        (["12 000", "3"], [12000.0, 3.0]),
        (["1'250.50", "3.00"], [1250.5, 3.0]),
        (["1.234.567", "8"], [1234567.0, 8.0]),
        (["1e3", "2.5E-1"], [1000.0, 0.25]),
        (["−3", "+4"], [-3.0, 4.0]),
        (["0.125", ".5"], [0.125, 0.5]),
    ],
)
def test_numbers(cells: list[str], numbers: list[float]) -> None:
    column = pl.Series(cells)
    form = guess_numbers(column)
    assert form is not None and form.sure
    assert form.parse(column).to_list() == numbers


def test_words_are_no_numbers() -> None:
    assert guess_numbers(pl.Series(["5", "x"])) is None
    assert guess_numbers(pl.Series(["A-1001", "A-1002"])) is None


def test_three_places_could_be_thousands_and_this_is_said() -> None:
    form = guess_numbers(pl.Series(["1.234", "5.678"]))
    assert form is not None and not form.sure


def test_dashes_are_unknown() -> None:
    assert is_unknown(pl.Series(["-", "4", None, "?"])).to_list() == [True, False, True, True]
    form = guess_numbers(pl.Series(["4.5", "-", "3.0"]))
    assert form is not None and form.parse(pl.Series(["-"])).to_list() == [None]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-01-05", (2024, 1, 5)),
        ("2024/1/5 9:05", (2024, 1, 5, 9, 5)),
        ("2024-01-05T10:00:30Z", (2024, 1, 5, 10, 0, 30)),
        ("2024-01-05 10:00:30 UTC", (2024, 1, 5, 10, 0, 30)),
        ("2023-11-02T08:00:00+01:00", (2023, 11, 2, 7)),
        ("2023-11-02T08:00:00-0530", (2023, 11, 2, 13, 30)),
        ("2023/03/04 1:05:09 PM GMT+1", (2023, 3, 4, 12, 5, 9)),
        ("31.12.2023 23:59", (2023, 12, 31, 23, 59)),
        ("31.12.23 um 23:59 Uhr", (2023, 12, 31, 23, 59)),
        ("31/12/2022 23:59:59", (2022, 12, 31, 23, 59, 59)),
        ("12/31/2022 12:30 AM", (2022, 12, 31, 0, 30)),
        ("12/31/2022 12:30 pm", (2022, 12, 31, 12, 30)),
        ("01-Jan-1995", (1995, 1, 1)),
        ("5 janvier 2021 à 10h30", (2021, 1, 5, 10, 30)),
        ("30 août 2022", (2022, 8, 30)),
        ("12 февраля 2024", (2024, 2, 12)),
        ("05-nov-2021", (2021, 11, 5)),
        ("3 de março de 2020", (2020, 3, 3)),
        ("Jan 5, 2020 3:04 PM", (2020, 1, 5, 15, 4)),
        ("Mon, 06 Jul 2009 22:28:44 +0000", (2009, 7, 6, 22, 28, 44)),
        ("Tue Apr 03 18:00:09 +0000 2012", (2012, 4, 3, 18, 0, 9)),
        ("09 13, 2009", (2009, 9, 13)),
        ("2023年5月6日 20:15", (2023, 5, 6, 20, 15)),
        ("20240131", (2024, 1, 31)),
        ("2024010309", (2024, 1, 3, 9)),
        ("20240103091530", (2024, 1, 3, 9, 15, 30)),
        ("29/02/1999 or so", None),
        ("30.02.2024", None),
    ],
)
def test_times(cell: str, expected: tuple[int, ...] | None) -> None:
    form = guess_times(pl.Series([cell]))
    if expected is None:
        assert form is None
    else:
        assert form is not None and not form.unsure
        assert form.parse(pl.Series([cell])).to_list() == [seconds(*expected)]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("881250949", 881250949.0),
        ("1433221332117", 1433221332.117),
        ("1433221332117000", 1433221332.117),
        ("1433221332117000000", 1433221332.117),
        ("44197,5", seconds(2021, 1, 1, 12)),
    ],
)
def test_numbers_are_times_where_the_header_says_so(cell: str, expected: float) -> None:
    column = pl.Series([cell, cell])
    form = guess_times(column, timely=True)
    assert form is not None
    assert form.parse(column).to_list() == pytest.approx([expected] * 2)


def test_ids_handed_out_in_a_row_are_no_times() -> None:
    ids = pl.Series([str(1_000_000_000 + n) for n in range(50)])
    assert not (guess_times(ids) or TimeForm("unix", certain=False)).certain


def test_a_year_is_no_time() -> None:
    assert guess_times(pl.Series(["1995", "2003"]), timely=True) is None


def test_day_or_month_first_is_told_by_the_column() -> None:
    assert guess_times(pl.Series(["01/02/2020", "13/02/2020"])) == TimeForm("numbers", zoned=False)
    assert guess_times(pl.Series(["01/02/2020", "02/13/2020"])) == TimeForm(
        "numbers", month_first=True, zoned=False
    )


def test_nothing_tells_day_from_month() -> None:
    form = guess_times(pl.Series(["03/04/2022", "05/04/2022"]))
    assert form is not None and form.unsure


def test_a_short_span_suggests_the_order() -> None:
    column = pl.Series([f"03/{day:02d}/2022" for day in range(1, 13)])
    form = guess_times(column)
    assert form is not None and form.month_first and form.unsure


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["loved it", "ok", "hated it"], {"loved it": 5, "ok": 3, "hated it": 1}),
        (["👍", "👎"], {"👍": 1, "👎": 0}),
        (["❤️", "👎"], {"❤️": 1, "👎": 0}),
        (["5 stars", "1 star"], {"5 stars": 5, "1 star": 1}),
        (["4/5", "2/5"], {"4/5": 4, "2/5": 2}),
        (["7 out of 10", "9 out of 10"], {"7 out of 10": 7, "9 out of 10": 9}),
        (["★★★★", "★☆☆☆☆"], {"★★★★": 4, "★☆☆☆☆": 1}),
        (["5 (excellent)", "1 - poor"], {"5 (excellent)": 5, "1 - poor": 1}),
        (["Yes", "No"], {"Yes": 1, "No": 0}),
        (["ja", "nein"], {"ja": 1, "nein": 0}),
        (["Sim", "Não"], {"Sim": 1, "Não": 0}),
        (["喜欢", "不喜欢"], {"喜欢": 1, "不喜欢": 0}),
        (["좋아요", "싫어요"], {"좋아요": 1, "싫어요": 0}),
        (["I really like it", "I don't like it"], {"I really like it": 1, "I don't like it": 0}),
        (["TRUE", "FALSE"], {"TRUE": 1, "FALSE": 0}),
        (["gut", "geht so", "schlecht"], {"gut": 4, "geht so": 3, "schlecht": 2}),
    ],
)
def test_opinions(cells: list[str], marks: dict[str, float]) -> None:
    found = read_opinions(pl.Series(cells))
    assert found is not None and dict(found.marks) == marks


def test_other_words_are_no_opinions() -> None:
    assert read_opinions(pl.Series(["Paris", "Rome"])) is None
    assert read_opinions(pl.Series([None, None], dtype=pl.String)) is None
    assert read_opinions(pl.Series([str(n) for n in range(100)])) is None


def test_words_without_a_mark_are_named() -> None:
    found = read_opinions(pl.Series(["good"] * 5 + ["bad"] * 4 + ["purple"]))
    assert found is not None and found.unknown == ("purple",)
    assert found.share == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("page_view", "view"),
        ("ProductViewed", "view"),
        ("addtocart", "cart"),
        ("Add to Cart", "cart"),
        ("OrderCompleted", "buy"),
        ("transaction", "buy"),
        ("pv", "view"),
        ("fav", "cart"),
        ("trackdone", "play"),
        ("thumbs-down", "dislike"),
        ("просмотр", "view"),
        ("加入购物车", "cart"),
        ("gekauft", "buy"),
        ("wobble", ""),
    ],
)
def test_events(word: str, event: str) -> None:
    assert deed_of(word) == event


def test_a_column_of_events() -> None:
    found = read_deeds(pl.Series(["view", "buy", "wobble", "view"]))
    assert found is not None
    assert dict(found.events) == {"view": "view", "buy": "buy"}
    assert (found.unknown, found.share) == (("wobble",), 0.75)
    assert read_deeds(pl.Series(["a", "b"])) is None
