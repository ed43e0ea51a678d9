"""Sizes of benchmarks that grow: what is refused, and how."""

import pytest

from fewrec.cli.sizes import size_table, whole_sizes
from fewrec.errors import ConfigError


@pytest.mark.parametrize("command", ["growth", "graph-growth", "graph-training"])
def test_sizes_that_are_no_numbers_are_refused_by_name(fewrec, command):
    done = fewrec("bench", command, "--sizes", "1000,many")
    assert done.code != 0
    assert "'1000,many' are no whole numbers" in done.err


def test_sizes_below_what_makes_sense_are_refused():
    assert whole_sizes("1000, 20000", "items", 1000) == [1000, 20000]
    with pytest.raises(ConfigError, match="at least 1,000 items, not 999"):
        whole_sizes("2000,999", "items", 1000)


def test_the_table_has_a_line_for_each_size_and_measure():
    rows = [{"n": n, "metric": m, "mean": 0.5} for n in (10, 20) for m in ("a", "b")]
    assert size_table("Sizes", "items", rows).row_count == 4
