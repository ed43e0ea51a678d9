"""A trie over token ids: which tokens may follow, so that only listed texts come out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Node:
    """A place in the trie.

    Attributes:
        next: The node behind each token.
        items: What ends here; several where texts are the same.
    """

    next: dict[int, Node] = field(default_factory=dict)
    items: list[int] = field(default_factory=list)


class TokenTrie:
    """Token sequences, each with the number of an item.

    Args:
        sequences: Token ids of item 0, 1, ... Empty ones are left out.
    """

    def __init__(self, sequences: Iterable[Sequence[int]]) -> None:
        self.root = Node()
        self.depth = 0
        for item, tokens in enumerate(sequences):
            if not tokens:
                continue
            node = self.root
            for token in tokens:
                node = node.next.setdefault(token, Node())
            node.items.append(item)
            self.depth = max(self.depth, len(tokens))

    def find(self, tokens: Iterable[int]) -> Node | None:
        """The node behind tokens; None where no sequence begins so."""
        node: Node | None = self.root
        for token in tokens:
            node = node.next.get(token) if node is not None else None
        return node
