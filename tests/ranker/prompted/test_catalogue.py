"""A model that may only write titles writes only titles."""

import numpy as np
import pytest
from tests.ranker.prompted.conftest import TITLES, several, training
from tests.tiny_models import KINDS, save_model

from fewrec.data.histories import Histories
from fewrec.errors import ConfigError
from fewrec.knowledge.language import language_model
from fewrec.knowledge.language.trie import TokenTrie
from fewrec.ranker.prompted.catalogue import CatalogueWriter

pytest.importorskip("transformers", reason="needs the extra lm")


def people(count):
    random = np.random.default_rng(0)
    return several([Histories.single(random.choice(6, 3, replace=False)) for _ in range(count)])


def test_the_trie_holds_what_was_put_in():
    trie = TokenTrie([[1, 2], [1, 2, 3], [], [4], [1, 2]])
    assert trie.find([1, 2]).items == [0, 4]
    assert trie.find([1, 2, 3]).items == [1]
    assert trie.find([1]).items == []
    assert trie.find([2]) is None
    assert trie.find([]) is trie.root
    assert trie.depth == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beams", [1, 3])
def test_only_items_come_out(tmp_path, kind, beams):
    model = language_model(str(save_model(tmp_path / kind, kind)))
    writer = CatalogueWriter(model, beams=beams).fit(training())
    named = writer.items(people(9))
    assert len(named) == 9
    for rows in named:
        assert 1 <= len(rows) <= beams
        assert len(set(rows)) == len(rows)
        assert set(rows) <= set(range(6))
    assert named == [writer.items(people(9).take(np.array([b])))[0] for b in range(9)]


def test_the_most_probable_title_comes_first(tiny):
    """Beam search over all titles finds the order that scoring each title finds."""
    import torch

    model = language_model(str(tiny))
    writer = CatalogueWriter(model, beams=6).fit(training())
    person = people(1)
    (named,) = writer.items(person)
    prompt = model.opened.tokens.ids(writer.renderer.chats(person, [""])[0])

    def score(text):
        title = [*model.opened.tokens.plain(text), model.opened.end]
        with torch.inference_mode():
            logits = model.opened.model(torch.tensor([prompt + title])).logits[0]
        trie, total = writer.trie.root, 0.0
        for at, token in enumerate(title):
            allowed = [*trie.next, *([model.opened.end] if trie.items else [])]
            total += float(torch.log_softmax(logits[len(prompt) + at - 1], -1)[token])
            assert token in allowed
            trie = trie.next.get(token, trie)
        return total / len(title)

    scores = [score(text) for text in writer.renderer.texts]
    assert named[0] == int(np.argmax(scores))


def test_equal_titles_are_all_named_and_empty_ones_never(tiny):
    texts = ("Space Comet", "Romance Kiss", "", "Space Comet (1990)", "Space")
    model = language_model(str(tiny))
    writer = CatalogueWriter(model, beams=3).fit(training(texts))
    named = writer.items(Histories.single([1]).take(np.zeros(5, dtype=np.int64)))
    for rows in named:
        assert sorted(rows) == [0, 1, 3, 4]
        assert rows.index(3) == rows.index(0) + 1


def test_a_catalogue_without_titles_is_refused(tiny):
    with pytest.raises(ConfigError, match="no item has a title"):
        CatalogueWriter(language_model(str(tiny))).fit(training(("", " ")))
    with pytest.raises(ConfigError, match="beams must be between 1 and 64"):
        CatalogueWriter(beams=0)


def test_the_world_has_six_titles():
    assert len(set(TITLES)) == 6


def real_writer(beams):
    for package in ("gguf", "accelerate"):
        pytest.importorskip(package, reason="needs the extra lm")
    return CatalogueWriter(beams=beams).fit(training(FILMS))


FILMS = (
    "Star Wars (1977)",
    "Star Trek: The Motion Picture (1979)",
    "Star Trek (2009)",
    "Toy Story (1995)",
    "Toy Story 2 (1999)",
    "Heat (1995)",
    "Heat (1986)",
    "Matrix, The (1999)",
)


def test_smollm_writes_only_titles():
    """Some titles begin like others, or are others: "Toy Story", "Star Trek", twice "Heat"."""
    writer = real_writer(2)
    named = writer.items(several([Histories.single([0]), Histories.single([3], [7])]))
    for rows in named:
        assert set(rows) <= set(range(len(FILMS)))
        assert 2 <= len(rows) <= 3


@pytest.mark.slow
def test_two_hundred_generations_hold_no_invalid_item(ml100k_files):
    lines = (ml100k_files / "ml-100k.item").read_text(encoding="utf-8").splitlines()[1:]
    titles = tuple(line.split("\t")[1] for line in lines)
    writer = CatalogueWriter(beams=1, precision="bf16").fit(training(titles))
    random = np.random.default_rng(0)
    people = several(
        [Histories.single(random.choice(len(titles), 5, replace=False)) for _ in range(200)]
    )
    named = writer.items(people)
    assert len(named) == 200
    assert all(rows and all(0 <= row < len(titles) for row in rows) for rows in named)
    assert all(len({titles[row].casefold() for row in rows}) <= 2 for rows in named)
    assert len({rows[0] for rows in named}) > 1
