"""Tiny pretrained models with random weights, saved to a folder as transformers does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.ranker.finetune.world import WORDS, shelf_training

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def _tokenizer(folder: Path, *, pairs: bool) -> int:
    """A word tokenizer for the texts of the shelves; returns the size of its vocabulary."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = {word for text in shelf_training().texts for word in text.split()}
    words |= {*" ".join(WORDS).split(), "Liked", "Disliked", ":", ";", "."}
    known = {word: n for n, word in enumerate([*SPECIAL, *sorted(words)])}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    if pairs:
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"} if pairs else {}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", **names)
    fast.save_pretrained(folder)
    return len(known)


def _config(kind: str, words: int):
    import transformers as t

    sizes = {"vocab_size": words, "hidden_size": 16, "num_hidden_layers": 2}
    sizes |= {"num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 64}
    if kind == "bert":
        return t.BertConfig(**sizes)
    if kind == "roberta":
        return t.RobertaConfig(**sizes, pad_token_id=0, type_vocab_size=1)
    if kind == "gpt2":
        return t.GPT2Config(vocab_size=words, n_embd=16, n_layer=2, n_head=2, n_positions=64)
    more = {"num_key_value_heads": 2}
    return {"llama": t.LlamaConfig, "qwen2": t.Qwen2Config}[kind](**sizes, **more)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """``tiny_model("bert")``: the folder of a model of two layers; other seeds, other weights."""
    pytest.importorskip("torch", reason="needs the extra lm")
    pytest.importorskip("transformers", reason="needs the extra lm")
    import torch
    from transformers import AutoModel

    made: dict[tuple[str, int, int], Path] = {}

    def write(kind: str, seed: int = 0, missing_words: int = 0) -> Path:
        if (kind, seed, missing_words) not in made:
            folder = tmp_path_factory.mktemp("models") / f"{kind}-{seed}"
            words = _tokenizer(folder, pairs=kind in ("bert", "roberta")) - missing_words
            with torch.random.fork_rng():
                torch.manual_seed(seed)
                AutoModel.from_config(_config(kind, words)).save_pretrained(folder)
            made[kind, seed, missing_words] = folder
        return made[kind, seed, missing_words]

    return write
