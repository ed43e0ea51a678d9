"""Words against words: the nearest title is the one that shares the rare word."""

import numpy as np
import pytest

from fewrec.data.histories import Histories
from fewrec.evaluation.lexical import bm25_knn, tfidf_knn, word_counts

TEXTS = ("The red fox", "the red barn", "the FOX, fox!", "the", "")


def test_words_are_counted_whatever_their_case():
    counts = word_counts(TEXTS)
    assert counts.shape == (5, 4) and counts.sum(axis=1).ravel().tolist() == [[3, 3, 3, 1, 0]]


@pytest.mark.parametrize("make", [tfidf_knn, bm25_knn])
def test_the_rare_shared_word_decides(make):
    knn = make([*TEXTS, "the red sun", "the red sea"])
    liked = Histories.single(likes=[0])
    scores = knn.scores(liked)[0]
    assert scores[2] > scores[1] > scores[3] and scores[4] == 0
    both = knn.scores(Histories.single(likes=[0], dislikes=[2]))[0]
    assert both[2] < scores[2] and np.isfinite(both).all()


def test_tfidf_is_a_cosine():
    knn = tfidf_knn(TEXTS)
    likeness = (knn.asking @ knn.answering.T).toarray()
    assert np.allclose(np.diag(likeness), [1, 1, 1, 1, 0], atol=1e-6)
    sharp = tfidf_knn(TEXTS, power=2.0).scores(Histories.single(likes=[0]))
    plain = knn.scores(Histories.single(likes=[0]))
    assert np.allclose(2 * sharp, (2 * plain) ** 2, atol=1e-6)  # one like weighs a half
