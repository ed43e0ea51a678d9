import math
import time

import pytest

from fewrec.errors import FewrecError
from fewrec.evaluation.stopwatch import in_own_process, timed, wall_seconds


def hold(megabytes):
    held = b"x" * (megabytes * 2**20)
    return {"size": [len(held) / 2**20]}


def fail():
    raise ValueError("no such thing")


def test_each_repetition_is_timed_and_the_first_one_is_not():
    calls = []
    times = timed(lambda: (calls.append(1), time.sleep(0.01)), 3)
    assert len(calls) == 4
    assert len(times.wall) == len(times.cpu) == 3
    assert min(times.wall) >= 0.01
    assert max(times.cpu) < 0.01
    cold = []
    timed(lambda: cold.append(1), 2, warm=False)
    assert len(cold) == 2


def test_memory_is_that_of_the_process_alone():
    mine = b"x" * (300 * 2**20)
    small, large = in_own_process(hold, 1), in_own_process(hold, 120)
    assert large.values == {"size": [120.0]}
    assert small.peak_mb < len(mine) / 2**20 or math.isnan(small.peak_mb)
    assert math.isnan(large.peak_mb) or 80 < large.peak_mb - small.peak_mb < 180


def test_what_goes_wrong_over_there_is_told_here():
    with pytest.raises(FewrecError, match="fail could not be measured: ValueError: no such thing"):
        in_own_process(fail)


def test_seconds_of_a_new_interpreter():
    fast, slow = wall_seconds("pass", 1), wall_seconds("import time; time.sleep(.3)", 1)
    assert slow[0] > fast[0] + 0.2
