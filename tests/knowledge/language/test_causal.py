"""Answers of causal models: the right numbers, whatever is shared or batched."""

import json
import shutil

import numpy as np
import pytest
from tests.tiny_models import KINDS, save_model, save_tokenizer

from fewrec.data.chat import Turn
from fewrec.errors import AssetError, ConfigError, MissingExtra, ModelError
from fewrec.knowledge.language import language_model
from fewrec.protocols import LanguageModel

torch = pytest.importorskip("torch", reason="needs the extra lm")

HISTORIES = (
    "They liked: The Starship, The Galaxy, Comet Chase, Moon Base, The Starship again.",
    "They liked: The Kiss, A Wedding. They did not like: The Galaxy, Comet Chase, Moon Base.",
)
ITEMS = ("Moon Base", "The Kiss", "A much longer title of something that nobody has seen")
ANSWERS = ("Yes", "No")


def chats():
    return [
        (Turn("system", "You predict what a person likes."), Turn("user", f'{told} "{item}"?'))
        for told in HISTORIES
        for item in ITEMS
    ]


def alone(model, chat):
    """Log-probabilities by the model's own forward pass over one whole prompt."""
    tokens = model.opened.tokens
    shared, wanted = tokens.answer_ids(ANSWERS)
    with torch.inference_mode():
        logits = model.opened.model(torch.tensor([[*tokens.ids(chat), *shared]])).logits[0, -1]
    return torch.log_softmax(logits.float(), -1)[wanted].numpy()


@pytest.mark.parametrize("kind", [*KINDS, "sliding"])
def test_answers_are_those_of_each_prompt_read_alone(tmp_path, kind):
    model = language_model(str(save_model(tmp_path / kind, kind)))
    expected = np.array([alone(model, chat) for chat in chats()])
    assert expected.std() > 0.01
    assert np.allclose(model.answers(chats(), ANSWERS), expected, atol=1e-4)
    assert np.allclose(model.answers(chats()[::-1], ANSWERS), expected[::-1], atol=1e-4)
    assert np.allclose(model.answers(chats()[:1], ANSWERS), expected[:1], atol=1e-4)


def test_what_prompts_share_is_read_once(tiny):
    model = language_model(str(tiny))
    model.answers(chats()[:1], ANSWERS)
    read = []
    hook = model.opened.model.register_forward_pre_hook(
        lambda _, __, given: read.append(given["input_ids"].numel()), with_kwargs=True
    )
    model.answers(chats(), ANSWERS)
    hook.remove()
    whole = sum(len(model.opened.tokens.ids(chat)) for chat in chats())
    assert sum(read) < 0.7 * whole


def test_it_is_a_language_model_and_its_name_follows_its_files(tmp_path):
    folder = save_model(tmp_path / "model")
    model = language_model(str(folder))
    assert isinstance(model, LanguageModel)
    assert model.name.startswith("model-")
    assert model.length("They liked") == 2
    other = shutil.copytree(folder, tmp_path / "copy" / "model")
    assert language_model(str(other)).name == model.name
    template = other / "chat_template.jinja"
    template.write_text(template.read_text() + " ")
    assert language_model(str(other)).name == model.name  # the same object as before
    assert language_model(str(other), precision="bf16").name != model.name


def test_half_precision_is_close(tiny):
    full = language_model(str(tiny)).answers(chats(), ANSWERS)
    half = language_model(str(tiny), precision="bf16").answers(chats(), ANSWERS)
    assert 0 < np.abs(full - half).max() < 0.2


def test_generation_goes_on_from_each_chat_by_itself(tiny):
    model = language_model(str(tiny))
    together = model.generate(chats(), 4)
    assert together == [model.generate([chat], 4)[0] for chat in chats()]
    assert model.answers([], ANSWERS).shape == (0, 2)
    assert model.generate([], 4) == []


def test_a_prompt_longer_than_the_model_can_read_is_refused(tmp_path):
    model = language_model(str(save_model(tmp_path / "short", positions=32)))
    with pytest.raises(ConfigError, match=r"longer than the model can read \(32\)"):
        model.answers(chats(), ANSWERS)
    with pytest.raises(ConfigError, match="longer than the model can read"):
        model.generate(chats(), 4)


def test_what_is_no_model_is_refused_with_a_way_out(tmp_path, tiny):
    with pytest.raises(AssetError, match=r"no language model 'smolm2'.*smollm2-135m-instruct"):
        language_model("smolm2")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssetError, match=r"it lacks config\.json, tokenizer\.json, model\.safete"):
        language_model(str(tmp_path / "empty"))
    broken = shutil.copytree(tiny, tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="no causal language model that transformers can open"):
        language_model(str(broken)).length("x")


def test_a_tokenizer_of_another_model_is_refused(tmp_path):
    folder = save_model(tmp_path / "model")
    save_tokenizer(folder, extra=50)
    with pytest.raises(ModelError, match="the tokenizer belongs to another model"):
        language_model(str(folder)).length("x")


def test_settings_out_of_range_are_refused():
    with pytest.raises(ConfigError, match="threads must be at least 1"):
        language_model(threads=0)
    with pytest.raises(ConfigError, match="precision must be"):
        language_model(precision="int8")


def test_a_missing_extra_names_its_installation(tiny, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    with pytest.raises(MissingExtra, match=r"pip install 'fewrec\[lm\]'"):
        language_model(str(tiny))


def test_the_weights_may_be_in_several_files(tmp_path, tiny):
    from transformers import AutoModelForCausalLM

    cut = shutil.copytree(tiny, tmp_path / "cut")
    (cut / "model.safetensors").unlink()
    AutoModelForCausalLM.from_pretrained(tiny).save_pretrained(cut, max_shard_size="40KB")
    index = json.loads((cut / "model.safetensors.index.json").read_text())
    assert len(set(index["weight_map"].values())) > 1
    assert np.allclose(
        language_model(str(cut)).answers(chats(), ANSWERS),
        language_model(str(tiny)).answers(chats(), ANSWERS),
    )
