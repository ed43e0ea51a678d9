"""Checks of the catalogue: titles, words the encoder knows, columns that give answers away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from fewrec.data.arrays import Doubles
from fewrec.data.catalog import Catalog
from fewrec.data.checks.findings import Finding
from fewrec.data.dataset import Dataset
from fewrec.data.tables import count

SAMPLE = 2000
"""Texts that are cut into tokens to count unknown ones; of larger catalogues an even spread."""

_FOLLOWS = 0.95
"""Correlation from which a column of the catalogue is said to be made from the interactions."""

_ENOUGH = 10
"""Items with interactions below which no correlation is looked at."""


def about_catalogue(dataset: Dataset) -> Iterator[Finding]:
    """What is doubtful about the items of a data set."""
    yield from _titles(dataset.catalog)
    yield from _leaks(dataset)


def _titles(catalog: Catalog) -> Iterator[Finding]:
    named = catalog.of_kind("title")
    if not named:
        if catalog.table.width:
            problem = "No column is a title: items show their ids"
            fix = 'Name it in fewrec.toml: [items] and a line such as name = "title".'
            yield Finding("warning", "items", problem, fix=fix)
        return
    titles = pl.DataFrame({"title": catalog.table[named[0]], "item": catalog.items.ids})
    missing = titles["title"].null_count()
    if missing:
        problem = f"{count(missing, 'item')} without a title; they show their ids"
        yield Finding("note", "items", problem, column=named[0])
    shared = titles.drop_nulls().group_by("title", maintain_order=True).agg("item")
    shared = shared.filter(pl.col("item").list.len() > 1)
    if shared.height:
        title, ids = shared.row(0)
        yield Finding(
            "warning",
            "items",
            f"{count(shared.height, 'title')} shared by several items",
            column=named[0],
            value=f"{title}: {', '.join(ids[:3])}",
            fix="Are they the same thing? Then give them one id; looked up by title they are "
            "ambiguous.",
        )


def _leaks(dataset: Dataset) -> Iterator[Finding]:
    """Number columns that follow what the interactions say, and so tell a test its answers."""
    rows = dataset.interactions
    known = np.bincount(rows.item, minlength=len(rows.items)).astype(float)
    met = known > 0
    if met.sum() < _ENOUGH:
        return
    told: dict[str, Doubles] = {"the number of interactions": known}
    told["the share of likes"] = _mean(rows.item, rows.label.astype(float), known)
    if np.isfinite(rows.value).all():
        told["the mean value"] = _mean(rows.item, rows.value.astype(float), known)
    for column in dataset.catalog.of_kind("number"):
        numbers = dataset.catalog.table[column].fill_null(np.nan).to_numpy()
        for what, answer in told.items():
            both = met & np.isfinite(numbers)
            r = _correlation(numbers[both], answer[both])
            if abs(r) >= _FOLLOWS:
                yield Finding(
                    "warning",
                    "items",
                    f"The column follows {what} of each item (correlation {r:.2f}): if it was "
                    "made from the same interactions, it tells a test its answers",
                    column=column,
                    fix=f'Leave it out: [items] {column} = "skip" in fewrec.toml.',
                )
                break


def _mean(item: np.ndarray, values: Doubles, counts: Doubles) -> Doubles:
    total = np.bincount(item, weights=values, minlength=len(counts))
    return np.asarray(total / np.maximum(counts, 1.0))


def _correlation(a: Doubles, b: Doubles) -> float:
    if len(a) < _ENOUGH or a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def catalogue_texts(catalog: Catalog) -> list[str]:
    """Title and free text of each item, without the other columns. I texts."""
    columns = [catalog.table[name].fill_null("") for name in catalog.of_kind("title", "text")]
    if not columns:
        return []
    return [" ".join(parts).strip() for parts in zip(*columns, strict=True)]


def unknown_tokens(texts: Sequence[str]) -> float:
    """Share of words for which the default encoder's tokenizer has no piece at all.

    Args:
        texts: Texts of items; an even spread of many is looked at.

    Raises:
        AssetError: The tokenizer cannot be had.
    """
    from tokenizers import Tokenizer

    from fewrec.assets import locate

    tokenizer = Tokenizer.from_file(str(locate("all-minilm-l6-v2") / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    step = max(1, len(texts) // SAMPLE)
    encoded = tokenizer.encode_batch([t[:2000] for t in texts[::step]], add_special_tokens=False)
    tokens = [token for one in encoded for token in one.tokens]
    return tokens.count("[UNK]") / len(tokens) if tokens else 0.0
