"""What the cells of a column are like: how many differ, what they could be read as."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from fewrec.data.guess.headers import Meaning, meaning
from fewrec.data.guess.numbers import NumberForm, guess_numbers
from fewrec.data.guess.opinions import MOST_WORDS, Deeds, Opinions, read_deeds, read_opinions
from fewrec.data.guess.raw import Raw
from fewrec.data.guess.shares import mean, share
from fewrec.data.guess.times import TimeForm, guess_times

_MARKS = ("|", ";", ",", " ")
_MOST_MARKS = 21


@dataclass(frozen=True)
class Profile:
    """One column of a file.

    Attributes:
        name: Its header, or ``column_1`` ... where there is none.
        cells: Its cells, R of them, text.
        meaning: What the header promises; nothing where there is no header.
        joined: True where the reader joined lists with "|".
        place: Where it stands, from 0.
        named: True where the file has a header.
        decimal: The decimal mark where the cells leave it open; "" where nobody knows.
    """

    name: str
    cells: pl.Series
    meaning: Meaning
    joined: bool = False
    place: int = 0
    named: bool = True
    decimal: str = ""

    @cached_property
    def known(self) -> pl.Series:
        """Cells that are there."""
        return self.cells.drop_nulls()

    @cached_property
    def filled(self) -> float:
        """Share of the cells that are there."""
        return len(self.known) / len(self.cells) if len(self.cells) else 0.0

    @cached_property
    def levels(self) -> int:
        """How many cells differ."""
        return self.known.n_unique()

    @cached_property
    def unique(self) -> bool:
        """True where no value comes twice and hardly any is missing."""
        return self.filled > 0.98 and self.levels >= 0.999 * len(self.known) and self.levels > 1

    @cached_property
    def constant(self) -> bool:
        """True where all cells are the same."""
        return self.levels <= 1 and self.filled == 1.0

    @cached_property
    def sample(self) -> pl.Series:
        """Different values, at most about 5,000 of them."""
        values = self.known.unique(maintain_order=True)
        return values.gather_every(max(1, len(values) // 5000))

    @cached_property
    def numbers(self) -> NumberForm | None:
        """How the cells write numbers; None where they are none."""
        told = max(self.meaning.of("value"), self.meaning.of("number")) >= 0.7
        form = guess_numbers(self.sample, 0.6 if told else 0.98)
        if form is None or form.sure or not self.decimal:
            return form
        return replace(form, decimal=self.decimal, sure=True)

    @cached_property
    def values(self) -> np.ndarray:
        """The sampled numbers; empty where the cells are none."""
        if self.numbers is None:
            return np.zeros(0)
        return self.numbers.parse(self.sample).drop_nulls().to_numpy()

    @cached_property
    def whole(self) -> bool:
        """True where the cells are whole numbers."""
        return len(self.values) > 0 and bool((self.values % 1 == 0).all())

    @cached_property
    def times(self) -> TimeForm | None:
        """How the cells write times; None where they are none."""
        timely = max(self.meaning.of("timestamp"), self.meaning.of("trait") * 0.5) > 0.35
        return guess_times(self.known, timely=timely)

    @cached_property
    def opinions(self) -> Opinions | None:
        """Marks the words stand for; None where they are no opinions."""
        return read_opinions(self.cells) if self.levels <= MOST_WORDS else None

    @cached_property
    def deeds(self) -> Deeds | None:
        """Events the words stand for; None where they name none."""
        return read_deeds(self.cells) if self.levels <= MOST_WORDS else None

    @cached_property
    def length(self) -> float:
        """Mean number of characters."""
        return mean(self.sample.str.len_chars())

    @cached_property
    def wordy(self) -> float:
        """Mean number of words, blanks and ideographs counted."""
        gaps = mean(self.sample.str.count_matches(r"\s+"))
        east = mean(self.sample.str.count_matches(r"[\u3040-\u30ff\u3400-\u9fff]"))
        return gaps + 1.0 + east / 3

    @cached_property
    def addresses(self) -> float:
        """Share of cells that are web addresses."""
        return share(self.sample.str.contains(r"^(https?|ftp)://|^www\."))

    @cached_property
    def mails(self) -> float:
        """Share of cells that are e-mail addresses."""
        return share(self.sample.str.contains(r"^[^@\s]+@[^@\s]+\.\w+$"))

    @cached_property
    def grouped(self) -> bool:
        """True where equal cells stand together, as in files sorted by it."""
        runs = int((self.known != self.known.shift(1)).fill_null(True).sum())
        return 2 < self.levels == runs < len(self.known)

    @cached_property
    def marks(self) -> bool:
        """True where the numbers could be marks: few levels, a small range, often repeated."""
        return (
            2 <= self.levels <= _MOST_MARKS
            and len(self.values) > 0
            and float(self.values.min()) >= -10
            and float(self.values.max()) <= 100
            and _round(self.values)
            and self.levels < 0.7 * len(self.known)
        )

    @cached_property
    def samples(self) -> tuple[str, ...]:
        """Three values for a person to look at."""
        return tuple(self.sample.head(3).to_list())

    @cached_property
    def list_mark(self) -> str:
        """What separates several values in a cell; "" where cells hold one each."""
        if self.joined:
            return "|"
        for mark in _MARKS:
            if _recurs(self.sample, mark):
                return mark
        return ""


def profiles(raw: Raw) -> dict[str, Profile]:
    """Profile every column of a file."""
    found = {
        name: Profile(
            name,
            raw.frame[name],
            meaning(name) if raw.header else Meaning(),
            joined=name in raw.lists,
            place=place,
            named=raw.header,
        )
        for place, name in enumerate(raw.frame.columns)
    }
    decimal = raw.decimal or _decimal(found.values())
    if not decimal:
        return found
    return {name: replace(profile, decimal=decimal) for name, profile in found.items()}


def _decimal(columns: Iterable[Profile]) -> str:
    """The decimal mark of the columns that show it, where these agree."""
    forms = [profile.numbers for profile in columns]
    marks = {form.decimal for form in forms if form is not None and form.seen}
    return marks.pop() if len(marks) == 1 else ""


def _round(values: np.ndarray) -> bool:
    """True where numbers are as coarse as marks: steps of a half, or tenths up to 10."""
    tenths = float(values.max()) <= 10 and bool(np.isclose(values * 10 % 1, 0).all())
    return tenths or bool((values * 2 % 1 == 0).all())


def _recurs(cells: pl.Series, mark: str) -> bool:
    """True where cutting at a mark gives short parts that come again in other cells."""
    texts = cells.str.strip_chars("[](){} ").str.replace_all("['\"]", "")
    held = texts.str.contains(mark, literal=True)
    if not len(cells) or share(held) < 0.3:
        return False
    parts = texts.str.split(mark).explode().str.strip_chars()
    parts = parts.filter(parts != "")
    if not len(parts) or mean(parts.str.len_chars()) > 40:
        return False
    if mark == " " and share(parts.str.contains(r"\d")) < 0.95:
        return False
    spaced = mean(parts.str.count_matches(r"\s"))
    return parts.n_unique() < 0.8 * len(parts) and spaced < 3


def split_cells(cells: pl.Series, mark: str) -> pl.Series:
    """Cells with several values as lists of texts; null stays null. List(String)."""
    texts = cells.str.replace(r"^[\[({]\s*", "").str.replace(r"\s*[\])}]$", "")
    parts = texts.str.split(mark)
    clean = pl.element().str.strip_chars().str.replace("^['\"](.*)['\"]$", "$1")
    return parts.list.eval(clean.filter(clean != ""))
