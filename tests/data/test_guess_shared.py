"""The guess on real public data, where it stands beside the project."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fewrec.data.guess import Guess, guess_files


@pytest.fixture(scope="module")
def unpacked(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("caserec")
    for archive in (shared_data / "caserec").glob("*.zip"):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    return folder


def shapes(guess: Guess) -> dict[str, tuple[int, int]]:
    return {name: frame.shape for name, frame in guess.tables.items()}


def events(guess: Guess) -> dict[str, int]:
    return dict(guess.tables["interactions"]["event"].value_counts().rows())


def test_movielens_latest(shared_data: Path) -> None:
    folder = shared_data / "ml-latest-small"
    names = ("ratings", "movies", "tags", "links")
    guess = guess_files([folder / f"{name}.csv" for name in names])
    assert shapes(guess) == {"interactions": (100004, 4), "items": (9125, 6)}
    assert guess.doubts == () and guess.rule == "value >= 4"
    movie = guess.tables["items"].row(0, named=True)
    assert movie["title"] == "Toy Story (1995)" and movie["tags"] == ["Pixar"]
    assert movie["genres"] == ["Adventure", "Animation", "Children", "Comedy", "Fantasy"]
    assert guess.settings["items"]["imdbId"] == "skip"


def test_movielens_100k_without_headers(shared_data: Path) -> None:
    folder = shared_data / "tallrec-movie-ml100k"
    guess = guess_files([folder / name for name in ("u.data", "u.item", "u.user")])
    assert shapes(guess) == {"interactions": (100000, 4), "items": (1682, 5), "users": (943, 5)}
    assert guess.doubts == () and guess.rule == "value >= 4"
    assert guess.tables["interactions"].row(0) == ("196", "242", 3, 881250949)


def test_a_catalogue_in_json(shared_data: Path) -> None:
    folder = shared_data / "tallrec-movie-ml100k"
    guess = guess_files([folder / "u.data", folder / "items_info.json"])
    kinds = guess.settings["items"]
    assert [kinds[n] for n in ("plot", "genres", "year", "directors", "cast", "rating")] == [
        "text", "list", "year", "person", "person", "number",
    ]  # fmt: skip
    assert guess.tables["links"].row(0) == ("1", "http://dbpedia.org/resource/Toy_Story")


def test_artists_plays_and_friends(shared_data: Path) -> None:
    names = ("user_artists.dat", "artists.dat", "tags.dat", "user_friends.dat")
    guess = guess_files([shared_data / "lastfm" / name for name in names])
    assert {name: rows for name, (rows, _) in shapes(guess).items()} == {
        "interactions": 92846,
        "items": 17632,
        "graph": 25435,
    }
    assert guess.files[2].table == ""
    assert guess.doubts == ()


def test_lists_of_items(shared_data: Path) -> None:
    folder = shared_data / "amazon-games"
    guess = guess_files([folder / "Games-6k.test.inter", folder / "Games.item"])
    assert shapes(guess) == {"interactions": (440264, 2), "items": (16859, 2)}
    last = guess.tables["interactions"].filter(user="0")["item"].to_list()
    assert last == [str(n) for n in range(15)]


def test_trust_between_people(shared_data: Path) -> None:
    folder = shared_data / "filmtrust"
    guess = guess_files([folder / "ratings.txt", folder / "trust.txt"])
    assert shapes(guess) == {"interactions": (35497, 3), "graph": (1853, 3)}
    assert [doubt.flag for doubt in guess.doubts] == ["--user column_2 --item column_1"]


def test_news_read_by_people(shared_data: Path) -> None:
    guess = guess_files([shared_data / "news-dkn" / "raw_train.txt"])
    assert guess.tables["interactions"].row(0) == ("0", "tautog bite coming strong", 0)
    assert guess.rule == "value >= 1"


def test_books_whose_rows_were_torn(unpacked: Path) -> None:
    folder = unpacked / "book_crossing"
    names = ("book_ratings.dat", "items_info.dat", "users_info.dat")
    guess = guess_files([folder / name for name in names])
    assert guess.rule == "value >= 7" and guess.doubts == ()
    assert guess.notes[0].startswith("items_info.dat: 946 rows torn apart")
    books = guess.tables["items"]
    assert books.height == 17357
    assert books.filter(item="2")["Publisher"].item() == "W. W. Norton & Company"
    assert guess.settings["items"]["Book-Author"] == "person"
    assert guess.settings["users"] == {"Location": "list"}


def test_ratings_and_histories_of_anime(unpacked: Path) -> None:
    folder = unpacked / "anime"
    names = ("anime_ratings.dat", "anime_info.dat", "anime_history.dat")
    guess = guess_files([folder / name for name in names])
    assert events(guess) == {"rate": 419943, "play": 520609}
    assert [doubt.flag for doubt in guess.doubts] == ["--event anime_history.dat=click"]
    assert guess.tables["items"].row(0, named=True)["genre"][0] == "Drama"


def test_views_carts_and_purchases(unpacked: Path) -> None:
    folder = unpacked / "RetailRocket_Ecommerce"
    names = ("view", "add_to_cart", "purchase")
    guess = guess_files([folder / f"{name}_ecommerce.dat" for name in names])
    assert events(guess) == {"view": 78371, "cart": 9028, "buy": 5088}
    assert guess.doubts == ()


def test_games_bought_and_played(unpacked: Path) -> None:
    folder = unpacked / "steam"
    names = ("game_purchase.dat", "game_play.dat", "item_info.dat", "user_info.dat")
    guess = guess_files([folder / name for name in names])
    assert events(guess) == {"buy": 129511, "play": 70489}
    assert guess.tables["items"].row(1) == ("2", "Fallout 4")
