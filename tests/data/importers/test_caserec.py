"""Case Recommender's data sets: small copies of their layouts, and the real ones."""

import zipfile
from pathlib import Path

import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, EmptyData


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.dat").write_text(text, encoding="utf-8")
    return folder


def brought(source: Path, tmp_path: Path):
    report = IMPORTERS["caserec"](source, tmp_path / "out")
    return report, read_folder(tmp_path / "out")


def test_steam_has_purchases_and_hours(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in",
        game_purchase="User_ID\tGame_ID\tPurchase\n1\t1\t1.0\n1\t2\t1.0\n2\t1\t1.0\n",
        game_play="User_ID\tGame_ID\tHours\n1\t1\t273.0\n",
        item_info="Game_ID\tGame Name\n1\tSkyrim\n2\tFallout 4\n",
    )
    report, data = brought(source, tmp_path)
    assert report.rows == {"interactions": 4, "items": 2}
    assert data.catalog.titles == ("Skyrim", "Fallout 4")
    assert data.interactions.weight.tolist() == [3.0, 3.0, 3.0, 0.5]
    assert (data.interactions.label == 1).all()


def test_views_are_what_was_met_and_not_rated(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in",
        anime_ratings="User_ID\tAnime_ID\tFeedback\n1\t7\t9\n1\t8\t2\n",
        anime_history="User_ID\tAnime_ID\tFeedback\n1\t7\t1\n1\t8\t1\n1\t9\t1\n",
        anime_info="anime_ids\tname\tgenre\ttype\tepisodes\trating\tmembers\n"
        "7\tAkira\tAction, Sci-Fi\tMovie\t1\t8.5\t900\n8\tBebop\tDrama\tTV\t26\t8.8\t800\n"
        "9\tPing\t\tTV\tUnknown\t7.0\t70\n",
    )
    report, data = brought(source, tmp_path)
    assert data.interactions.label.tolist() == [1, 0, 1]
    assert data.catalog.table["genre"].to_list() == [["Action", "Sci-Fi"], ["Drama"], None]
    assert "rating" not in data.catalog.table.columns
    assert "1 rows of the history" in report.notes[0]


def test_books_cut_at_a_semicolon_are_put_together(tmp_path: Path) -> None:
    header = "Book_ID\tISBN\tBook-Title\tBook-Author\tYear-Of-Publication\tPublisher\tS\tM\tL\n"
    links = "s.jpg\tm.jpg\tl.jpg\t\n"
    source = write(
        tmp_path / "in",
        book_ratings="user\titem\trating\n1\t1\t9.000000\n1\t2\t2.000000\n",
        items_info=header + f"1\t039\tThe Mummies\tE. Barber\t1999\tNorton &amp\t Company\t{links}"
        f"2\t040\tTypes \t And More\tS. M.\t0\tGodine\t{links}3\t041\tbroken\n",
        users_info="User-ID\tLocation\tAge\n1\tulm, bw, germany\t24\t\n",
    )
    report, data = brought(source, tmp_path)
    assert data.catalog.titles == ("The Mummies", "Types ; And More")
    assert data.catalog.table["publisher"].to_list() == ["Norton & Company", "Godine"]
    assert data.catalog.table["year"].to_list() == [1999, None]
    assert "2 lines of items_info.dat" in " ".join(report.notes)
    assert "1 cannot be read" in " ".join(report.notes)
    assert "country=germany" in data.people.attributes[0]


def test_a_shop_has_ids_only(tmp_path: Path) -> None:
    source = write(
        tmp_path / "in",
        view_ecommerce="visitorid\titemid\tevent\n1\t1\t1\n1\t2\t1\n",
        purchase_ecommerce="visitorid\titemid\tevent\n1\t2\t1\n",
    )
    _, data = brought(source, tmp_path)
    assert len(data.catalog) == 2 and sorted(data.interactions.weight.tolist())[-1] == 3.0


def test_other_folders_and_damaged_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(EmptyData, match="there is none of game_purchase"):
        IMPORTERS["caserec"](tmp_path / "in", tmp_path / "out")
    write(tmp_path / "in", game_purchase="User_ID\tGame_ID\tPurchase\n1\t1\n")
    with pytest.raises(BadValue, match="the line has 2 cells, not 3"):
        IMPORTERS["caserec"](tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "rows", "items"),
    [("steam", 200_000, 5155), ("book_crossing", 272_678, 17_379)],
)
def test_real_ones(name: str, rows: int, items: int, shared_data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared_data / "caserec" / f"{name}.zip") as packed:
        packed.extractall(tmp_path / "in")
    report = IMPORTERS["caserec"](tmp_path / "in", tmp_path / "out")
    assert report.rows["interactions"] == rows and report.rows["items"] == items
    unread = [note for note in report.notes if "cannot be read" in note]
    assert len(unread) == (name == "book_crossing") and all("; 5 cannot" in n for n in unread)
