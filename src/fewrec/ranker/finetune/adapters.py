"""What is trained of an encoder: everything, its last layers, LoRA or AdaLoRA (peft)."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import nn

from fewrec.errors import ModelError
from fewrec.ranker.finetune.encoder import Encoder, PooledEncoder, open_encoder
from fewrec.ranker.finetune.pretrained import Base
from fewrec.ranker.finetune.tuning import Tuning

ALPHA = 2
"""LoRA's additions are scaled by so much: lora_alpha = ALPHA * rank."""

_TOLD = "base.json"


def made_trainable(network: PooledEncoder, tuning: Tuning, steps: int) -> None:
    """Freeze what is not trained; add what is.

    Args:
        network: Changed in place.
        tuning: Mode, layers, rank.
        steps: Optimiser steps in all, over which AdaLoRA shares out its ranks.
    """
    chosen = _last_layers(network.model, tuning.last_layers)
    for parameter in network.model.parameters():
        parameter.requires_grad_(False)
    if tuning.mode == "full":
        for part in chosen:
            for parameter in part.parameters():
                parameter.requires_grad_(True)
    elif tuning.mode != "head":
        from peft import get_peft_model

        config = _config(network.model, chosen, tuning, steps)
        with quiet_peft():
            network.model = get_peft_model(network.model, config)
    for part in network.modules():
        if isinstance(part, nn.Dropout):
            part.p = tuning.dropout


def _config(model: nn.Module, chosen: list[nn.Module], tuning: Tuning, steps: int) -> Any:  # noqa: ANN401
    from peft import AdaLoraConfig, LoraConfig

    inside = {id(part) for layer in chosen for part in layer.modules()}
    names = [
        name
        for name, part in model.named_modules()
        if id(part) in inside and type(part).__name__ in ("Linear", "Conv1D")
    ]
    shared: dict[str, Any] = {
        "target_modules": names,
        "lora_alpha": ALPHA * tuning.rank,
        "lora_dropout": tuning.dropout,
    }
    if tuning.mode == "lora":
        return LoraConfig(r=tuning.rank, **shared)
    return AdaLoraConfig(
        init_r=tuning.rank + tuning.rank // 2,
        target_r=tuning.rank,
        tinit=max(1, steps // 10),
        tfinal=max(1, steps // 4),
        deltaT=1,
        total_step=max(steps, 4),
        **shared,
    )


def _last_layers(model: nn.Module, layers: int) -> list[nn.Module]:
    """The last layers of the longest stack of equal blocks; the whole model where 0."""
    stacks = [part for part in model.modules() if isinstance(part, nn.ModuleList)]
    if not layers or not stacks:
        return [model]
    stack = max(stacks, key=len)
    return list(stack)[-layers:]


@contextmanager
def quiet_peft() -> Iterator[None]:
    """Without peft's remarks on layouts it handles by itself."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"peft\..*")
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")
        yield


def save_adapter(network: PooledEncoder, base: Base, folder: Path) -> None:
    """Save what was trained of an encoder, apart from its base, and what base it belongs to.

    LoRA and AdaLoRA are saved as peft does; in the mode ``full`` the trained weights.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    told = {"base": base.name, "sha256": base.checksum, "pooling": network.pooling}
    if hasattr(network.model, "peft_config"):
        with quiet_peft():
            network.model.save_pretrained(str(folder))  # type: ignore[operator]
        (folder / "README.md").unlink(missing_ok=True)  # a template without content
        told["kind"] = "peft"
    else:
        trained = {n: p for n, p in network.model.named_parameters() if p.requires_grad}
        weights = {name: p.detach().contiguous() for name, p in trained.items()}
        if weights:
            save_file(weights, folder / "trained.safetensors")
        told["kind"] = "weights"
    (folder / _TOLD).write_text(json.dumps(told, indent=1), encoding="utf-8")


def load_adapter(folder: Path, base: Base) -> Encoder:
    """Put an adapter on base weights.

    Args:
        folder: As ``save_adapter`` left it.
        base: The weights it was trained on, perhaps another copy of them.

    Raises:
        ModelError: There is no adapter, or the base has another checksum.
    """
    from safetensors.torch import load_file

    if not (folder / _TOLD).is_file():
        raise ModelError(f"there is no adapter in {folder}: {_TOLD} is missing.")
    told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
    base.check(told["sha256"])
    encoder = open_encoder(base, told["pooling"])
    if told["kind"] == "peft":
        from peft import PeftModel

        with quiet_peft():
            encoder.network.model = PeftModel.from_pretrained(encoder.network.model, str(folder))
    elif (folder / "trained.safetensors").is_file():
        encoder.network.model.load_state_dict(
            load_file(folder / "trained.safetensors"), strict=False
        )
    encoder.network.eval()
    return encoder


def base_of(folder: Path) -> str:
    """Name of the base an adapter was trained on."""
    return str(json.loads((folder / _TOLD).read_text(encoding="utf-8"))["base"])
