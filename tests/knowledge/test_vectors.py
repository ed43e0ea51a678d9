"""The vector cache: nothing is encoded twice, and no fault of the cache costs an answer."""

import logging
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from fewrec.knowledge.ngrams import HashingEncoder
from fewrec.knowledge.vectors import CachedEncoder, VectorStore, encode_all

TEXTS = [f"a film about the number {n}" for n in range(40)]


class Counting:
    """An encoder that counts the texts it is given."""

    def __init__(self):
        self.inner, self.texts = HashingEncoder(16), 0

    name, dimension = "counting/one two", 16

    def encode(self, texts):
        self.texts += len(texts)
        return self.inner.encode(texts)


def test_a_text_is_encoded_once(tmp_path):
    counting = Counting()
    first = CachedEncoder(counting, tmp_path).encode([*TEXTS, *TEXTS])
    again = CachedEncoder(counting, tmp_path).encode(TEXTS)
    assert counting.texts == len(TEXTS)
    assert np.array_equal(first[: len(TEXTS)], again)
    assert np.array_equal(first[len(TEXTS) :], again)
    assert [file.name for file in tmp_path.glob("*.sqlite")] == ["counting-one-two.sqlite"]


def test_only_new_texts_are_encoded(tmp_path):
    counting = Counting()
    encoder = CachedEncoder(counting, tmp_path)
    encoder.encode(TEXTS[:30])
    encoder.encode(TEXTS)
    assert counting.texts == len(TEXTS)


def test_many_texts_fit_one_lookup(tmp_path):
    counting = Counting()
    texts = [f"text {n}" for n in range(1200)]
    encoder = CachedEncoder(counting, tmp_path)
    assert np.array_equal(encode_all(encoder, texts), encode_all(encoder, texts))
    assert counting.texts == 1200


def test_a_single_query_is_not_written(tmp_path):
    encoder = CachedEncoder(Counting(), tmp_path)
    encoder.encode(["I love slow science fiction"])
    assert encoder.encode([]).shape == (0, 16)
    assert VectorStore(tmp_path / "counting-one-two.sqlite", 16).get([b"x"]) == {}


def test_an_unreadable_cache_costs_time_only(tmp_path, caplog):
    file = tmp_path / "counting-one-two.sqlite"
    file.write_bytes(b"this is not a database" * 100)
    counting = Counting()
    with caplog.at_level(logging.WARNING):
        vectors = CachedEncoder(counting, tmp_path).encode(TEXTS)
    assert np.array_equal(vectors, HashingEncoder(16).encode(TEXTS))
    assert "cannot be read (file is not a database)" in caplog.text
    CachedEncoder(counting, tmp_path).encode(TEXTS)
    assert counting.texts == len(TEXTS), "the cache must work again"


def test_a_place_that_cannot_be_written_costs_time_only(tmp_path, caplog):
    (tmp_path / "file").write_text("not a folder")
    with caplog.at_level(logging.WARNING):
        vectors = CachedEncoder(Counting(), tmp_path / "file").encode(TEXTS)
    assert vectors.shape == (40, 16)
    assert "The vector cache" in caplog.text


def test_vectors_of_another_length_are_not_used(tmp_path):
    store = VectorStore(tmp_path / "v.sqlite", 4)
    store.put([b"a"], np.ones((1, 4), dtype=np.float32))
    assert list(store.get([b"a"])) == [b"a"]
    assert VectorStore(tmp_path / "v.sqlite", 8).get([b"a"]) == {}


def test_processes_share_a_cache(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from fewrec.knowledge.ngrams import HashingEncoder\n"
        "from fewrec.knowledge.vectors import CachedEncoder\n"
        "encoder = CachedEncoder(HashingEncoder(16), Path(sys.argv[1]))\n"
        "for n in range(20):\n"
        "    encoder.encode([f'{sys.argv[2]} {n} {m}' for m in range(10)] + ['shared'])\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), who]) for who in ("one", "two")
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    with sqlite3.connect(tmp_path / "char-ngrams-16.sqlite") as store:
        (count,) = store.execute("SELECT count(*) FROM vectors").fetchone()
    store.close()
    assert count == 401


def test_a_killed_process_leaves_a_whole_cache(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; import numpy as np\n"
        "from fewrec.knowledge.vectors import VectorStore\n"
        "store = VectorStore(Path(sys.argv[1]), 16)\n"
        "store.put([b'first'], np.ones((1, 16), dtype=np.float32))\n"
        "connection = store._connect()\n"
        "connection.execute(\"INSERT INTO vectors VALUES (x'00', x'00')\")\n"
        "os._exit(9)\n"
    )
    file = tmp_path / "v.sqlite"
    assert subprocess.run([sys.executable, "-c", code, str(file)], check=False).returncode == 9
    store = VectorStore(file, 16)
    assert list(store.get([b"first", b"\x00"])) == [b"first"]
    store.put([b"second"], np.ones((1, 16), dtype=np.float32))
    assert len(store.get([b"first", b"second"])) == 2


@pytest.mark.parametrize("text", ["emoji 🎬 and \ud83d lone surrogates", "\x00", "a" * 100_000])
def test_any_text_has_a_key(tmp_path, text):
    encoder = CachedEncoder(HashingEncoder(16), tmp_path)
    assert encoder.encode([text]).shape == (1, 16)
