"""A small folder of TALLRec's prompts, made from a world in which films are good or bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fewrec.seeding import generator

KINDS = ("space", "love", "ghosts")
FILMS = tuple(f"{kind.title()} {n} ({1980 + n})" for n in range(8) for kind in KINDS)
NEW = ("Space Last (1999)", "Love Last (1999)")

Prompt = dict[str, Any]


def prompts(count: int, seed: int, films: tuple[str, ...] = FILMS) -> list[Prompt]:
    """Prompts of people who like one kind, and films of even number."""
    random = generator(seed, "prompts")
    found = []
    for _ in range(count):
        taste = KINDS[random.integers(len(KINDS))].title()
        met = [films[n] for n in random.permutation(len(films))[:7]]
        liked = [_liked(title, taste) != (random.random() < 0.1) for title in met]
        found.append(_prompt(met, liked))
    return found


def _liked(title: str, taste: str) -> bool:
    return title.startswith(taste) or title[-2] in "02468"


def _prompt(met: list[str], liked: list[bool]) -> Prompt:
    told = list(zip(met[1:], liked[1:], strict=True))
    yes, no = (", ".join(f'"{t}"' for t, so in told if so == side) for side in (True, False))
    return {
        "instruction": "Say whether they like it.",
        "input": f"User Preference: {yes}\nUser Unpreference: {no}\n"
        f'Whether the user will like the target movie "{met[0]}"?',
        "output": "Yes." if liked[0] else "No.",
    }


def write_prompts(folder: Path, train: list[Prompt], test: list[Prompt]) -> Path:
    """A folder with ``train.json`` and ``test.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", train), ("test", test)):
        (folder / f"{name}.json").write_text(json.dumps(rows))
    return folder


def write_catalogue(file: Path) -> Path:
    """What is known of all films but one: kind, rating, plot."""
    rows = [
        {
            "title": title.rsplit(" (", 1)[0],
            "year": title[-5:-1],
            "rating": "8.1" if title[-2] in "02468" else "5.2",
            "genres": title.split()[0],
            "plot": f"A long story of {title.split()[0].casefold()} and how it ends.",
        }
        for title in (*FILMS[1:], *NEW)
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(rows))
    return file
