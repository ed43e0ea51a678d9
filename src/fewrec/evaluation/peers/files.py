"""Splits as files for another library's program, and its scores as lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.histories import Histories
from fewrec.evaluation.experiment import RECALL_AT, Question
from fewrec.evaluation.peers.programs.exchange import Likes
from fewrec.metrics.ranking import top_items


def training_likes(train: Interactions) -> Likes:
    """Likes of every training person who likes something; dislikes say nothing to these models."""
    likes = asked_likes(train.histories(np.unique(train.user)), len(train.items))
    count = np.diff(likes.start)
    start = np.concatenate([[0], np.cumsum(count[count > 0])]).astype(np.int64)
    return Likes(start, likes.item, likes.items)


def asked_likes(people: Histories, items: int) -> Likes:
    """Likes of people who are asked about, oldest first; some may have none."""
    liked = people.rows(people.label > 0)
    return Likes(liked.start.astype(np.int64), liked.item.astype(np.int64), items)


def together(each: Sequence[Likes]) -> Likes:
    """Several groups of people, one after the other, as one."""
    ends = np.concatenate([np.diff(likes.start) for likes in each])
    start = np.concatenate([[0], np.cumsum(ends)]).astype(np.int64)
    return Likes(start, np.concatenate([likes.item for likes in each]), each[0].items)


def write_texts(folder: Path, texts: Sequence[str], vectors: Floats) -> None:
    """What the items say, for models that read: ``texts.json`` and ``vectors.npy``."""
    (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
    np.save(folder / "vectors.npy", vectors)


def usable(scores: Floats, people: Histories, popularity: Ints) -> Floats:
    """Scores of all items for everybody, as somebody who uses the library would complete them.

    Args:
        scores: Of a program; -inf or NaN is "no score". Shape [B, I].
        people: Whose scores these are, B people.
        popularity: Training likes of each item. Shape [I].

    Returns:
        Finite scores: items without one come last, the popular ones first; people without a
        like, and those who got no score at all, get popularity. Shape [B, I].
    """
    share = popularity / (popularity.max(initial=0) + 1.0)
    made = scores.astype(np.float64)
    known = np.isfinite(made)
    lowest = np.where(known, made, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    lowest[~np.isfinite(lowest)] = 0.0
    made = np.where(known, made, lowest - 2.0 + share[None, :])
    made[np.diff(asked_likes(people, len(popularity)).start) == 0] = share
    return made.astype(np.float32)


def lists(scores: Floats, question: Question) -> Ints:
    """Each person's 20 best items that they do not have yet. Shape [B, 20]."""
    made = [np.zeros((0, RECALL_AT), dtype=np.int64)]
    for rows, people in question.blocks():
        full = usable(scores[rows], people, question.likes)
        made.append(
            top_items(
                full,
                RECALL_AT,
                excluded=people.seen(question.items),
                candidates=question.candidates,
                order=question.order,
            )
        )
    return np.concatenate(made)
