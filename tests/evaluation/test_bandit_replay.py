"""New people replayed on MovieLens 100K, and where there is too little to replay."""

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError
from fewrec.evaluation.bandit_replay import Replay, bandit_speed, cold_people, replay_bandit
from fewrec.evaluation.opening import open_data


@pytest.fixture(scope="module")
def films():
    return open_data("ml-100k", progress=False)


def test_the_head_beats_popularity_and_item_bias_on_new_people(films):
    rows, compared = replay_bandit(films, [0, 1])
    reward = {row["ranker"]: row["mean"] for row in rows}
    assert reward["bandit"] > reward["met"] + 0.08
    assert reward["bandit"] > reward["popularity"] + 0.04
    assert reward["popularity"] > reward["random"] + 0.1
    verdicts = {row["b"]: row["verdict"] for row in compared}
    assert verdicts["met"] == verdicts["popularity"] == verdicts["item-bias"] == "a"


def test_cold_people_judged_enough_and_are_drawn_anew(films):
    how = Replay(users=50, steps=20)
    one, other = (cold_people(films.interactions, seed, how) for seed in (0, 1))
    judged = np.bincount(films.interactions.user)
    assert len(set(one)) == 50 and judged[one].min() >= 40 and set(one) != set(other)


def test_an_update_with_its_list_takes_less_than_a_millisecond(films):
    rows = {row["metric"]: row for row in bandit_speed(films, repetitions=300)}
    assert rows["median_cpu_ms"]["mean"] < 1.0
    assert rows["p95_ms"]["candidates"] == 500


def test_too_few_people_are_told():
    with pytest.raises(ConfigError, match="only 0 judged at least 40 items"):
        replay_bandit(toy_world(), [0])
