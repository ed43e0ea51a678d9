"""MovieLens in its three layouts."""

from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, ConfigError, EmptyData

GENRES = "unknown|0\nAction|1\nComedy|2\n"
FILMS = (
    "1|Misérables, Les (1995)|01-Jan-1995||http://x|0|1|1\n"
    "2|unknown||||1|0|0\n"
    "3|Heat (1995)|||http://y|0|0|0\n"
)


def import_movielens(source: Path, target: Path, **files: str | bytes):
    source.mkdir(exist_ok=True)
    for name, text in files.items():
        raw = text.encode() if isinstance(text, str) else text
        (source / name.replace("__", ".")).write_bytes(raw)
    return IMPORTERS["movielens"](source, target)


def test_100k_with_latin_1_and_genre_flags(tmp_path: Path) -> None:
    report = import_movielens(
        tmp_path / "in",
        tmp_path / "out",
        u__data="196\t1\t3\t881250949\n186\t3\t5\t891717742\n",
        u__item=FILMS.encode("latin-1"),
        u__genre=GENRES,
        u__user="196|49|M|writer|55105\n",
    )
    assert report.rows == {"interactions": 2, "items": 3, "users": 1}
    assert "100K" in report.layout
    data = read_folder(tmp_path / "out")
    assert data.catalog.titles == ("Misérables, Les (1995)", "unknown", "Heat (1995)")
    assert data.catalog.table["genre"].to_list() == [["Action", "Comedy"], None, None]
    assert data.catalog.table["year"].to_list() == [1995, None, 1995]
    assert data.interactions.value.tolist() == [3, 5]
    assert data.interactions.timestamp[0] == 881250949
    assert "occupation=writer" in data.people.attributes[0]


def test_1m_with_codes_in_words(tmp_path: Path) -> None:
    import_movielens(
        tmp_path / "in",
        tmp_path / "out",
        ratings__dat="1::2::5::978300760\n2::3::1::978300761\n",
        movies__dat='2::Jumanji: A "Game" (1995)::Adventure|Children\'s\n3::Heat (1995)::Crime\n',
        users__dat="1::F::1::10::48067\n2::M::56::16::70072\n",
        tags__dat="1::2::Robin Williams::978300800\n2::2::robin williams::1\n2::2::fun::2\n",
    )
    data = read_folder(tmp_path / "out")
    assert data.catalog.titles[0] == 'Jumanji: A "Game" (1995)'
    assert data.catalog.table["genre"].to_list() == [["Adventure", "Children's"], ["Crime"]]
    assert data.catalog.table["tags"].to_list() == [["robin williams", "fun"], None]
    assert data.people.attributes[1] == ("gender=M", "age=56 or more", "occupation=self-employed")


def test_latest_small_as_published(shared_data: Path, tmp_path: Path) -> None:
    report = IMPORTERS["movielens"](shared_data / "ml-latest-small", tmp_path / "out")
    assert report.rows == {"interactions": 100_004, "items": 9125}
    assert "they know more" in report.notes[0]
    data = read_folder(tmp_path / "out")
    assert data.interactions.rule == "value >= 4"
    row = data.catalog.find("Toy Story")
    assert data.catalog.items.ids[row] == "1"
    assert data.catalog.table["tags"][row].to_list() == ["pixar"]
    assert data.catalog.table["year"][row] == 1995
    assert len(data.catalog) == 9125
    missing = data.catalog.table["genre"].null_count()
    assert missing == 18


def test_100k_as_published(shared_data: Path, tmp_path: Path) -> None:
    IMPORTERS["movielens"](shared_data / "tallrec-movie-ml100k", tmp_path / "out")
    data = read_folder(tmp_path / "out")
    assert (len(data.interactions), len(data.catalog), len(data.people.users)) == (
        100_000,
        1682,
        943,
    )
    assert data.catalog.table["genre"].explode().n_unique() == 18 + 1


def test_ratings_alone_are_enough(tmp_path: Path) -> None:
    report = import_movielens(
        tmp_path / "in", tmp_path / "out", ratings__csv="userId,movieId,rating\n1,2,3.5\n"
    )
    assert report.rows == {"interactions": 1}


def test_damage_and_absence(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match=r"there is none of u\.data, ratings\.dat, ratings\.csv"):
        import_movielens(tmp_path / "in", tmp_path / "out")
    with pytest.raises(BadValue, match=r"u\.data, line 2: the line has 2 cells, not 4"):
        import_movielens(tmp_path / "a", tmp_path / "out", u__data="1\t2\t3\t4\n1\t2\n")
    with pytest.raises(EmptyData, match="the file holds no rows"):
        import_movielens(tmp_path / "b", tmp_path / "out", u__data="\n")
    assert not (tmp_path / "out").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        import_movielens(tmp_path / "c", tmp_path / "full", u__data="1\t2\t3\t4\n")
