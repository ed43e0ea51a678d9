"""What people write about themselves, split into likes and dislikes."""

import pytest

from fewrec.knowledge.profile import LONGEST, split_profile

SAID = {
    "I love slow science fiction and hate slapstick": (
        ["slow science fiction"],
        ["slapstick"],
    ),
    "I like comedies but not romantic ones": (["comedies"], ["romantic ones"]),
    "I hate horror, westerns and musicals": ([], ["horror", "westerns and musicals"]),
    "No horror please": ([], ["horror"]),
    "No gore, violence or nudity. I enjoy quiet dramas": (
        ["quiet dramas"],
        ["gore", "violence or nudity"],
    ),
    "slow films, no gore, good music": (["slow films", "good music"], ["gore"]),
    "I don't like musicals": ([], ["musicals"]),
    "dont like rom coms": ([], ["rom coms"]),
    "I do not really like superhero movies, I prefer documentaries": (
        ["documentaries"],
        ["superhero movies"],
    ),
    "I'm into film noir, not into romance": (["film noir"], ["romance"]),
    "My favourite films are Alien and Heat": (["Alien and Heat"], []),
    "My favorite genre is horror": (["horror"], []),
    "I can't stand Adam Sandler": ([], ["Adam Sandler"]),
    "I can’t stand clowns": ([], ["clowns"]),
    "I can't get enough of Hitchcock": (["Hitchcock"], []),
    "anything except musicals": ([], ["musicals"]),
    "Everything but westerns": ([], ["westerns"]),
    "I love No Country for Old Men and Never Let Me Go": (
        ["No Country for Old Men and Never Let Me Go"],
        [],
    ),
    "I love \"No Country for Old Men\" but hate 'Love Actually'": (
        ["No Country for Old Men"],
        ["Love Actually"],
    ),
    "I hate love stories": ([], ["love stories"]),
    "Comedies and love stories": (["Comedies and love stories"], []),
    "I hate movies like Saw": ([], ["movies like Saw"]),
    "I love movies like Alien": (["movies like Alien"], []),
    "I prefer dramas to comedies": (["dramas"], ["comedies"]),
    "I prefer to watch old films": (["old films"], []),
    "Musicals are not my thing. Thrillers are": (["Thrillers"], ["Musicals"]),
    "Horror bores me but I enjoy crime": (["crime"], ["Horror"]),
    "not only comedies but also dramas": (["comedies", "dramas"], []),
    "I don't hate musicals": (["musicals"], []),
    "I never watch horror": ([], ["horror"]),
    "Science fiction without violence": (["Science fiction"], ["violence"]),
    "Tarkovsky never disappoints": (["Tarkovsky"], []),
    "I am a huge fan of anime, not a fan of sports": (["anime"], ["sports"]),
    "hi! I really like jazz; avoid heavy metal": (["jazz"], ["heavy metal"]),
    "I don't mind subtitles but dislike dubbing": (["subtitles"], ["dubbing"]),
    "black and white films rather than colour": (["black and white films"], ["colour"]),
    "I used to love action movies but now I prefer slow dramas": (
        ["slow dramas"],
        ["action movies"],
    ),
    "thoughtful, no-nonsense thrillers": (["thoughtful", "no-nonsense thrillers"], []),
    "I'm not interested in sports": ([], ["sports"]),
    "I love horror movies that are not too gory": (["horror movies"], ["gory"]),
    "animated films for kids": (["animated films for kids"], []),
}


@pytest.mark.parametrize("said", SAID)
def test_likes_and_dislikes(said):
    clauses = split_profile(said)
    assert (list(clauses.positive), list(clauses.negative)) == SAID[said]


def test_another_language_is_liked_as_a_whole():
    assert split_profile("Ich liebe langsame Filme").positive == ("Ich liebe langsame Filme",)
    assert split_profile("我喜欢科幻片").positive == ("我喜欢科幻片",)


@pytest.mark.parametrize("said", ["", "  \n", "No.", "not"])
def test_nothing_said_gives_no_clauses(said):
    assert split_profile(said) == split_profile("")


def test_a_title_that_is_only_small_words_is_kept():
    assert split_profile("It").positive == ("It",)


@pytest.mark.parametrize("piece", ["not very ", "no, ", '"', "I ", "a", "can't "])
def test_long_repetitive_text_is_read_quickly(piece):
    split_profile(piece * (LONGEST // len(piece) + 50))
