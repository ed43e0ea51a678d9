"""Recommendations a language model writes, held to the titles of the catalogue by a trie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fewrec.data.histories import Histories
from fewrec.errors import ConfigError
from fewrec.knowledge.language import DEFAULT, CausalModel, language_model
from fewrec.knowledge.language.opening import Opened, Precision
from fewrec.knowledge.language.trie import TokenTrie
from fewrec.protocols import Training
from fewrec.ranker.prompted.ranges import within
from fewrec.ranker.prompted.rendering import TITLE_CHARACTERS, Renderer, clean
from fewrec.ranker.prompted.template import template

QUESTION = "Name one more that they would like. Answer with its title."
"""Ends the prompt in place of a question about one item."""


@dataclass(frozen=True)
class CatalogueWriter:
    """A language model that names items, and can name nothing else.

    Each token it may write is one that some title goes on with (a trie over token ids, as in De
    Cao et al. 2021, "Autoregressive Entity Retrieval"), found by beam search.

    Attributes:
        model: Name of a language model, or one of transformers.
        beams: Titles followed at once, 1 to 64; 1 is greedy. At most so many are named.
        template: Name or path of the words.
        tokens: Room for the history, 32 to 4096.
        natural: Say "The Matrix" for "Matrix, The (1999)".
        precision: Of a model given by name.
    """

    model: str | CausalModel = DEFAULT
    beams: int = 4
    template: str = "likes"
    tokens: int = 192
    natural: bool = True
    precision: Precision = "fp32"

    def __post_init__(self) -> None:
        within(self, "beams", 1, 64)
        within(self, "tokens", 32, 4096)

    def fit(self, training: Training) -> FittedCatalogueWriter:
        """Put the titles into a trie; nothing is learned.

        Raises:
            ConfigError: There are no titles.
            AssetError: There is no such model.
            MissingExtra: The extra ``lm`` is not installed.
        """
        model = self.model
        if isinstance(model, str):
            model = language_model(model, precision=self.precision)
        words = replace(template(self.template), question=QUESTION)
        renderer = Renderer(words, model.length, self.tokens, natural=self.natural).over(training)
        opened = model.opened
        lead = "" if opened.tokens.templated else " "
        titles = [clean(text, TITLE_CHARACTERS) for text in renderer.titles]
        trie = TokenTrie(opened.tokens.plain(lead + title) if title else () for title in titles)
        if not trie.depth:
            raise ConfigError("no item has a title, so there is nothing to write.")
        return FittedCatalogueWriter(opened, renderer, trie, self.beams)


@dataclass(frozen=True, eq=False)
class FittedCatalogueWriter:
    """A language model with the trie of a catalogue.

    Attributes:
        model: The network and its tokenizer.
        renderer: Writes the prompts.
        trie: The titles as token ids; equal ones end at the same place.
        beams: Titles followed at once.
    """

    model: Opened
    renderer: Renderer
    trie: TokenTrie
    beams: int

    def items(self, people: Histories) -> list[list[int]]:
        """Rows of the items named for each of B people, most probable title first.

        At most ``beams`` titles a person; where several items have the same title, all of them,
        by row number. No item twice, and never one without a title. B lists.
        """
        from fewrec.knowledge.language.generation import generated

        chats = self.renderer.chats(people, [""] * len(people))
        written = generated(
            self.model, chats, tokens=self.trie.depth + 1, within=self.trie, beams=self.beams
        )
        return [self._rows(titles) for titles in written]

    def _rows(self, titles: Sequence[Sequence[int]]) -> list[int]:
        ends = (self.trie.find(title) for title in titles)
        named = [row for end in ends if end is not None for row in end.items]
        return list(dict.fromkeys(named))
