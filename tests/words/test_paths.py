"""Paths to sentences: every edge in words, and nothing that the path does not say."""

import pytest

from fewrec.data.evidence import Evidence, Fact, Path
from fewrec.words.faithful import FaithfulWriter, unsupported
from fewrec.words.paths import path_sentence
from fewrec.words.reasons import TemplateWriter

TITLES = {"1": "Alien (1979)", "2": "Blade Runner (1982)", "3": "Gladiator (2000)"}


def chain(*steps, items):
    """A path from entities and ("+relation" along or "-relation" against) in between."""
    entities, edges = steps[::2], steps[1::2]
    return Path(
        entities=entities,
        relations=tuple(edge[1:] for edge in edges),
        forward=tuple(edge[0] == "+" for edge in edges),
        items=items,
        specificity=-1.0,
    )


DIRECTED = chain(
    "1", "+director", "http://dbpedia.org/resource/Ridley_Scott", "-director", "2",
    items=("1", "", "2"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (DIRECTED, "Directed by Ridley Scott, who also directed Blade Runner (1982)"),
        (
            chain("1", "+genre", "Horror", "-genre", "2", items=("1", "", "2")),
            "Its genre is Horror, also the genre of Blade Runner (1982)",
        ),
        (
            chain("1", "+film.film.directed_by", "Scott", "-film.film.written_by", "2",
                  items=("1", "", "2")),
            "Directed by Scott, who wrote Blade Runner (1982)",
        ),
        (
            chain("1", "+distributor", "Fox", "-distributor", "2", items=("1", "", "2")),
            "Distributed by Fox, which also distributed Blade Runner (1982)",
        ),
        (
            chain("1", "+year", "1970s", "-year", "2", items=("1", "", "2")),
            "From the 1970s, like Blade Runner (1982)",
        ),
        (chain("1", "-sequel", "2", items=("1", "2")), "It is the sequel of Blade Runner (1982)"),
        (chain("1", "+sequel", "2", items=("1", "2")), "Its sequel is Blade Runner (1982)"),
        (
            chain("1", "+director", "Scott", "-director", "3", "+starring", "Crowe", "-starring",
                  "2", items=("1", "", "3", "", "2")),
            "Directed by Scott, who also directed Gladiator (2000), with Crowe, "
            "who also plays in Blade Runner (1982)",
        ),
    ],
)  # fmt: skip
def test_each_edge_is_told(path, sentence):
    told = path_sentence(path, TITLES)
    assert told == f"{sentence}, which you liked"
    assert unsupported(told, Evidence("1", 1.0, paths=(path,)), TITLES) == ()
    assert unsupported(told, Evidence("1", 1.0), TITLES) != ()


def test_bare_identifiers_are_no_sentence():
    path = chain("1", "+director", "m.0bln8", "-director", "2", items=("1", "", "2"))
    assert path_sentence(path, TITLES) == ""


def test_a_path_says_it_instead_of_the_fact_that_says_the_same():
    facts = (
        Fact("shared_attribute", "a", 0.3, "2", "director", (DIRECTED.entities[1],), 1, 2),
        Fact("liked_item", "ease", 0.1, "3"),
    )
    reasons = TemplateWriter().reasons(Evidence("1", 1.0, {}, facts, (DIRECTED,)), TITLES)
    assert reasons == (
        "Directed by Ridley Scott, who also directed Blade Runner (1982), which you liked",
        "Because you liked Gladiator (2000)",
    )


def test_otherwise_it_takes_the_last_place():
    facts = tuple(
        Fact(kind, "ease", 0.3 - n / 10, item, count=5, of=9)
        for n, (kind, item) in enumerate([("liked_item", "3"), ("popularity", ""), ("prior", "")])
    )
    writer = FaithfulWriter(TemplateWriter())
    without = writer.reasons(Evidence("1", 1.0, {}, facts), TITLES)
    reasons = writer.reasons(Evidence("1", 1.0, {}, facts, (DIRECTED,)), TITLES)
    assert len(without) == 3
    assert reasons[:2] == without[:2]
    assert reasons[2].startswith("Directed by Ridley Scott")
