"""Text alone: nearest neighbours of sentence vectors, and scikit-learn's TF-IDF."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from .exchange import Model, Scores, Task, mean_of_liked


def _pooled(vectors: Any, task: Task, pool: str) -> Scores:
    """Likeness of every item to what a person likes: to the mean, or to the nearest."""
    if pool == "mean":
        near_mean: Scores = mean_of_liked(task.asked, vectors) @ vectors.T
        return near_mean
    made = np.zeros((len(task.asked), task.asked.items), dtype=np.float32)
    for person in range(len(task.asked)):
        liked = task.asked.of(person)
        if len(liked):
            near = np.sort(vectors @ vectors[liked].T, axis=1)
            made[person] = near[:, -int(pool) :].mean(axis=1)
    return made


def _with_popularity(scores: Scores, task: Task) -> Scores:
    """Add a share of log popularity, as one does so that unknown items do not fill the list."""
    count = np.bincount(task.train.item, minlength=task.train.items)
    popular: Scores = np.log1p(count) / np.log(len(task.train) + 1)
    both: Scores = scores + task.settings["popularity"] * popular
    return both


def knn(task: Task) -> Scores:
    """Cosine of MiniLM's sentence vectors."""
    vectors = np.load(task.folder / "vectors.npy")
    return _with_popularity(_pooled(vectors, task, task.settings["pool"]), task)


def tfidf(task: Task) -> Scores:
    """Cosine of TF-IDF vectors of words, to the mean of what a person likes."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = json.loads((task.folder / "texts.json").read_text(encoding="utf-8"))
    words = TfidfVectorizer(
        ngram_range=(1, task.settings["words"]), sublinear_tf=True, dtype=np.float32
    ).fit_transform(texts)
    likes = task.asked.matrix()
    count = np.maximum(np.diff(task.asked.start), 1)[:, None]
    scores: Scores = np.asarray(((likes @ words) @ words.T).todense()) / count
    return _with_popularity(scores, task)


MODELS: dict[str, Model] = {"knn": knn, "tfidf": tfidf}
