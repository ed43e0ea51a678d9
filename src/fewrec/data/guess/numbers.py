"""Numbers as people write them: decimal commas, thousands, currencies, per cent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from fewrec.data.guess.shares import share

_MONEY = r"(?:[€$£¥₽₹₩฿元円원%]|EUR|USD|GBP|CHF|CNY|RMB|JPY|R\$|kr\.?|zł|Kč|руб\.?|р\.)"
_SHAPE = (
    rf"^{_MONEY}?\s*([-+−]?\d[\d.,'’ \u00a0\u202f]*(?:[eE][-+]?\d+)?|[-+]?[.,]\d+)\s*{_MONEY}?$"
)
_UNKNOWN = ("-", "–", "—", "?", "n.a.", "k.A.", "k. A.", "unknown", ".")
_GROUPED = re.compile(r"^[-+]?\d{1,3}([.,])\d{3}$")


@dataclass(frozen=True)
class NumberForm:
    """How a column writes numbers.

    Attributes:
        decimal: "." or ",".
        sure: False where ``1.234`` could be a thousand or little more than one.
        seen: True where the cells leave no doubt about the decimal mark.
    """

    decimal: str = "."
    sure: bool = True
    seen: bool = False

    def parse(self, cells: pl.Series) -> pl.Series:
        """Cells as numbers; null where a cell is none. Float64."""
        group = "," if self.decimal == "." else "."
        text = cells.str.strip_chars().str.extract(_SHAPE, 1)
        text = text.str.replace_all(r"['’ \u00a0\u202f]", "").str.replace("−", "-")
        text = text.str.replace_all(group, "", literal=True)
        plain = text.str.replace(self.decimal, ".", literal=True)
        numbers = plain.cast(pl.Float64, strict=False)
        return numbers.set(numbers.is_infinite().fill_null(False), None)


def guess_numbers(cells: pl.Series, least: float = 0.98) -> NumberForm | None:
    """Say how a column writes numbers; None where it holds none.

    Args:
        cells: Text, with nulls.
        least: So many of the cells must be numbers.
    """
    known = cells.drop_nulls().unique()
    known = known.filter(~known.is_in(_UNKNOWN))
    if not len(known):
        return None
    shaped = known.str.extract(_SHAPE, 1)
    if share(shaped.is_not_null()) < least:
        return None
    form = _decimal(shaped.drop_nulls().to_list())
    parsed = form.parse(known)
    return form if share(parsed.is_not_null()) >= least else None


def _decimal(texts: Iterable[str]) -> NumberForm:
    """Decimal point or comma, by the cells that leave no choice."""
    comma = point = False
    grouped: set[str] = set()
    for text in texts:
        places = [c for c in text if c in ".,"]
        if not places:
            continue
        if len(set(places)) == 2:
            comma |= places[-1] == ","
            point |= places[-1] == "."
        elif len(places) > 1:
            comma |= places[0] == "."
            point |= places[0] == ","
        elif _GROUPED.match(text) and not text.lstrip("+-").startswith("0"):
            grouped.add(places[0])
        else:
            comma |= places[0] == ","
            point |= places[0] == "."
    if comma != point:
        return NumberForm("," if comma else ".", seen=True)
    if grouped == {","} and not comma:
        return NumberForm(".", sure=False)
    return NumberForm(".", sure="." not in grouped or point)


def is_unknown(cells: pl.Series) -> pl.Series:
    """Where a cell of a number column says that nothing is known. Shape [R]."""
    return cells.is_null() | cells.is_in(_UNKNOWN)
