"""LightFM with the WARP loss; it has no fold-in: the mean of liked items' embeddings."""

from __future__ import annotations

from .exchange import Model, Scores, Task, mean_of_liked


def warp(task: Task) -> Scores:
    """LightFM; a person's vector is the mean of the embeddings of what they like."""
    from lightfm import LightFM

    settings = dict(task.settings)
    epochs = settings.pop("epochs")
    model = LightFM(loss="warp", random_state=task.seed, **settings)
    model.fit(task.train.matrix().tocoo(), epochs=epochs, num_threads=1)
    people = mean_of_liked(task.asked, model.item_embeddings)
    scores: Scores = people @ model.item_embeddings.T + model.item_biases
    return scores


MODELS: dict[str, Model] = {"warp": warp}
