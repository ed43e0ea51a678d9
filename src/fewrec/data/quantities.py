"""Numbers in what somebody sends or writes: true and false are none of them."""

from __future__ import annotations

from typing import Any

from pydantic import BeforeValidator


def no_truth_value(given: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """What was given, unless it is true or false, which Python would count as 1 and 0.

    Raises:
        ValueError: It is true or false.
    """
    if isinstance(given, bool):
        raise ValueError("a number is wanted, not true or false")
    return given


NUMBER = BeforeValidator(no_truth_value)
"""Stands last in an annotation: bounds after it would be missing in the JSON schema."""
