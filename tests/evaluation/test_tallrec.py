"""TALLRec's protocol: shots from train prompts, and test prompts unknown to each other."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.evaluation.prompts import FILMS, NEW, Prompt, prompts, write_catalogue, write_prompts

from fewrec.data.linked_people import linked_people
from fewrec.data.shots import Shots
from fewrec.errors import ConfigError, EmptyData
from fewrec.evaluation.pairs import Predictions
from fewrec.evaluation.shot_bench import PROBABLE, ShotBench, answered, draw, fewer, shot_rows
from fewrec.evaluation.tallrec import contestants, open_tallrec, published_rows, without_each
from fewrec.metrics.preference import auc
from fewrec.recommender.shot_models import READERS

TRAIN = prompts(40, seed=0)
TEST = [*prompts(16, seed=1), *prompts(4, seed=2, films=(*FILMS[:6], *NEW))]  # 2 new films


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "catalogue" / "films.json")


def opened(folder: Path, test: list[Prompt], catalogue: Path | None) -> ShotBench:
    return open_tallrec(write_prompts(folder, TRAIN, test), catalogue)


def scores(bench: ShotBench) -> dict[str, np.ndarray]:
    """What every contestant says of every test row, learned from the same 8 shots."""
    found = answered(bench, contestants(), 8, 0, {"task": "tallrec"})
    return {str(one.cell["ranker"]): one.score for one in found}


def assert_alike(one: dict[str, np.ndarray], other: dict[str, np.ndarray], rows: np.ndarray):
    """The second one's scores are the first one's of some rows, bit by bit.

    Within ``hybrid`` matrices are multiplied, and a product's last bits depend on its size.
    """
    for name, score in other.items():
        if name == "hybrid":
            np.testing.assert_allclose(score, one[name][rows], rtol=0, atol=1e-6)
        else:
            np.testing.assert_array_equal(score, one[name][rows], err_msg=name)


@pytest.mark.parametrize("described", [True, False])
def test_other_test_rows_change_no_answer(tmp_path: Path, catalogue: Path, described: bool):
    known = catalogue if described else None
    whole = scores(opened(tmp_path / "whole", TEST, known))
    assert len(set(whole["hybrid"])) > 10
    order = np.random.default_rng(0).permutation(len(TEST))
    for number, rows in enumerate((order[:7], order) if described else (order[:1],)):
        some = scores(opened(tmp_path / f"some{number}", [TEST[n] for n in rows], known))
        assert_alike(whole, some, rows)


def test_answers_of_test_rows_change_no_answer(tmp_path: Path, catalogue: Path):
    turned = [row | {"output": "No." if row["output"] == "Yes." else "Yes."} for row in TEST]
    one, other = (
        opened(tmp_path / name, test, catalogue)
        for name, test in (("as they are", TEST), ("turned", turned))
    )
    assert (one.test.label == 1 - other.test.label).all()
    before, after = scores(one), scores(other)
    for name, score in before.items():
        np.testing.assert_array_equal(after[name], score, err_msg=name)


def test_ratings_beside_the_prompts_are_never_opened(tmp_path: Path, catalogue: Path):
    plain = scores(opened(tmp_path / "plain", TEST, catalogue))
    folder = tmp_path / "beside"
    (folder / "u.data").mkdir(parents=True)  # opening it as a file fails
    (folder / "u.item").mkdir()
    (folder / "ratings.csv").mkdir()
    beside = scores(opened(folder, TEST, catalogue))
    for name, score in plain.items():
        np.testing.assert_array_equal(beside[name], score, err_msg=name)


def test_what_only_test_prompts_name_is_a_newcomer(tmp_path: Path, catalogue: Path):
    bench = opened(tmp_path / "in", TEST, catalogue)
    known, whole = (side.interactions.items.ids for side in (bench.known, bench.whole))
    assert set(known) == set(FILMS)
    assert whole[: len(known)] == known
    assert set(whole[len(known) :]) == set(NEW)
    numbers = (bench.known.features.numbers, bench.whole.features.numbers)
    np.testing.assert_array_equal(numbers[1][: len(known)], numbers[0])
    assert "rating" in bench.known.features.number_names
    assert len(bench.known.interactions) == 0  # no row but the shots teaches anything
    assert len(bench.whole.texts) == len(whole)


def test_pool_and_test_rows_are_the_prompts(tmp_path: Path):
    bench = opened(tmp_path / "in", TEST, None)
    assert (len(bench.pool), len(bench.test)) == (40, 20)
    assert bench.name == "tallrec-in"
    for rows, wanted in ((bench.pool, TRAIN), (bench.test, TEST)):
        assert rows.label.tolist() == [float(row["output"] == "Yes.") for row in wanted]
        assert rows.people.count.tolist() == [6] * len(wanted)
        titles = [bench.whole.interactions.items.ids[n] for n in rows.item]
        assert all(f'"{t}"?' in row["input"] for t, row in zip(titles, wanted, strict=True))


def test_valid_prompts_teach_nothing(tmp_path: Path):
    folder = write_prompts(tmp_path / "in", TRAIN, TEST)
    before = scores(open_tallrec(folder))
    (folder / "valid.json").write_text(json.dumps(prompts(30, seed=7)))
    bench = open_tallrec(folder)
    assert len(bench.pool) == 40
    assert_alike(before, scores(bench), np.arange(len(TEST)))


@pytest.mark.parametrize("named", [0, 3, len(TEST)])
def test_people_are_those_who_are_named_and_else_those_who_seem_the_same(tmp_path: Path, named):
    test = [row | ({"user": 7} if n < named else {}) for n, row in enumerate(TEST)]
    people = opened(tmp_path / "in", test, None).people
    linked = linked_people(opened(tmp_path / "plain", TEST, None).test)
    assert people == ("user 7",) * named + tuple(f"linked {n}" for n in linked[named:])


def test_train_and_test_prompts_must_be_there(tmp_path: Path):
    with pytest.raises(EmptyData, match="there must be train prompts and test prompts"):
        opened(tmp_path / "in", [], None)
    with pytest.raises(EmptyData, match=r"there is no train\.json"):
        open_tallrec(tmp_path)


def test_a_smaller_draw_is_part_of_a_larger_one(tmp_path: Path):
    pool = opened(tmp_path / "in", TEST, None).pool
    few, many = draw(pool, 8, seed=3), draw(pool, 40, seed=3)
    assert few.tolist() == many[:8].tolist()
    assert sorted(many.tolist()) == list(range(40))
    assert draw(pool, 8, seed=4).tolist() != few.tolist()
    with pytest.raises(EmptyData, match=r"41 labelled rows are wanted, the pool has 40\. Ask for"):
        draw(pool, 41, seed=0)


def test_rows_have_a_mean_over_seeds_and_hybrid_is_compared(tmp_path: Path, catalogue: Path):
    bench = opened(tmp_path / "in", TEST, catalogue)
    found: list[Predictions] = []
    told: list[str] = []
    for seed in range(2):
        found += answered(bench, contestants(), 8, seed, {"task": "tallrec"}, told.append)
    assert told == list(contestants()) * 2
    rows, compared = shot_rows(found, ("like-rate", "memory"))
    values = {r["ranker"]: r for r in rows if r["metric"] == "auc" and r["shots"] == 8}
    assert set(values) == set(contestants())
    mine = [auc(one.score, one.label) for one in found if one.cell["ranker"] == "hybrid"]
    assert values["hybrid"]["mean"] == pytest.approx(np.mean(mine), abs=1e-6)
    assert {(row["a"], row["b"], row["metric"]) for row in compared} == {
        ("hybrid", other, metric) for other in ("like-rate", "memory") for metric in ("auc", "uauc")
    }
    calibrated = {one.cell["ranker"] for one in found if one.probability}
    assert calibrated == {"hybrid", "two-tower"}
    assert {name for name in READERS if not name.startswith(PROBABLE)} == {"memory"}


def test_fewer_rows_are_the_same_rows_for_every_seed(tmp_path: Path, catalogue: Path):
    bench = opened(tmp_path / "in", TEST, catalogue)
    some = fewer(bench, 5)
    assert len(some.test) == len(some.people) == 5
    assert fewer(bench, 5).test.item.tolist() == some.test.item.tolist()
    assert fewer(bench, 0) is bench
    assert fewer(bench, 1000) is bench
    every, few = (
        answered(b, {"like-rate": contestants()["like-rate"]}, 4, 0, {})[0] for b in (bench, some)
    )
    assert set(few.score.tolist()) <= set(every.score.tolist())
    rows, _ = shot_rows([few], ())
    told = {row["metric"]: row for row in rows}
    assert told["auc"]["test_rows"] == 5
    assert told["fit_seconds"]["mean"] > 0
    assert told["score_seconds"]["mean"] > 0


def test_unknown_readers_are_named():
    with pytest.raises(ConfigError, match=r"here is no reader 'memori'.*'memory'"):
        contestants(("memori",))
    assert {"memory", "two-tower"} <= set(READERS)
    assert "hybrid+lm" in contestants(("memory",))
    assert "hybrid+lm" not in contestants(("memory",), together=False)
    assert set(without_each()) >= {"hybrid without text-knn", "hybrid without memory"}


def test_published_numbers_are_marked_and_only_those_asked_for():
    rows = published_rows("movie", (16, 100))
    assert {row["shots"] for row in rows} == {16}
    assert all(row["published"] and row["metric"] == "auc" for row in rows)


@pytest.mark.slow
def test_hybrid_is_ahead_of_the_like_rate_on_films_of_real_people(
    shared_data: Path, tmp_path: Path
):
    """People of the train prompts in four folds; 64 shots of three, questions of the fourth."""
    source = shared_data / "tallrec-movie-ml100k"
    rows = [
        row
        for file in sorted(source.glob("train.part*.json"))
        for row in json.loads(file.read_text())
    ]
    group = linked_people(_as_shots(tmp_path / "all", rows))
    held = np.random.default_rng(0).permutation(int(group.max()) + 1)[group] % 4 == 0
    asked = np.random.default_rng(1).permutation(np.flatnonzero(held))[:1000]
    folder = write_prompts(
        tmp_path / "fold",
        [row for row, other in zip(rows, held, strict=True) if not other],
        [rows[n] | {"user": int(group[n])} for n in asked],
    )
    bench = open_tallrec(folder, source / "items_info.json")
    some = {name: made for name, made in contestants().items() if name in ("hybrid", "like-rate")}
    rate, hybrid = answered(bench, some, 64, 0, {})
    assert auc(hybrid.score, hybrid.label) > auc(rate.score, rate.label) + 0.02


def _as_shots(folder: Path, rows: list[Prompt]) -> Shots:
    return open_tallrec(write_prompts(folder, rows, rows[:1])).pool
