"""A pretrained model as an encoder: texts to tokens to one vector each (the extra ``lm``)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from fewrec.data.arrays import Floats, Ints
from fewrec.errors import ModelError
from fewrec.knowledge.language.extra import quietly
from fewrec.ranker.finetune.pretrained import Base

Pooling = Literal["mean", "first", "last"]
Tokens = list[dict[str, list[int]]]
"""For each text its ``input_ids``, and what else the tokenizer gives."""

TOKENS_A_BATCH = 2048
"""Texts of like length are encoded together, about so many tokens at once."""

LETTERS_A_TOKEN = 12
"""A text is cut at so many characters a token before it is read: longer ones cost only time."""


@dataclass(frozen=True)
class Encoder:
    """Network and tokenizer in memory.

    Attributes:
        network: Tokens to vectors; trainable as it is.
        tokenizer: Of transformers.
        separate: Whether two texts are read as a pair with a separator; decoders read them on
            two lines.
        longest: Most tokens of a text.
        parts: Whether the model is told which of a pair's texts a token belongs to.
    """

    network: PooledEncoder
    tokenizer: Any
    separate: bool
    longest: int
    parts: bool = False

    def tokens(
        self, texts: Sequence[str], seconds: Sequence[str] | None = None, longest: int = 0
    ) -> Tokens:
        """Cut texts, or pairs of texts, into tokens; nothing in a text is a special token.

        Args:
            texts: N texts.
            seconds: N texts to follow them; of a pair too long, the longer text is cut.
            longest: Most tokens; as many as the model can take where 0.
        """
        most = min(longest or self.longest, self.longest)
        texts = [text[: most * LETTERS_A_TOKEN] for text in texts]
        if seconds is not None:
            seconds = [text[: most * LETTERS_A_TOKEN] for text in seconds]
        if seconds is not None and not self.separate:
            texts = [f"{one}\n{other}" for one, other in zip(texts, seconds, strict=True)]
            seconds = None
        if not texts:
            return []
        cut = "longest_first" if seconds is not None else True
        given = [list(texts)] if seconds is None else [list(texts), list(seconds)]
        read = self.tokenizer(
            *given, truncation=cut, max_length=most, return_token_type_ids=self.parts
        )
        names = [name for name in ("input_ids", "token_type_ids") if name in read]
        rows = [{name: list(read[name][n]) for name in names} for n in range(len(texts))]
        return [row if row["input_ids"] else _nothing(names) for row in rows]

    def vectors(self, tokens: Tokens) -> Floats:
        """Vectors of length 1 of N texts, without dropout or gradients. Shape [N, D]."""
        found = np.zeros((len(tokens), self.network.width), dtype=np.float32)
        trained = self.network.training
        self.network.eval()
        with torch.no_grad():
            for rows in batches(tokens):
                found[rows] = self.network(**padded([tokens[n] for n in rows])).numpy()
        self.network.train(trained)
        return found


class PooledEncoder(nn.Module):
    """Tokens to one vector of length 1.

    Args:
        model: Of transformers, from tokens to hidden states.
        pooling: ``mean`` over the tokens, the ``first`` one, or the ``last`` one.
        width: D, the length of a hidden state.
    """

    def __init__(self, *, model: nn.Module, pooling: Pooling, width: int) -> None:
        super().__init__()
        self.model, self.pooling, self.width = model, pooling, width

    def forward(self, *, input_ids: Tensor, attention_mask: Tensor, **more: Tensor) -> Tensor:
        """Encode N texts padded to T tokens on the right. Two of [N, T] to [N, D]."""
        said = self.model(input_ids=input_ids, attention_mask=attention_mask, **more)
        hidden = said.last_hidden_state
        if self.pooling == "first":
            pooled = hidden[:, 0]
        elif self.pooling == "last":
            end = attention_mask.sum(dim=1) - 1
            pooled = hidden[torch.arange(len(hidden)), end]
        else:
            mask = attention_mask[:, :, None].to(hidden.dtype)
            pooled = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
        return nn.functional.normalize(pooled.float(), dim=1)


def open_encoder(base: Base, pooling: Pooling | None = None) -> Encoder:
    """Load a pretrained model for training.

    Args:
        base: Which.
        pooling: How hidden states become a vector; where None, as the folder's pooling module
            says, else the last token of a decoder, else the mean.

    Raises:
        ModelError: The files cannot be read, or the tokenizer belongs to another model.
    """
    from transformers import AutoModel

    tokenizer = _tokenizer(base)
    with quietly():
        try:
            model = AutoModel.from_pretrained(base.folder, dtype=torch.float32)
        except Exception as error:
            raise ModelError(f"{base.folder} cannot be read as a model: {error}") from error
    config = model.config
    known = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > known:
        raise ModelError(
            f"{base.folder}: the tokenizer has {len(tokenizer):,} tokens, and the model knows "
            f"{known:,}. They belong to different models; save the tokenizer the model was "
            "trained with beside it."
        )
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # its output is not used, and would be trained for nothing
    decoder = _reads_forward(str(config.model_type))
    chosen = pooling or _told_pooling(base.folder) or ("last" if decoder else "mean")
    if hasattr(config, "use_cache"):
        config.use_cache = False
    network = PooledEncoder(model=model, pooling=chosen, width=int(config.hidden_size))
    parts = not decoder and int(getattr(config, "type_vocab_size", 0) or 0) > 1
    return Encoder(network, tokenizer, not decoder, _positions(config), parts)


def _tokenizer(base: Base) -> Any:  # noqa: ANN401 (a class of an optional package)
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    # the file itself where there is one: classes of single architectures add tokens of their own
    whole = (base.folder / "tokenizer.json").is_file()
    kind: Any = PreTrainedTokenizerFast if whole else AutoTokenizer
    try:
        tokenizer = kind.from_pretrained(base.folder, split_special_tokens=True)
    except Exception as error:
        raise ModelError(f"{base.folder}: the tokenizer cannot be read: {error}") from error
    tokenizer.truncation_side = "right"
    tokenizer.model_max_length = 10**9  # lengths are cut by the model's positions, quietly
    return tokenizer


def _reads_forward(model_type: str) -> bool:
    """True for decoders, whose last token alone has seen the whole text."""
    from transformers.models.auto import modeling_auto as known

    causal = model_type in known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return causal and model_type not in known.MODEL_FOR_MASKED_LM_MAPPING_NAMES


def _told_pooling(folder: Path) -> Pooling | None:
    file = folder / "1_Pooling" / "config.json"
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    kinds: dict[str, Pooling] = {
        "pooling_mode_cls_token": "first",
        "pooling_mode_lasttoken": "last",
        "pooling_mode_mean_tokens": "mean",
    }
    return next((kind for name, kind in kinds.items() if told.get(name)), None)


def _positions(config: Any) -> int:  # noqa: ANN401
    """The longest text in tokens; RoBERTa's positions begin after the padding's number."""
    known = int(getattr(config, "max_position_embeddings", 0) or 512)
    if "roberta" in str(config.model_type):
        known -= int(config.pad_token_id or 0) + 1
    return min(known, 512)


def _nothing(names: Sequence[str]) -> dict[str, list[int]]:
    """A text without any token is read as token 0."""
    return {name: [0] for name in names}


def padded(tokens: Tokens) -> dict[str, Tensor]:
    """Texts of a batch as tensors, padded with 0 on the right. Each of shape [N, T]."""
    longest = max(len(row["input_ids"]) for row in tokens)
    found = {
        name: torch.tensor([row[name] + [0] * (longest - len(row[name])) for row in tokens])
        for name in tokens[0]
    }
    lengths = torch.tensor([len(row["input_ids"]) for row in tokens])
    found["attention_mask"] = (torch.arange(longest) < lengths[:, None]).long()
    return found


def batches(tokens: Tokens) -> list[Ints]:
    """Row numbers of texts of like length, about ``TOKENS_A_BATCH`` tokens in each batch."""
    length = np.array([len(row["input_ids"]) for row in tokens], dtype=np.int64)
    found: list[Ints] = []
    rows: list[int] = []
    for row in np.argsort(length, kind="stable"):
        if rows and (len(rows) + 1) * length[row] > TOKENS_A_BATCH:
            found.append(np.array(rows))
            rows = []
        rows.append(int(row))
    return [*found, np.array(rows)] if rows else found
