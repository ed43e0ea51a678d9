"""Language models as rankers: zero-shot, in-context, with a learned prompt, with LoRA."""
