"""A language model asked as it is: zero-shot or with demonstrations, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fewrec.assets import cache_folder
from fewrec.data.arrays import Doubles, Floats, Ints
from fewrec.data.chat import Chat
from fewrec.data.histories import Histories
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError
from fewrec.knowledge.language import DEFAULT, language_model
from fewrec.knowledge.language.opening import Precision
from fewrec.knowledge.language.remembered import RememberedAnswers
from fewrec.protocols import LanguageModel, Training
from fewrec.ranker.prompted.demonstrations import (
    Demonstrations,
    balanced,
    comparable,
    nearest,
)
from fewrec.ranker.prompted.ranges import within
from fewrec.ranker.prompted.rendering import Renderer
from fewrec.ranker.prompted.template import template

MOST_LOG_ODDS = 30.0


@dataclass(frozen=True)
class Prompted:
    """Log-odds of the next token after a question to be answered by Yes or No.

    Attributes:
        model: Name of a language model, or one.
        demonstrations: Shots shown as examples, 0 to 32; 0 is zero-shot.
        choice: Of demonstrations: ``balanced`` draws the same for every question, so that they
            are read once; ``nearest`` takes those on the most similar items, for each question.
        calibrated: Subtract what the model answers to a question without content (Zhao et al.
            2021, "Calibrate Before Use", equation 1). Changes probabilities; the order of items
            only where demonstrations differ between questions.
        template: Name or path of the words.
        tokens: Room for history and item, 32 to 4096; the oldest titles leave first.
        shown: Room for each demonstration.
        natural: Say "The Matrix" for "Matrix, The (1999)"; takes a third of the tokens away.
        described: Read all that is known of the item asked about, not its title alone.
        precision: Of a model given by name.
        remember: Keep answers on disk, by the text of the question.
    """

    model: str | LanguageModel = DEFAULT
    demonstrations: int = 0
    choice: Literal["balanced", "nearest"] = "balanced"
    calibrated: bool = True
    template: str = "likes"
    tokens: int = 192
    shown: int = 96
    natural: bool = True
    described: bool = False
    precision: Precision = "fp32"
    remember: bool = True

    def __post_init__(self) -> None:
        within(self, "demonstrations", 0, 32)
        within(self, "tokens", 32, 4096)
        within(self, "shown", 32, 4096)
        if self.choice not in ("balanced", "nearest"):
            raise ConfigError(
                f"Prompted: choice must be 'balanced' or 'nearest', not {self.choice!r}."
            )

    def fit(self, shots: Shots, training: Training) -> FittedPrompted:
        """Choose demonstrations among the shots; nothing is learned.

        Raises:
            ConfigError: There are no texts, or the template does not hold.
            AssetError: There is no such model.
            MissingExtra: The model needs the extra ``lm``.
        """
        model = _model(self.model, self.precision, self.remember)
        words = template(self.template)
        renderer = Renderer(
            words, model.length, self.tokens, natural=self.natural, described=self.described
        ).over(training)
        shown = replace(renderer, room=self.shown)
        fixed: Chat = ()
        demonstrations = Demonstrations(shots, shown)
        each = self.demonstrations if self.choice == "nearest" else 0
        if self.demonstrations and not each:
            rows = balanced(shots, self.demonstrations, np.random.default_rng(training.seed))
            fixed = demonstrations.turns(rows)
        return FittedPrompted(
            model=model,
            renderer=renderer,
            fixed=fixed,
            demonstrations=demonstrations,
            each=min(each, len(shots)),
            vectors=comparable(training) if each else np.zeros((0, 0), dtype=np.float32),
            calibrated=self.calibrated,
        )


def _model(named: str | LanguageModel, precision: Precision, remember: bool) -> LanguageModel:
    model = language_model(named, precision=precision) if isinstance(named, str) else named
    return RememberedAnswers(model, cache_folder("answers")) if remember else model


@dataclass(frozen=True, eq=False)
class FittedPrompted:
    """A language model with its demonstrations.

    Attributes:
        model: Answers.
        renderer: Writes the questions.
        fixed: Demonstrations of every question.
        demonstrations: Those to choose from, for each question.
        each: How many are chosen for each question.
        vectors: Of the items, to choose by. Shape [I, D].
        calibrated: Whether the answer to questions without content is subtracted.
    """

    model: LanguageModel
    renderer: Renderer
    fixed: Chat
    demonstrations: Demonstrations
    each: int
    vectors: Floats
    calibrated: bool

    def logits(self, people: Histories, item: Ints) -> Doubles:
        """Log-odds of liking, row by row. Shape [N]."""
        shown = [self._shown(int(row)) for row in item]
        asked = self._chats(people, item, shown)
        if not self.calibrated:
            return _log_odds(self.model.answers(asked, self.renderer.template.answers))
        distinct = list(dict.fromkeys(shown))
        # p_cf of equation 1, for each set of demonstrations; in log-odds W is a difference
        empty = [chat for turns in distinct for chat in self._content_free(turns)]
        answers = self.model.answers([*empty, *asked], self.renderer.template.answers)
        odds = _log_odds(answers)
        texts = len(self.renderer.template.content_free)
        free = np.exp(answers[: len(empty)]).reshape(len(distinct), texts, 2).mean(axis=1)
        bias = dict(zip(distinct, _log_odds(np.log(np.maximum(free, 1e-30))), strict=True))
        calibrated: Doubles = odds[len(empty) :] - np.array([bias[turns] for turns in shown])
        return calibrated

    def extended(self, training: Training) -> FittedPrompted:
        """The same model beside more items."""
        return replace(
            self,
            renderer=self.renderer.over(training),
            vectors=comparable(training) if self.each else self.vectors,
        )

    def _shown(self, item: int) -> Chat:
        if not self.each:
            return self.fixed
        rows = nearest(self.demonstrations.shots, self.vectors, item, self.each)
        return self.demonstrations.turns(rows)

    def _chats(self, people: Histories, item: Ints, shown: Sequence[Chat]) -> list[Chat]:
        if not self.each:
            return self.renderer.chats(people, item, self.fixed)
        return [
            self.renderer.chats(people.take(np.array([row])), item[row : row + 1], turns)[0]
            for row, turns in enumerate(shown)
        ]

    def _content_free(self, shown: Chat) -> list[Chat]:
        texts = self.renderer.template.content_free
        nobody = Histories.single().take(np.zeros(len(texts), dtype=np.int64))
        return self.renderer.chats(nobody, texts, shown)


def _log_odds(logs: Doubles) -> Doubles:
    """Log of P(Yes) over P(No), within ±30. ``logs``: shape [N, 2]. Shape [N]."""
    odds: Doubles = np.clip(logs[:, 0] - logs[:, 1], -MOST_LOG_ODDS, MOST_LOG_ODDS)
    return odds
