"""How much of a pretrained model is trained, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from fewrec.errors import ConfigError
from fewrec.ranker.finetune.pretrained import DEFAULT

Mode = Literal["head", "full", "lora", "adalora"]
Tracker = Literal["", "tensorboard", "wandb", "mlflow"]

RATES: dict[str, float] = {"head": 0.0, "full": 2e-5, "lora": 5e-4, "adalora": 2e-3}
"""Learning rate of the encoder by mode, where none is given."""

_LEAST: dict[str, float] = {
    "layers": 0, "rank": 1, "epochs": 0, "patience": 1, "batch": 1, "folds": 2, "history": 1,
    "item_tokens": 4, "row_tokens": 8, "warm_up": 0, "weight_decay": 0, "processes": 1,
    "threads": 1, "dropout": 0, "learning_rate": 0, "head_rate": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Tuning:
    """Settings of fine-tuning; AdamW with warm-up, epochs chosen by cross-validation.

    Attributes:
        mode: ``head`` leaves the pretrained model as it is, ``full`` trains all of it, ``lora``
            low-rank additions, ``adalora`` low-rank additions that share out their ranks.
        model: ``all-minilm-l6-v2``, a folder as transformers saves it, or a hub id. "" in the
            mode ``head`` of two towers: the text vectors that the training data bring along.
        layers: How many of the last layers are trained, 0 for all; where None, all in the mode
            ``full``, else three.
        rank: Of LoRA; what AdaLoRA shares out on average.
        epochs: Most passes over the shots; 0 are always among the choices.
        patience: Epochs without a better loss on held-out shots before a fold ends.
        batch: Shots a step, in each process.
        folds: Of the cross-validation inside the shots.
        history: Rows of a history that are drawn for one training step.
        item_tokens: Most tokens of an item's text.
        row_tokens: Most tokens of a history and an item read together.
        learning_rate: Of the encoder; 0 takes the mode's (2e-5, 5e-4, 2e-3).
        head_rate: Learning rate of the head while the encoder is trained.
        weight_decay: Of the encoder's weights.
        warm_up: Share of the steps until the learning rate is reached, in [0, 1].
        dropout: Of the encoder and of LoRA's input while they are trained, in [0, 1).
        device: Accelerator of Lightning: ``cpu``, ``gpu``, ``auto``.
        processes: Processes (or devices) that share each step; several CPU processes use gloo.
        threads: Threads of torch in each process.
        work: Folder for checkpoints, from which a fit that was killed goes on; "" for none.
        track: Where losses and settings are logged: ``tensorboard``, ``wandb`` (offline),
            ``mlflow``, or "" for nowhere.
        track_folder: Folder of those logs.
        progress: Whether Lightning shows its progress bar.
    """

    mode: Mode = "head"
    model: str = ""
    layers: int | None = None
    rank: int = 8
    epochs: int = 4
    patience: int = 2
    batch: int = 16
    folds: int = 2
    history: int = 6
    item_tokens: int = 32
    row_tokens: int = 128
    learning_rate: float = 0.0
    head_rate: float = 3e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    dropout: float = 0.1
    device: str = "cpu"
    processes: int = 1
    threads: int = 1
    work: str = ""
    track: Tracker = ""
    track_folder: str = "runs"
    progress: bool = False

    def __post_init__(self) -> None:
        for name, kinds in (("mode", get_args(Mode)), ("track", get_args(Tracker))):
            if getattr(self, name) not in kinds:
                told = ", ".join(repr(kind) for kind in kinds)
                raise ConfigError(
                    f"Tuning: {name} must be one of {told}, not {getattr(self, name)!r}."
                )
        for name, lowest in _LEAST.items():
            if getattr(self, name) is not None and not getattr(self, name) >= lowest:
                raise ConfigError(
                    f"Tuning: {name} must be at least {lowest}, not {getattr(self, name)}."
                )
        for name, highest in (("warm_up", 1.0), ("dropout", 0.99)):
            if getattr(self, name) > highest:
                raise ConfigError(
                    f"Tuning: {name} must be at most {highest}, not {getattr(self, name)}."
                )

    @property
    def model_name(self) -> str:
        """The pretrained model: the one named, else the default."""
        return self.model or DEFAULT

    @property
    def last_layers(self) -> int:
        """How many of the last layers are trained; 0 for all."""
        return (0 if self.mode == "full" else 3) if self.layers is None else self.layers

    @property
    def rate(self) -> float:
        """Learning rate of the encoder."""
        return self.learning_rate or RATES[self.mode]
