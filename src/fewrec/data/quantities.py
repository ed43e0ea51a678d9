"""Numbers in what somebody sends or writes: true and false are none of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator


def no_truth_value(given: Any) -> Any:  # noqa: ANN401 (whatever somebody sent)
    """What was given, unless it is true or false, which Python would count as 1 and 0.

    Raises:
        ValueError: It is true or false.
    """
    if isinstance(given, bool):
        raise ValueError("a number is wanted, not true or false")
    return given


Count = Annotated[int, BeforeValidator(no_truth_value)]
Quantity = Annotated[float, BeforeValidator(no_truth_value)]
