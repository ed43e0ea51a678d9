"""Example slates with reasons, from a model that was fitted on a training part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from fewrec.data.slate import Query, Slate
from fewrec.data.splits import Split
from fewrec.evaluation.contestants import Contestants
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.protocols import Fold
from fewrec.knowledge.features import FeatureSpec
from fewrec.ranker.fusion import FittedFusion
from fewrec.recommender import Recommender, Variety
from fewrec.recommender.knowledge import Known
from fewrec.recommender.manifest import Manifest
from fewrec.words.faithful import FaithfulWriter
from fewrec.words.reasons import TemplateWriter

SHOWN = 3
"""So many of a person's likes are named."""


def example_slates(bench: Bench, fold: Fold, contestants: Contestants) -> list[dict[str, Any]]:
    """Three people: one who is known, one who names two things, one of whom nothing is known.

    Args:
        bench: Data and features.
        fold: What the model was fitted on.
        contestants: Fitted on it.

    Returns:
        Slates as in ``recommend --json``, with ``name`` and ``known`` in words; none where
        there is no hybrid.
    """
    if not isinstance(contestants.fusion, FittedFusion) or contestants.variety is None:
        return []
    model = _recommender(bench, fold, contestants.fusion, contestants.variety)
    titles, split = model.known.catalog.titles, fold.splits[-1][1]
    examples = []
    person = _typical(split)
    if person is not None:
        likes = _likes(split, person)
        query = Query(likes=tuple(model.known.catalog.items.ids[i] for i in likes))
        said = f"likes {_listed([titles[i] for i in likes])}"
        examples.append(_told(model.slate(query, explain=True), "Somebody in the test part", said))
        two = replace(query, likes=query.likes[:2])
        name = f"Somebody who names {_listed([titles[i] for i in likes[:2]])}"
        examples.append(_told(model.slate(two, explain=True), name, "nothing else is known"))
    stranger = model.slate(Query(), explain=True)
    return [*examples, _told(stranger, "A complete stranger", "nothing is known")]


def _recommender(bench: Bench, fold: Fold, fusion: FittedFusion, variety: Variety) -> Recommender:
    dataset = replace(bench.dataset, interactions=fold.train)
    spec = FeatureSpec.of(dataset, bench.encoder)
    return Recommender(
        known=Known.of(dataset, bench.features),
        fusion=fusion,
        variety=variety,
        spec=spec,
        encoder=bench.encoder,
        manifest=Manifest.of(dataset, fold.seed, "", spec, fusion, ""),
        writer=FaithfulWriter(TemplateWriter()),
    )


def _typical(split: Split) -> int | None:
    """The person asked about whose number of known likes is in the middle; None if nobody has."""
    likes = np.bincount(split.histories.person[split.histories.label > 0], minlength=len(split))
    some = np.flatnonzero(likes >= 2)
    if not len(some):
        return None
    return int(some[np.argsort(likes[some], kind="stable")[len(some) // 2]])


def _likes(split: Split, person: int) -> list[int]:
    known = split.histories.take(np.array([person]))
    return [int(i) for i in known.item[known.label > 0]]


def _listed(titles: list[str]) -> str:
    if len(titles) > SHOWN:
        return f"{', '.join(titles[:SHOWN])} and {len(titles) - SHOWN} more"
    return " and ".join([", ".join(titles[:-1]), titles[-1]]) if len(titles) > 1 else titles[0]


def _told(slate: Slate, name: str, known: str) -> dict[str, Any]:
    return {**slate.to_dict(), "name": name, "known": known}
