"""A path of the graph as one sentence: each edge says what its triple says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fewrec.data.evidence import Fact, Path
from fewrec.knowledge.names import is_identifier, readable_relation, readable_value

DONE_BY: Mapping[str, tuple[str, str]] = {
    "director": ("directed", "directed"),
    "producer": ("produced", "produced"),
    "executive producer": ("produced", "produced"),
    "editor": ("edited", "edited"),
    "editing": ("edited", "edited"),
    "composer": ("composed", "composed"),
    "music composer": ("scored", "scored"),
    "cinematography": ("shot", "shot"),
    "cinematographer": ("shot", "shot"),
    "screenwriter": ("written", "wrote"),
    "writer": ("written", "wrote"),
    "author": ("written", "wrote"),
    "illustrator": ("illustrated", "illustrated"),
    "narrator": ("narrated", "narrated"),
    "distributor": ("distributed", "distributed"),
    "publisher": ("published", "published"),
    "developer": ("developed", "developed"),
    "manufacturer": ("made", "made"),
}
"""Who made something: relation -> participle ("directed by X") and past tense ("X directed")."""

COMPANIES = ("distributor", "publisher", "developer", "manufacturer")
"""Relations of makers that are hardly ever a person."""

WITH = ("actor", "actors", "cast", "star", "stars", "starring")
"""Relations of those who play in something."""


_DECADE = re.compile(r"\d{4}s")


def path_sentence(path: Path, titles: Mapping[str, str]) -> str:
    """Say how an item is connected with one the person likes.

    As in "Directed by X, who also directed Y, which you liked".

    Args:
        path: From the item to the liked one.
        titles: Title of each item id the path names; an id without one stands itself.

    Returns:
        The sentence; "" where an entity in between has no name that tells a person anything.
    """
    between = [name for name, item in zip(path.entities, path.items, strict=True) if not item]
    if any(is_identifier(readable_value(name)) for name in between):
        return ""
    parts = [_edge(path, place, titles) for place in range(len(path))]
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}, which you liked"


def tells(path: Path, fact: Fact) -> bool:
    """Whether a path says what a fact on one shared attribute says."""
    return (
        fact.kind == "shared_attribute"
        and len(path) == 2
        and path.liked == fact.item
        and path.entities[1] in fact.values
    )


def path_texts(path: Path, titles: Mapping[str, str]) -> tuple[str, ...]:
    """What a sentence may name that speaks of a path: its entities and relations."""
    entities = (named(path, place, titles) for place in range(len(path.entities)))
    return (*entities, *map(readable_relation, path.relations))


def named(path: Path, place: int, titles: Mapping[str, str]) -> str:
    """What an entity of a path is called: an item by its title, others by their name."""
    item = path.items[place]
    return titles.get(item, item) if item else readable_value(path.entities[place])


def _edge(path: Path, place: int, titles: Mapping[str, str]) -> str:
    relation = readable_relation(path.relations[place])
    word, there = relation.lower(), named(path, place + 1, titles)
    decade = _DECADE.fullmatch(named(path, place + (1 if path.forward[place] else 0), titles))
    if word == "year" and decade:
        return f"from the {there}" if path.forward[place] else f"like {there}"
    also = "also " if place and path.relations[place] == path.relations[place - 1] else ""
    done = DONE_BY.get(word) or (_regular(word) if word.endswith(" by") else None)
    if path.forward[place]:
        return _along(relation, word, there, done, first=place == 0)
    if place == 0:
        return f"it is the {relation} of {there}"
    somebody = not path.items[place]
    if done and somebody:
        maker = "which" if word in COMPANIES else "who"
        return f"{maker} {also}{done[1]} {there}"
    if word in WITH and somebody:
        return f"who {also}plays in {there}"
    return f"{also}the {relation} of {there}"


def _along(
    relation: str, word: str, there: str, done: tuple[str, str] | None, *, first: bool
) -> str:
    if done:
        return f"{done[0]} by {there}"
    if word in WITH:
        return f"with {there}"
    return f"its {relation} is {there}" if first else f"whose {relation} is {there}"


def _regular(word: str) -> tuple[str, str]:
    """``directed by`` as participle and past tense of a regular verb."""
    verb = word.removesuffix(" by").rpartition(" ")[2]
    return verb, {"written": "wrote", "sung": "sang", "drawn": "drew"}.get(verb, verb)
