"""Evidence to sentences: what each kind of fact says, and in which order."""

from fewrec.data.evidence import Evidence, Fact
from fewrec.words.faithful import unsupported
from fewrec.words.reasons import TemplateWriter

TITLES = {"1": "Toy Story (1995)", "8": "Babe (1995)", "2": "GoldenEye (1995)"}


def said(*facts, most=3):
    """The reasons of an item with these facts."""
    return TemplateWriter(most).reasons(Evidence("2", 1.0, {}, facts), TITLES)


def test_liked_items_of_several_parts_are_told_once_strongest_first():
    facts = (
        Fact("liked_item", "ease", 0.2, item="8"),
        Fact("liked_item", "item-knn", 0.2, item="1"),
        Fact("liked_item", "ease", 0.1, item="1"),
    )
    assert said(*facts) == ("Because you liked Toy Story (1995) and Babe (1995)",)


def test_titles_with_commas_stand_in_quotes_beside_others():
    titles = {"1": "Shawshank Redemption, The", "2": "Heat", "3": "Benny and Joon"}
    facts = [Fact("liked_item", "ease", 0.3 - 0.1 * n, item=str(n)) for n in (1, 2)]
    one, two = Evidence("9", 1.0, {}, tuple(facts[:1])), Evidence("9", 1.0, {}, tuple(facts))
    writer = TemplateWriter()
    assert writer.reasons(one, titles) == ("Because you liked Shawshank Redemption, The",)
    (sentence,) = writer.reasons(two, titles)
    assert sentence == "Because you liked “Shawshank Redemption, The” and “Heat”"
    assert unsupported(sentence, two, titles) == ()
    assert unsupported(sentence, one, titles) != ()


def test_likeness_of_descriptions_is_told_apart():
    facts = (
        Fact("liked_item", "text-knn", 0.3, item="1"),
        Fact("liked_item", "ease", 0.1, item="1"),
        Fact("liked_item", "ease", 0.1, item="8"),
    )
    assert said(*facts) == (
        "Its description resembles that of Toy Story (1995), which you liked",
        "Because you liked Babe (1995)",
    )


def test_shared_attributes_of_one_item_join():
    facts = (
        Fact("shared_attribute", "a", 0.3, "1", "class", ("Animation",), 1, 2),
        Fact("shared_attribute", "a", 0.2, "1", "class", ("Comedy",), 2, 2),
        Fact("shared_attribute", "a", 0.1, "1", "director", ("John Lasseter",), 1, 2),
    )
    assert said(*facts) == (
        "Shares Animation and Comedy (class) and John Lasseter (director) "
        "with Toy Story (1995), which you liked",
    )


def test_one_attribute_of_several_liked_items_is_counted():
    fact = Fact("shared_attribute", "a", 0.3, "1", "price", ("price 10–20",), 3, 5)
    assert said(fact) == (
        "Shares price 10–20 with 3 of the 5 you liked, Toy Story (1995) among them",
    )


def test_bare_identifiers_are_not_shown_to_people():
    fact = Fact("shared_attribute", "a", 0.3, "1", "film.film.directed_by", ("m.0bln8",), 1, 1)
    assert said(fact) == (
        "Shares an entry of the graph (directed by) with Toy Story (1995), which you liked",
    )


def test_popularity_groups_profiles_and_new_items():
    assert said(Fact("popularity", "p", 0.1, count=320, of=743)) == ("Liked by 320 of 743 people",)
    assert said(
        Fact("group", "g", 0.1, relation="occupation", values=("student",), count=45, of=120)
    ) == ("Liked by 45 of 120 people with occupation student",)
    assert said(Fact("friends", "circle", 0.1, count=2, of=7)) == (
        "Liked by 2 of the 7 people you are linked to",
    )
    assert said(Fact("profile", "t", 0.1, values=("slow science fiction",))) == (
        "Fits what you wrote: “slow science fiction”",
    )
    assert said(Fact("prior", "item-prior", 0.1, of=743)) == (
        "New here; its description resembles what people like",
    )
    assert said(Fact("prior", "item-prior", 0.1, count=3, of=743)) == (
        "Its description resembles what people like",
    )


def test_sentences_stand_in_order_of_weight_and_faint_ones_are_left_out():
    facts = (
        Fact("popularity", "p", 0.2, count=320, of=743),
        Fact("profile", "t", 0.5, values=("crime",)),
        Fact("liked_item", "ease", 0.01, item="1"),
    )
    assert said(*facts) == ("Fits what you wrote: “crime”", "Liked by 320 of 743 people")
    assert said(*facts, most=1) == ("Fits what you wrote: “crime”",)


def test_what_lowers_the_score_is_no_reason():
    facts = (
        Fact("liked_item", "ease", -0.4, item="1", liked=False),
        Fact("popularity", "p", -0.2, count=3, of=743),
        Fact("profile", "t", -0.1, values=("slapstick",), liked=False),
        Fact("shared_attribute", "a", -0.3, "8", "class", ("Comedy",), 1, 1, liked=False),
    )
    evidence = Evidence("2", -1.0, {}, facts)
    assert said(*facts) == ()
    assert TemplateWriter(4).against(evidence, TITLES) == (
        "Because you did not like Toy Story (1995)",
        "Shares Comedy (class) with Babe (1995), which you did not like",
        "Liked by 3 of 743 people",
        "You wrote that you do not like “slapstick”",
    )


def test_an_item_without_a_title_stands_with_its_id():
    assert said(Fact("liked_item", "ease", 0.2, item="99")) == ("Because you liked 99",)


def test_no_facts_give_no_reasons():
    assert said() == ()
    assert said(Fact("popularity", "p", 0.2)) == ()


def test_a_rule_says_how_often_it_was_right():
    fact = Fact("rule", "rules", 0.3, "1", "director", ("Ann Lee",), 34, 512)
    assert said(fact) == (
        "Shares Ann Lee (director) with Toy Story (1995), which you liked: "
        "34 of 512 such items were liked",
    )
    assert said(Fact("rule", "rules", 0.3, "1", "", ("Ann Lee",), 3, 5)) == (
        "Has to do with Ann Lee, as has Toy Story (1995), which you liked: "
        "3 of 5 such items were liked",
    )
    assert said(Fact("rule", "rules", 0.3, "1", "director", ("m.0bln8",), 3, 5)) == ()
