"""Names from graphs and tables as a person would read them."""

import pytest

from fewrec.knowledge.names import enumerated, is_identifier, readable_relation, readable_value


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ("genre", "genre"),
        ("release_year", "release year"),
        ("film.film.directed_by", "directed by"),
        ("film.film_genre.films_in_this_genre", "films in this genre"),
        ("http://dbpedia.org/ontology/musicComposer", "music composer"),
        ("导演", "导演"),
        ("no. of pages", "no. of pages"),
    ],
)
def test_relations(relation, said):
    assert readable_relation(relation) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("http://dbpedia.org/resource/Tom_Hanks", "Tom Hanks"),
        ("<http://dbpedia.org/resource/Beyonc%C3%A9>", "Beyoncé"),
        ("http://dbpedia.org/resource/AC/DC", "AC/DC"),
        ("http://www.wikidata.org/entity/Q9544977#Lana_Wachowski", "Lana Wachowski"),
        ("snake_case stays", "snake_case stays"),
    ],
)
def test_values(value, said):
    assert readable_value(value) == said


def test_identifiers_are_told_from_words():
    assert is_identifier("m.0bln8")
    assert is_identifier("Q42")
    assert not is_identifier("Comedy")
    assert not is_identifier("M. Night Shyamalan")


def test_enumerations():
    assert [enumerated(words) for words in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
