"""The section of a report about other libraries: data saved, cells won, coverage beside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fewrec.evaluation import page
from fewrec.evaluation.peers.saved_words import (
    SAVED_HEAD,
    VARIED_HEAD,
    cells_counted,
    saved_lines,
    varied_lines,
)

_LEAD = (
    "How many more training users, or clicks of the person, the best tuned peer needs for the "
    "NDCG@10 that hybrid reaches with few."
)
_LEGEND = (
    "Blue: hybrid. Green: the peer that tuning on the training part chooses in each cell. Thin "
    "grey: each peer by itself. An arrow leads from hybrid at its level to where the green line "
    "reaches it, or to the most that was measured where it never does; there is none where the "
    "peer is ahead. Bands: 95 % intervals by person."
)
_VARIED = (
    "Hybrid's widest coverage within 1 % of its best NDCG@10, over the coverage of the best tuned "
    "peer; below 1 the peer shows more of the catalogue."
)


def saved_section(document: Mapping[str, Any], drawings: Sequence[str]) -> str:
    """The section as HTML; nothing where the result has no peers.

    Args:
        document: Of the JSON contract.
        drawings: SVG elements of the pictures.
    """
    if not document.get("peers"):
        return ""
    panels = "".join(page.figure(svg) for svg in drawings)
    drawn = f'<div class="panels">{panels}</div><p class="note">{_LEGEND}</p>' if panels else ""
    return page.section(
        "Data saved",
        _LEAD,
        drawn,
        _table(SAVED_HEAD, saved_lines(document)),
        f"<p>{page.text(cells_counted(document))}</p>",
        _varied(varied_lines(document)),
    )


def _varied(lines: Sequence[Sequence[str]]) -> str:
    if not lines:
        return ""
    said = f'<h3>Not the same list</h3><p class="note">{_VARIED}</p>'
    return said + _table(VARIED_HEAD, lines)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    made = [
        "<tr>" + "".join(f"<td>{page.text(cell)}</td>" for cell in line) + "</tr>" for line in lines
    ]
    return page.table(head, made) if made else ""
