"""Evidence to sentences by templates: each says what a fact says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fewrec.data.evidence import Evidence, Fact, FactKind, Path
from fewrec.knowledge.names import enumerated, is_identifier, readable_relation, readable_value
from fewrec.words.paths import path_sentence, tells

BY_TEXT = ("text-knn", "tuned-text")
"""Parts that compare descriptions; all others compare who liked what."""

NAMED = 3
"""At most so many titles or values in one sentence."""

FAINT = 0.05
"""A fact that carries less than this share of the strongest one is no reason."""

Titles = Mapping[str, str]


@dataclass(frozen=True)
class TemplateWriter:
    """A ``Writer`` that fills sentences with the facts of an evidence.

    Facts of one kind join in one sentence ("Because you liked A and B"), and sentences stand
    in the order of what their facts carry together.

    Attributes:
        most: At most so many sentences, at least 1.
    """

    most: int = 3

    def reasons(self, evidence: Evidence, titles: dict[str, str]) -> tuple[str, ...]:
        """Sentences for one item, strongest first; only facts that raise its score.

        Args:
            evidence: Of one item.
            titles: Title of each item id the evidence names; an id without one stands itself.
        """
        facts = [fact for fact in evidence.facts if fact.amount > 0 and fact.liked]
        limit = FAINT * max((fact.amount for fact in facts), default=0.0)
        kept = [fact for fact in facts if fact.amount >= limit]
        said = _sentences(kept, titles, evidence.paths)[: self.most]
        chain = next(_chains(evidence.paths, facts, titles), "")
        if not chain or any(path_sentence(path, titles) in said for path in evidence.paths):
            return tuple(said)
        return (*said[: max(self.most - 1, 0)], chain)

    def against(self, evidence: Evidence, titles: dict[str, str]) -> tuple[str, ...]:
        """What lowers the score, strongest first: these are no reasons, but worth knowing.

        Args:
            evidence: Of one item.
            titles: Title of each item id the evidence names; an id without one stands itself.
        """
        facts = [fact for fact in evidence.facts if fact.amount < 0]
        weight = sorted(facts, key=lambda fact: fact.amount)
        said = [_against(fact, titles) for fact in weight]
        return tuple(dict.fromkeys(sentence for sentence in said if sentence))[: self.most]


def _chains(paths: Iterable[Path], facts: Sequence[Fact], titles: Titles) -> Iterator[str]:
    """What paths say that no fact says."""
    for path in paths:
        sentence = path_sentence(path, titles)
        if sentence and not any(tells(path, fact) for fact in facts):
            yield sentence


def _sentences(facts: Sequence[Fact], titles: Titles, paths: Sequence[Path] = ()) -> list[str]:
    """All sentences the facts give, the one whose facts carry most first."""
    weighed: list[tuple[float, str]] = []
    for group in [*_liked(facts), *_shared(facts), *_alone(facts)]:
        same = [path for path in paths if len(group) == 1 and tells(path, group[0])]
        chain = path_sentence(same[0], titles) if same else ""
        sentence = chain or _TEMPLATES[group[0].kind](group, titles)
        if sentence:
            weighed.append((sum(fact.amount for fact in group), sentence))
    ordered = sorted(weighed, key=lambda pair: -pair[0])
    return list(dict.fromkeys(sentence for _, sentence in ordered))


def _liked(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Facts on liked items in up to two groups: likeness by people, and by description.

    An item that several parts name is told once, in the group where it carries more.
    """
    sums: dict[str, dict[bool, float]] = {}
    first: dict[tuple[str, bool], Fact] = {}
    for fact in facts:
        if fact.kind == "liked_item":
            by_text = fact.part in BY_TEXT
            of_item = sums.setdefault(fact.item, {})
            of_item[by_text] = of_item.get(by_text, 0.0) + fact.amount
            first.setdefault((fact.item, by_text), fact)
    groups: dict[bool, list[tuple[float, Fact]]] = {}
    for item, amounts in sums.items():
        by_text = max(amounts, key=lambda kind: (amounts[kind], not kind))
        groups.setdefault(by_text, []).append((sum(amounts.values()), first[item, by_text]))
    return [
        [fact for _, fact in sorted(group, key=lambda pair: -pair[0])] for group in groups.values()
    ]


def _shared(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Facts on shared attributes, those of the same liked item together."""
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind == "shared_attribute":
            groups.setdefault(fact.item, []).append(fact)
    return list(groups.values())


def _alone(facts: Iterable[Fact]) -> list[list[Fact]]:
    return [[fact] for fact in facts if fact.kind not in ("liked_item", "shared_attribute")]


def _say_liked(group: Sequence[Fact], titles: Titles) -> str:
    named = _titles([_title(fact, titles) for fact in group[:NAMED]])
    if group[0].part in BY_TEXT:
        those = "that" if len(group) == 1 else "those"
        return f"Its description resembles {those} of {named}, which you liked"
    return f"Because you liked {named}"


def _say_shared(group: Sequence[Fact], titles: Titles) -> str:
    fact, shared = group[0], _attributes(group[:NAMED])
    if not any(some.values for some in group):
        return ""
    if (
        len(group) == 1 and 1 < fact.count <= fact.of
    ):  # of several attributes each has other holders
        others = f"{fact.count} of the {fact.of} you liked"
        return f"Shares {shared} with {others}, {_title(fact, titles)} among them"
    return f"Shares {shared} with {_title(fact, titles)}, which you liked"


def _attributes(group: Sequence[Fact]) -> str:
    """As in "Comedy and Drama (genre) and Ann Lee (director)"; bare identifiers are not shown."""
    by_relation: dict[str, list[str]] = {}
    for fact in group:
        values = by_relation.setdefault(readable_relation(fact.relation), [])
        values += [readable_value(value) for value in fact.values if not is_identifier(value)]
    told = [_told(relation, values) for relation, values in by_relation.items() if values]
    hidden = [relation for relation, values in by_relation.items() if not values]
    if hidden:
        told.append(f"an entry of the graph ({', '.join(hidden)})")
    return enumerated(told)


def _told(relation: str, values: Sequence[str]) -> str:
    named = enumerated(list(dict.fromkeys(values)))
    says_itself = not relation or any(relation.lower() in value.lower() for value in values)
    return named if says_itself else f"{named} ({relation})"


def _say_popular(group: Sequence[Fact], titles: Titles) -> str:
    return f"Liked by {group[0].count} of {group[0].of} people" if group[0].of else ""


def _say_group(group: Sequence[Fact], titles: Titles) -> str:
    fact = group[0]
    values = enumerated([readable_value(value) for value in fact.values])
    group_named = f"{readable_relation(fact.relation)} {values}"
    if not fact.of or not values:
        return ""
    return f"Liked by {fact.count} of {fact.of} people with {group_named}"


def _say_friends(group: Sequence[Fact], titles: Titles) -> str:
    return f"Liked by {group[0].count} of the {group[0].of} people you are linked to"


def _say_profile(group: Sequence[Fact], titles: Titles) -> str:
    words = enumerated([f"“{value}”" for value in group[0].values])
    return f"Fits what you wrote: {words}" if words else ""


def _say_prior(group: Sequence[Fact], titles: Titles) -> str:
    says = "its description resembles what people like"
    return f"New here; {says}" if group[0].count == 0 else f"{says[:1].upper()}{says[1:]}"


def _say_rule(group: Sequence[Fact], titles: Titles) -> str:
    fact = group[0]
    values = [readable_value(value) for value in fact.values[:1] if not is_identifier(value)]
    if not values or not fact.of:
        return ""
    shares = f"Shares {_told(readable_relation(fact.relation), values)} with"
    how = shares if fact.relation else f"Has to do with {values[0]}, as has"
    held = f"{fact.count} of {fact.of} such items were liked"
    return f"{how} {_title(fact, titles)}, which you liked: {held}"


_TEMPLATES: dict[FactKind, Callable[[Sequence[Fact], Titles], str]] = {
    "liked_item": _say_liked,
    "shared_attribute": _say_shared,
    "popularity": _say_popular,
    "group": _say_group,
    "friends": _say_friends,
    "profile": _say_profile,
    "prior": _say_prior,
    "rule": _say_rule,
}


def _against(fact: Fact, titles: Titles) -> str:
    """What one fact that lowers the score says; "" where it names nothing a person did."""
    if fact.kind == "profile":
        words = enumerated([f"“{value}”" for value in fact.values])
        return f"You wrote that you do not like {words}" if words and not fact.liked else ""
    if fact.kind == "shared_attribute" and not fact.liked:
        return f"Shares {_attributes([fact])} with {_title(fact, titles)}, which you did not like"
    if fact.kind == "liked_item" and not fact.liked:
        return f"Because you did not like {_title(fact, titles)}"
    return _TEMPLATES[fact.kind]([fact], titles) if fact.kind in ("popularity", "group") else ""


def _titles(names: Sequence[str]) -> str:
    """Titles in a row, in quotes where one holds what stands between them."""
    mixed = len(names) > 1 and any("," in name or " and " in name for name in names)
    return enumerated([f"“{name}”" for name in names] if mixed else names)


def _title(fact: Fact, titles: Titles) -> str:
    return titles.get(fact.item, fact.item)
