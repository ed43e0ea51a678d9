"""Tables of the terminal about other libraries: data saved, and how varied lists are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def peer_tables(extras: Mapping[str, Any]) -> list[RenderableType]:
    """What the best tuned peer needs for what hybrid reaches with little, and its coverage.

    Args:
        extras: Of ``compare_with_peers``.
    """
    from fewrec.evaluation.peers import saved_words as words

    return [
        _table(
            "Data saved against the best tuned peer", words.SAVED_HEAD, words.saved_lines(extras)
        ),
        _table("Not the same list for everybody", words.VARIED_HEAD, words.varied_lines(extras)),
        words.cells_counted(extras),
    ]


def _table(title: str, head: Sequence[str], lines: Iterable[Sequence[str]]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name)
    for line in lines:
        table.add_row(*line)
    return table
