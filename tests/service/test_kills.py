"""`kill -9` at any moment under load: nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fewrec.service.bench.kills import MOMENTS, kill_trials
from fewrec.service.bench.trial import METRICS, trial_rows


@pytest.mark.parametrize(
    ("trials", "moments"),
    [
        pytest.param(1, MOMENTS, id="one"),
        pytest.param(30, MOMENTS, id="thirty", marks=pytest.mark.slow),
    ],
)
def test_what_is_promised_is_kept(tmp_path: Path, trials: int, moments: tuple[str, ...]) -> None:
    heard = []
    found = kill_trials(tmp_path / "home", trials, told=heard.append, moments=moments)
    assert heard == found and len(found) == trials
    assert [trial.moment for trial in found] == [moments[n % len(moments)] for n in range(trials)]
    for trial in found:
        assert trial.kept, trial
        assert 0 < trial.acknowledged <= trial.found
    rows = trial_rows(found)
    assert {row["metric"] for row in rows} == set(METRICS)
    broken = [replace(found[0], **{name: 1}) for name in ("lost", "torn", "counted_twice")]
    assert not any(trial.kept for trial in broken)
