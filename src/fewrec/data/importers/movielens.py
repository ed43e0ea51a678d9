"""MovieLens in its own layouts: 100K (u.data), 1M and 10M (``::``), latest and 20M on (CSV)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl

from fewrec.data.delimited import read_delimited
from fewrec.data.faults import Inspector
from fewrec.data.importers.plain import read_plain
from fewrec.data.importers.report import ImportReport
from fewrec.data.writing import write_folder
from fewrec.errors import EmptyData

Tables = dict[str, pl.DataFrame]

_RATINGS = ("user", "item", "value", "timestamp")
_GENRES = (
    "unknown Action Adventure Animation Children's Comedy Crime Documentary Drama Fantasy "
    "Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western"
).split()
_AGES = {
    "1": "under 18",
    "18": "18 to 24",
    "25": "25 to 34",
    "35": "35 to 44",
    "45": "45 to 49",
    "50": "50 to 55",
    "56": "56 or more",
}
_OCCUPATIONS = (
    "other,academic or educator,artist,clerical or admin,student,customer service,"
    "health care,executive or manager,farmer,homemaker,K-12 student,lawyer,programmer,retired,"
    "sales or marketing,scientist,self-employed,technician or engineer,tradesman or craftsman,"
    "unemployed,writer"
).split(",")
_NONE = ("(no genres listed)", "unknown")


def import_movielens(source: Path, target: Path) -> ImportReport:
    """Turn a MovieLens download, unpacked, into a data folder.

    Titles stay as they are ("Matrix, The (1999)"); the year is taken from the release date or
    the title, genres become a list, tags a list of what people wrote about each film.

    Args:
        source: The folder with u.data, ratings.dat or ratings.csv.
        target: The data folder to write; must not hold anything.

    Returns:
        What was written.

    Raises:
        EmptyData: None of the three layouts is there.
        BadValue: A file is damaged.
    """
    for marker, (layout, read) in _LAYOUTS.items():
        if (source / marker).is_file():
            tables, notes = read(source)
            settings = {"items": _kinds(tables)} if "items" in tables else {}
            rows = write_folder(target, tables, settings=settings)
            return ImportReport(target, layout, rows, notes)
    raise EmptyData(
        f"there is none of {', '.join(_LAYOUTS)}",
        file=source,
        fix="Give the folder of an unpacked MovieLens download.",
    )


def _kinds(tables: Tables) -> dict[str, str]:
    known = {
        "title": "title",
        "genre": "list",
        "tags": "list",
        "year": "year",
        "imdb": "skip",
        "tmdb": "skip",
    }
    return {name: known[name] for name in tables["items"].columns if name in known}


def _hundred_thousand(source: Path) -> tuple[Tables, tuple[str, ...]]:
    tables = {"interactions": read_plain(source / "u.data", "\t", _RATINGS)}
    if (source / "u.item").is_file():
        tables["items"] = _flagged(source)
    if (source / "u.user").is_file():
        columns = ("user", "age", "gender", "occupation", "zip")
        tables["users"] = read_plain(source / "u.user", "|", columns)
    return tables, ()


def _flagged(source: Path) -> pl.DataFrame:
    """Films of u.item, where a genre is a column that holds 1."""
    genres = _GENRES
    if (source / "u.genre").is_file():
        genres = read_plain(source / "u.genre", "|", ("name", "number"))["name"].to_list()
    films = read_plain(source / "u.item", "|", ("item", "title", "date", "video", "url", *genres))
    flags = [
        pl.when(pl.col(name) == "1").then(pl.lit(name)) for name in genres if name not in _NONE
    ]
    year = pl.col("date").str.extract(r"(\d{4})$").fill_null(_YEAR)
    return films.select(
        "item", "title", _absent(pl.concat_str(flags, separator="|", ignore_nulls=True), "genre"),
        year.alias("year"),
    )  # fmt: skip


_YEAR = pl.col("title").str.extract(r"\((\d{4})\)\s*$")


def _absent(cells: pl.Expr, name: str) -> pl.Expr:
    """Genres, missing where a film has none."""
    return pl.when(~cells.is_in(["", *_NONE])).then(cells).alias(name)


def _double_colon(source: Path) -> tuple[Tables, tuple[str, ...]]:
    tables = {"interactions": read_plain(source / "ratings.dat", "::", _RATINGS)}
    if (source / "movies.dat").is_file():
        films = read_plain(source / "movies.dat", "::", ("item", "title", "genre"))
        films = films.with_columns(_YEAR.alias("year"), _absent(pl.col("genre"), "genre"))
        tags, told = source / "tags.dat", ("user", "item", "tag", "timestamp")
        tables["items"] = _tagged(films, read_plain(tags, "::", told)) if tags.is_file() else films
    if (source / "users.dat").is_file():
        columns = ("user", "gender", "age", "occupation", "zip")
        people = read_plain(source / "users.dat", "::", columns)
        jobs = {str(number): name for number, name in enumerate(_OCCUPATIONS)}
        tables["users"] = people.with_columns(
            pl.col("age").replace(_AGES), pl.col("occupation").replace(jobs)
        )
    return tables, ()


def _csv(source: Path) -> tuple[Tables, tuple[str, ...]]:
    names = {"userId": "user", "movieId": "item", "rating": "value", "genres": "genre"}
    tables = {"interactions": _table(source / "ratings.csv").rename(names, strict=False)}
    notes: tuple[str, ...] = ()
    if (source / "movies.csv").is_file():
        films = _table(source / "movies.csv").rename(names, strict=False)
        films = films.with_columns(_YEAR.alias("year"), _absent(pl.col("genre"), "genre"))
        if (source / "tags.csv").is_file():
            films = _tagged(films, _table(source / "tags.csv").rename(names, strict=False))
            notes = ("Tags were written over the years: with a split in time, they know more "
                     "than was known before.",)  # fmt: skip
        if (source / "links.csv").is_file():
            links = _table(source / "links.csv")
            links = links.rename({"movieId": "item", "imdbId": "imdb", "tmdbId": "tmdb"})
            films = films.join(links, on="item", how="left", maintain_order="left")
        tables["items"] = films
    return tables, notes


def _table(path: Path) -> pl.DataFrame:
    return read_delimited(path, path.stem, Inspector()).frame


def _tagged(films: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    """Films with the different tags people gave them, most frequent first."""
    plain = tags.select("item", pl.col("tag").str.strip_chars().str.to_lowercase()).drop_nulls()
    counted = plain.group_by("item", "tag", maintain_order=True).len()
    ordered = counted.sort("len", descending=True, maintain_order=True)
    lists = ordered.group_by("item", maintain_order=True).agg(pl.col("tag").alias("tags"))
    return films.join(lists, on="item", how="left", maintain_order="left")


_LAYOUTS: dict[str, tuple[str, Callable[[Path], tuple[Tables, tuple[str, ...]]]]] = {
    "u.data": ("MovieLens 100K (u.data, u.item, u.user)", _hundred_thousand),
    "ratings.dat": ("MovieLens 1M or 10M (ratings.dat, movies.dat)", _double_colon),
    "ratings.csv": ("MovieLens with headers (ratings.csv, movies.csv)", _csv),
}
