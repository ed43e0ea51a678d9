"""The text of an item, from whatever columns there are."""

import polars as pl
import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.ids import IdMap
from fewrec.knowledge.wording import (
    NAMES_LIMIT,
    TEXT_LIMIT,
    VALUES_LIMIT,
    clean,
    item_headings,
    item_texts,
    item_titles,
)


def text_of(**columns):
    """The text of one item with (kind, value) columns."""
    table = pl.DataFrame({name: [value] for name, (_, value) in columns.items()})
    kinds = {name: kind for name, (kind, _) in columns.items()}
    return item_texts(Catalog(IdMap(("i",)), table, kinds))[0]


def test_title_labels_and_text_in_this_order():
    assert (
        text_of(
            plot=("text", "A doll is jealous."),
            title=("title", "Toy Story"),
            genre=("list", ["Comedy", "Animation"]),
            directed_by=("person", ["John Lasseter"]),
            brand=("category", "Pixar"),
            year=("year", 1995.0),
            price=("number", 9.99),
            url=("skip", "http://x"),
        )
        == "Toy Story. Comedy, Animation. directed by: John Lasseter. Pixar. "
        "A doll is jealous."
    )


def test_a_title_is_what_an_item_is_called_else_its_heading():
    table = pl.DataFrame({"title": ["Toy Story", None], "genre": [["Comedy"], ["Drama"]]})
    catalog = Catalog(IdMap(("1", "2")), table, {"title": "title", "genre": "list"})
    assert item_titles(catalog) == ["Toy Story", "Drama."]
    bare = Catalog(IdMap(("1", "2")), table.drop("title"), {"genre": "list"})
    assert item_titles(bare) == ["Comedy.", "Drama."]
    assert item_titles(Catalog(IdMap(("1",)), pl.DataFrame(), {})) == [""]


def test_missing_cells_say_nothing():
    assert text_of(title=("title", None), genre=("list", None), plot=("text", None)) == ""
    assert text_of(title=("title", "Alien!"), genre=("list", [])) == "Alien!"


def test_an_id_is_not_a_text():
    assert item_texts(Catalog(IdMap(("1", "2")), pl.DataFrame(), {})) == ["", ""]


def test_titles_that_are_numbers_are_texts():
    table = pl.DataFrame({"title": [1984, 2001], "code": [3, 4]})
    catalog = Catalog(IdMap(("1", "2")), table, {"title": "title", "code": "category"})
    assert item_texts(catalog) == ["1984. 3.", "2001. 4."]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("<p>Tom &amp;amp; Jerry<br/>run</p>", "Tom & Jerry run"),
        ("<style>p {color: red}</style>Hello <!-- hidden --> you", "Hello you"),
        ("a < b and c > d", "a < b and c > d"),
        ("see https://example.org/x?y=1 or www.example.org now", "see or now"),
        ("tab\there\u200b\nand\x00there", "tab here and there"),
        ("  科幻  ", "科幻"),
    ],
)
def test_markup_entities_links_and_controls_are_taken_out(raw, said):
    assert clean(raw) == said


def test_huge_text_is_cut_between_words():
    text = text_of(title=("title", "A"), plot=("text", "word " * 1_000_000))
    assert len(text) <= TEXT_LIMIT + 10
    assert text.endswith("word.")
    assert len(text_of(plot=("text", "x" * 1_000_000))) == TEXT_LIMIT + 1


def test_many_names_are_cut():
    names = [f"Name {n}" for n in range(50)]
    assert text_of(cast=("person", names)).count("Name") == NAMES_LIMIT
    assert text_of(tags=("list", names)).count("Name") == VALUES_LIMIT


def test_a_heading_is_the_text_without_descriptions():
    table = pl.DataFrame({"title": ["A"], "plot": ["Long."], "genre": [["Comedy"]]})
    kinds = {"title": "title", "plot": "text", "genre": "list"}
    catalog = Catalog(IdMap(("i",)), table, kinds)
    assert item_headings(catalog) == ["A. Comedy."]
    assert item_texts(catalog) == ["A. Comedy. Long."]
    assert item_headings(Catalog(IdMap(("i",)), table, {"plot": "text"})) == [""]
