"""Language models as rankers: zero-shot, in-context, with a learned prompt, with LoRA."""

from fewrec.ranker.prompted.asking import Prompted
from fewrec.ranker.prompted.catalogue import CatalogueWriter
from fewrec.ranker.prompted.learned import PromptedLoRA, SoftPrompt

__all__ = ["CatalogueWriter", "Prompted", "PromptedLoRA", "SoftPrompt"]
