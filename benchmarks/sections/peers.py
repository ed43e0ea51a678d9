"""Other libraries on the same splits: what they reach, and what they need for as much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fewrec.evaluation.peers.saved_words import cells_counted
from fewrec.evaluation.rows import select
from sections.cells import listed, spread

SHOWN = (1, 3, 10)
"""Known clicks shown."""
ALT = "NDCG@10 of hybrid, the best tuned peer and each peer, by training users and by known clicks"


def against(document: Mapping[str, Any]) -> str:
    """NDCG@10 of hybrid and of every peer, cells counted, data saved, and coverage beside."""
    names = ["hybrid", "best-peer", *(peer["name"] for peer in document["peers"]), "popularity"]
    rows = [
        row
        for row in select(document["rows"], segment="new_users", metric="ndcg@10")
        if "diversity" not in row and row.get("k") in SHOWN
    ]
    cells = list(dict.fromkeys((row["n"], row["k"]) for row in rows))
    lines = ["| ranker | " + " | ".join(f"n = {n}, k = {k}" for n, k in cells) + " |"]
    lines.append("|" + "---|" * (1 + len(cells)))
    for name in names:
        found = {(row["n"], row["k"]): row for row in rows if row["ranker"] == name}
        lines.append(f"| {name} | " + " | ".join(spread(found.get(cell)) for cell in cells) + " |")
    parts = [
        f"## {document['title']}",
        f"`{document['reproduce']}`, seeds {listed(document['seeds'])}; NDCG@10 of new people, n "
        "training users, k known clicks. `best-peer` is the one that tuning on the training part "
        "chooses.",
        "\n".join(lines),
        cells_counted(document),
        "\n".join(f"- {sentence}" for sentence in saved(document)),
        f"![{ALT}](images/{picture(document)}.png)",
        _coverage(document),
    ]
    return "\n\n".join(parts)


def picture(document: Mapping[str, Any]) -> str:
    """Name of the picture of what is saved on a data set."""
    return f"data-saved-{document['arguments']['data']}"


def saved(document: Mapping[str, Any]) -> list[str]:
    """What the best peer needs for what hybrid reaches with little, sentence by sentence."""
    made = []
    for found in document["data_saved"]:
        with_ = f"{found['n']} training users and {found['k']} clicks of a new person"
        least = "" if found["reached"] else "more than "
        made.append(
            f"With {with_} `hybrid` reaches {found['level']:.3f}; the best tuned peer reaches "
            f"{found['peer_level']:.3f} there and needs {least}{found['needs']:.1f} "
            f"{found['what']} for as much: {least}{found['factor']:.1f} times."
        )
    return made


def _coverage(document: Mapping[str, Any]) -> str:
    """Coverage at 99 % of the best accuracy against that of the most accurate peer."""
    lines = [
        "| training users, 5 clicks known | coverage of `hybrid` (NDCG@10) "
        "| of the most accurate peer (NDCG@10) | factor |",
        "|---|---|---|---|",
    ]
    for found in document["not_the_same_list"]:
        lines.append(
            f"| {found['n']} | {found['coverage']:.3f} ({found['ndcg']:.3f}) "
            f"| {found['peer_coverage']:.3f} ({found['peer_ndcg']:.3f}) | {found['factor']:.1f} |"
        )
    return "\n".join(lines)
