"""Cells of other libraries' models: tuned once a number of training users, asked with each seed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np

from fewrec.data.catalog import Catalog
from fewrec.evaluation.asking import Findings
from fewrec.evaluation.cells import load_findings, save_findings, write_json
from fewrec.evaluation.experiment import Outcome, Question, judge_lists
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.peers.environments import WAY_OUT, peer_digest, python_of
from fewrec.evaluation.peers.files import asked_likes, lists, together, training_likes, write_texts
from fewrec.evaluation.peers.models import Peer
from fewrec.evaluation.peers.process import Answer, Limits, run_tasks
from fewrec.evaluation.peers.tuning import Tuned, choose, rehearsal_tasks, rehearsals
from fewrec.evaluation.protocols import Fold, asked_about, new_user_fold
from fewrec.knowledge.wording import item_texts

Size = int | Literal["all"]
MEASURED = ("ndcg@10", "recall@20", "coverage", "overlap", "gini")


@dataclass(frozen=True)
class Stand:
    """Where peers are compared.

    Attributes:
        bench: The data.
        folder: Of the cells and of what tuning found.
        limits: Of time.
    """

    bench: Bench
    folder: Path
    limits: Limits

    def fold(self, seed: int, n: Size) -> Fold:
        """The same people, rows and revealed rows as in the learning curve."""
        people = asked_about(self.bench.dataset)
        wanted = None if n == "all" else int(n)
        return new_user_fold(self.bench.dataset, seed, wanted, people, n=n)

    def key(self, peer: Peer) -> str:
        """Changes with the data, the peer, its version, its settings and the code that asks it."""
        facts = [self.bench.dataset.fingerprint, asdict(peer), asdict(self.limits)]
        told = json.dumps([*facts, peer_digest(peer.library)], sort_keys=True)
        return sha256(told.encode()).hexdigest()[:16]

    def file(self, peer: Peer, seed: int, n: Size) -> Path:
        """Of one cell."""
        return self.folder / "peers" / peer.name / f"seed-{seed}-n-{n}.json"


def tune(
    stand: Stand, peers: Sequence[Peer], sizes: Sequence[Size]
) -> dict[tuple[str, Size], Tuned]:
    """Settings of every peer for each n, from the training part of seed 0; kept in files.

    Args:
        stand: Data and folder.
        peers: All of one library.
        sizes: Numbers of training users.

    Returns:
        (name, n) -> what was found.
    """
    found: dict[tuple[str, Size], Tuned] = {}
    for peer in peers:
        for n in sizes:
            saved = _load_tuned(_tuning_file(stand, peer, n), stand.key(peer))
            if saved is not None:
                found[peer.name, n] = saved
    for n in sizes:
        missing = [peer for peer in peers if (peer.name, n) not in found]
        if missing:
            found |= {(name, n): t for name, t in _tune_at(stand, missing, n).items()}
    return found


def _tune_at(stand: Stand, peers: Sequence[Peer], n: Size) -> dict[str, Tuned]:
    rehearsed = rehearsals(stand.fold(0, n).train)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tasks = [
            (peer, task)
            for peer in peers
            for task in rehearsal_tasks(rehearsed, peer, folder, f"n-{n}")
        ]
        answers = _answers(stand, peers, folder, [task for _, task in tasks])
        made = {}
        for peer in peers:
            mine = [a for (p, _), a in zip(tasks, answers, strict=True) if p is peer]
            made[peer.name] = choose(peer, rehearsed, mine)
            _save_tuned(_tuning_file(stand, peer, n), made[peer.name], stand.key(peer))
    return made


def measure(
    stand: Stand,
    peers: Sequence[Peer],
    seed: int,
    sizes: Sequence[Size],
    tuned: dict[tuple[str, Size], Tuned],
    step: Callable[[str], None] = lambda cell: None,
) -> list[Findings]:
    """Ask every peer with one seed about new people; cells that are there are read.

    Args:
        stand: Data and folder.
        peers: All of one library.
        seed: Of the split and the fits.
        sizes: Numbers of training users.
        tuned: Settings, from ``tune``.
        step: Told each cell when it is done.

    Returns:
        One finding a cell, those that failed with nothing but reasons.
    """
    found = []
    for n in sizes:
        done = {p.name: load_findings(stand.file(p, seed, n), _cell_key(stand, p)) for p in peers}
        missing = [peer for peer in peers if done[peer.name] is None]
        for peer, findings in _measure_at(stand, missing, seed, n, tuned).items():
            save_findings(stand.file(peer, seed, n), findings, _cell_key(stand, peer))
            done[peer.name] = findings
        found += [findings for findings in done.values() if findings is not None]
        step(f"n = {n}, seed {seed}")
    return found


def _measure_at(
    stand: Stand,
    peers: Sequence[Peer],
    seed: int,
    n: Size,
    tuned: dict[tuple[str, Size], Tuned],
) -> dict[Peer, Findings]:
    if not peers:
        return {}
    fold = stand.fold(seed, n)
    questions = [(keys, Question.of(split, seed)) for keys, split in fold.splits]
    items = questions[0][1].items
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        training_likes(fold.train).save(folder / "train.npz")
        together([asked_likes(q.histories, items) for _, q in questions]).save(folder / "asked.npz")
        tasks = [
            {
                "model": peer.model, "seed": seed, "settings": tuned[peer.name, n].settings,
                "train": "train.npz", "asked": "asked.npz", "out": f"{peer.name}.npy",
            }
            for peer in peers
        ]  # fmt: skip
        answers = _answers(stand, peers, folder, tasks)
    name = stand.bench.dataset.name
    made = {}
    for peer, answer in zip(peers, answers, strict=True):
        outcomes, start = [], 0
        for keys, question in questions:
            end = start + len(question.users)
            cell = {"ranker": peer.name, "data": name, **keys}
            outcomes.append(_outcome(stand, answer, slice(start, end), question, cell))
            start = end
        made[peer] = Findings(tuple(outcomes))
    return made


def _outcome(
    stand: Stand, answer: Answer, rows: slice, question: Question, cell: dict[str, Any]
) -> Outcome:
    if answer.scores is None:
        return nothing(question, cell, answer.reason)
    top = lists(answer.scores[rows], question)
    return judge_lists(top, question, cell, stand.bench.features.vectors)


def nothing(question: Question, cell: dict[str, Any], reason: str) -> Outcome:
    """An outcome without numbers, and why."""
    missing = np.full(len(question.users), np.nan)
    return Outcome(
        cell,
        question.seed,
        question.users,
        {"ndcg@10": missing, "recall@20": missing},
        dict.fromkeys(("coverage", "overlap", "gini"), float("nan")),
        dict.fromkeys(MEASURED, reason),
    )


def _answers(
    stand: Stand, peers: Sequence[Peer], folder: Path, tasks: Sequence[dict[str, Any]]
) -> list[Answer]:
    library = peers[0].library
    python = python_of(library)
    if python is None:
        return [Answer(None, f"not measured: {library} is not installed, {WAY_OUT}")] * len(tasks)
    if any(peer.texts for peer in peers):
        texts = _texts(stand.bench.dataset.catalog)
        if not any(texts):
            return [Answer(None, "not measured: the items have no texts")] * len(tasks)
        write_texts(folder, texts, stand.bench.features.vectors)
    return run_tasks(python, f"programs.{library}_models", folder, tasks, stand.limits)


def _texts(catalog: Catalog) -> list[str]:
    return list(item_texts(catalog))


def _cell_key(stand: Stand, peer: Peer) -> str:
    """A library that was not there is looked for again."""
    return stand.key(peer) + ("" if python_of(peer.library) else " not installed")


def _tuning_file(stand: Stand, peer: Peer, n: Size) -> Path:
    return stand.folder / "peers" / peer.name / f"tuning-n-{n}.json"


def _save_tuned(file: Path, tuned: Tuned, key: str) -> None:
    if not tuned.reason.startswith("not measured"):
        write_json(file, {"key": key, **asdict(tuned)})


def _load_tuned(file: Path, key: str) -> Tuned | None:
    if not file.exists():
        return None
    saved = json.loads(file.read_text(encoding="utf-8"))
    if saved["key"] != key:
        return None
    score = {int(k): v for k, v in saved["score"].items()}
    return Tuned(saved["settings"], score, saved["tried"], saved["reason"])


def renamed(outcome: Outcome, ranker: str) -> Outcome:
    """The same outcome under another name."""
    return replace(outcome, cell={**outcome.cell, "ranker": ranker})
