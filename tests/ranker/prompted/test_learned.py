"""Soft prompts and LoRA on tiny models: they learn, they stop, they leave the model alone."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.prompted.conftest import training, world_shots
from tests.tiny_models import KINDS, save_model

from fewrec.data.histories import Histories
from fewrec.errors import ConfigError, MissingExtra
from fewrec.knowledge.language import language_model
from fewrec.protocols import FittedShotModel, ShotModel
from fewrec.ranker.prompted.asking import Prompted
from fewrec.ranker.prompted.learned import PromptedLoRA, SoftPrompt

torch = pytest.importorskip("torch", reason="needs the extra lm")
pytest.importorskip("peft", reason="needs the extra lm")

LEARN = {"epochs": 12, "batch": 6, "held_out": 0}


def ways(model, **settings):
    told = LEARN | settings
    return [
        SoftPrompt(model, vectors=8, rate=0.1, **told),
        PromptedLoRA(model, layers=2, rate=0.02, **told),
    ]


def loss(logits, label):
    return float(np.mean(np.logaddexp(0, logits) - label * logits))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [0, 1])
def test_the_answers_of_the_shots_are_learned(tmp_path, kind, way):
    model = language_model(str(save_model(tmp_path / kind, kind)))
    shots = world_shots()
    before = Prompted(model, calibrated=False, remember=False).fit(shots, training())
    raw = before.logits(shots.people, shots.item)
    configured = ways(model)[way]
    assert isinstance(configured, ShotModel)
    fitted = configured.fit(shots, training())
    assert isinstance(fitted, FittedShotModel)
    after = fitted.logits(shots.people, shots.item)
    assert loss(after, shots.label) < min(0.5, 0.8 * loss(raw, shots.label))
    assert np.allclose(before.logits(shots.people, shots.item), raw, atol=1e-5)
    rows = np.array([5, 0])
    some = fitted.logits(shots.people.take(rows), shots.item[rows])
    assert np.allclose(some, after[rows], atol=1e-4)


@pytest.mark.parametrize("way", [0, 1])
def test_the_same_seed_gives_the_same_answers(tiny, way):
    shots, model = world_shots(), language_model(str(tiny))
    configured = ways(model, epochs=1)[way]
    first, again = (configured.fit(shots, training(seed=3)) for _ in range(2))
    other = configured.fit(shots, training(seed=4))
    logits = [fitted.logits(shots.people, shots.item) for fitted in (first, again, other)]
    assert np.array_equal(logits[0], logits[1])
    assert not np.array_equal(logits[0], logits[2])


@pytest.mark.parametrize("way", [0, 1])
def test_without_epochs_lora_changes_nothing(tiny, way):
    shots, model = world_shots(), language_model(str(tiny))
    raw = Prompted(model, calibrated=False, remember=False).fit(shots, training())
    fitted = ways(model, epochs=0)[way].fit(shots, training())
    same = np.allclose(
        fitted.logits(shots.people, shots.item), raw.logits(shots.people, shots.item), atol=1e-4
    )
    assert same == (way == 1)


def test_a_soft_prompt_is_what_peft_makes_of_it(tiny):
    shots, model = world_shots(), language_model(str(tiny))
    fitted = ways(model, epochs=2)[0].fit(shots, training())
    tokens = model.opened.tokens
    chat = fitted.renderer.chats(shots.people, shots.item)[0]
    told = model.opened.model.get_input_embeddings()(torch.tensor([tokens.ids(chat)]))
    whole = torch.cat([fitted.network.soft[None], told], dim=1)
    with torch.inference_mode():
        logits = model.opened.model(inputs_embeds=whole).logits[0, -1]
    yes, no = tokens.answer_ids(("Yes", "No"))[1]
    expected = float(logits[yes] - logits[no]) + fitted.bias
    assert np.isclose(fitted.logits(shots.people, shots.item)[0], expected, atol=1e-4)


def test_held_out_shots_say_which_epoch_is_kept(tiny):
    shots = world_shots(copies=2)
    noise = np.random.default_rng(0).permutation(shots.label)
    for configured in ways(language_model(str(tiny)), held_out=0.25, epochs=4):
        course = configured.fit(shots.labelled(noise), training()).course
        assert len(course.losses) == 5
        assert course.losses[course.best] == min(course.losses)


@pytest.mark.parametrize("way", [0, 1])
def test_shots_with_one_answer_teach_nothing_and_that_is_said(tiny, way, caplog):
    shots = world_shots()
    likes = shots.take(shots.label == 1)
    none = shots.take(np.zeros(0, dtype=np.int64))
    for some in (likes, none):
        fitted = ways(language_model(str(tiny)))[way].fit(some, training())
        assert np.isfinite(fitted.logits(shots.people, shots.item)).all()
        assert fitted.course.losses == ()
    assert "6 shots with one answer teach nothing" in caplog.text
    assert "0 shots with one answer teach nothing" in caplog.text


def test_somebody_without_history_and_long_titles_are_read(tiny):
    texts = (*training().texts[:5], "x" * 10_000)
    shots = world_shots()
    for configured in ways(language_model(str(tiny)), epochs=1):
        fitted = configured.fit(shots, training(texts))
        nobody = Histories.single([5])
        assert np.isfinite(fitted.logits(nobody, np.array([5]))).all()
        assert fitted.logits(nobody.take(np.zeros(0, int)), np.zeros(0, int)).shape == (0,)


@pytest.mark.parametrize("way", [0, 1])
def test_newcomers_are_asked_about_in_the_words_that_were_trained(tiny, way):
    shots = world_shots()
    fitted = ways(language_model(str(tiny)), epochs=1)[way].fit(shots, training())
    grown = fitted.extended(training((*training().texts, "Space Dust, The (1999)")))
    np.testing.assert_array_equal(
        grown.logits(shots.people, shots.item), fitted.logits(shots.people, shots.item)
    )
    assert grown.renderer.titles[-1] == "The Space Dust"
    assert np.isfinite(grown.logits(shots.people, np.full(len(shots), 6))).all()


def test_progress_is_logged(tiny, caplog):
    with caplog.at_level(logging.INFO, logger="fewrec"):
        ways(language_model(str(tiny)), epochs=2)[1].fit(world_shots(), training())
    assert "Epoch 2: log-loss" in caplog.text


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"epochs": 101}, "epochs must be between 0 and 100"),
        ({"rate": float("nan")}, "rate must be between 0 and 1"),
        ({"batch": 0}, "batch must be between 1 and 64"),
        ({"held_out": 0.9}, "held_out must be between 0 and 0.5"),
        ({"tokens": 1}, "tokens must be between 32 and 4096"),
    ],
)
def test_settings_out_of_range_are_refused(settings, problem):
    for kind in (SoftPrompt, PromptedLoRA):
        with pytest.raises(ConfigError, match=problem):
            kind(**settings)
    with pytest.raises(ConfigError, match="vectors must be between 1 and 256"):
        SoftPrompt(vectors=0)
    with pytest.raises(ConfigError, match="rank must be between 1 and 64"):
        replace(PromptedLoRA(), rank=65)


def test_a_missing_extra_names_its_installation(tiny, monkeypatch):
    model = language_model(str(tiny))
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    with pytest.raises(MissingExtra, match=r"A learned prompt needs .* pip install 'fewrec\[lm\]'"):
        SoftPrompt(model).fit(world_shots(), training())
