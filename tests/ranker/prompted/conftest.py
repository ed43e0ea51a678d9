"""A hand-made world of space and romance, and tiny models to ask about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import save_model

from fewrec.data.events import Interactions
from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.shots import Shots
from fewrec.protocols import Training

TITLES = (
    "Space Comet, The (1990)",
    "Space Galaxy (1991)",
    "Space Moon (1992)",
    "Romance Kiss (1990)",
    "Romance Wedding, A (1991)",
    "Romance Dance (1992)",
)
SPACE, ROMANCE = (0, 1, 2), (3, 4, 5)


def training(texts: tuple[str, ...] = TITLES, seed: int = 0) -> Training:
    """Items with texts and nothing else; no rows."""
    none, ints = np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
    items = IdMap(tuple(f"i{n}" for n in range(len(texts))))
    rows = Interactions(IdMap(()), items, ints, ints, none, none, none, none.astype(np.float64))
    people = People.unknown(IdMap(()))
    return Training(rows, ItemFeatures.nothing(len(texts)), people, seed=seed, texts=texts)


def several(people: list[Histories]) -> Histories:
    """People of one each as one batch."""
    return Histories(
        start=np.concatenate([[0], np.cumsum([len(one.item) for one in people])]),
        item=np.concatenate([one.item for one in people]),
        label=np.concatenate([one.label for one in people]),
        weight=np.concatenate([one.weight for one in people]),
        attributes=tuple(one.attributes[0] for one in people),
        profile=tuple(one.profile[0] for one in people),
    )


def world_shots(copies: int = 1) -> Shots:
    """Everybody who liked two of a kind likes the third, and nothing of the other kind."""
    people, item, label = [], [], []
    for kind, other in ((SPACE, ROMANCE), (ROMANCE, SPACE)):
        for left in range(3):
            told = [row for at, row in enumerate(kind) if at != left]
            for asked, answer in ((kind[left], 1.0), (other[left], 0.0)):
                people.append(Histories.single(told, [other[left - 1]]))
                item.append(asked)
                label.append(answer)
    shots = Shots(several(people), np.array(item), np.array(label, dtype=np.float32))
    return shots.take(np.tile(np.arange(len(shots)), copies))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama with random weights and a chat template."""
    pytest.importorskip("transformers", reason="needs the extra lm")
    return save_model(tmp_path_factory.mktemp("prompted") / "llama")
