"""Other libraries, asked about the same moments of visits with as much processor time as `hybrid`.

They learn from the likes of the same training rows, person by person in their order, and are
asked with what each person liked before the moment. Their settings are chosen inside the training
part: by the moment before the one that is asked about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.data.splits import Split
from fewrec.evaluation.experiment import NDCG_AT, Question
from fewrec.evaluation.peers.environments import WAY_OUT, python_of
from fewrec.evaluation.peers.files import asked_likes, lists, training_likes
from fewrec.evaluation.peers.models import Peer, Settings
from fewrec.evaluation.peers.process import Answer, Limits, run_tasks
from fewrec.metrics.ranking import hits, ndcg_of_hits, relevant_count

PATIENCE = 5.0
"""A task is given up after so many times its processor time: the machine may do other things."""
LEAST_SECONDS = 600.0
"""A task has at least so long, whatever the budget: libraries load, and lists are made."""


@dataclass(frozen=True)
class Rival:
    """What one library's model answered.

    Attributes:
        name: Of the peer.
        top: Each person's 20 best items; None where it failed. Shape [B, 20].
        reason: Why it failed.
        fit: What it was given and took, for the JSON.
    """

    name: str
    top: Ints | None
    reason: str
    fit: Mapping[str, Any]


@dataclass
class Rivals:
    """Models of other libraries, tuned with the first split and asked with each.

    Attributes:
        peers: Which.
        chosen: Settings of those that were tuned, by name.
        tried: What tuning found, for the JSON.
    """

    peers: Sequence[Peer]
    chosen: dict[str, Settings] = field(default_factory=dict)
    tried: list[dict[str, Any]] = field(default_factory=list)

    def tune(self, split: Split, seed: int, seconds: float) -> None:
        """Choose the settings of every peer by NDCG@10; the first ones where all of them fail.

        Args:
            split: Inside the training part.
            seed: Of the fits.
            seconds: Of processor time a fit may take.
        """
        question = Question.of(split, seed)
        for peer in self.peers:
            answers = _answers(peer, peer.settings, split, seed, seconds)
            found = [_ndcg(answer, question) for answer in answers]
            known = [n for n, value in enumerate(found) if value is not None]
            best = max(known, key=lambda n: found[n] or 0.0) if known else 0
            self.chosen[peer.name] = peer.settings[best]
            self.tried += [
                {"ranker": peer.name, "settings": dict(s), "ndcg": v, "reason": a.reason}
                for s, v, a in zip(peer.settings, found, answers, strict=True)
            ]

    def ask(self, split: Split, seed: int, seconds: float) -> list[Rival]:
        """Fit every peer with its chosen settings and ask it; arguments as for ``tune``."""
        question, made = Question.of(split, seed), []
        for peer in self.peers:
            settings = self.chosen.get(peer.name, peer.settings[0])
            (answer,) = _answers(peer, [settings], split, seed, seconds)
            top = None if answer.scores is None else lists(answer.scores, question)
            fit = {
                "ranker": peer.name, "seed": seed, "cpu_seconds": answer.cpu,
                "given": seconds, "settings": dict(settings), "reason": answer.reason,
            }  # fmt: skip
            made.append(Rival(peer.name, top, answer.reason, fit))
        return made


def _answers(
    peer: Peer, settings: Sequence[Settings], split: Split, seed: int, seconds: float
) -> list[Answer]:
    """One answer for each of some settings."""
    python = python_of(peer.library)
    if python is None or peer.texts:
        why = "it reads texts" if peer.texts else f"{peer.library} is not installed, {WAY_OUT}"
        return [Answer(None, f"not measured: {why}")] * len(settings)
    limits = Limits(fit=seconds, task=max(LEAST_SECONDS, PATIENCE * seconds))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        training_likes(split.train).save(folder / "train.npz")
        asked_likes(split.histories, len(split.train.items)).save(folder / "asked.npz")
        tasks = [
            {
                "model": peer.model, "seed": seed, "settings": dict(one),
                "train": "train.npz", "asked": "asked.npz", "out": f"{number}.npy",
            }
            for number, one in enumerate(settings)
        ]  # fmt: skip
        return run_tasks(python, f"programs.{peer.library}_models", folder, tasks, limits)


def _ndcg(answer: Answer, question: Question) -> float | None:
    """Mean NDCG@10 of an answer; None where there is none."""
    if answer.scores is None:
        return None
    top = lists(answer.scores, question)
    good = relevant_count(question.relevant)
    each = ndcg_of_hits(hits(top[:, :NDCG_AT], question.relevant), good, NDCG_AT)
    return float(np.nanmean(each))
