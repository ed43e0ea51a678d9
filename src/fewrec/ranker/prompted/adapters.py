"""What peft puts before or into a language model."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from fewrec.knowledge.language.network import NextToken
from fewrec.knowledge.language.opening import Opened

_LAYER = re.compile(r"\.(\d+)\.")


def with_soft_prompt(
    model: Opened, vectors: int, words: Sequence[int], seed: int
) -> tuple[NextToken, list[Tensor]]:
    """A network with a soft prompt before every text; the model itself is not touched.

    Args:
        model: A frozen model.
        vectors: V, how many.
        words: Tokens whose vectors they begin as, over and over; random ones where there are
            none.
        seed: Of the random ones.

    Returns:
        The network, and the vectors to train. Shape [V, D].
    """
    from peft import PromptTuningConfig, TaskType

    config = PromptTuningConfig(task_type=TaskType.CAUSAL_LM, num_virtual_tokens=vectors)
    wrapped = _wrapped(model.model, config, seed)
    soft = wrapped.get_parameter("prompt_encoder.default.embedding.weight")
    if words:
        chosen = torch.tensor([words[at % len(words)] for at in range(vectors)])
        with torch.no_grad():
            soft.copy_(model.model.get_input_embeddings()(chosen))
    return NextToken(model.model, soft), [soft]


def with_lora(model: Opened, rank: int, layers: int, seed: int) -> tuple[NextToken, list[Tensor]]:
    """A network whose upper layers have low-rank changes, 0 at the start.

    Args:
        model: A copy of a model, changed in place.
        rank: Of the changes.
        layers: How many of the upper layers change.
        seed: Of the random halves.

    Returns:
        The network, and the weights to train.
    """
    from peft import LoraConfig, TaskType

    targets = _linear_maps(model.model, layers)
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=rank,
        lora_alpha=2 * rank,
        target_modules=targets,
        fan_in_fan_out=not isinstance(model.model.get_submodule(targets[0]), nn.Linear),
    )
    wrapped = _wrapped(model.model, config, seed)
    return NextToken(wrapped), [weight for weight in wrapped.parameters() if weight.requires_grad]


def _wrapped(model: Any, config: Any, seed: int) -> Any:  # noqa: ANN401 (classes of peft)
    from peft import get_peft_model

    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated")
        torch.manual_seed(seed)
        return get_peft_model(model, config).eval()


def _linear_maps(model: nn.Module, layers: int) -> list[str]:
    """Names of the linear maps in the last layers; GPT-2 calls them Conv1D."""
    found: dict[int, list[str]] = {}
    for name, module in model.named_modules():
        layer = _LAYER.search(name)
        if layer and type(module).__name__ in ("Linear", "Conv1D"):
            found.setdefault(int(layer[1]), []).append(name)
    return [name for layer in sorted(found)[-layers:] for name in found[layer]]
