"""The tiny models of fine-tuning, for the example that trains one."""

from tests.ranker.finetune.conftest import tiny_model as tiny_model
