"""Settings of the fusion's parts: what tables may hold, and that a fit goes by them."""

import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import ConfigError
from fewrec.ranker.fusion import Fusion
from fewrec.ranker.item_item import EASE
from fewrec.recommender import Recommender
from fewrec.recommender.rankers import KNOWN, hybrid
from fewrec.recommender.settings import FitSettings, checked, read_fit_settings

SAMPLES = {
    "ease": {"regularisation": 50.0},
    "exposure-ease": {"regularisation": 51.0, "kept": 7},
    "item-knn": {"shrink": 1.0},
    "exposure-knn": {"shrink": 2.0, "neighbours": 9},
    "residual-knn": {"shrink": 3.0},
    "ials": {"factors": 8, "regularisation": 2.0, "alpha": 9.0, "iterations": 3},
    "feature-map": {"factors": 4},
    "text-knn": {"power": 4.0, "dislike": 0.1},
    "tuned-text": {"shots": 16, "directions": 8, "power": 3.0},
    "graph-knn": {"power": 3.0},
}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_expert_takes_what_its_table_says_and_keeps_the_rest(name):
    settings = FitSettings(**checked({name: SAMPLES[name]}, "here"))
    made = hybrid(tuple(KNOWN), settings).experts[name]
    told = {key: getattr(made, key) for key in SAMPLES[name]}
    assert told == SAMPLES[name]
    rest = {key: value for key, value in vars(KNOWN[name]()).items() if key not in told}
    assert rest.items() <= vars(made).items()


def test_other_experts_stay_as_they_were():
    fusion = hybrid(parts=FitSettings(ease={"regularisation": 5}))
    assert fusion.experts["exposure-ease"] == EASE(exposure=0.5)


def test_fusion_and_rehearsal_take_theirs():
    told = {"fusion": {"passes": 0, "prior_strength": 3}, "rehearsal": {"people": 50, "folds": 3}}
    fusion = hybrid(parts=FitSettings(**told))
    assert (fusion.fit_trust.passes, fusion.fit_trust.prior_strength) == (0, 3.0)
    assert (fusion.rehearsal.people, fusion.rehearsal.folds) == (50, 3)
    assert hybrid().rehearsal == Fusion({}, ()).rehearsal


@pytest.mark.parametrize(("layers", "fans"), [(1, (10,)), (2, (10, 5)), (4, (10, 5, 5, 5))])
def test_layers_of_the_network(layers, fans):
    network = FitSettings(**{"graph-knn": {"layers": layers, "rate": 0.01}}).network
    assert (network.fan_out, network.rate) == (fans, 0.01)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"ease": {"regularisatoin": 1}}, r"'ease.regularisatoin'. Did you mean 'regularisation'"),
        ({"esae": {}}, r"unknown key 'esae'. Did you mean 'ease'"),
        ({"ease": {"regularisation": 0}}, r"'ease.regularisation': .* greater than 0"),
        ({"ials": {"factors": 8.5}}, r"'ials.factors'"),
        ({"ials": {"factors": True}}, r"'ials.factors'"),
        ({"rehearsal": {"folds": 1}}, r"'rehearsal.folds': .* greater than or equal to 2"),
        ({"text-knn": {"power": float("inf")}}, r"'text-knn.power'"),
        ({"ease": 500}, r"'ease'"),
        ({"item_knn": {"shrink": 1}}, r"unknown key 'item_knn'. Did you mean 'item-knn'"),
    ],
)
def test_what_is_wrong_is_named(told, said):
    with pytest.raises(ConfigError, match=said):
        checked(told, "there")


def test_tables_stand_in_the_folder_and_in_a_file(tmp_path):
    (tmp_path / "fewrec.toml").write_text("[model.ease]\nregularisation = 500\n")
    assert read_fit_settings(tmp_path, None, None).tables() == {"ease": {"regularisation": 500.0}}
    file = tmp_path / "tuned.toml"
    file.write_text("[ease]\nregularisation = 9\n[item-knn]\nshrink = 2\n")
    told = read_fit_settings(tmp_path, file, 3)
    assert told.tables() == {"ease": {"regularisation": 9.0}, "item-knn": {"shrink": 2.0}}
    assert told.seed == 3


def test_a_model_fitted_by_them_says_so_and_answers_otherwise(tmp_path):
    world = toy_world(users=40, per_shelf=6)
    experts = ("popularity", "ease")
    settings = FitSettings(ease={"regularisation": 0.5}, rehearsal={"folds": 2, "people": 20})
    plain = Recommender.fit(world, experts=experts)
    tuned = Recommender.fit(world, experts=experts, parts=settings)
    weights = [model.fusion.experts["ease"].weights for model in (plain, tuned)]
    assert abs(weights[0] - weights[1]).max() > 0.01
    assert tuned.manifest.parts == settings.tables() and plain.manifest.parts == {}
    tuned.save(tmp_path / "m")
    assert Recommender.load(tmp_path / "m").manifest.parts == settings.tables()
