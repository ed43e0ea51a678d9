"""Triples as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.errors import ConfigError
from fewrec.knowledge.linked.collected import Collected, short_name
from fewrec.knowledge.linked.repeated import one_of_each

node = st.sampled_from("abcdef")
triples = st.lists(st.tuples(node, st.sampled_from(["http://x/p", "q.r"]), node), max_size=20)


@given(triples)
def test_settled_keeps_each_triple_once_in_order(rows) -> None:
    held = Collected.of(rows)
    assert list(held.settled().frame().iter_rows()) == list(dict.fromkeys(rows))
    assert list(held.settled().entities) == list(
        dict.fromkeys(x for h, _, t in dict.fromkeys(rows) for x in (h, t))
    )


@given(triples)
def test_only_and_renamed_do_what_they_do_to_text(rows) -> None:
    held = Collected.of(rows)
    if any(row[1] == "q.r" for row in rows):
        kept = list(held.only(["r"]).frame().iter_rows())
        assert kept == [row for row in rows if row[1] == "q.r"]
    named = held.renamed({"a": "b"}, {"q.r": "http://x/p"})
    turned = [("b" if h == "a" else h, "http://x/p", "b" if t == "a" else t) for h, _, t in rows]
    assert list(named.frame().iter_rows()) == turned
    assert len(named.entities) == len({x for h, _, t in turned for x in (h, t)})


def test_an_unknown_relation_names_the_nearest() -> None:
    held = Collected.of([("a", "http://dbpedia.org/ontology/director", "b")])
    with pytest.raises(ConfigError, match=r"no relation 'directer'.*'director'"):
        held.only(["directer"])
    assert len(held.only(["http://dbpedia.org/ontology/director"])) == 1


def test_frames_come_in_parts() -> None:
    held = Collected.of([(f"e{n}", "p", "x") for n in range(10)])
    assert [part.height for part in held.frames(rows=4)] == [4, 4, 2]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("http://dbpedia.org/ontology/director", "director"),
        ("http://www.wikidata.org/prop/direct/P57#director", "director"),
        ("film.film.genre", "genre"),
        ("genre", "genre"),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert short_name(name) == short


def test_reversed_and_copied_relations_are_told_once() -> None:
    pairs = [(f"f{n}", f"p{n % 7}") for n in range(40)]
    rows = [(f, "directed_by", p) for f, p in pairs] + [(p, "directed", f) for f, p in pairs]
    rows += [("f1", "rare", "f2"), ("p1", "lives", "f2")]
    kept, notes = one_of_each(Collected.of(rows))
    assert len(kept) == 42 and len(kept.relations) == 3
    assert notes == ("1 relations say in reverse what others say and are merged.",)


def test_a_relation_word_for_word_under_another_is_left_out() -> None:
    pairs = [(f"f{n}", f"p{n % 7}") for n in range(40)]
    rows = [(f, "made_by", p) for f, p in pairs] + [(f, "x/copy", p) for f, p in pairs[:30]]
    kept, notes = one_of_each(Collected.of([*rows, ("f1", "few", "p1")]))
    assert list(kept.relations) == ["made_by", "few"], "one triple is no copy"
    assert notes == ("Relations of which every triple stands under another are left out: copy "
                     "(made_by).",)  # fmt: skip
