"""A sentence may claim only what its evidence says; corrupted evidence is noticed."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data.evidence import Evidence, Fact
from fewrec.words.faithful import FaithfulWriter, unsupported
from fewrec.words.reasons import TemplateWriter

TITLES = {
    "1": "Toy Story (1995)",
    "8": "Babe (1995)",
    "2": "12 Angry Men (1957)",
    "5": "Copycat (1995)",
    "9": "It's a Wonderful Life (1946)",
}
FACTS = {
    "liked": Fact("liked_item", "ease", 0.5, item="1"),
    "text": Fact("liked_item", "text-knn", 0.5, item="9"),
    "shared": Fact("shared_attribute", "a", 0.5, "1", "class", ("Comedy",), 1, 2),
    "counted": Fact("shared_attribute", "a", 0.5, "8", "class", ("Children's",), 3, 5),
    "graph": Fact("shared_attribute", "a", 0.5, "8", "film.film.genre", ("m.0bln8",), 1, 1),
    "popular": Fact("popularity", "p", 0.5, count=320, of=743),
    "group": Fact("group", "g", 0.5, relation="age", values=("18–24",), count=45, of=120),
    "profile": Fact("profile", "t", 0.5, values=("slow science fiction",)),
    "new": Fact("prior", "i", 0.5, of=743),
}
CORRUPTED = {
    "liked": {"item": "5"},
    "text": {"item": "5"},
    "shared": {"values": ("Drama",)},
    "counted": {"count": 4},
    "graph": {"item": "5"},
    "popular": {"count": 321},
    "group": {"values": ("25–34",)},
    "profile": {"values": ("slapstick",)},
}
VOCABULARY = (*TITLES.values(), "Comedy", "Drama", "Children's")


def sentence_of(fact):
    """The one sentence of one fact."""
    (sentence,) = TemplateWriter().reasons(Evidence("2", 1.0, {}, (fact,)), TITLES)
    return sentence


def check(sentence, *facts):
    """What the facts do not support."""
    return unsupported(sentence, Evidence("2", 1.0, {}, facts), TITLES, VOCABULARY)


@pytest.mark.parametrize("name", FACTS)
def test_every_template_says_only_what_its_fact_says(name):
    assert check(sentence_of(FACTS[name]), *FACTS.values()) == ()


@pytest.mark.parametrize("name", CORRUPTED)
def test_corrupted_evidence_is_noticed(name):
    fact = FACTS[name]
    assert check(sentence_of(fact), replace(fact, **CORRUPTED[name])) != ()


@pytest.mark.parametrize("name", [name for name in FACTS if name != "new"])
def test_no_evidence_supports_nothing(name):
    assert check(sentence_of(FACTS[name])) != ()


ITEMS = st.sampled_from([*TITLES, "no title"])
VALUES = st.sampled_from(
    ["Comedy", "Drama", "Sci-Fi", "3 stars", "Ann Lee", "m.0b1", "18–24", "(a)"]
)
NUMBERS = st.integers(0, 2000)
ANY_FACT = st.builds(
    Fact,
    kind=st.sampled_from(
        ["liked_item", "shared_attribute", "popularity", "group", "profile", "prior", "rule"]
    ),
    part=st.sampled_from(["ease", "text-knn"]),
    amount=st.floats(-1, 1),
    item=ITEMS,
    relation=st.sampled_from(["genre", "film.film.genre", "age", ""]),
    values=st.lists(VALUES, max_size=3).map(tuple),
    count=NUMBERS,
    of=NUMBERS,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(ANY_FACT, max_size=8))
def test_whatever_the_facts_the_templates_stay_within_them(facts):
    whole = [
        replace(fact, item="", values=())
        if fact.kind in ("popularity", "prior")
        else replace(fact, item="")
        if fact.kind in ("group", "profile")
        else replace(fact, values=())
        if fact.kind == "liked_item"
        else fact
        for fact in facts
    ]
    for sentence in TemplateWriter(99).reasons(Evidence("2", 1.0, {}, tuple(whole)), TITLES):
        assert check(sentence, *whole) == ()


def test_the_claim_is_named():
    popular = FACTS["popular"]
    assert check("Liked by 321 of 743 people", popular) == ("the count 321 of 743",)
    assert check("Seen by 90% of people", popular) == ("the number 90%",)
    assert check("Because you liked Copycat (1995)", popular) == (
        "the number 1995",
        "the name 'Copycat (1995)'",
        "the name 'Copycat'",
    )
    assert check("Fits what you wrote: “horror”", popular) == ("the words “horror”",)


def test_facts_are_not_mixed():
    group, popular = FACTS["group"], FACTS["popular"]
    assert check("Liked by 320 of 743 people with age 18–24", group, popular) != ()
    comedy = Fact("shared_attribute", "a", 0.5, "1", "class", ("Comedy",), 1, 2)
    drama = Fact("shared_attribute", "a", 0.5, "8", "class", ("Drama",), 1, 2)
    assert check("Shares Drama (class) with Toy Story (1995)", comedy, drama) != ()
    assert check("Shares Comedy (class) with Toy Story (1995)", comedy, drama) == ()


def test_likes_and_dislikes_are_not_swapped():
    disliked = Fact("liked_item", "ease", -0.5, item="1", liked=False)
    assert check("Because you liked Toy Story (1995)", disliked) == (
        "that 'Toy Story (1995)' was liked",
    )
    assert check("Because you did not like Toy Story (1995)", FACTS["liked"]) == (
        "that 'Toy Story (1995)' was not liked",
    )
    assert check("Because you did not like Toy Story (1995)", disliked) == ()


def test_free_sentences_are_held_to_the_evidence():
    liked, popular = FACTS["liked"], FACTS["popular"]
    good = "12 Angry Men (1957) is here since you liked Toy Story (1995); 320 of 743 people did too"
    assert check(good, liked, popular) == ()
    assert check("You liked Toy Story (1995), also by Pixar", liked) == ("the name 'Pixar'",)
    assert check("It won 3 prizes", liked) == ("the number 3",)


@dataclass(frozen=True)
class Boaster:
    """A writer that adds things."""

    lines: tuple[str, ...]

    def reasons(self, evidence, titles):
        return self.lines


def test_unfaithful_sentences_are_replaced():
    evidence = Evidence("2", 1.0, {}, (FACTS["popular"],))
    good, bad = "A pick of 320 of 743 people", "The best of all 743 films by Kubrick"
    assert FaithfulWriter(Boaster((good, bad))).reasons(evidence, TITLES) == (good,)
    assert FaithfulWriter(Boaster((bad,))).reasons(evidence, TITLES) == (
        "Liked by 320 of 743 people",
    )
