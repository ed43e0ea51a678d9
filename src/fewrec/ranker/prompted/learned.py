"""A language model taught by K shots: a soft prompt before it, or LoRA inside it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.knowledge.language import DEFAULT, CausalModel, language_model
from fewrec.knowledge.language.causal import asked
from fewrec.knowledge.language.extra import needs_extra
from fewrec.knowledge.language.opening import Opened, Precision
from fewrec.protocols import Training
from fewrec.ranker.prompted.ranges import within
from fewrec.ranker.prompted.rendering import Renderer
from fewrec.ranker.prompted.template import template

if TYPE_CHECKING:
    from torch import Tensor

    from fewrec.knowledge.language.network import NextToken
    from fewrec.ranker.prompted.tuning import Course, Questions

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Learner:
    """What both ways of learning share: a model, its words, and how it is trained.

    Attributes:
        model: Name of a language model, or one of transformers.
        epochs: The most passes over the shots, 0 to 100.
        rate: Learning rate, 0 to 1.
        batch: Shots a step, 1 to 64.
        held_out: Share of the shots that say which epoch to keep, 0 to .5; none of fewer than 16.
        template: Name or path of the words.
        tokens: Room for history and item, 32 to 4096.
        natural: Say "The Matrix" for "Matrix, The (1999)".
        described: Read all that is known of the item asked about, not its title alone.
        precision: Of a model given by name.
    """

    model: str | CausalModel = DEFAULT
    epochs: int = 4
    rate: float = 0.001
    batch: int = 8
    held_out: float = 0.25
    template: str = "likes"
    tokens: int = 192
    natural: bool = True
    described: bool = False
    precision: Precision = "fp32"

    def __post_init__(self) -> None:
        within(self, "epochs", 0, 100)
        within(self, "rate", 0, 1)
        within(self, "batch", 1, 64)
        within(self, "held_out", 0, 0.5)
        within(self, "tokens", 32, 4096)

    def opened(self) -> CausalModel:
        """The model in memory."""
        needs_extra("A learned prompt", "peft")
        if isinstance(self.model, str):
            return language_model(self.model, precision=self.precision)
        return self.model

    def taught(
        self,
        model: Opened,
        grown: tuple[NextToken, Sequence[Tensor]],
        shots: Shots,
        words: Renderer,
        seed: int,
    ) -> FittedLearned:
        """Train what was added to a model.

        Args:
            model: Its tokens.
            grown: The network, and its weights that are learned.
            shots: To learn from; of one answer only, or none, they teach nothing.
            words: Writes the questions.
            seed: Of the split and the order.
        """
        import torch

        from fewrec.ranker.prompted.tuning import Course, Recipe, tuned

        network, weights = grown
        bias = torch.zeros((), requires_grad=True)
        course = Course((), 0)
        if len(shots) and shots.label.min() < 0.5 <= shots.label.max():
            recipe = Recipe(self.epochs, self.rate, self.batch, self.held_out, seed)
            asked = questions(model, words, shots.people, shots.item, shots.label)
            course = tuned(network, weights, bias, asked, recipe)
        else:
            _log.warning(
                "%s: %d shots with one answer teach nothing; the model is asked as it is.",
                type(self).__name__,
                len(shots),
            )
        return FittedLearned(model, network, words, float(bias.detach()), course)

    def words(self, model: CausalModel, training: Training) -> Renderer:
        """Writes the questions."""
        return Renderer(
            template(self.template),
            model.length,
            self.tokens,
            natural=self.natural,
            described=self.described,
        ).over(training)


@dataclass(frozen=True)
class SoftPrompt(Learner):
    """Vectors read before the prompt, learned; the model stays as it is.

    Source: Lester, Al-Rfou and Constant (2021), "The Power of Scale for Parameter-Efficient
    Prompt Tuning"; by peft.

    Attributes:
        vectors: How many, 1 to 256; they begin as the first words of the prompt.
    """

    vectors: int = 16
    rate: float = 0.01

    def __post_init__(self) -> None:
        within(self, "vectors", 1, 256)
        super().__post_init__()

    def fit(self, shots: Shots, training: Training) -> FittedLearned:
        """Learn the vectors.

        Raises:
            ConfigError: There are no texts, or the template does not hold.
            AssetError: There is no such model.
            MissingExtra: The extra ``lm`` is not installed.
        """
        from fewrec.ranker.prompted.adapters import with_soft_prompt

        model = self.opened()
        words = self.words(model, training)
        begin = words.template.system or words.template.question
        tokens = list(model.opened.tokens.plain(begin))
        grown = with_soft_prompt(model.opened, self.vectors, tokens, training.seed)
        return self.taught(model.opened, grown, shots, words, training.seed)


@dataclass(frozen=True)
class PromptedLoRA(Learner):
    """Low-rank changes of the linear maps in the upper layers, learned.

    Source: Hu et al. (2022), "LoRA: Low-Rank Adaptation of Large Language Models"; by peft. The
    prompt is that of TALLRec (Bao et al. 2023) in other words.

    Attributes:
        rank: Of the changes, 1 to 64.
        layers: How many of the upper layers change, 1 to 256; fewer are faster to train.
    """

    rank: int = 8
    layers: int = 10

    def __post_init__(self) -> None:
        within(self, "rank", 1, 64)
        within(self, "layers", 1, 256)
        super().__post_init__()

    def fit(self, shots: Shots, training: Training) -> FittedLearned:
        """Learn the changes, on a copy of the model.

        Raises:
            ConfigError: There are no texts, or the template does not hold.
            AssetError: There is no such model.
            MissingExtra: The extra ``lm`` is not installed.
        """
        from fewrec.ranker.prompted.adapters import with_lora

        model = self.opened()
        words = self.words(model, training)
        grown = with_lora(model.fresh(), self.rank, self.layers, training.seed)
        return self.taught(model.opened, grown, shots, words, training.seed)


def questions(
    model: Opened, renderer: Renderer, people: Histories, item: Ints, label: Floats
) -> Questions:
    """N rows as token ids.

    Args:
        model: Its tokens.
        renderer: Its words.
        people: N people.
        item: Shape [N].
        label: Shape [N].
    """
    from fewrec.ranker.prompted.tuning import Questions

    chats = renderer.chats(people, item)
    prompts, answers = asked(model, chats, renderer.template.answers)
    return Questions(prompts, answers, label)


@dataclass(frozen=True, eq=False)
class FittedLearned:
    """A language model with what it learned.

    Attributes:
        model: Its tokenizer and limits.
        network: The network with vectors or changes in it.
        renderer: Writes the questions.
        bias: Added to every log-odds.
        course: How the training went.
    """

    model: Opened
    network: NextToken
    renderer: Renderer
    bias: float
    course: Course

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row. Shape [N]."""
        import torch

        if not len(item):
            return np.zeros(0)
        nothing = np.zeros(len(item), dtype=np.float32)
        asked = questions(self.model, self.renderer, people, item, nothing)
        with torch.inference_mode():
            logs = self.network.logs(asked.prompts, asked.answers).double().numpy()
        odds: Doubles = logs[:, 0] - logs[:, 1] + self.bias
        return odds

    def extended(self, training: Training) -> FittedLearned:
        """The same model beside more items."""
        return replace(self, renderer=self.renderer.over(training))
