"""Columns of another catalogue come to the items that bear its titles."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.data.importers.test_tallrec import prompt

from fewrec.cli import main
from fewrec.data.importers.catalogue import described
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData, MissingColumn

ITEMS = pl.DataFrame({"item": ["b", "a", "c"], "title": ["Heat (1995)", "Matrix, The (1999)", "Z"]})
FILMS = pl.DataFrame(
    {
        "item": ["77", "78", "79"],
        "title": ["The Matrix", "Heat", "Heat"],
        "year": ["1999", "1995", "1972"],
        "rating": ["8.7", "8.3", "5.1"],
    }
)


def written(folder: Path, films: pl.DataFrame, suffix: str) -> Path:
    file = folder / f"films{suffix}"
    if suffix == ".csv":
        films.write_csv(file)
    elif suffix == ".parquet":
        films.write_parquet(file)
    elif suffix == ".jsonl":
        films.write_ndjson(file)
    else:
        file.write_text(json.dumps(films.to_dicts()))
    return file


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".json"])
def test_cells_come_by_title_and_year_and_items_stay_in_their_order(tmp_path: Path, suffix):
    found, known = described(ITEMS, written(tmp_path, FILMS, suffix))
    assert found.columns == ["item", "title", "year", "rating"]
    assert found["item"].to_list() == ["b", "a", "c"]  # ids are those of the items
    assert found["rating"].to_list() == ["8.3", "8.7", None]
    assert known == 2


def test_years_with_a_point_tell_namesakes_apart_too(tmp_path: Path):
    films = FILMS.with_columns(pl.col("year").cast(pl.Float64))
    found, _ = described(ITEMS, written(tmp_path, films, ".parquet"))
    assert found["rating"].to_list() == ["8.3", "8.7", None]


def test_what_items_say_themselves_stays(tmp_path: Path):
    items = ITEMS.with_columns(pl.lit("mine").alias("rating"))
    found, _ = described(items, written(tmp_path, FILMS, ".csv"))
    assert found["rating"].to_list() == ["mine"] * 3
    assert found.columns == ["item", "title", "rating", "year"]


def test_titles_alone_add_nothing(tmp_path: Path):
    found, known = described(ITEMS, written(tmp_path, FILMS.select("title"), ".csv"))
    assert found.equals(ITEMS)
    assert known == 2


def test_faults_name_the_way_out(tmp_path: Path):
    with pytest.raises(EmptyData, match="there is no such file"):
        described(ITEMS, tmp_path / "films.csv")
    with pytest.raises(MissingColumn, match="Name its column of titles `title`"):
        described(ITEMS, written(tmp_path, FILMS.rename({"title": "name"}), ".csv"))
    (tmp_path / "films.json").write_text("{")
    with pytest.raises(BadValue, match="neither a table nor a JSON list of objects"):
        described(ITEMS, tmp_path / "films.json")
    (tmp_path / "films.jsonl").write_text('{"title": "Heat"}\nnothing\n')
    with pytest.raises(BadValue, match=r"films\.jsonl, row 2|films\.jsonl, line 2"):
        described(ITEMS, tmp_path / "films.jsonl")


def test_data_import_joins_it_and_says_how_many_titles_it_knew(tmp_path: Path, capsys):
    source = tmp_path / "prompts"
    source.mkdir()
    rows = [prompt('"Heat (1995)"', '"Unheard Of (2001)"', '"Matrix, The (1999)"', "Yes.")]
    (source / "train.json").write_text(json.dumps(rows))
    films = written(tmp_path, FILMS, ".json")
    words = ["data", "import", "tallrec", str(source), str(tmp_path / "out")]
    assert main([*words, "--catalogue", str(films)]) == 0
    assert "2 of 3 titles stand in films.json" in capsys.readouterr().out
    table = read_folder(tmp_path / "out").catalog.table
    assert table["rating"].to_list() == [8.3, None, 8.7]


def test_other_layouts_bring_their_own_items(tmp_path: Path, capsys):
    words = ["data", "import", "movielens", str(tmp_path), str(tmp_path / "out")]
    assert main([*words, "--catalogue", str(tmp_path / "films.csv")]) == 2
    assert "`--catalogue` goes with `tallrec`" in capsys.readouterr().err
