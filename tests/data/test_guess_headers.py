"""What headers and file names promise."""

from __future__ import annotations

import pytest

from fewrec.data.guess.headers import meaning, normal, table_of_file, words


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("userId", "user"),
        ("USER_ID", "user"),
        ("user_id:token", "user"),
        ("visitorid", "user"),
        ("Customer User ID", "user"),
        ("Kundennummer", "user"),
        ("Nº socio", "user"),
        ("Пользователь", "user"),
        ("用户编号", "user"),
        ("회원번호", "user"),
        ("kullanıcı", "user"),
        ("المستخدم", "user"),
        ("movieId", "item"),
        ("StockCode", "item"),
        ("Lineitem sku", "item"),
        ("Artikelnr", "item"),
        ("Page path", "item"),
        ("图书编号", "item"),
        ("商品", "item"),
        ("Артикул", "item"),
        ("trackTitle", "title"),
        ("Lineitem name", "title"),
        ("Artikelbezeichnung", "title"),
        ("书名", "title"),
        ("rating", "value"),
        ("user_rating", "value"),
        ("Bewertung", "value"),
        ("评分", "value"),
        ("별점", "value"),
        ("unixReviewTime", "timestamp"),
        ("rating_timestamp", "timestamp"),
        ("InvoiceDate", "timestamp"),
        ("Kaufdatum", "timestamp"),
        ("时间", "timestamp"),
        ("event_type", "event"),
        ("Действие", "event"),
        ("InvoiceNo", "session"),
        ("Order ID", "session"),
        ("reviewText", "review"),
        ("user_review", "review"),
        ("Quantity", "quantity"),
        ("Order Total", "total"),
        ("num_tracks", "total"),
        ("friendID", "friend"),
        ("Country", "trait"),
        ("birth_date", "trait"),
        ("Warengruppe", "category"),
        ("product_category_name", "category"),
        ("Year-Of-Publication", "year"),
        ("release_date", "year"),
        ("Book-Author", "person"),
        ("UnitPrice", "number"),
        ("average rating", "number"),
        ("pictureURL", "url"),
    ],
)
def test_roles(header: str, role: str) -> None:
    assert meaning(header).best == role


@pytest.mark.parametrize("header", ["What did you think?", "column_1", "x17", "", "Ørsted"])
def test_unknown_headers_promise_nothing(header: str) -> None:
    assert meaning(header).roles == {}


def test_lists_are_announced() -> None:
    assert meaning("item_id_list:token_seq").listed
    assert not meaning("item_id").listed


def test_spelling_does_not_matter() -> None:
    assert normal("ＣＡＦÉ Größe Łódź ı") == "cafe grosse lodz i"
    assert words("HTTPServer_userId 17") == ["http", "server", "user", "id", "17"]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("ratings.csv", "interactions"),
        ("u.item", "items"),
        ("users_info.dat", "users"),
        ("item_info.dat", "items"),
        ("user_friends.dat", "graph"),
        ("Games-6k.test.inter", "interactions"),
        ("图书.csv", "items"),
        ("アンケート.txt", "interactions"),
        ("item_index2entity_id.txt", "links"),
    ],
)
def test_names_of_files(name: str, table: str) -> None:
    found = table_of_file(name)
    assert max(found, key=lambda key: found[key]) == table
