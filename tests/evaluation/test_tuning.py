"""The search for settings: what it sees, how it goes on, and when its result is used."""

import dataclasses
import time

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError, EmptyData, MissingColumn
from fewrec.evaluation.opening import Bench
from fewrec.evaluation.tuning.holdout import FOLDS, stages
from fewrec.evaluation.tuning.judging import Judge
from fewrec.evaluation.tuning.outcome import FILE, verdict, write_settings
from fewrec.evaluation.tuning.search import STUDY, Attempt, Search
from fewrec.evaluation.tuning.space import RANGES, Knob, Space, checked_parts
from fewrec.recommender.settings import FitSettings, read_fit_settings

BASE = FitSettings(experts=("popularity", "item-knn", "ease"), ease={"regularisation": 70.0})
SPACE = Space.of(BASE, BASE.experts, ("fusion", "experts"))
BOWL = Space((Knob("ease.regularisation", 1000.0, 1, 10000),), FitSettings(), ("ease",))


def pairs(rows):
    return set(zip(rows.user.tolist(), rows.item.tolist(), rows.timestamp.tolist(), strict=True))


@pytest.mark.parametrize("protocol", ["time", "new-users"])
def test_the_search_never_sees_what_the_check_asks_about(toy, protocol):
    cut = stages(toy, protocol, 0)
    asked = set().union(*(pairs(split.test) for _, split in cut.check.splits))
    assert len(cut.search) == FOLDS and asked
    for fold in cut.search:
        for _, split in fold.splits:
            known = pairs(split.train) | pairs(split.test)
            assert not known & asked
            assert not pairs(split.train) & pairs(split.test)
            assert split.histories.count.sum() <= len(known)


def test_by_time_every_fold_lies_before_the_check(toy):
    cut = stages(toy, "time", 0)
    begin = cut.check.splits[0][1].test.timestamp.min()
    ends = [fold.splits[0][1].test.timestamp.max() for fold in cut.search]
    assert ends[0] < begin and ends == sorted(ends, reverse=True)


def test_by_people_nobody_asked_in_the_check_takes_part(toy):
    cut = stages(toy, "new-users", 5)
    asked = set(cut.check.splits[0][1].users.tolist())
    for fold in cut.search:
        assert not asked & set(fold.train.user.tolist())
        assert not asked & set(fold.splits[0][1].users.tolist())
    drawn = [tuple(fold.splits[0][1].users) for fold in cut.search]
    assert len(set(drawn)) == FOLDS


def test_time_where_there_is_one_else_people(toy):
    rows = toy.interactions
    bare = dataclasses.replace(rows, timestamp=np.full(len(rows), np.nan))
    untimed = dataclasses.replace(toy, interactions=bare)
    assert "moment" in stages(toy, None, 0).note
    assert "people whom the search never saw" in stages(untimed, None, 0).note
    with pytest.raises(MissingColumn, match="timestamp"):
        stages(untimed, "time", 0)
    with pytest.raises(ConfigError, match=r"'tim'\. Did you mean 'time'"):
        stages(toy, "tim", 0)


def test_nothing_to_search_on_is_said():
    rows = toy_world(users=3, per_shelf=2).interactions
    world = toy_world(users=3, per_shelf=2)
    none = dataclasses.replace(world, interactions=rows.where(np.zeros(len(rows), dtype=bool)))
    with pytest.raises(EmptyData, match="no interactions to search"):
        stages(none, "time", 0)


def test_defaults_are_read_from_the_parts_and_give_the_settings_without_a_search():
    defaults = SPACE.defaults
    assert defaults["ease.regularisation"] == 70.0 and defaults["item-knn.shrink"] == 30.0
    assert defaults["rehearsal.people"] == 400 and defaults["use.ease"] is True
    assert "use.item-prior" not in defaults and "ials.factors" not in defaults
    assert SPACE.settings(defaults) == BASE
    assert SPACE.changed(defaults) == {}


def test_a_default_outside_the_range_widens_it():
    low = RANGES["experts"]["ease.regularisation"][0]
    base = FitSettings(experts=("ease",), ease={"regularisation": low / 10})
    (knob,) = (k for k in Space.of(base, ("ease",), ("experts",)).knobs if "regul" in k.name)
    assert knob.low == knob.default == low / 10


@pytest.mark.parametrize("part", RANGES)
def test_every_setting_of_the_search_is_one_of_a_fit(part):
    names = tuple(name.partition(".")[0] for p in ("experts", part) for name in RANGES[p])
    names = tuple(dict.fromkeys(n for n in names if n not in ("fusion", "rehearsal")))
    space = Space.of(FitSettings(experts=names), names, (part,))
    assert {knob.name for knob in space.knobs} >= set(RANGES[part])
    for end in ("low", "high"):
        at = {k.name: (True if k.switch else type(k.default)(getattr(k, end))) for k in space.knobs}
        told = space.settings(at).tables()
        for name in space.changed(at):
            table, _, key = name.partition(".")
            assert told[table][key] == at[name]


def test_an_expert_on_demand_is_off_until_it_is_tried():
    space = Space.of(BASE, BASE.experts, ("text",))
    assert space.defaults["use.tuned-text"] is False
    assert space.experts(space.defaults) == BASE.experts
    on = {**space.defaults, "use.tuned-text": True, "tuned-text.shots": 64}
    assert space.experts(on) == (*BASE.experts, "tuned-text")
    assert space.settings(on).tables()["tuned-text"] == {"shots": 64}
    assert space.changed({**on, "use.tuned-text": False}) == {}


def test_without_any_expert_the_prior_stays():
    off = {**SPACE.defaults, **{k.name: False for k in SPACE.knobs if k.switch}}
    assert SPACE.settings(off).experts == ("item-prior",)


def test_unknown_parts_are_named():
    assert checked_parts("text, fusion") == ("text", "fusion")
    with pytest.raises(ConfigError, match="'experts'"):
        checked_parts("expert")
    with pytest.raises(ConfigError, match="nothing to search"):
        checked_parts(",")


def bowl(values, fold):
    """Best at 100: what a search must find."""
    return 1.0 - 0.1 * abs(np.log10(values["ease.regularisation"]) - 2) - 0.001 * fold


def test_the_search_begins_with_the_default_and_finds_better(tmp_path):
    search = Search.open(tmp_path, BOWL, 3, 0)
    found = search.run(bowl, seconds=60, trials=16)
    assert len(found) == 16 and found[0].values == BOWL.defaults
    assert found[0].value == pytest.approx(bowl(BOWL.defaults, 1))
    assert abs(np.log10(search.best().values["ease.regularisation"]) - 2) < 0.4
    pruned = [one for one in found if one.state == "pruned"]
    assert pruned and all(one.folds < 3 for one in pruned)
    assert search.importance() == {"ease.regularisation": pytest.approx(1.0)}


def test_stopped_and_taken_up_it_proposes_what_it_would_have(tmp_path):
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    whole = Search.open(tmp_path / "whole", BOWL, 3, 4).run(bowl, seconds=60, trials=6)
    calls = 0

    def failing(values, fold):
        nonlocal calls
        calls += 1
        if calls in (2, 6, 14):
            raise KeyboardInterrupt
        return bowl(values, fold)

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            Search.open(tmp_path / "broken", BOWL, 3, 4).run(failing, seconds=60, trials=6)
    broken = Search.open(tmp_path / "broken", BOWL, 3, 4).run(failing, seconds=60, trials=6)
    judged = [one for one in broken if one.state != "stopped"]
    assert len(broken) == 9
    assert [(o.values, o.value) for o in judged] == [(o.values, o.value) for o in whole]


def test_another_seed_proposes_something_else(tmp_path):
    found = []
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        search = Search.open(tmp_path / str(seed), BOWL, 1, seed)
        found.append(search.run(bowl, seconds=60, trials=2)[1].values)
    assert found[0] != found[1]


def test_without_time_the_default_is_judged_and_nothing_else(tmp_path):
    search = Search.open(tmp_path, BOWL, 2, 0)
    assert [one.state for one in search.run(bowl, seconds=0)] == ["complete"]
    assert [one.state for one in search.run(bowl, seconds=0)] == ["complete"]


def test_a_trial_that_runs_out_of_time_is_tried_again_by_the_next_run(tmp_path):
    def slow(values, fold):
        time.sleep(3.0 * (values != BOWL.defaults))
        return bowl(values, fold)

    first = Search.open(tmp_path, BOWL, 3, 0).run(slow, seconds=3)
    assert [one.state for one in first] == ["complete", "stopped"]
    then = Search.open(tmp_path, BOWL, 3, 0).run(bowl, seconds=60, trials=2)
    assert [one.state for one in then] == ["complete", "stopped", "complete"]
    assert then[2].values == then[1].values


def test_a_folder_with_another_search_or_a_broken_file_is_refused(tmp_path):
    Search.open(tmp_path, BOWL, 3, 0, data="a")
    for seed, data in ((1, "a"), (0, "b")):
        with pytest.raises(ConfigError, match="other data, settings or parts"):
            Search.open(tmp_path, BOWL, 3, seed, data=data)
    Search.open(tmp_path, BOWL, 3, 0, data="a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / STUDY).write_bytes(b"this is no database" * 99)
    with pytest.raises(ConfigError, match="no search that can be taken up"):
        Search.open(tmp_path / "b", BOWL, 3, 0)


def test_a_fold_where_nobody_likes_anything_is_said(tmp_path):
    with pytest.raises(EmptyData, match="nobody whom the search asks"):
        Search.open(tmp_path, BOWL, 1, 0).run(lambda values, fold: float("nan"), seconds=1)


ONE_MORE = Space(
    (Knob("use.item-knn", False), Knob("use.popularity", True)),
    FitSettings(experts=("popularity",)),
    ("popularity",),
)


@pytest.fixture(scope="module")
def judge(bench):
    return Judge(Bench(bench.dataset, bench.features, bench.encoder, {}), ONE_MORE)


def attempt(**values):
    return Attempt(3, "complete", 0.9, 3, {**ONE_MORE.defaults, **values}, 1.0)


def test_what_is_better_on_the_check_is_used(judge, toy, tmp_path):
    check = stages(toy, "new-users", 0).check
    found = verdict(judge, attempt(**{"use.item-knn": True}), check)
    assert not found.kept and "beats the default" in found.sentence
    (gap,) = found.comparisons
    assert gap["low"] > 0 and gap["verdict"] == "a" and gap["a"] == "hybrid-tuned"
    assert {row["ranker"] for row in found.rows} == {"hybrid", "hybrid-tuned"}
    write_settings(tmp_path / FILE, ONE_MORE.told(found.values), [found.sentence])
    read = read_fit_settings(tmp_path / "none", tmp_path / FILE, None)
    assert read == FitSettings(experts=("popularity", "item-knn"))


def test_what_is_worse_on_the_check_is_not_used_however_good_it_looked(judge, toy):
    check = stages(toy, "new-users", 0).check
    found = verdict(judge, attempt(**{"use.popularity": False}), check)
    assert found.kept and found.values == ONE_MORE.defaults
    assert "the default is kept" in found.sentence and found.comparisons


@pytest.mark.parametrize("best", [None, attempt()])
def test_nothing_better_needs_no_check(judge, best):
    found = verdict(judge, best, None)
    assert found.kept and not found.rows and "beat the default, which is kept" in found.sentence


def test_settings_survive_their_file(tmp_path):
    values = {**SPACE.defaults, "use.popularity": False, "item-knn.shrink": 12.5}
    values |= {"rehearsal.people": 123, "ease.regularisation": 33.25}
    write_settings(tmp_path / FILE, SPACE.told(values), ["why"])
    read = read_fit_settings(tmp_path / "none", tmp_path / FILE, None)
    assert read == SPACE.settings(values)
    assert read.experts == ("item-knn", "ease")
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


def on_demand(part, **told):
    base = FitSettings(encoder="char-ngrams-64", experts=("popularity",), **told)
    return Space.of(base, base.experts, (part,))


def test_a_tuned_text_is_judged_with_its_settings(toy):
    space = on_demand("text", rehearsal={"folds": 2, "people": 20})
    judge, fold = Judge.of(toy, space), stages(toy, "new-users", 0).search[0]
    on = {**space.defaults, "use.tuned-text": True, "tuned-text.shots": 32}
    on["tuned-text.directions"] = 16
    assert judge.value(on, fold) != judge.value(space.defaults, fold)


@pytest.mark.slow
def test_a_graph_is_learned_once_for_all_folds(toy):
    pytest.importorskip(
        "torch_geometric", reason="needs the extra `graph`: pip install 'fewrec[graph]'"
    )
    triples = [(item, "maker", item.split("-")[0]) for item in toy.catalog.items.ids]
    world = dataclasses.replace(toy, triples=tuple(triples))
    told = {"graph-knn": {"epochs": 4}, "rehearsal": {"folds": 2, "people": 20}}
    space = on_demand("graph", **told)
    judge, cut = Judge.of(world, space), stages(world, "new-users", 0)
    on = {**space.defaults, "use.graph-knn": True, "graph-knn.layers": 1}
    first = judge.value(on, cut.search[0])
    (network,) = judge.networks
    vectors = judge.networks[network]
    assert len(network.fan_out) == 1 and network.epochs == 4
    judge.value(on, cut.search[1])
    assert judge.networks[network] is vectors
    assert first != judge.value(space.defaults, cut.search[0])


def test_a_part_of_which_there_is_nothing_is_refused_before_the_search(toy):
    pytest.importorskip("torch_geometric", reason="needs the extra `graph`")
    with pytest.raises(ConfigError, match=r"toy has no graph to search\. Leave 'graph' out"):
        Judge.of(toy, on_demand("graph"))
