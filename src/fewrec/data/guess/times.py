"""Times in the forms programs export: unix, ISO, day or month first, names of months, Excel."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import polars as pl

from fewrec.data.guess.headers import normal
from fewrec.data.guess.numbers import guess_numbers
from fewrec.data.guess.shares import mean, share

_MONTHS = (
    "jan janv janvier janeiro ene enero gennaio gen januar jan. янв января январь",
    "feb fev fevr fevrier fevereiro febrero febbraio februar february фев февраля февраль",
    "mar mars marzo marco marz maerz maart mrt march мар марта март",
    "apr avr avril abr abril aprile april апр апреля апрель",
    "may mai mayo maio maggio mag mei мая май",
    "jun juin junio junho giugno giu june juni июн июня июнь",
    "jul juil juillet julio julho luglio lug july juli июл июля июль",
    "aug aout ago agosto august augustus авг августа август",
    "sep sept septembre septiembre setembro settembre set september сен сентября сентябрь",
    "oct octobre octubre outubro out ottobre ott okt oktober october окт октября октябрь",
    "nov novembre noviembre novembro november ноя ноября ноябрь",
    "dec decembre dic diciembre dez dezembro dicembre dezember december дек декабря декабрь",
)
_CLOCK = (
    r"(?:(?:\s*T\s*|,?\s+(?:at\s+|um\s+|à\s+)?|_)(?P<hour>\d{1,2})[:.h时點点](?P<minute>\d{2})"
    r"(?:[:.分](?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?[秒分]?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Uhr)?\s*(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?)?$"
)
_FORMS: dict[str, str] = {
    "year first": r"^(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?" + _CLOCK,
    "numbers": r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _CLOCK,
    "compact": (
        r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:[T ]?(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?)?(?P<zone>Z)?$"
    ),
    "day month": (
        r"^(?:\p{L}{2,9}\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[-\s/]*(?:de\s+)?(?P<name>\p{L}{3,10})\.?,?"
        r"[-\s/]*(?:de\s+)?(?P<year>\d{4}|\d{2})" + _CLOCK
    ),
    "month day": (
        r"^(?:\p{L}{2,9}\.?,?\s+)?(?P<name>\p{L}{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
        + _CLOCK
    ),
    "month day, year": r"^(?P<a>\d{1,2})\s+(?P<b>\d{1,2}),\s+(?P<year>\d{4})$",
    "clock before year": (
        r"^\p{L}{3}\s+(?P<name>\p{L}{3})\s+(?P<day>\d{1,2})\s+(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})"
        r"\s+(?P<zone>[+-]\d{4}|UTC|GMT)?\s*(?P<year>\d{4})$"
    ),
}
_ZONED = r"(Z|UTC|GMT|(\d|UTC|GMT|\s)[+-]\d{1,2}(:?\d{2})?|\s[+-]\d{4}.*)$"
_UNITS = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
_EARLIEST, _LATEST = 5e8, 2.1e9
_EXCEL_ZERO = 25569.0
_SHARE, _TIMELY_SHARE = 0.95, 0.6
"""Such a share of the cells must be times; less where the header speaks of time."""


@dataclass(frozen=True)
class TimeForm:
    """How a column writes times.

    Attributes:
        form: A key of the patterns, ``unix`` or ``Excel``.
        unit: Of unix times.
        month_first: Which of two numbers is the month, where that must be decided.
        unsure: True where nothing in the column tells day from month.
        zoned: True where the cells name a zone; else UTC is assumed.
        certain: False where the numbers could also be something else than times.
    """

    form: str
    unit: str = ""
    month_first: bool = False
    unsure: bool = False
    zoned: bool = True
    certain: bool = True

    @property
    def words(self) -> str:
        """The form in a few words, for people."""
        if self.form == "unix":
            return f"unix {self.unit}"
        order = {"numbers": ", month first" if self.month_first else ", day first"}
        zone = "" if self.zoned else ", UTC assumed"
        return f"{_SPOKEN.get(self.form, self.form)}{order.get(self.form, '')}{zone}"

    def parse(self, cells: pl.Series) -> pl.Series:
        """Cells as seconds since 1970; null where a cell is no time. Float64."""
        if self.form == "unix":
            return cells.cast(pl.Float64, strict=False) / _UNITS[self.unit]
        if self.form == "Excel":
            number = guess_numbers(cells)
            days = number.parse(cells) if number else cells.cast(pl.Float64, strict=False)
            return ((days - _EXCEL_ZERO) * 86400).round(0)
        parts = cells.str.extract_groups(_FORMS[self.form]).struct.unnest()
        return _seconds(parts, self.month_first)


_SPOKEN = {
    "year first": "dates, year first",
    "numbers": "dates",
    "compact": "dates YYYYMMDD",
    "day month": "dates with the month's name",
    "month day": "dates with the month's name",
    "month day, year": "dates, month first",
    "clock before year": "dates with the month's name",
    "Excel": "Excel day numbers",
}


def guess_times(cells: pl.Series, *, timely: bool = False) -> TimeForm | None:
    """Say how a column writes times; None where it holds none.

    Args:
        cells: Text, with nulls.
        timely: True where the header speaks of time, so that bare numbers may be times.
    """
    known = cells.drop_nulls()
    if not len(known):
        return None
    if len(known) > 5000:
        known = known.gather_every(len(known) // 5000)
    least = _TIMELY_SHARE if timely else _SHARE
    return _written(known, least) or _counted(known, timely, least)


def _written(known: pl.Series, least: float) -> TimeForm | None:
    if share(known.str.contains(r"\d")) < least or mean(known.str.len_chars()) > 40:
        return None
    for form, pattern in _FORMS.items():
        if share(known.str.contains(pattern)) < least:
            continue
        found = TimeForm(form, month_first=form == "month day, year")
        if form == "numbers":
            found = _ordered(known, found)
        if share(found.parse(known).is_not_null()) >= least:
            zoned = share(known.str.contains(_ZONED)) > 0.5
            return replace(found, zoned=zoned)
    return None


def _ordered(known: pl.Series, form: TimeForm) -> TimeForm:
    """Day or month first, by what cannot be a month; else by the shorter span of the whole."""
    parts = known.str.extract_groups(_FORMS["numbers"]).struct.unnest()
    day_first, month_first = (
        parts[name].drop_nulls().cast(pl.Int64).to_numpy().max(initial=0) for name in ("a", "b")
    )
    if month_first > 12 >= day_first:
        return replace(form, month_first=True)
    if day_first > 12 or known.str.contains(r"^\d+\.").all():
        return replace(form, month_first=False)
    if known.str.contains(r"(?i)[ap]\.?m").any():
        return replace(form, month_first=True, unsure=True)
    return replace(form, month_first=_tighter(known, form), unsure=True)


def _tighter(known: pl.Series, form: TimeForm) -> bool:
    """True where the column spans less time, or steps back less often, with the month first."""
    unrest = []
    for month_first in (False, True):
        times = replace(form, month_first=month_first).parse(known).drop_nulls().to_numpy()
        if len(times) < 3:
            return False
        spread = float(times.max() - times.min()) / 86400
        back = float((np.diff(times) < 0).mean())
        unrest.append((round(spread / 20), back))
    return unrest[1] < unrest[0]


def _counted(known: pl.Series, timely: bool, least: float) -> TimeForm | None:
    """Unix times of any unit, or Excel's days."""
    numbers = known.cast(pl.Float64, strict=False)
    if share(numbers.is_not_null()) < least:
        form = guess_numbers(known) if timely else None
        if form is None:
            return None
        numbers = form.parse(known)
    values = numbers.drop_nulls().to_numpy()
    if not len(values):
        return None
    for unit, factor in _UNITS.items():
        inside = (values / factor >= (0 if timely and factor == 1 else _EARLIEST)) & (
            values / factor <= _LATEST
        )
        big = np.median(values) >= 1e8
        if inside.mean() >= least and big:
            return TimeForm("unix", unit, certain=timely or _like_times(values / factor))
    if timely and values.min() > 20000 and values.max() < 60000:
        return TimeForm("Excel", zoned=False)
    return None


def _like_times(seconds: np.ndarray) -> bool:
    """Times differ in their last digits; ids handed out in a row do not spread over years."""
    spread = float(seconds.max() - seconds.min())
    return spread > 3600 and len(np.unique(seconds)) > 0.3 * len(seconds)


def _seconds(parts: pl.DataFrame, month_first: bool) -> pl.Series:
    """Seconds since 1970 of dates taken apart."""
    rows = parts.height

    def whole(name: str) -> pl.Series:
        if name not in parts.columns:
            return pl.Series([None] * rows, dtype=pl.Int64)
        return parts[name].cast(pl.Int64, strict=False)

    if "a" in parts.columns:
        month, day = (whole("a"), whole("b")) if month_first else (whole("b"), whole("a"))
    else:
        month = whole("month") if "month" in parts.columns else _month(parts["name"])
        day = whole("day")
    year = whole("year")
    year = year.set((year < 70).fill_null(False), None).fill_null(year + 2000)
    year = year.set((year < 100).fill_null(False), None).fill_null(year + 1900)
    text = pl.select(
        pl.format(
            "{}-{}-{}",
            year.cast(pl.String).str.zfill(4),
            month.cast(pl.String).str.zfill(2),
            day.cast(pl.String).str.zfill(2),
        )
    ).to_series()
    days = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Float64)
    clock = _hour(whole("hour"), parts) * 3600 + whole("minute").fill_null(0) * 60
    return days * 86400 + clock + whole("second").fill_null(0) + _fraction(parts) - _offset(parts)


def _hour(hour: pl.Series, parts: pl.DataFrame) -> pl.Series:
    if "half" not in parts.columns:
        return hour.fill_null(0)
    half = parts["half"].str.to_lowercase().str.slice(0, 1)
    noon = (half == "p").fill_null(False) & (hour < 12).fill_null(False)
    midnight = (half == "a").fill_null(False) & (hour == 12).fill_null(False)
    return hour.fill_null(0) + noon.cast(pl.Int64) * 12 - midnight.cast(pl.Int64) * 12


def _fraction(parts: pl.DataFrame) -> pl.Series:
    if "part" not in parts.columns:
        return pl.Series(np.zeros(parts.height))
    digits = pl.select(pl.format("0.{}", parts["part"].fill_null("0"))).to_series()
    return digits.cast(pl.Float64)


def _offset(parts: pl.DataFrame) -> pl.Series:
    if "zone" not in parts.columns:
        return pl.Series(np.zeros(parts.height))
    shift = parts["zone"].str.extract_groups(r"([+-])(\d{1,2}):?(\d{2})?$").struct.unnest()
    sign = shift["1"].replace_strict({"+": 1.0, "-": -1.0}, default=0.0, return_dtype=pl.Float64)
    hours = shift["2"].cast(pl.Float64).fill_null(0)
    minutes = shift["3"].cast(pl.Float64).fill_null(0)
    return sign * (hours * 3600 + minutes * 60)


def _month(names: pl.Series) -> pl.Series:
    known = {name: _month_numbers().get(normal(name)) for name in names.drop_nulls().unique()}
    return names.replace_strict(known, default=None, return_dtype=pl.Int64)


@lru_cache(maxsize=1)
def _month_numbers() -> dict[str, int]:
    return {
        normal(re.sub(r"\.$", "", name)): number
        for number, names in enumerate(_MONTHS, start=1)
        for name in names.split()
    }
