"""Text encoders: the pinned MiniLM, folders of strangers, and what they refuse."""

import numpy as np
import pytest

from fewrec.data.toy import toy_world
from fewrec.errors import AssetError, ConfigError, MissingExtra, ModelError
from fewrec.knowledge.bert import bert_model
from fewrec.knowledge.text import HashingEncoder, item_texts, text_encoder
from fewrec.knowledge.vectors import encode_all
from fewrec.protocols import TextEncoder

SENTENCES = [
    "A man is eating food.",
    "Someone is having a meal.",
    "The girl plays the violin.",
    "A young woman makes music on a string instrument.",
    "The stock market crashed on Monday.",
]


def test_paraphrases_are_near_and_strangers_far():
    encoder = text_encoder()
    assert isinstance(encoder, TextEncoder)
    assert (encoder.name, encoder.dimension) == ("all-minilm-l6-v2-int8", 384)
    vectors = encoder.encode(SENTENCES)
    near = vectors @ vectors.T
    assert np.allclose(np.diag(near), 1, atol=1e-5)
    assert near[0, 1] > 0.6
    assert near[2, 3] > 0.4
    assert np.abs(near[4, :4]).max() < 0.2


def test_vectors_are_those_of_sentence_transformers():
    """The scores that library's documentation shows for this model and these sentences."""
    texts = [
        "A man is eating pasta.",
        "A man is eating food.",
        "A man is eating a piece of bread.",
        "A man is riding a horse.",
        "A man is riding a white horse on an enclosed ground.",
        "A cheetah is running behind its prey.",
    ]
    published = [0.7035, 0.5272, 0.1889, 0.1047, 0.0980]
    full, small = text_encoder(precision="fp32").encode(texts), text_encoder().encode(texts)
    assert full[0] @ full[1:].T == pytest.approx(published, abs=1e-4)
    assert small[0] @ small[1:].T == pytest.approx(published, abs=0.01)


def test_eight_bits_and_full_precision_agree():
    texts = [*item_texts(toy_world().catalog), *SENTENCES, "x " * 300]
    small, full = text_encoder().encode(texts), text_encoder(precision="fp32").encode(texts)
    assert float((small * full).sum(axis=1).min()) > 0.99


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_a_vector_does_not_depend_on_the_batch(precision, minilm_folder):
    texts = [*SENTENCES, "word " * 90, "short", *[f"text number {n}" for n in range(20)]]
    encoder = text_encoder(str(minilm_folder), precision=precision).encoder
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert np.array_equal(together, encoder.encode(texts))


def test_empty_texts_are_zero():
    vectors = text_encoder().encode(["", "  \n", "\u200b", "film"])
    assert np.linalg.norm(vectors, axis=1).round(5).tolist() == [0, 0, 0, 1]
    assert text_encoder().encode([]).shape == (0, 384)


def test_what_lies_beyond_the_longest_text_does_not_count():
    encoder = text_encoder()
    long = "slow science fiction " * 200
    one, other = encoder.encode([long + "and a wedding", long + "and a baker"])
    assert np.array_equal(one, other)


def test_a_folder_with_an_onnx_graph_gives_the_vectors_of_the_pinned_model(minilm_folder):
    encoder = text_encoder(str(minilm_folder))
    assert encoder.name.startswith("minilm-")
    assert np.allclose(encoder.encode(SENTENCES), text_encoder().encode(SENTENCES), atol=1e-6)


def test_the_unknown_share_tells_languages_the_tokenizer_lacks(minilm_folder):
    encoder = text_encoder(str(minilm_folder)).encoder
    assert encoder.unknown_share(SENTENCES) == 0
    assert encoder.unknown_share(["ꦲꦏ꧀ꦱꦫ ꦗꦮ", "ᬅᬓ᭄ᬱᬭ ᬩᬮᬶ"]) > 0.3
    assert encoder.unknown_share([]) == 0


@pytest.mark.parametrize("prefix", ["", "bert."])
def test_bert_weights_run_without_torch(tiny_bert, prefix):
    encoder = text_encoder(str(tiny_bert(prefix=prefix)))
    vectors = encoder.encode(["a space film", "a space film", "the wedding story", ""])
    assert vectors.shape == (4, 16)
    assert np.array_equal(vectors[0], vectors[1])
    assert not np.allclose(vectors[0], vectors[2])
    assert not vectors[3].any()


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
def test_activations_of_bert(tiny_bert, activation):
    vectors = text_encoder(str(tiny_bert(hidden_act=activation))).encode(["a space film"])
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


def test_the_first_token_speaks_where_the_folder_says_so(tiny_bert):
    mean, first = tiny_bert("mean"), tiny_bert("first")
    (first / "1_Pooling").mkdir()
    (first / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    texts = ["a space film"]
    assert not np.allclose(
        text_encoder(str(mean)).encode(texts), text_encoder(str(first)).encode(texts), atol=1e-3
    )


def test_texts_are_cut_at_the_positions_a_model_has(tiny_bert):
    encoder = text_encoder(str(tiny_bert()))
    assert np.isfinite(encoder.encode(["space film " * 50])).all()


def test_other_architectures_need_the_extra(tiny_bert, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'fewrec\[lm\]'"):
        text_encoder(str(tiny_bert(model_type="distilbert")))


def test_a_folder_that_is_no_bert_is_named(tiny_bert):
    with pytest.raises(ModelError, match=r"config\.json is not that of a BERT"):
        bert_model(tiny_bert(model_type="distilbert"), 1)


def test_a_missing_tensor_is_named(tiny_bert):
    folder = tiny_bert()
    text = (
        (folder / "config.json")
        .read_text()
        .replace('"num_hidden_layers": 2', '"num_hidden_layers": 3')
    )
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"no tensor 'encoder\.layer\.2\.attention"):
        text_encoder(str(folder)).encode(["film"])


@pytest.mark.parametrize(
    ("file", "problem"),
    [("tokenizer.json", "not a readable tokenizer"), ("model.safetensors", "cannot be read")],
)
def test_damaged_files_are_named(tiny_bert, file, problem):
    folder = tiny_bert()
    (folder / file).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=problem):
        text_encoder(str(folder)).encode(["film"])


def test_a_folder_without_a_model_says_what_it_needs(tmp_path):
    with pytest.raises(AssetError, match=r"no text encoder inside. It needs tokenizer\.json"):
        text_encoder(str(tmp_path))


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(AssetError, match="Did you mean 'all-minilm-l6-v2'"):
        text_encoder("all-minilm-l6")


def test_settings_out_of_range_are_refused():
    with pytest.raises(ConfigError, match="threads must be at least 1, not 0"):
        text_encoder(threads=0)
    with pytest.raises(ConfigError, match="precision must be 'int8' or 'fp32', not 'int4'"):
        text_encoder(precision="int4")


def test_ngrams_are_found_by_name():
    assert text_encoder("char-ngrams-64").name == HashingEncoder(64).name


def test_an_encoder_is_found_again_by_its_name():
    for name in ("all-minilm-l6-v2-int8", "all-minilm-l6-v2-fp32", "char-ngrams-512"):
        assert text_encoder(name).name == name


def test_progress_is_told(own_cache):
    seen = []
    encode_all(HashingEncoder(), [f"text {n}" for n in range(600)], lambda *at: seen.append(at))
    assert seen == [(256, 600), (512, 600), (600, 600)]
