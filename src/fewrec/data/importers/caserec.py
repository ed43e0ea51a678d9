"""Case Recommender's data sets: Steam, Anime, Book-Crossing and Retailrocket."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from fewrec.data.importers.plain import read_plain, read_text
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import EmptyData

Tables = dict[str, pl.DataFrame]
Found = tuple[Tables, dict[str, str], tuple[str, ...]]
"""Tables, kinds of the items' columns, and notes."""


def import_caserec(source: Path, target: Path) -> ImportReport:
    """Turn one of Case Recommender's data sets, unpacked, into a data folder.

    None of them has times. What people did stands in ``event``: buy, play, view, cart, rate.

    Args:
        source: The folder of the unpacked zip.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: None of the four data sets is there.
        BadValue: A file is damaged.
    """
    for marker, (layout, read) in _LAYOUTS.items():
        found = [p for p in (source / marker, *source.glob(f"*/{marker}")) if p.is_file()]
        if found:
            tables, kinds, notes = read(found[0].parent)
            settings = {"items": kinds} if kinds else {}
            rows = write_folder(target, tables, settings=settings)
            return ImportReport(target, layout, rows, (*notes, "There are no times."))
    raise EmptyData(
        f"there is none of {', '.join(_LAYOUTS)}",
        file=source,
        fix="Give the folder of an unpacked zip of Case Recommender.",
    )


def _deeds(path: Path, event: str, value: bool = False) -> pl.DataFrame:
    """Rows of one file (user, item, amount) as events of one kind."""
    frame = read_plain(path, "\t")
    user, item, amount = frame.columns
    columns = [pl.col(user).alias("user"), pl.col(item).alias("item")]
    kept = pl.col(amount) if value else pl.lit(None, dtype=pl.String)
    return frame.select(*columns, pl.lit(event).alias("event"), kept.alias("value"))


def _steam(folder: Path) -> Found:
    rows = [_deeds(folder / "game_purchase.dat", "buy")]
    if (folder / "game_play.dat").is_file():
        rows.append(_deeds(folder / "game_play.dat", "play", value=True))
    items = _named(folder / "item_info.dat", {"Game_ID": "item", "Game Name": "title"})
    note = "The value of an event `play` is hours."
    return {"interactions": pl.concat(rows), "items": items}, {"title": "title"}, (note,)


def _anime(folder: Path) -> Found:
    names = {
        "anime_ids": "item",
        "name": "title",
        "genre": "genre",
        "type": "type",
        "episodes": "episodes",
    }
    items = _named(folder / "anime_info.dat", names)
    items = items.with_columns(
        pl.col("genre").str.replace_all(", ", "|", literal=True),
        pl.col("episodes").replace("Unknown", None),
    )
    rows, note = _rated(folder / "anime_ratings.dat", folder / "anime_history.dat")
    kinds = {"title": "title", "genre": "list", "type": "category", "episodes": "number"}
    left_out = "The site's own mean rating and member count are left out: they know the future."
    return {"interactions": rows, "items": items}, kinds, (note, left_out)


def _books(folder: Path) -> Found:
    rows, note = _rated(folder / "book_ratings.dat", folder / "book_history.dat")
    tables: Tables = {"interactions": rows}
    tables["items"], mended = _book_items(folder / "items_info.dat")
    if (folder / "users_info.dat").is_file():
        tables["users"] = _book_users(folder / "users_info.dat")
    kinds = {"title": "title", "author": "person", "year": "year", "publisher": "category"}
    return tables, kinds, (note, mended)


def _shop(folder: Path) -> Found:
    files = {
        "view_ecommerce.dat": "view",
        "add_to_cart_ecommerce.dat": "cart",
        "purchase_ecommerce.dat": "buy",
    }
    rows = [_deeds(folder / n, event) for n, event in files.items() if (folder / n).is_file()]
    return {"interactions": pl.concat(rows).drop("value")}, {}, ("Items have ids only.",)


def _rated(ratings: Path, history: Path) -> tuple[pl.DataFrame, str]:
    """Ratings, and what people met without rating it as views."""
    rated = _deeds(ratings, "rate", value=True)
    rated = rated.with_columns(pl.col("value").cast(pl.Float64).cast(pl.Int64).cast(pl.String))
    if not history.is_file():
        return rated, "There is no history of what people met without rating it."
    views = _deeds(history, "view").join(rated, on=["user", "item"], how="anti")
    note = f"{len(views):,} rows of the history without a rating are events `view`."
    return pl.concat([rated, views]), note


def _named(path: Path, names: Mapping[str, str]) -> pl.DataFrame:
    return read_plain(path, "\t").select(pl.col(old).alias(new) for old, new in names.items())


_CUT = re.compile(r"&(#\d+|[A-Za-z]+)\t")
"""A character written as ``&amp;`` whose semicolon was taken for the end of a cell."""

_SEMICOLON = re.compile(r"\t(?= )")
"""A semicolon of the text, taken for the end of a cell: what follows begins with a space."""


def _book_items(path: Path) -> tuple[pl.DataFrame, str]:
    """Books, with cells that were cut at a semicolon put together again."""
    lines = read_text(path).rstrip("\n").split("\n")[1:]
    mended = [_SEMICOLON.sub(";", _CUT.sub(r"&\1;", line)) for line in lines]
    cells = [[html.unescape(cell).strip() for cell in line.split("\t")] for line in mended]
    good = [row[:6] for row in cells if len(row) in (9, 10)]
    frame = pl.DataFrame(
        good, schema=["item", "isbn", "title", "author", "year", "publisher"], orient="row"
    )
    year = pl.when(pl.col("year") != "0").then(pl.col("year"))
    frame = (
        frame.drop("isbn").with_columns(year.alias("year")).with_columns(pl.all().replace("", None))
    )
    joined = sum(old != new for old, new in zip(lines, mended, strict=True))
    lost = len(cells) - len(good)
    note = f"{joined:,} lines of {path.name} were cut at a semicolon and are put together again"
    return frame, note + (f"; {lost} cannot be read, their books have ids only." if lost else ".")


def _book_users(path: Path) -> pl.DataFrame:
    lines = read_text(path).rstrip("\n").split("\n")[1:]
    cells = [([*line.split("\t"), "", ""])[:3] for line in lines]
    frame = pl.DataFrame(cells, schema=["user", "location", "age"], orient="row")
    country = pl.col("location").str.split(", ").list.last().str.strip_chars()
    age = pl.when(pl.col("age").str.contains(r"^\d+$")).then(pl.col("age"))
    plain = frame.select("user", country.alias("country"), age.alias("age"))
    return plain.with_columns(pl.all().replace("", None))


_LAYOUTS: dict[str, tuple[str, Callable[[Path], Found]]] = {
    "game_purchase.dat": ("Steam purchases and hours played", _steam),
    "anime_ratings.dat": ("Anime ratings", _anime),
    "book_ratings.dat": ("Book-Crossing ratings", _books),
    "view_ecommerce.dat": ("Retailrocket views, carts and purchases", _shop),
}
