"""Slates by a policy and under rules: one query in, one slate with exact propensities out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.slate import Query, Slate
from fewrec.policy.diversity import MarginalRelevance
from fewrec.policy.plackett_luce import PlackettLuce
from fewrec.protocols import Policy
from fewrec.ranker.remembering import Remembering
from fewrec.recommender.asking import asker
from fewrec.recommender.choosing import FIRST_AUDIENCE, Chooser
from fewrec.recommender.model import Recommender
from fewrec.recommender.rules import CatalogRules, Rules

Bonus = Callable[[Histories, Ints], Floats]
"""What is added to the scores of N items, in their deviations, for somebody with a history (B = 1);
item rows, shape [N], to shape [N]."""


@dataclass(frozen=True)
class Drawn:
    """One answer.

    Attributes:
        slate: With the exact propensity of every item.
        fired: Rule -> how many items it kept away or put in; rules that made no difference are
            left out.
    """

    slate: Slate
    fired: dict[str, int]


def chooser_for(
    model: Recommender,
    rules: Rules | CatalogRules | None = None,
    policy: Policy | None = None,
) -> Chooser:
    """What ``draw`` chooses with; to be made anew after a fold-in.

    Args:
        model: The model that will be asked.
        rules: Of the house, perhaps worked out already for the model's catalogue; those that need
            nothing said (stock, availability) where None.
        policy: What decides among the items that may be shown; the best where None.

    Raises:
        UnknownId: A rule names an item that is not in the catalogue.
        ConfigError: A rule names a column, relation or value that is not there, or a column
            that holds no numbers.
    """
    known = model.known
    decides = policy or PlackettLuce(explore=0.0)
    stated = rules or Rules()
    welcomes = not isinstance(decides, PlackettLuce) or decides.first_audience > 0.0
    return Chooser(
        rules=stated
        if isinstance(stated, CatalogRules)
        else stated.on(known.catalog, known.features, known.people),
        policy=decides,
        vectors=model.variety.vectors,
        waiting=model.fusion.met < FIRST_AUDIENCE if welcomes else None,
    )


def draw(
    model: Recommender,
    query: Query,
    chooser: Chooser,
    random: np.random.Generator,
    *,
    now: float | None = None,
    shown: Mapping[str, int] | None = None,
    bonus: Bonus | None = None,
    explain: bool = False,
    memory: Remembering | None = None,
) -> Drawn:
    """Answer one query.

    Args:
        model: Scores the items.
        query: Who asks for what. With ``diversity`` above 0 the policy looks at marginal
            relevance of this weight instead of the scores; a policy that cannot makes way for
            ``MarginalRelevance``.
        chooser: Of this model.
        random: Where the policy's chance comes from.
        now: Seconds since 1970; the query's ``before``, else the present time, where None.
        shown: Item id -> how often it was shown to this person lately.
        bonus: A bandit's (``Exploring.bonus``); it is asked for the candidates alone.
        explain: Whether to give evidence and reasons.
        memory: Scores the items, from what it remembers where that holds.

    Raises:
        UnknownId: An item named in the query is not in the catalogue.
        AmbiguousTitle: A title named in the query fits several items.
    """
    if query.before is not None:
        model = model.as_of(query.before)
    repeats = query.include_seen or chooser.rules.rules.repeats
    who = asker(replace(query, include_seen=repeats), model.known)
    fusion, history = model.fusion, who.history
    scores = fusion.scores(history) if memory is None else memory.scores(fusion, history)
    row_of = model.known.catalog.items.row
    times = {r: n for name, n in (shown or {}).items() if (r := row_of(name)) is not None}
    if query.diversity > 0.0:
        chooser = replace(chooser, policy=_varied(chooser.policy, query.diversity))
    chosen = chooser.choose(
        scores[0],
        who.usable,
        query.k,
        random,
        now=_moment(query, now),
        shown=times,
        bonus=None if bonus is None else partial(bonus, who.history),
        attributes=who.history.attributes[0],
    )
    slate = model.answered(query, who, chosen.rows, scores, explain)
    return Drawn(replace(slate, propensities=tuple(chosen.propensities.tolist())), chosen.fired)


def _varied(policy: Policy, diversity: float) -> Policy:
    """The policy on marginal relevance."""
    if isinstance(policy, PlackettLuce):
        return replace(policy, diversity=diversity)
    return MarginalRelevance(diversity)


def _moment(query: Query, now: float | None) -> float:
    if now is not None:
        return now
    return time.time() if query.before is None else query.before
