"""A language model reads what stands about an item and says whether an edge holds.

The model is asked a yes-or-no question about an edge of the catalogue's own relations and
values; it never invents one. Small models say yes too readily, so the answer without the
text is taken off (Zhao et al. 2021, "Calibrate Before Use"), and what the rest is worth is
measured on edges that are known: facts, and facts with another value in their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.data.arrays import Bools, Doubles, Ints
from fewrec.data.catalog import Catalog
from fewrec.data.chat import Chat, Turn
from fewrec.errors import EmptyData
from fewrec.knowledge.build.aliases import label
from fewrec.knowledge.build.facts import Facts
from fewrec.knowledge.build.repair import Done, Edges, untold, wrong_edges
from fewrec.knowledge.build.scoring import EdgeScorer
from fewrec.knowledge.names import readable_relation
from fewrec.knowledge.wording import clean
from fewrec.protocols import LanguageModel

LESSONS = 60
"""Facts, and as many wrong edges, on which the model's answers are tried."""

TEXT = 400
"""Characters of an item's text that the model reads."""

ANSWERS = ("Yes", "No")

AT_ONCE = 16
"""Edges that are asked about before the progress is told."""


@dataclass(frozen=True)
class Reading:
    """What a language model says about n edges.

    Attributes:
        evidence: log of P(answer | true) / P(answer | untrue). Shape [n].
        auc: How well answers tell known facts from wrong edges, those it did not learn from;
            0.5 is chance.
    """

    evidence: Doubles
    auc: float


def read_edges(
    model: LanguageModel,
    catalog: Catalog,
    facts: Facts,
    edges: Edges,
    *,
    seed: int = 0,
    tell: Done = untold,
) -> Reading:
    """Ask a language model about edges, of items that have a text.

    Args:
        model: Answers yes or no.
        catalog: The items' titles and texts.
        facts: What the model is tried on.
        edges: What it is asked about.
        seed: Of the choice of lessons.
        tell: Told the share of answers that are there.

    Raises:
        EmptyData: No item with a fact has a text.
    """
    texts, rng = _texts(catalog), np.random.default_rng(seed)
    item, pair, true = _lessons(facts, texts, np.unique(facts.relation[edges.pair]), rng)
    both = len(item) + len(edges)

    def ask(item: Ints, pair: Ints, before: int) -> Doubles:
        found = [np.zeros((0, 2))]
        for at in range(0, len(item), AT_ONCE):
            some = slice(at, at + AT_ONCE)
            found.append(_said(model, catalog, facts, texts, item[some], pair[some]))
            tell((before + min(at + AT_ONCE, len(item))) / both)
        return np.concatenate(found)

    said = ask(item, pair, 0)
    fold = np.arange(len(item)) // 2 % 2
    tried = np.zeros(len(item))
    for half in (0, 1):
        tried[fold == half] = _weighed(said, true, fold != half, said[fold == half])
    asked = ask(edges.item, edges.pair, len(item))
    evidence = _weighed(said, true, np.ones(len(item), dtype=bool), asked)
    told = np.array([bool(texts[row]) for row in edges.item], dtype=bool)
    return Reading(np.where(told, evidence, 0.0), area(tried, true))


def with_reading(edges: Edges, reading: Reading) -> Edges:
    """Probabilities after the answers (Bayes: odds times likelihood ratio), in the same order.

    Answers that told known edges apart no better than chance change nothing.
    """
    if reading.auc <= 0.5:
        return edges
    odds = edges.score / np.maximum(1 - edges.score, 1e-6) * np.exp(reading.evidence)
    return Edges(edges.item, edges.pair, odds / (1 + odds))


def area(score: Doubles, true: Bools) -> float:
    """Probability that a true edge has a higher score than an untrue one; ties count half."""
    high, low = score[true], score[~true]
    if not len(high) or not len(low):
        return 0.5
    below = np.searchsorted(np.sort(low), high) + np.searchsorted(np.sort(low), high, side="right")
    return float(below.sum() / (2 * len(high) * len(low)))


def question(title: str, text: str, relation: str, value: str) -> Chat:
    """What the model is asked about one edge; without a text, what it would say anyway."""
    told = f'Description of "{title}": {text}\n\n' if text else ""
    asked = f'{told}Is "{value}" a {readable_relation(relation)} of "{title}"? Answer Yes or No.'
    return (Turn("user", asked),)


def _texts(catalog: Catalog) -> list[str]:
    names = catalog.of_kind("text")
    rows = zip(*(catalog.table[name].to_list() for name in names), strict=True)
    found = [clean(" ".join(text for text in row if text), TEXT) for row in rows]
    return found or [""] * len(catalog)


def _lessons(
    facts: Facts, texts: Sequence[str], relations: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Bools]:
    """Facts and wrong edges in turn. Shapes [2 * n]."""
    item, pair = facts.edges()
    told = np.array([bool(text) for text in texts], dtype=bool)
    at = np.flatnonzero(told[item] & np.isin(facts.relation[pair], relations))
    at = rng.permutation(at)[: 2 * LESSONS]
    wrong_item, wrong = wrong_edges(facts, item[at], pair[at], rng)
    many = min(len(wrong), len(at), LESSONS)
    if not many:
        raise EmptyData(
            "a language model has nothing to read: no item with a fact has a text",
            fix="Add a column of free text to items, or leave the language model out.",
        )
    items = np.stack([item[at][:many], wrong_item[:many]], axis=1).ravel()
    pairs = np.stack([pair[at][:many], wrong[:many]], axis=1).ravel()
    return items, pairs, np.arange(2 * many) % 2 == 0


def _said(
    model: LanguageModel,
    catalog: Catalog,
    facts: Facts,
    texts: Sequence[str],
    item: Ints,
    pair: Ints,
) -> Doubles:
    """log-odds of yes with the text, and what the text adds to them. Shape [n, 2]."""
    chats: list[Chat] = []
    for row, column in zip(item.tolist(), pair.tolist(), strict=True):
        relation = facts.relations[facts.relation[column]]
        value = label(facts.values[facts.value[column]])
        title = catalog.titles[row]
        chats += [
            question(title, texts[row], relation, value),
            question(title, "", relation, value),
        ]
    logs = model.answers(chats, ANSWERS)
    odds = (logs[:, 0] - logs[:, 1]).reshape(-1, 2)
    return np.stack([odds[:, 0], odds[:, 0] - odds[:, 1]], axis=1)


def _weighed(said: Doubles, true: Bools, lessons: Bools, asked: Doubles) -> Doubles:
    """Log likelihood ratio of answers, by a logistic regression on as many true as untrue."""
    same = np.zeros(len(said), dtype=np.int64)
    weight = np.ones(int(lessons.sum()))
    x = said[lessons].astype(np.float32)
    scorer = EdgeScorer.fit(x, same[lessons], true[lessons], weight, 1)
    chance = scorer.probability(asked.astype(np.float32), np.zeros(len(asked), dtype=np.int64))
    found: Doubles = np.log(chance) - np.log1p(-chance)
    return found
