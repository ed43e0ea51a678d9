"""Makes prompts in TALLRec's layout from Book-Crossing: one row a person, no catalogue.

.venv/bin/fewrec data import caserec book_crossing books-data
.venv/bin/python benchmarks/book_prompts.py books-data books

As in TALLRec's book part, a book rated above 5 is liked, ten books are the history and one more is
asked about. There are no times, so which ones is drawn, and what was not rated stays away. Half
of the people are in train.json, the others in test.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

from fewrec.seeding import generator

LIKED_ABOVE = 5
HISTORY = 10
INSTRUCTION = (
    "Given the user's preference and unpreference, identify whether the user will like the "
    'target book by answering "Yes." or "No.".'
)


def book_prompts(data: Path, seed: int = 0) -> list[dict[str, str]]:
    """One prompt for each person with at least eleven ratings, in an order drawn by the seed.

    Args:
        data: A folder as ``fewrec data import caserec`` writes it.
        seed: Draws the ten books, the one asked about, and the order of people.
    """
    rated = pl.read_csv(data / "interactions.csv", infer_schema=False).drop_nulls("value")
    items = pl.read_csv(data / "items.csv", infer_schema=False).drop_nulls("title")
    rows = rated.join(items, on="item", maintain_order="left").unique(
        ["user", "title"], keep="none", maintain_order=True
    )
    random = generator(seed, "book prompts")
    found = []
    for (user,), met in rows.group_by("user", maintain_order=True):
        if len(met) > HISTORY:
            chosen = met[random.permutation(len(met))[: HISTORY + 1].tolist()]
            found.append(_prompt(str(user), chosen))
    return [found[n] for n in random.permutation(len(found))]


def _prompt(user: str, met: pl.DataFrame) -> dict[str, str]:
    """The last of eleven books asked about, the others told."""
    told = [
        (_named(title, author), int(value) > LIKED_ABOVE)
        for title, author, value in met.select("title", "author", "value").iter_rows()
    ]
    *history, (asked, likes) = told
    liked, disliked = (", ".join(b for b, so in history if so == side) for side in (True, False))
    return {
        "user": user,
        "instruction": INSTRUCTION,
        "input": f"User Preference: {liked}\nUser Unpreference: {disliked}\n"
        f"Whether the user will like the target book {asked}?",
        "output": "Yes." if likes else "No.",
    }


def _named(title: str, author: str | None) -> str:
    quoted = '"' + title.replace('"', "'") + '"'
    return f"{quoted} written by {author}" if author else quoted


def write_book_prompts(data: Path, folder: Path) -> Path:
    """``train.json`` and ``test.json``, half of the people each."""
    rows = book_prompts(data)
    folder.mkdir(parents=True, exist_ok=True)
    half = len(rows) // 2
    for name, some in (("train", rows[:half]), ("test", rows[half:])):
        (folder / f"{name}.json").write_text(json.dumps(some, indent=1), encoding="utf-8")
    return folder


if __name__ == "__main__":
    write_book_prompts(Path(sys.argv[1]), Path(sys.argv[2]))
