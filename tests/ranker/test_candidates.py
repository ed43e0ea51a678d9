"""Candidates of text likeness in large catalogues."""

from dataclasses import replace

import numpy as np
import pytest

from fewrec.data.histories import Histories
from fewrec.ranker import candidates
from fewrec.ranker.candidates import Neighbourhood, inverted_file, none
from fewrec.ranker.content import FittedTextKNN, centred

faiss = pytest.importorskip("faiss", reason="needs the extra ann (faiss)")

ITEMS, THEMES = 3000, 30


@pytest.fixture
def vectors(monkeypatch):
    """Items in themes; the file is made as in a large catalogue."""
    monkeypatch.setattr(candidates, "LARGE", 1000)
    monkeypatch.setattr(candidates, "NEIGHBOURS", 300)
    random = np.random.default_rng(0)
    theme = random.integers(0, THEMES, ITEMS)
    centre = random.standard_normal((THEMES, 32))
    noise = 0.8 * random.standard_normal((ITEMS, 32))
    return centred((centre[theme] + noise).astype(np.float32), np.zeros(32, dtype=np.float32))


def knn(vectors, file):
    items = tuple(f"i{i}" for i in range(len(vectors)))
    return FittedTextKNN(vectors, np.zeros(32, dtype=np.float32), 2.0, 0.3, items, file)


class TestInvertedFile:
    def test_small_catalogues_have_none(self, vectors):
        assert len(inverted_file(vectors[:999])) == 0
        assert len(inverted_file(vectors)) > 0

    def test_neighbours_are_exact_and_the_rest_is_usual(self, vectors):
        near = Neighbourhood(vectors, inverted_file(vectors)).likeness(np.array([5]))[0]
        true = np.maximum(vectors @ vectors[5], 0.0)
        best = np.argsort(-true)[:30]
        assert near[best] == pytest.approx(true[best], abs=1e-5)
        assert np.sum(near == np.median(near)) > ITEMS / 2
        assert np.mean(near**2) == pytest.approx(np.mean(true**2), rel=0.1)

    def test_the_best_of_a_person_are_found(self, vectors):
        whole, ours = knn(vectors, none()), knn(vectors, inverted_file(vectors))
        person = Histories.single(likes=[1, 50, 700], dislikes=[9])
        best, found = (np.argsort(-r.scores(person)[0])[:50] for r in (whole, ours))
        assert np.isin(best, found).mean() >= 0.9
        many = Histories.single(likes=[1, 50, 700], dislikes=[9]).take(np.zeros(9, dtype=int))
        assert ours.scores(many)[8] == pytest.approx(ours.scores(person)[0], abs=1e-3)

    def test_the_best_of_a_sum_are_scored_again_exactly(self, vectors, monkeypatch):
        monkeypatch.setattr(candidates, "RESCORED", 400)
        ours, person = knn(vectors, inverted_file(vectors)), Histories.single(likes=[1, 50, 700])
        assert ours.rough and not knn(vectors, none()).rough
        true, rough = (r.scores(person)[0] for r in (knn(vectors, none()), ours))
        other = np.random.default_rng(1).standard_normal(ITEMS).astype(np.float32)
        spread = np.delete(rough, [1, 50, 700]).std()
        gate = np.full(ITEMS, 0.7, dtype=np.float32)
        wanted = other + 0.7 * true / spread
        before = other + 0.7 * rough / spread
        after = candidates.rescored(before.copy(), gate, ours, rough, person)
        best = np.argsort(-wanted)[:100]
        assert after[best] == pytest.approx(wanted[best], abs=1e-3)
        missed = np.isin(best, np.argsort(-before)[:100]).mean()
        assert np.isin(best, np.argsort(-after)[:100]).mean() >= max(missed, 0.99)

    def test_newcomers_are_compared_exactly(self, vectors):
        ours = knn(vectors[:-10], inverted_file(vectors[:-10]))
        grown = replace(ours, vectors=vectors, items=tuple(f"i{i}" for i in range(ITEMS)))
        near = grown._near(np.array([3]))[0, -10:]
        true = np.maximum(vectors[-10:] @ vectors[3], 0.0) ** 2
        assert near == pytest.approx(true, abs=1e-5)
