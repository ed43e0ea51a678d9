"""Which prompts begin alike, so that what they share is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WORTH_SHARING = 16
"""Fewer shared tokens than this are computed again with each prompt."""

Tokens = list[int]


@dataclass(frozen=True)
class Group:
    """Prompts that begin alike.

    Attributes:
        rows: Numbers of the prompts.
        shared: How many first tokens are the same in all of them, at least ``root``.
    """

    rows: tuple[int, ...]
    shared: int


def common(first: Tokens, second: Tokens) -> int:
    """How many first tokens two prompts share; at least one of each is left over."""
    limit = min(len(first), len(second)) - 1
    return next((at for at in range(limit) if first[at] != second[at]), max(limit, 0))


def root(prompts: Sequence[Tokens]) -> int:
    """How many first tokens all prompts share; at least one of each is left over."""
    if len(prompts) < 2:
        return 0
    return common(min(prompts), max(prompts))


def groups(prompts: Sequence[Tokens]) -> list[Group]:
    """Divide prompts so that each group shares much more than all of them do.

    Args:
        prompts: N prompts, none empty.

    Returns:
        Groups of every prompt, each in one of them: first the prompts that share nothing beyond
        the root, if any; then one group a beginning, for example one a person.
    """
    start = root(prompts)
    order = sorted(range(len(prompts)), key=lambda row: (list(prompts[row]), row))
    runs: list[Group] = []
    alone: list[int] = []
    at = 0
    while at < len(order):
        end, shared = _run(prompts, order, at, start + WORTH_SHARING)
        if end - at > 1:
            runs.append(Group(tuple(order[at:end]), shared))
        else:
            alone.append(order[at])
        at = end
    return [Group(tuple(alone), start), *runs] if alone else runs


def _run(prompts: Sequence[Tokens], order: list[int], at: int, least: int) -> tuple[int, int]:
    """End of the run of like prompts from ``at`` on, and how many tokens it shares."""
    end, shared = at + 1, 0
    while end < len(order):
        alike = common(prompts[order[end - 1]], prompts[order[end]])
        if alike < max(least, shared - WORTH_SHARING):
            break
        shared = min(shared, alike) if shared else alike
        end += 1
    return end, shared
