"""Choose the settings of a peer, and the peer, inside the training part.

Some training people are held out with 1, 3, 5 and 10 rows revealed, as often as there are few of
them; settings are chosen by NDCG@10 at 3 revealed rows, the peer at each k by its score there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Floats, Ints
from fewrec.data.events import Interactions
from fewrec.data.splits import new_users_split
from fewrec.errors import EmptyData
from fewrec.evaluation.experiment import NDCG_AT, Question
from fewrec.evaluation.peers.files import asked_likes, lists, together, training_likes
from fewrec.evaluation.peers.models import Peer
from fewrec.evaluation.peers.process import Answer
from fewrec.evaluation.peers.programs.exchange import Likes
from fewrec.evaluation.protocols import REVEALED
from fewrec.metrics.ranking import hits, ndcg_of_hits, relevant_count

KNOWN = tuple(k for k in REVEALED if k)
SETTINGS_AT = 3
"""Revealed rows at which settings are chosen."""


@dataclass(frozen=True)
class Rehearsal:
    """Some training people held out from the others.

    Attributes:
        train: Likes of the others.
        questions: Revealed rows k -> what is asked about those held out.
    """

    train: Likes
    questions: Mapping[int, Question]

    @property
    def asked(self) -> Likes:
        """Everybody at each k, one k after the other."""
        return together([asked_likes(q.histories, q.items) for q in self.questions.values()])

    def judge(self, scores: Floats) -> dict[int, list[float]]:
        """NDCG@10 of each person at each k. ``scores`` of ``asked``: shape [N, I]."""
        found, start = {}, 0
        for k, question in self.questions.items():
            end = start + len(question.users)
            found[k] = _ndcg(lists(scores[start:end], question), question)
            start = end
        return found


@dataclass(frozen=True)
class Tuned:
    """What tuning found for one peer and training part.

    Attributes:
        settings: The chosen ones; the first where nothing could be compared.
        score: Revealed rows k -> NDCG@10 of the chosen settings; empty where unknown.
        tried: One entry a setting: ``settings``, ``ndcg`` at ``SETTINGS_AT`` and ``reason``.
        reason: Why nothing could be compared, where that is so.
    """

    settings: Mapping[str, Any]
    score: Mapping[int, float]
    tried: Sequence[Mapping[str, Any]] = ()
    reason: str = ""


def rehearsals(train: Interactions) -> list[Rehearsal]:
    """Hold some training people out: thrice where there are up to 20, twice up to 100, else once.

    A third of up to 100 people are held out, else a fifth, at most 100. Test rows are not seen.

    Returns:
        None where nobody has enough rows.
    """
    people = len(np.unique(train.user))
    often = 3 if people <= 20 else 2 if people <= 100 else 1
    held = max(1, people // 3) if people <= 100 else min(100, people // 5)
    made = []
    for seed in range(often):
        try:
            splits = {k: new_users_split(train, None, held, k, seed) for k in KNOWN}
        except EmptyData:
            continue
        questions = {k: Question.of(split, seed) for k, split in splits.items()}
        made.append(Rehearsal(training_likes(next(iter(splits.values())).train), questions))
    return [r for r in made if len(r.train)]


def rehearsal_tasks(
    rehearsed: Sequence[Rehearsal], peer: Peer, folder: Path, prefix: str
) -> list[dict[str, Any]]:
    """Write the files of every rehearsal; the tasks of every setting on each."""
    tasks = []
    for place, rehearsal in enumerate(rehearsed):
        names = {part: f"{prefix}-{part}-{place}.npz" for part in ("train", "asked")}
        rehearsal.train.save(folder / names["train"])
        rehearsal.asked.save(folder / names["asked"])
        for number, settings in enumerate(peer.settings):
            out = f"{prefix}-{peer.name}-{place}-{number}.npy"
            tasks.append(
                {"model": peer.model, "seed": place, "settings": settings, "out": out, **names}
            )
    return tasks


def choose(peer: Peer, rehearsed: Sequence[Rehearsal], answers: Sequence[Answer]) -> Tuned:
    """The best settings of a peer.

    Args:
        peer: Whose.
        rehearsed: As given to ``rehearsal_tasks``.
        answers: Of its tasks, in their order.
    """
    if not rehearsed:
        return Tuned(peer.settings[0], {}, reason="nobody in the training part can be held out")
    tried, scores = [], []
    for number, settings in enumerate(peer.settings):
        mine = answers[number :: len(peer.settings)]
        score, reason = _mean_scores(rehearsed, mine)
        scores.append(score)
        entry = {"settings": settings, "ndcg": score.get(SETTINGS_AT), "reason": reason}
        tried.append(entry)
    known = [n for n, score in enumerate(scores) if SETTINGS_AT in score]
    if not known:
        return Tuned(peer.settings[0], {}, tried, str(tried[0]["reason"]))
    best = max(known, key=lambda n: scores[n][SETTINGS_AT])
    return Tuned(peer.settings[best], scores[best], tried)


def popularity_scores(rehearsed: Sequence[Rehearsal]) -> dict[int, float]:
    """NDCG@10 of popularity at each k, on the people that peers are tuned on."""
    answers = [Answer(_popular(r)) for r in rehearsed]
    return _mean_scores(rehearsed, answers)[0] if rehearsed else {}


def _popular(rehearsal: Rehearsal) -> Floats:
    count = np.bincount(rehearsal.train.item, minlength=rehearsal.train.items)
    people = sum(len(q.users) for q in rehearsal.questions.values())
    return np.tile(count.astype(np.float32), (people, 1))


def _mean_scores(
    rehearsed: Sequence[Rehearsal], answers: Sequence[Answer]
) -> tuple[dict[int, float], str]:
    """Mean NDCG@10 at each k over all rehearsals; nothing, and why, where one failed."""
    values: dict[int, list[float]] = {k: [] for k in KNOWN}
    for rehearsal, answer in zip(rehearsed, answers, strict=True):
        if answer.scores is None:
            return {}, answer.reason
        for k, found in rehearsal.judge(answer.scores).items():
            values[k] += found
    means = {k: float(np.nanmean(v)) for k, v in values.items() if not np.isnan(v).all()}
    return {k: m for k, m in means.items() if not math.isnan(m)}, ""


def _ndcg(top: Ints, question: Question) -> list[float]:
    good = relevant_count(question.relevant)
    hit = hits(top[:, :NDCG_AT], question.relevant)
    return [float(v) for v in ndcg_of_hits(hit, good, NDCG_AT)]
