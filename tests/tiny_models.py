"""Causal models with random weights and a tiny tokenizer, saved as transformers saves them."""

from __future__ import annotations

from pathlib import Path

CORPUS = [
    "They liked: The Starship, The Galaxy, Comet Chase. They did not like: The Kiss, A Wedding.",
    'Will they like "Moon Base"? Answer Yes or No. Yes No N/A Nothing is known about this person.',
    "You predict what a person likes from what they liked before. system user assistant",
]

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + "
    "'<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}"
)

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]

KINDS = ("gpt2", "llama", "qwen2")


def save_tokenizer(folder: Path, template: str | None = CHATML, extra: int = 0) -> int:
    """Save a byte-level BPE tokenizer. Returns how many tokens it has.

    ``template``: the chat template; None for a model without one. ``extra``: further tokens.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        unk_token="<|endoftext|>",
        pad_token="<|im_end|>",
    )
    if extra:
        wrapped.add_tokens([f"<extra{n}>" for n in range(extra)])
    wrapped.chat_template = template
    wrapped.save_pretrained(folder)
    return len(wrapped)


def save_model(
    folder: Path, kind: str = "llama", template: str | None = CHATML, positions: int = 512
) -> Path:
    """Save a model of a kind in ``KINDS`` with random weights, and its tokenizer."""
    import torch
    import transformers as t

    tokens = save_tokenizer(folder, template)
    shape = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": positions,
        "initializer_range": 0.2,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 2,
    }
    small = {"n_embd": 32, "n_layer": 3, "n_head": 4, "n_positions": positions}
    small |= {"initializer_range": 0.2, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    made = {
        "gpt2": lambda: t.GPT2LMHeadModel(t.GPT2Config(vocab_size=tokens, **small)),
        "llama": lambda: t.LlamaForCausalLM(t.LlamaConfig(vocab_size=tokens, **shape)),
        "qwen2": lambda: t.Qwen2ForCausalLM(t.Qwen2Config(vocab_size=tokens, **shape)),
        "sliding": lambda: t.MistralForCausalLM(
            t.MistralConfig(vocab_size=tokens, sliding_window=16, **shape)
        ),
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        made[kind]().save_pretrained(folder)
    return folder
