"""Timestamps in all the forms people have them."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from fewrec.data.faults import Inspector
from fewrec.data.tables import Table
from fewrec.data.times import read_times
from fewrec.errors import BadValue

NOON = datetime(2024, 1, 31, 12, tzinfo=UTC).timestamp()


def times(cells: list[object], inspector: Inspector | None = None) -> list[float | None]:
    frame = pl.DataFrame({"timestamp": cells})
    table = Table.of_frame("interactions", frame, "interactions.csv")
    return read_times(table, "timestamp", inspector or Inspector()).frame["timestamp"].to_list()


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-31T12:00:00Z",
        "2024-01-31 12:00:00",
        "2024-01-31T12:00",
        "2024-01-31T14:00:00+02:00",
        "2024-01-31 06:30:00.000-0530",
        "2024/01/31 12:00:00",
        f"{NOON:.0f}",
        f"{NOON:.1f}",
        f"{NOON * 1e3:.0f}",
        f"{NOON * 1e6:.0f}",
        f"{NOON * 1e9:.0f}",
        datetime(2024, 1, 31, 12),
        datetime(2024, 1, 31, 12, tzinfo=UTC),
        int(NOON),
        NOON * 1e3,
    ],
)
def test_every_form_of_one_moment(cell: object) -> None:
    assert times([cell]) == [NOON]


def test_dates_are_midnight_and_fractions_are_kept() -> None:
    assert times(["2024-01-31"]) == times([date(2024, 1, 31)]) == [NOON - 43200]
    assert times(["2024-01-31T12:00:00.25Z", None]) == [NOON + 0.25, None]


def test_small_numbers_are_an_order() -> None:
    assert times(["1", "2", "3"]) == [1.0, 2.0, 3.0]


def test_what_is_no_time_names_its_place() -> None:
    with pytest.raises(BadValue, match=r"line 2, column 'timestamp': this is not a time .*'soon'"):
        times(["2024-01-31", "soon"])
    with pytest.raises(BadValue, match=r"line 3, .*this is not a time .*'soon'"):
        times([str(NOON), str(NOON), "soon"])
    with pytest.raises(BadValue, match="2024-02-31"):
        times(["2024-02-28", "2024-02-31"])


def test_two_units_in_one_column_are_refused() -> None:
    with pytest.raises(BadValue, match=r"line 3, .*another unit than most of the column \(s\)"):
        times([NOON, NOON + 5, NOON * 1000])


def test_times_that_could_mean_two_things_are_refused() -> None:
    with pytest.raises(BadValue, match=r"day-month or month-day .*'01/02/2024'.*fewrec init"):
        times(["01/02/2024", "03/02/2024"])
    with pytest.raises(BadValue, match="could be dates \\(YYYYMMDD\\) or seconds"):
        times(["20240131", "20240201"])


def test_bad_times_are_collected_when_asked() -> None:
    inspector = Inspector(collect=True)
    assert times(["2024-01-31", "soon", "2024-01-31"], inspector) == [NOON - 43200] * 2
    assert [(fault.line, fault.value) for fault in inspector.faults] == [(2, "soon")]
