"""Items and entities: by id, by title, year and type; what is doubtful stays doubtful."""

import polars as pl
import pytest

from fewrec.knowledge.linked.described import (
    Described,
    address_title,
    entities_described,
    same_spelling,
    told_type,
)
from fewrec.knowledge.linked.linking import THRESHOLD, candidates
from fewrec.knowledge.linked.variants import variants

R = "http://dbpedia.org/resource/"


def items(*rows: tuple[str, int | None], kind: str = "", **ids: list[str]) -> Described:
    titles = [title for title, _ in rows]
    names = [str(n) for n in range(len(rows))]
    return Described(names, titles, [year for _, year in rows], [kind] * len(rows), ids)


def entities(*names: str, **columns: list) -> Described:
    return entities_described(pl.DataFrame({"entity": list(names), **columns}))


def test_an_id_of_any_spelling_goes_before_titles() -> None:
    them = entities("e1", "e2", title=["Alien", "Aliens"], imdb=["tt0078748", "tt0090605"])
    found = candidates(items(("Alien", 1979), imdb=[same_spelling("imdb", "90605")]), them)
    assert [(c.entity, c.how, c.confidence) for c in found] == [(1, "imdb", 1.0)]


@pytest.mark.parametrize(
    ("catalogue", "given", "same"),
    [
        ("imdb", "https://www.imdb.com/title/tt0114709/", "tt0114709"),
        ("imdb", "114709.0", "tt0114709"),
        ("tmdb", "862.0", "862"),
        ("wikidata", "http://www.wikidata.org/entity/Q42#Douglas_Adams", "Q42"),
        ("wikidata", "Queen", ""),
        ("dbpedia", "https://dbpedia.org/resource/Caf%C3%A9", "Café"),
        ("freebase", "/m/0bln8", "m.0bln8"),
        ("musicbrainz", "https://musicbrainz.org/artist/A74B1B7F-71A5-4011-9441-D0B5E4122711",
         "a74b1b7f-71a5-4011-9441-d0b5e4122711"),
    ],
)  # fmt: skip
def test_ids_are_compared_in_one_spelling(catalogue: str, given: str, same: str) -> None:
    assert same_spelling(catalogue, given) == same


def test_the_year_tells_namesakes_apart_and_may_be_one_off() -> None:
    them = entities("old", "new", title=["Cape Fear", "Cape Fear"], year=[1962, 1990])
    found = candidates(items(("Cape Fear (1991)", 1991)), them)
    assert found[0].entity == 1 and found[0].how == "title, year one off"
    assert found[0].confidence > THRESHOLD


def test_namesakes_that_fit_equally_well_are_doubtful() -> None:
    them = entities("a", "b", title=["Nirvana", "Nirvana"])
    found = candidates(items(("Nirvana", None)), them)
    assert found[0].confidence < 0.5 and found[0].rival == 1
    again = entities("a", "a", title=["Nirvana", "Nirvana"])
    assert candidates(items(("Nirvana", None)), again)[0].rival == -1, "one entity is no rival"


def test_the_type_tells_a_film_from_a_novel() -> None:
    names = (f"{R}Carrie_(novel)", f"{R}Carrie_(1976_film)")
    found = candidates(items(("Carrie", 1976), kind="film"), entities(*names))
    assert found[0].entity == 1 and found[0].how == "title, year, type"
    novel = candidates(items(("Carrie", 1976), kind="film"), entities(names[0]))
    assert novel[0].confidence < THRESHOLD and novel[0].how.endswith("is a novel")


def test_a_wrong_year_is_doubtful() -> None:
    them = entities("a", title=["King Kong"], year=[1933])
    found = candidates(items(("King Kong", 1976)), them)
    assert found[0].confidence < 0.3 and "43 years apart" in found[0].how


def test_other_titles_of_a_thing() -> None:
    title = "City of Lost Children, The (Cité des enfants perdus, La) (1995)"
    found = variants(title)
    assert found["the city of lost children"] == 1.0
    assert found["la cite des enfants perdus"] < 1
    assert variants("Alien: Resurrection")["alien"] < variants(title)["la cite des enfants perdus"]
    assert list(variants("Flawless (1999 film)")) == ["flawless"]
    them = entities(f"{R}La_Cité_des_enfants_perdus")
    assert candidates(items((title, 1995)), them)[0].how == "variant, year unknown"


def test_similar_spellings_are_offered_but_not_made() -> None:
    them = entities(f"{R}Metalica_Tribute", f"{R}Einstürzende_Neubauten")
    found = candidates(items(("Einsturzende Neubautn", None), ("Something", None)), them)
    assert [(c.item, c.entity) for c in found] == [(0, 1)]
    assert found[0].how.startswith("similar") and found[0].confidence < THRESHOLD


def test_addresses_are_read() -> None:
    assert address_title(f"{R}AC/DC") == "AC/DC"
    assert address_title("http://www.wikidata.org/entity/Q42") == ""
    assert address_title("m.0bln8") == "" and address_title("_:12") == ""
    assert told_type("Flawless (1999 film)") == "film" and told_type("Heat (1995)") == ""
    assert entities(f"{R}Heat_(1995_film)").years == [1995]


def test_items_without_titles_find_nothing() -> None:
    assert candidates(items(("", None)), entities("a", title=[""])) == []
