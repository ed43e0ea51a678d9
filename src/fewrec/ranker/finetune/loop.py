"""The training loop: a LightningModule and its Trainer (the extra ``lm``)."""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import Logger
from lightning.pytorch.strategies import DDPStrategy
from torch import Tensor
from torch.utils.data import DataLoader

from fewrec.data.arrays import Floats, Ints
from fewrec.ranker.finetune.learning import TASTE_RATE, Lesson
from fewrec.ranker.finetune.losses import LOSSES
from fewrec.ranker.finetune.networks import RankingNetwork
from fewrec.ranker.finetune.reading import Reading
from fewrec.ranker.finetune.rows import Rows
from fewrec.ranker.finetune.tasks import Examples
from fewrec.ranker.finetune.tuning import Tuning
from fewrec.seeding import generator

HEAD_DECAY = 3.0
"""Weight decay of the head, as while it learns alone."""

STEEPEST = 1.0
"""Gradients are cut to this norm."""

JUDGED_TOGETHER = 256
"""Shots are judged so many at once, for the items they share are encoded once."""

CHECKPOINT = "last.ckpt"
_MOMENTS = ("ipt", "exp_avg_ipt", "exp_avg_unc")


@dataclass(frozen=True)
class Stage:
    """One training run: shots to learn from, perhaps shots to be judged by.

    Attributes:
        name: Of its checkpoints, logs and random numbers.
        reading: Prepares rows.
        lesson: Makes examples of shots.
        rows: Of the shots to learn from.
        label: Of these shots.
        judged: Examples of the shots held out; None where all are learned from.
        epochs: Epochs of the learning rate's schedule.
        seed: Of order, drawn histories and dropout.
    """

    name: str
    reading: Reading
    lesson: Lesson
    rows: Rows
    label: Floats
    judged: Examples | None
    epochs: int
    seed: int

    def steps(self, tuning: Tuning) -> int:
        """Optimiser steps of one epoch, alike in each process."""
        return max(1, math.ceil(len(self.label) / (tuning.batch * tuning.processes)))

    def batches(self, tuning: Tuning, epoch: int, rank: int) -> list[dict[str, Tensor]]:
        """The batches of one process in one epoch: shots in random order, histories thinned."""
        random = generator(self.seed, "epoch", self.name, epoch)
        order = random.permutation(len(self.label))
        thin = self.rows.thinned(tuning.history, random)
        found = []
        for part in np.array_split(order, self.steps(tuning)):
            mine = part[rank :: tuning.processes]
            mine = mine if len(mine) else part[:1]
            told = self.lesson.examples(thin.take(mine), self.label[mine], random)
            found.append(self.reading.batch(told))
        return found


class Finetuning(pl.LightningModule):
    """Trains encoder and head together.

    Args:
        network: What is trained.
        stage: On what.
        tuning: How.
        head_rate: Learning rate of the head.
    """

    curve: Tensor
    held_out: Tensor

    def __init__(
        self, *, network: RankingNetwork, stage: Stage, tuning: Tuning, head_rate: float
    ) -> None:
        super().__init__()
        self.network, self.stage, self.tuning = network, stage, tuning
        self.head_rate = head_rate
        self.strict_loading = False
        rows = 0 if stage.judged is None else len(stage.judged)
        self.register_buffer("curve", torch.full((1 + stage.epochs,), math.nan))
        self.register_buffer("held_out", torch.zeros((1 + stage.epochs, rows)))

    def training_step(self, batch: dict[str, Tensor], number: int) -> Tensor:
        """Loss of a batch; its slope by the logits comes from ``losses.py``."""
        logits = self.network(batch)
        value, slope = loss_of(self.stage.lesson.task.loss, logits, batch)
        surrogate = (logits * slope).sum()
        self.log("loss", value, on_step=False, on_epoch=True, batch_size=len(logits))
        total: Tensor = surrogate - surrogate.detach() + value + self._skewness()
        return total

    def _skewness(self) -> Tensor | float:
        """Mean |P'P - I| of AdaLoRA's factors (Zhang et al. 2023, eq. 4), times its weight."""
        if self.tuning.mode != "adalora":
            return 0.0
        model: Any = self.network.encoder.model
        weight = model.peft_config["default"].orth_reg_weight
        found = []
        for name, p in model.named_parameters():
            if "lora_A" in name or "lora_B" in name:
                square = p @ p.T if "lora_A" in name else p.T @ p
                found.append(torch.linalg.matrix_norm(square - torch.eye(len(square))))
        total: Tensor = weight * torch.stack(found).mean()
        return total

    def configure_optimizers(self) -> Any:  # noqa: ANN401 (as Lightning wants it)
        """AdamW with a linear warm-up, then a linear way down over all epochs."""
        head = self.network.head
        encoder = [p for p in self.network.encoder.parameters() if p.requires_grad]
        groups = [
            {"params": encoder, "lr": self.tuning.rate, "weight_decay": self.tuning.weight_decay},
            {"params": [head.taste], "lr": TASTE_RATE * self.head_rate, "weight_decay": HEAD_DECAY},
            {"params": [head.scalars], "lr": self.head_rate, "weight_decay": HEAD_DECAY},
            {"params": [head.bias], "lr": self.head_rate, "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW([group for group in groups if group["params"]])
        total = max(1, self.stage.epochs * self.stage.steps(self.tuning))
        warm = max(1, round(self.tuning.warm_up * total))

        def share(step: int) -> float:
            return min(1.0, (step + 1) / warm) * max(0.0, 1.0 - step / (total + 1))

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def train_dataloader(self) -> DataLoader[Any]:
        """The batches of the coming epoch, a new draw each time."""
        found = self.stage.batches(self.tuning, self.current_epoch, self.global_rank)
        return DataLoader(found, batch_size=None)  # type: ignore[arg-type]

    def on_fit_start(self) -> None:
        """Judge the untrained encoder: changing nothing is always among the choices."""
        if torch.isnan(self.curve[0]):
            self.judge(0)

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:  # noqa: ANN401
        """Seed dropout by the step, so that a resumed run draws what it would have drawn."""
        random = generator(self.stage.seed, "dropout", self.stage.name, self.global_step)
        torch.manual_seed(int(random.integers(2**31)) + self.global_rank)

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:  # noqa: ANN401
        """Let AdaLoRA share out its ranks."""
        if self.tuning.mode == "adalora":
            model: Any = self.network.encoder.model
            model.base_model.update_and_allocate(self.global_step)

    def on_train_epoch_end(self) -> None:
        """Judge the shots held out."""
        self.judge(self.current_epoch + 1)
        if self.stage.judged is not None:
            self.log("held_out_loss", self.curve[self.current_epoch + 1])

    def judge(self, epoch: int) -> None:
        """Note loss and logits of the shots held out."""
        judged = self.stage.judged
        if judged is None or not len(judged):
            return
        trained = self.network.training
        self.network.eval()
        logits = []
        with torch.no_grad():
            for rows in self._parts(judged):
                logits.append(self.network(self.stage.reading.batch(judged.take(rows))))
        self.network.train(trained)
        told = torch.cat(logits)
        self.held_out[epoch] = told
        value, _ = LOSSES[self.stage.lesson.task.loss](
            told.double().numpy(), judged.label, judged.weight, judged.group
        )
        self.curve[epoch] = value

    def _parts(self, judged: Examples) -> list[Ints]:
        """Rows of a few shots at a time, so that their items are encoded together; in order."""
        edges = np.flatnonzero(np.diff(judged.shot)) + 1
        size = JUDGED_TOGETHER
        return list(np.split(np.arange(len(judged)), edges[size - 1 :: size]))

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep what is trained; the base weights are on this disk already."""
        kept = {name for name, p in self.named_parameters() if p.requires_grad}
        kept |= {"curve", "held_out"}
        state = checkpoint["state_dict"]
        checkpoint["state_dict"] = {name: state[name] for name in state if name in kept}
        if self.tuning.mode == "adalora":
            model: Any = self.network.encoder.model
            checkpoint["moments"] = {
                name: dict(getattr(model.base_model.rankallocator, name)) for name in _MOMENTS
            }
            checkpoint["ranks"] = model.peft_config["default"].rank_pattern

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Put back what AdaLoRA remembers of the weights' importance."""
        if self.tuning.mode == "adalora":
            model: Any = self.network.encoder.model
            for name, value in checkpoint["moments"].items():
                setattr(model.base_model.rankallocator, name, value)
            model.peft_config["default"].rank_pattern = checkpoint["ranks"]


def loss_of(name: str, logits: Tensor, batch: dict[str, Tensor]) -> tuple[float, Tensor]:
    """A loss of ``losses.py`` and its slope, as torch wants it. Slope: shape [N]."""
    told = logits.detach().cpu().double().numpy()
    arrays = (batch[key].cpu().numpy() for key in ("label", "weight", "group"))
    value, slope = LOSSES[name](told, *arrays)
    return value, torch.from_numpy(slope).to(logits)


def train(module: Finetuning, epochs: int, folder: Path | None, logger: Logger | bool) -> None:
    """Run a stage; goes on from its checkpoint where there is one.

    Args:
        module: Changed in place.
        epochs: After which to end.
        folder: For the checkpoint, which is written after every epoch; None for none.
        logger: Where losses go; False for nowhere.
    """
    tuning = module.tuning
    callbacks: list[Callback] = []
    if module.stage.judged is not None:
        callbacks.append(
            EarlyStopping("held_out_loss", patience=tuning.patience, check_on_train_epoch_end=True)
        )
    if folder is not None:
        callbacks.append(
            ModelCheckpoint(
                folder,
                filename=Path(CHECKPOINT).stem,
                enable_version_counter=False,
                save_on_train_epoch_end=True,
            )
        )
    several = tuning.processes > 1
    with quiet_lightning(), torch.random.fork_rng(devices=[]):
        trainer = pl.Trainer(
            accelerator=tuning.device,
            devices=tuning.processes,
            strategy=(
                DDPStrategy(process_group_backend="gloo", start_method="spawn")
                if several and tuning.device == "cpu"
                else "auto"
            ),
            max_epochs=epochs,
            callbacks=callbacks,
            logger=logger,
            enable_checkpointing=folder is not None,
            enable_progress_bar=tuning.progress,
            enable_model_summary=False,
            reload_dataloaders_every_n_epochs=1,
            gradient_clip_val=STEEPEST,
            use_distributed_sampler=False,
            num_sanity_val_steps=0,
            log_every_n_steps=1,
        )
        kept = None if folder is None else folder / CHECKPOINT
        trainer.fit(module, ckpt_path=str(kept) if kept is not None and kept.is_file() else None)
    module.cpu()


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Without Lightning's remarks on devices, workers and folders."""
    names = ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero")
    levels = {name: logging.getLogger(name).level for name in names}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"lightning\..*")
        warnings.filterwarnings("ignore", module=r"peft\..*")
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")
        warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")
        for name in names:
            logging.getLogger(name).setLevel(logging.ERROR)
        try:
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
