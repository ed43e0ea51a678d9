"""Randomness for tests of rankers, and asserts that say what differs."""

import numpy as np
import pytest

pytest.register_assert_rewrite("tests.contracts", "tests.ranker.truth")


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(11)
