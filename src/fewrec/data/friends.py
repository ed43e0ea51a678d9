"""Links between people, as the graph tells them: whom a person follows, trusts or befriended.

Links travel with a person's attributes, so that a stranger's friends are known as well as those
of anybody in the training part. A mark that no column can write tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fewrec.data.dataset import Triple
from fewrec.data.ids import IdMap
from fewrec.data.people import People, link

PREFIX = "user:"
"""Before ids of people in a graph, where they could be taken for items."""

BACK = "reverse of "


def with_friends(people: People, triples: Sequence[Triple], items: IdMap) -> People:
    """People with the links that a graph holds among them.

    A link counts for both: its head gets it under the relation's name, its tail as ``reverse of``
    it, unless it goes both ways.

    Args:
        people: U users.
        triples: The graph. An entity is a user where it is a user's id and no item's, or a
            user's id behind ``user:``.
        items: Ids of the items.

    Returns:
        The same people, links after their other attributes.
    """
    links = _links(people.users, triples, items)
    if not links:
        return people
    both = {(relation, head, tail) for head, relation, tail in links}
    more: dict[str, dict[str, None]] = {}
    for head, relation, tail in links:
        more.setdefault(head, {})[link(relation, tail)] = None
        if (relation, tail, head) not in both:
            more.setdefault(tail, {})[link(BACK + relation, head)] = None
    attributes = zip(people.users, people.attributes, strict=True)
    return replace(people, attributes=tuple((*said, *more.get(u, ())) for u, said in attributes))


def between_people(triple: Triple, users: IdMap, items: IdMap) -> tuple[str, str] | None:
    """The two people a triple links, as user ids; None where it says something else.

    An entity is a user where it is a user's id and no item's, or a user's id behind ``user:``.
    """
    one, other = (_person(triple[place], users, items) for place in (0, 2))
    return None if one is None or other is None else (one, other)


def _person(entity: str, users: IdMap, items: IdMap) -> str | None:
    if entity.startswith(PREFIX) and entity[len(PREFIX) :] in users:
        return entity[len(PREFIX) :]
    return entity if entity in users and entity not in items else None


def _links(users: IdMap, triples: Sequence[Triple], items: IdMap) -> list[Triple]:
    """(user, relation, user) of the triples that link two different people."""
    found = []
    for triple in triples:
        pair = between_people(triple, users, items)
        if pair is not None and pair[0] != pair[1]:
            found.append((pair[0], triple[1], pair[1]))
    return found
