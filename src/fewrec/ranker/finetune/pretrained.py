"""The pretrained model that fine-tuning starts from: where it is, and its checksum."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from fewrec.assets import ASSETS, locate
from fewrec.assets.cache import sha256
from fewrec.errors import AssetError, ModelError, nearest
from fewrec.knowledge.hub import hub_folder

DEFAULT = "all-minilm-l6-v2"

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "vocab.json")


@dataclass(frozen=True)
class Base:
    """Pretrained weights on this disk.

    Attributes:
        name: As it was asked for.
        folder: With config, weights and tokenizer.
        checksum: SHA-256 of the weights; of several files, of their checksums.
    """

    name: str
    folder: Path
    checksum: str

    def check(self, wanted: str) -> None:
        """Refuse to put an adapter on other weights than those it was trained on.

        Raises:
            ModelError: The checksum is another one.
        """
        if self.checksum != wanted:
            raise ModelError(
                f"the adapter was trained on base weights with SHA-256 {wanted[:12]}..., and "
                f"{self.name} ({self.folder}) has {self.checksum[:12]}... Give the folder of the "
                "very model it was trained on, or fine-tune again."
            )


def base_model(name: str = DEFAULT) -> Base:
    """Find a pretrained model.

    Args:
        name: ``all-minilm-l6-v2``, a folder as transformers saves it, or an id on the Hugging
            Face hub.

    Raises:
        AssetError: There is no such model, or it cannot be had, or a file is missing.
    """
    folder = _folder(name)
    weights = sorted(folder.glob("model*.safetensors"))
    lacking = [] if (folder / "config.json").is_file() else ["config.json"]
    lacking += [] if weights else ["model.safetensors"]
    lacking += [] if any((folder / file).is_file() for file in _TOKENIZER) else [_TOKENIZER[0]]
    if lacking:
        raise AssetError(
            f"{folder}: no pretrained model inside, it lacks {', '.join(lacking)}. Save one there "
            "with save_pretrained of the model and of its tokenizer."
        )
    sums = [sha256(file) for file in weights]
    return Base(name, folder, sums[0] if len(sums) == 1 else _digest(sums))


def _digest(sums: list[str]) -> str:
    from hashlib import sha256 as digest

    return digest(json.dumps(sums).encode()).hexdigest()


def _folder(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if name in ASSETS and len(ASSETS[name].files) > 1:
        return locate(name)
    if _HUB_ID.fullmatch(name):
        return hub_folder(name, "language model")
    raise AssetError(
        f"there is no pretrained model {name!r} and no folder of that name. "
        f"{nearest(name, [DEFAULT], 'models')}"
    )
