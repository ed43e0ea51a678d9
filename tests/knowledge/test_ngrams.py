"""Character n-grams: likeness without weights, in any script."""

import numpy as np
import pytest

from fewrec.errors import ConfigError
from fewrec.knowledge.ngrams import HashingEncoder, normalised
from fewrec.protocols import TextEncoder


def near(first, second, dimension=512):
    """Cosine of two texts."""
    one, other = HashingEncoder(dimension).encode([first, second])
    return float(one @ other)


def test_it_is_a_text_encoder():
    assert isinstance(HashingEncoder(), TextEncoder)
    assert HashingEncoder().name == "char-ngrams-512"


@pytest.mark.parametrize(
    ("text", "alike", "different"),
    [
        ("Krimi aus Norwegen", "norwegischer Krimi", "Liebesfilm mit Musik"),
        ("科幻电影 太空", "太空科幻片", "爱情故事 婚礼"),
        ("фантастика о космосе", "космическая фантастика", "романтическая комедия"),
        ("宇宙戦争の物語", "宇宙の戦争", "恋愛コメディ"),
        ("a story about a robot", "the robots' stories", "wedding cake"),
    ],
)
def test_like_texts_are_nearer(text, alike, different):
    assert near(text, alike) > near(text, different) + 0.1


def test_vectors_have_length_one_and_empty_texts_zero():
    vectors = HashingEncoder(64).encode(["a", "robot", "", " .,!", "é"])
    assert np.linalg.norm(vectors, axis=1).round(5).tolist() == [1, 1, 0, 0, 1]
    assert vectors.dtype == np.float32
    assert HashingEncoder(64).encode([]).shape == (0, 64)


def test_case_marks_and_width_do_not_count():
    assert near("Science-Fiction!", "science fiction") == pytest.approx(1, abs=1e-6)
    assert near("ＡＢＣ film", "abc film") == pytest.approx(1, abs=1e-6)
    assert normalised("  Straße_Nr.7 ") == "strasse nr 7"


def test_words_not_their_order_within_reach_of_a_gram():
    assert near("robot space", "space robot") == pytest.approx(1, abs=1e-6)
    assert near("robots pace", "space robot") < 0.9


def test_texts_do_not_run_into_each_other():
    texts = ["robot", "", "robot", "太空", "x" * 50_000, "robot"]
    together = HashingEncoder().encode(texts)
    alone = np.concatenate([HashingEncoder().encode([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_the_same_on_every_machine():
    vector = HashingEncoder(8).encode(["robot 太空"])[0]
    expected = [-0.2887, -0.1925, -0.2887, -0.2887, 0.5774, 0.3849, 0.4811, 0.0]
    assert vector == pytest.approx(expected, abs=1e-4)


def test_chance_likeness_is_small():
    random = np.random.default_rng(0)
    words = ["".join(random.choice(list("abcdefghijklmnopqrstuvwxyz"), 8)) for _ in range(200)]
    vectors = HashingEncoder().encode(words)
    others = (vectors @ vectors.T)[~np.eye(200, dtype=bool)]
    assert abs(others.mean()) < 0.01
    assert others.std() < 0.12


def test_a_tiny_dimension_is_refused():
    with pytest.raises(ConfigError, match="dimension must be at least 8, not 4"):
        HashingEncoder(4)
