"""The models of other libraries, with the few settings that tuning tries of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fewrec.errors import ConfigError, nearest

Settings = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Peer:
    """One model of one library.

    Attributes:
        name: As in tables: library and model.
        library: The environment it runs in, a folder of ``make peers``.
        model: Its name in the library's program.
        settings: What tuning tries, the library's own default (or near it) first.
        folded: How somebody new is folded in, in words.
        texts: Whether it reads the texts of items.
    """

    name: str
    library: str
    model: str
    settings: tuple[Settings, ...]
    folded: str
    texts: bool = False


def _each(**values: Sequence[Any]) -> tuple[Settings, ...]:
    """Settings place by place: the first value of each name together, and so on."""
    return tuple(
        dict(zip(values, together, strict=True)) for together in zip(*values.values(), strict=True)
    )


_MEAN = "the mean of the factors of liked items (the library has no fold-in)"

PEERS: tuple[Peer, ...] = (
    Peer(
        "implicit-ials", "implicit", "ials",
        _each(
            factors=(64, 16, 32, 64, 128, 16),
            regularization=(0.01, 0.1, 1.0, 10.0, 10.0, 10.0),
            alpha=(1.0, 10.0, 5.0, 1.0, 5.0, 10.0),
            iterations=(15,) * 6,
        ),
        "recommend(..., recalculate_user=True)",
    ),
    Peer(
        "implicit-bpr", "implicit", "bpr",
        _each(
            factors=(64, 16, 32, 64, 32, 16),
            learning_rate=(0.01, 0.01, 0.03, 0.05, 0.05, 0.1),
            regularization=(0.01, 0.01, 0.01, 0.01, 0.1, 0.05),
            iterations=(100, 100, 100, 150, 150, 100),
        ),
        _MEAN,
    ),
    Peer(
        "implicit-knn", "implicit", "knn",
        _each(K=(20, 5, 10, 50, 100, 300)),
        "recommend(...) with their likes",
    ),
    Peer(
        "lenskit-ials", "lenskit", "ials",
        _each(
            embedding_size=(50, 16, 32, 64, 32, 16),
            regularization=(0.1, 0.1, 1.0, 10.0, 30.0, 10.0),
            weight=(40.0, 10.0, 5.0, 5.0, 2.0, 1.0),
        ),
        "a query with their history",
    ),
    Peer(
        "lenskit-ease", "lenskit", "ease",
        _each(regularization=(1.0, 10.0, 50.0, 200.0, 500.0, 2000.0)),
        "a query with their history",
    ),
    Peer(
        "lenskit-knn", "lenskit", "knn",
        _each(max_nbrs=(20, 5, 10, 50, 100, 20), min_sim=(1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 0.1)),
        "a query with their history",
    ),
    Peer(
        "rectools-sasrec", "rectools", "sasrec",
        _each(
            n_factors=(64, 32, 64, 64, 32, 128),
            n_blocks=(2, 1, 1, 2, 2, 1),
            n_heads=(2, 1, 2, 2, 1, 2),
            dropout_rate=(0.2, 0.2, 0.5, 0.5, 0.2, 0.2),
            lr=(1e-3, 3e-3, 1e-3, 3e-3, 1e-3, 1e-3),
            epochs=(20, 20, 40, 20, 60, 10),
            session_max_len=(50,) * 6,
        ),
        "recommend with a data set of their sequence",
    ),
    Peer(
        "text-embeddings", "text", "knn",
        _each(
            pool=("mean", "mean", "mean", "1", "1", "3"),
            popularity=(0.0, 0.5, 1.0, 0.0, 0.5, 0.5),
        ),
        "likeness to what they like",
        texts=True,
    ),
    Peer(
        "text-tfidf", "text", "tfidf",
        _each(words=(1, 1, 1, 2, 2, 2), popularity=(0.0, 0.5, 1.0, 0.0, 0.5, 1.0)),
        "likeness to what they like",
        texts=True,
    ),
    Peer(
        "cornac-bpr", "cornac", "bpr",
        _each(
            k=(10, 32, 64, 32, 64, 16),
            max_iter=(100, 200, 200, 200, 200, 400),
            learning_rate=(0.001, 0.01, 0.01, 0.05, 0.05, 0.02),
            lambda_reg=(0.001, 0.01, 0.01, 0.01, 0.05, 0.01),
        ),
        _MEAN,
    ),
    Peer(
        "cornac-bivae", "cornac", "bivae",
        _each(
            k=(10, 20, 50, 50, 20, 50),
            encoder_structure=([20], [50], [100], [100], [20], [50]),
            n_epochs=(100, 100, 100, 50, 200, 200),
            learning_rate=(0.001, 0.001, 0.001, 0.003, 0.001, 0.001),
            beta_kl=(1.0, 1.0, 1.0, 0.1, 0.1, 1.0),
        ),
        "encode_user with their likes",
    ),
    Peer(
        "lightfm-warp", "lightfm", "warp",
        _each(
            no_components=(10, 16, 32, 64, 32, 64),
            learning_rate=(0.05, 0.05, 0.05, 0.03, 0.03, 0.05),
            item_alpha=(0.0, 0.0, 1e-6, 1e-6, 1e-5, 1e-5),
            epochs=(10, 30, 30, 50, 50, 30),
        ),
        _MEAN,
    ),
    Peer(
        "recbole-lightgcn", "recbole", "lightgcn",
        _each(
            embedding_size=(64, 32, 64, 64, 32, 64),
            n_layers=(2, 2, 1, 3, 2, 2),
            reg_weight=(1e-5, 1e-4, 1e-3, 1e-4, 1e-3, 1e-2),
            learning_rate=(1e-3, 1e-2, 1e-2, 1e-2, 1e-2, 3e-3),
            epochs=(20, 20, 20, 20, 40, 40),
        ),
        _MEAN,
    ),
)  # fmt: skip

LIBRARIES = tuple(dict.fromkeys(peer.library for peer in PEERS))


def peers_named(words: str) -> tuple[Peer, ...]:
    """Models from text such as "implicit,lenskit": names of libraries or models, or ``all``.

    Raises:
        ConfigError: A name is unknown; the message offers the nearest names.
    """
    chosen: list[Peer] = []
    for word in words.replace(" ", "").split(","):
        found = [p for p in PEERS if word in ("all", p.library, p.name)]
        if not found:
            known = ("all", *LIBRARIES, *(p.name for p in PEERS))
            raise ConfigError(f"there is no peer {word!r}. {nearest(word, known, 'peers')}")
        chosen += found
    return _once(chosen)


def _once(peers: Iterable[Peer]) -> tuple[Peer, ...]:
    return tuple(dict.fromkeys(peers))
