"""Who is linked to whom, read from the graph of a data folder."""

from __future__ import annotations

import pytest

from fewrec.data.friends import with_friends
from fewrec.data.ids import IdMap
from fewrec.data.people import People, friends_of, without_friends
from fewrec.data.sources import read_folder

ITEMS = IdMap(("1", "film"))


def people(*users: str) -> People:
    return People(IdMap(users), (("age=3",),) * len(users), ("",) * len(users), {})


@pytest.mark.parametrize("prefix", ["", "user:"])
def test_a_link_is_known_to_both(prefix):
    triples = [(f"{prefix}ann", "trusts", f"{prefix}bob"), ("film", "genre", "drama")]
    ann, bob, cy = with_friends(people("ann", "bob", "cy"), triples, ITEMS).attributes
    assert friends_of(ann) == [("trusts", "bob")]
    assert friends_of(bob) == [("reverse of trusts", "ann")]
    assert without_friends(ann) == cy == ("age=3",)


def test_a_link_both_ways_is_told_once_each():
    triples = [("ann", "friend", "bob"), ("bob", "friend", "ann"), ("ann", "friend", "bob")]
    ann, bob = with_friends(people("ann", "bob"), triples, ITEMS).attributes
    assert friends_of(ann) == [("friend", "bob")] and friends_of(bob) == [("friend", "ann")]


def test_an_item_is_never_taken_for_a_person():
    triples = [("1", "similar", "2"), ("user:1", "trusts", "user:2"), ("2", "trusts", "2")]
    one, two = with_friends(people("1", "2"), triples, ITEMS).attributes
    assert friends_of(one) == [("trusts", "2")]
    assert friends_of(two) == [("reverse of trusts", "1")]


def test_from_a_folder(tmp_path):
    (tmp_path / "interactions.csv").write_text("user,item\nann,tram\nbob,bus\n")
    (tmp_path / "graph.csv").write_text("head,relation,tail\nann,friend,bob\ntram,kind,vehicle\n")
    found = read_folder(tmp_path)
    assert friends_of(found.people.attributes[0]) == [("friend", "bob")]
    bare = found.without_graph()
    assert bare.people.attributes == ((), ()) and not bare.triples
    assert bare.fingerprint != found.fingerprint
