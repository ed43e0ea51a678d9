"""Links that a person should look at: written as a table, and said in sentences."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from fewrec.errors import ConfigError
from fewrec.knowledge.linked.described import Described
from fewrec.knowledge.linked.linking import Candidate

_EXAMPLES = 3


def doubtful(found: Sequence[Candidate], threshold: float) -> list[Candidate]:
    """Candidates that are not sure enough, the surest first."""
    return sorted(
        (candidate for candidate in found if candidate.confidence < threshold),
        key=lambda candidate: (-candidate.confidence, candidate.item),
    )


def check_review(file: Path | None) -> None:
    """Refuse a place for the review that cannot be written, before the work begins.

    Raises:
        ConfigError: It is a folder.
    """
    if file is not None and file.is_dir():
        raise ConfigError(f"--review {file}: this is a folder. Name a file in it.")


def write_review(
    file: Path, found: Sequence[Candidate], items: Described, entities: Described
) -> None:
    """Write doubtful links as CSV.

    Columns ``item``, ``title``, ``year``; ``entity``, ``entity_title``, ``entity_year``;
    ``confidence``, ``how``; ``rival``, the entity that fits next best. Rows that are right can
    be kept as they are and given to ``fewrec graph link --entities``: ``item`` decides there.
    """
    rows = [
        {
            "item": items.names[c.item],
            "title": items.titles[c.item],
            "year": items.years[c.item],
            "entity": entities.names[c.entity],
            "entity_title": entities.titles[c.entity],
            "entity_year": entities.years[c.entity],
            "confidence": c.confidence,
            "how": c.how,
            "rival": entities.names[c.rival] if c.rival >= 0 else None,
        }
        for c in found
    ]
    schema = {
        "item": pl.String,
        "title": pl.String,
        "year": pl.Int64,
        "entity": pl.String,
        "entity_title": pl.String,
        "entity_year": pl.Int64,
        "confidence": pl.Float64,
        "how": pl.String,
        "rival": pl.String,
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        pl.DataFrame(rows, schema=schema).write_csv(draft)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def said_of_shared(shared: Mapping[str, Sequence[str]]) -> list[str]:
    """What to say of entities that several items are linked to."""
    if not shared:
        return []
    shown = [f"{entity}: {', '.join(items)}" for entity, items in list(shared.items())[:_EXAMPLES]]
    more = f"; and {len(shared) - _EXAMPLES:,} more" if len(shared) > _EXAMPLES else ""
    verb = "entity is" if len(shared) == 1 else "entities are"
    return [f"{len(shared):,} {verb} linked to several items ({'; '.join(shown)}{more})."]


def said_of_chains(chains: Sequence[Sequence[str]]) -> list[str]:
    """What to say of links that lead on to another linked item."""
    said = []
    for chain in chains[:_EXAMPLES]:
        what = "a cycle" if chain[-1] in chain[:-1] else "a chain"
        said.append(
            f"links: {what}, {' -> '.join(chain)}: an entity has the name of another item. Give "
            "entities names that no item has."
        )
    if len(chains) > _EXAMPLES:
        said.append(f"links: {len(chains) - _EXAMPLES:,} more chains or cycles.")
    return said
