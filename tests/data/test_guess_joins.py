"""Files are understood together: keys, swapped columns, orders and their lines, tags, graphs."""

from __future__ import annotations

from pathlib import Path

from fewrec.data.guess import Guess, guess_files

PAIRS = [(u, i) for u in (41, 42, 43, 44) for i in (7, 8, 9, 10, 11) if (u + i) % 3]


def guess(folder: Path, **files: str) -> Guess:
    paths = []
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return guess_files(paths)


def rows(pairs, form: str = "{0}\t{1}") -> str:
    return "".join(form.format(*pair) + "\n" for pair in pairs)


def test_ids_of_other_files_tell_user_from_item(tmp_path: Path) -> None:
    films = "".join(f"{n}|Film number {n} of many|drama\n" for n in range(7, 13))
    straight = guess(tmp_path, pairs_txt=rows(PAIRS), films_txt=films)
    turned = guess(tmp_path, pairs_txt=rows((i, u) for u, i in PAIRS), films_txt=films)
    for found in (straight, turned):
        assert found.doubts == ()
        assert set(found.tables["interactions"]["user"]) == {"41", "42", "43", "44"}


def test_the_key_is_the_column_that_the_interactions_use(tmp_path: Path) -> None:
    books = "isbn,number,title\n" + "".join(f"978-{n}00,{n},Book {n}\n" for n in range(7, 12))
    likes = "reader,book\n" + rows(PAIRS, "{0},{1}")
    found = guess(tmp_path, likes_csv=likes, books_csv=books)
    assert found.tables["items"]["item"].to_list() == ["7", "8", "9", "10", "11"]


def test_a_list_of_people_is_known_by_its_ids(tmp_path: Path) -> None:
    people = "id,label,town\n" + "".join(f"{n},x{n},town {n % 2}\n" for n in (41, 42, 43, 44))
    likes = "reader,book\n" + rows(PAIRS, "{0},{1}")
    found = guess(tmp_path, likes_csv=likes, list_csv=people)
    assert set(found.tables) == {"interactions", "users"}


def test_missing_ids_are_said(tmp_path: Path) -> None:
    books = "book,title\n" + "".join(f"{n},Book {n}\n" for n in (7, 8, 9))
    likes = "reader,book\n" + rows(PAIRS, "{0},{1}")
    found = guess(tmp_path, likes_csv=likes, books_csv=books)
    assert [doubt.sentence for doubt in found.doubts] == [
        "only 60% of the items in likes.csv stand in books.csv"
    ]


def test_friends_and_triples_become_the_graph(tmp_path: Path) -> None:
    found = guess(
        tmp_path,
        likes_csv="userID,artistID\n" + rows(PAIRS, "{0},{1}"),
        friends_csv="userID,friendID\n41,42\n42,43\n",
        kg_csv="head,relation,tail\n7,genre,rock\n8,genre,pop\n",
    )
    assert found.tables["graph"].rows() == [
        ("41", "friend", "42"),
        ("42", "friend", "43"),
        ("7", "genre", "rock"),
        ("8", "genre", "pop"),
    ]


def test_entities_become_links(tmp_path: Path) -> None:
    films = "movieId,title,uri\n" + "".join(
        f"{n},Film {n},http://dbpedia.org/resource/Film_{n}\n" for n in range(7, 12)
    )
    found = guess(tmp_path, likes_csv="user,movieId\n" + rows(PAIRS, "{0},{1}"), films_csv=films)
    assert found.tables["links"].row(0) == ("7", "http://dbpedia.org/resource/Film_7")
    assert found.tables["items"].columns == ["item", "title"]


def test_tags_become_lists(tmp_path: Path) -> None:
    ratings = "userId,movieId,rating\n" + rows(PAIRS, "{0},{1},4") + "41,7,2\n"
    tags = "userId,movieId,tag\n41,7,slow\n42,7,cult\n43,7,slow\n41,8,funny\n"
    found = guess(tmp_path, ratings_csv=ratings, tags_csv=tags)
    lists = dict(found.tables["items"].rows())
    assert lists == {"7": ["slow", "cult"], "8": ["funny"]}


def test_files_named_by_their_event(tmp_path: Path) -> None:
    found = guess(
        tmp_path,
        views_csv="visitorid,itemid\n" + rows(PAIRS, "{0},{1}"),
        purchases_csv="visitorid,itemid\n41,7\n42,8\n42,9\n",
    )
    counts = found.tables["interactions"]["event"].value_counts()
    assert dict(counts.rows()) == {"view": len(PAIRS), "buy": 3}


def test_ids_lose_the_point_they_got_from_gaps(tmp_path: Path) -> None:
    likes = "reader,book\n41.0,7\n41.0,8\n,9\n42.0,7\n"
    people = "reader,age,town\n41,30,Rome\n42,50,Oslo\n43,20,Rome\n"
    found = guess(tmp_path, likes_csv=likes, people_csv=people)
    assert set(found.tables["interactions"]["user"]) == {"41", "42"}
    assert [fault.problem for fault in found.faults] == ["the row names no user"]


def test_one_file_gives_three_tables(tmp_path: Path) -> None:
    lines = ["customer,product,product name,colour,country,rating"]
    colours, countries = ("blue", "red"), ("ES", "IT")
    lines += [
        f"c{u},p{i},Thing number {i},{colours[i % 2]},{countries[u % 2]},{1 + (u * i) % 5}"
        for u, i in PAIRS
    ]
    found = guess(tmp_path, all_csv="\n".join(lines) + "\n")
    assert found.tables["items"].columns == ["item", "title", "colour"]
    assert found.tables["users"].columns == ["user", "country"]
    assert found.tables["interactions"].columns == ["user", "item", "value"]


def test_only_items_is_enough_and_said(tmp_path: Path) -> None:
    found = guess(tmp_path, books_csv="book_id,title\n1,Dune\n2,Emma\n3,Heat\n")
    assert set(found.tables) == {"items"}
    assert "no interactions" in found.notes[-1]
