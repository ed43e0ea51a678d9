"""What a fact claims, looked up in the data by plain loops."""

import numpy as np

from fewrec.data.evidence import Fact
from fewrec.data.histories import Histories
from fewrec.data.people import friends_of
from fewrec.protocols import Training
from fewrec.recommender.rankers import RANKERS


def check(fact: Fact, item: int, person: Histories, training: Training) -> None:
    """Fail where a fact about one candidate is not so."""
    assert np.isfinite(fact.amount), fact
    assert fact.part in RANKERS, fact
    _CHECKS[fact.kind](fact, item, person, training)


def liked_by(person: Histories) -> set[int]:
    return {int(i) for i, label in zip(person.item, person.label, strict=True) if label > 0}


def _liked_item(fact: Fact, item: int, person: Histories, training: Training) -> None:
    named = training.interactions.items.row(fact.item)
    assert fact.liked, fact
    assert named in liked_by(person), fact
    assert named != item, f"an item is no reason for itself: {fact}"


def _shared_attribute(fact: Fact, item: int, person: Histories, training: Training) -> None:
    (value,) = fact.values
    attribute = training.features.attribute_names.index((fact.relation, value))
    holders = {
        i for i in liked_by(person) - {item} if training.features.attributes[i, attribute] > 0
    }
    assert training.features.attributes[item, attribute] > 0, fact
    assert training.interactions.items.row(fact.item) in holders, fact
    assert fact.count == len(holders), fact
    assert fact.of == len(liked_by(person) - {item}), fact


def _rule(fact: Fact, item: int, person: Histories, training: Training) -> None:
    liked = training.interactions.items.row(fact.item)
    assert liked in liked_by(person) - {item}, fact
    (value,) = fact.values
    names = training.features.attribute_names
    columns = [a for a, name in enumerate(names) if name[1] == value]
    held = [{names[a][0] for a in columns if training.features.attributes[i, a] > 0}
            for i in (liked, item)]  # fmt: skip
    assert all(fact.relation in some if fact.relation else some for some in held), fact
    assert 0 <= fact.count <= fact.of and fact.amount > 0, fact
    assert fact.rule.startswith("liked(u, a), ") and fact.rule.endswith("-> like(u, b)"), fact


def _popularity(fact: Fact, item: int, person: Histories, training: Training) -> None:
    assert fact.count == len(_likers(training, item)) > 0, fact
    assert fact.of == len(_active(training)), fact


def _group(fact: Fact, item: int, person: Histories, training: Training) -> None:
    name = f"{fact.relation}={fact.values[0]}"
    assert name in person.attributes[0], fact
    group = {u for u, row in enumerate(training.people.attributes) if name in row}
    assert fact.count == len(_likers(training, item) & group), fact
    assert fact.of == len(_active(training) & group), fact
    share = len(_likers(training, item)) / len(_active(training))
    assert fact.count / fact.of > share, f"the group likes it no more than others: {fact}"


def _friends(fact: Fact, item: int, person: Histories, training: Training) -> None:
    friends = training.people.users.rows(name for _, name in friends_of(person.attributes[0]))
    assert fact.count == len(_likers(training, item) & set(friends.tolist())) > 0, fact
    assert fact.of == len(_active(training) & set(friends.tolist())), fact


def _profile(fact: Fact, item: int, person: Histories, training: Training) -> None:
    assert fact.liked, fact
    assert all(words in person.profile[0] for words in fact.values), fact


def _prior(fact: Fact, item: int, person: Histories, training: Training) -> None:
    assert fact.count == 0, fact
    assert item not in training.interactions.item, f"people have met it: {fact}"


def _likers(training: Training, item: int) -> set[int]:
    rows = training.interactions
    return {
        int(u)
        for u, i, label in zip(rows.user, rows.item, rows.label, strict=True)
        if i == item and label > 0
    }


def _active(training: Training) -> set[int]:
    rows = training.interactions
    return {int(u) for u, label in zip(rows.user, rows.label, strict=True) if label > 0}


_CHECKS = {
    "liked_item": _liked_item,
    "shared_attribute": _shared_attribute,
    "popularity": _popularity,
    "group": _group,
    "friends": _friends,
    "profile": _profile,
    "prior": _prior,
    "rule": _rule,
}
