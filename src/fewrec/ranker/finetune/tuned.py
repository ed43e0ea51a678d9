"""Fine-tuning with K shots: cross-validation for the epochs, then one fit; resumable (``lm``)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.ranker.finetune.adapters import made_trainable
from fewrec.ranker.finetune.encoder import Encoder, open_encoder
from fewrec.ranker.finetune.folds import best_epoch, filled
from fewrec.ranker.finetune.head import Evidence
from fewrec.ranker.finetune.learning import HeadSchedule, Lesson, fit_head, learn_head
from fewrec.ranker.finetune.loop import Finetuning, Stage
from fewrec.ranker.finetune.networks import AttentionHead, RankingNetwork
from fewrec.ranker.finetune.pretrained import Base
from fewrec.ranker.finetune.reading import Reading
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import Examples
from fewrec.ranker.finetune.tuning import Tuning
from fewrec.ranker.finetune.workshop import Workshop
from fewrec.seeding import generator

Told = Callable[[str], None]


@dataclass(frozen=True)
class Assignment:
    """Everything a fit depends on.

    Attributes:
        base: Pretrained weights.
        tuning: How they are trained.
        schedule: How the head is trained before them.
        lesson: Makes examples of shots.
        rows: Of the K shots.
        label: Shape [K].
        fold: Of each shot, all 0 where nothing is held out. Shape [K].
        texts: Of the I items.
        seed: Of all randomness.
    """

    base: Base
    tuning: Tuning
    schedule: HeadSchedule
    lesson: Lesson
    rows: Rows
    label: Floats
    fold: Ints
    texts: tuple[str, ...]
    seed: int

    @property
    def key(self) -> str:
        """Digest: a checkpoint with another key belongs to another fit."""
        still = replace(self.tuning, work="", track="", track_folder="", progress=False)
        told = [asdict(still), asdict(self.schedule), repr(self.lesson), self.seed]
        digest = hashlib.sha256(json.dumps([*told, self.base.checksum, torch.__version__]).encode())
        arrays = (self.rows.item, self.rows.history, self.rows.liked, self.rows.disliked)
        for array in (*arrays, self.label, self.fold):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update("\0".join(self.texts).encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Tuned:
    """A fine-tuned encoder with its head.

    Attributes:
        encoder: With its adapter, for use.
        head: Shape [D + SCALARS].
        epochs: Of the encoder, as chosen; 0 where training it did not help.
        curve: Mean loss on shots held out after each epoch; empty without folds. Shape [1 + E].
        held_out: Logit of each shot by a model that did not see it; NaN without. Shape [K].
    """

    encoder: Encoder
    head: Doubles
    epochs: int
    curve: Doubles
    held_out: Doubles


def fine_tune(
    job: Assignment, encoder: Encoder, reading: Reading, tell: Told = lambda what: None
) -> Tuned:
    """Find theta = argmin 1/N sum loss(M_theta(x_i), y_i), stopped where held-out shots say.

    Args:
        job: What to do.
        encoder: The pretrained model; not changed.
        reading: Prepares rows for it.
        tell: Told the name of each stage.
    """
    random = generator(job.seed, "fine-tuning")
    told = job.lesson.examples(job.rows, job.label, random)
    evidence = reading.evidence(told.rows, encoder)
    tuning = job.tuning
    place = Workshop(tuning.work, job.key, tuning.track, tuning.track_folder)
    with place as work, _threads(tuning.threads):
        if job.tuning.mode == "head":
            found = fit_head(evidence, told, job.label, job.schedule, job.fold)
            return Tuned(encoder, found.head, 0, found.curve, found.held_out)
        steps = fit_head(evidence, told, job.label, job.schedule, job.fold).epochs
        runs = int(job.fold.max(initial=0)) + 1
        curves = np.full((runs, 1 + job.tuning.epochs), np.nan)
        logits = np.full((len(job.label), 1 + job.tuning.epochs), np.nan)
        for f in range(runs if runs > 1 else 0):
            tell(f"fold {f + 1} of {runs}")
            curves[f], logits[job.fold == f] = _fold(job, reading, work, told, evidence, steps, f)
        epochs = best_epoch(curves) if runs > 1 else 1
        tell("all shots")
        head = learn_head(evidence, told, job.schedule, steps)
        stage = Stage(
            "all", reading, job.lesson, job.rows, job.label, None, job.tuning.epochs, job.seed
        )
        module, final = _network(job, stage, head)
        if epochs:
            work.train(module, epochs)
        final.network.eval()
        mean = filled(curves).mean(axis=0) if runs > 1 else np.zeros(0)
        return Tuned(final, module.network.head.flat, epochs, mean, logits[:, epochs])


def _fold(
    job: Assignment,
    reading: Reading,
    work: Workshop,
    told: Examples,
    evidence: Evidence,
    steps: int,
    f: int,
) -> tuple[Doubles, Doubles]:
    """Losses on one fold, shape [1 + E], and its shots' logits, shape [K_f, 1 + E]."""
    kept = work.result(f"fold-{f}")
    if kept is not None:
        return np.array(kept["curve"]), np.array(kept["held_out"])
    mine = job.fold[told.shot] == f
    inside = np.flatnonzero(~mine)
    head = learn_head(evidence.take(inside), told.take(inside), job.schedule, steps)
    outside = np.flatnonzero(mine)
    outside = outside[np.argsort(told.shot[outside], kind="stable")]
    judged = told.take(outside)
    shots = np.flatnonzero(job.fold != f)
    stage = Stage(
        f"fold-{f}", reading, job.lesson, job.rows.take(shots), job.label[shots],
        judged, job.tuning.epochs, job.seed,
    )  # fmt: skip
    module, _ = _network(job, stage, head)
    work.train(module, job.tuning.epochs)
    curve = module.curve.double().numpy()
    first = np.unique(judged.shot, return_index=True)[1]
    logits = module.held_out.double().numpy()[:, first].T
    for epoch in range(1, logits.shape[1]):
        if np.isnan(curve[epoch]):
            logits[:, epoch] = logits[:, epoch - 1]
    work.keep(f"fold-{f}", {"curve": curve.tolist(), "held_out": logits.tolist()})
    return curve, logits


def _network(job: Assignment, stage: Stage, head: Doubles) -> tuple[Finetuning, Encoder]:
    """Base weights with what is to be trained, the same for the same seed."""
    encoder = open_encoder(job.base)
    steps = job.tuning.epochs * stage.steps(job.tuning)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(job.seed)
        made_trainable(encoder.network, job.tuning, steps)
    network = RankingNetwork(encoder=encoder.network, head=AttentionHead(start=head))
    module = Finetuning(
        network=network, stage=stage, tuning=job.tuning, head_rate=job.tuning.head_rate
    )
    module.train()  # a model as it was loaded has its dropout off
    return module, encoder


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """So many threads of torch inside the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
