"""Text encoders of the hub, from a server in this process that speaks as the hub does."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from fewrec.errors import AssetError, ModelError
from fewrec.knowledge.text import text_encoder

LARGE = ("model.safetensors", "model.onnx")


class Hub:
    """Repositories by name, and what was asked for."""

    def __init__(self):
        self.repositories, self.asked, self.address = {}, [], ""

    def add(self, name, folder):
        self.repositories[name] = folder

    def answer(self, path):
        """Body of a response; None for 404."""
        self.asked.append(path)
        for name, folder in self.repositories.items():
            if path == f"/api/models/{name}?blobs=true":
                return json.dumps(self._about(folder)).encode()
            for file in folder.rglob("*"):
                if path == f"/{name}/resolve/abc123/{file.relative_to(folder)}":
                    return file.read_bytes()
        return None

    def _about(self, folder):
        siblings = []
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                content = file.read_bytes()
                told = {"rfilename": str(file.relative_to(folder)), "size": len(content)}
                if file.name in LARGE:
                    checksum = hashlib.sha256(content).hexdigest()
                    told["lfs"] = {"sha256": checksum, "size": len(content)}
                siblings.append(told)
        return {"sha": "abc123", "siblings": siblings}


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub at HF_ENDPOINT, and an empty cache."""
    here = Hub()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            body = here.answer(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("FEWREC_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_model_is_fetched_once_and_works(hub, tiny_bert):
    folder = tiny_bert()
    (folder / "README.md").write_text("not needed")
    hub.add("someone/tiny-bert", folder)
    vectors = text_encoder("someone/tiny-bert").encode(["a space film"])
    assert np.array_equal(vectors, text_encoder(str(folder)).encode(["a space film"]))
    assert not any("README" in path for path in hub.asked)
    asked = len(hub.asked)
    text_encoder("someone/tiny-bert").encode(["a wedding"])
    assert len(hub.asked) == asked


def test_a_graph_is_preferred_to_weights(hub, tiny_bert):
    folder = tiny_bert()
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"a graph")
    hub.add("someone/with-graph", folder)
    with pytest.raises(ModelError, match="ONNX Runtime cannot open this file"):  # it was taken
        text_encoder("someone/with-graph")
    assert not any(path.endswith("safetensors") for path in hub.asked)


def test_an_unknown_model_is_one_sentence(hub):
    with pytest.raises(AssetError, match=r"'no/model' is no text encoder .* answers 404"):
        text_encoder("no/model")


def test_a_model_without_usable_weights_is_named(hub, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "pytorch_model.bin").write_bytes(b"x")
    hub.add("someone/old", folder)
    with pytest.raises(AssetError, match=r"has none of onnx/model\.onnx, model\.onnx, model\.safe"):
        text_encoder("someone/old")


def test_offline_means_nobody_is_asked(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(AssetError, match="HF_HUB_OFFLINE forbids"):
        text_encoder("someone/tiny-bert")
    assert hub.asked == []


def test_a_hub_that_cannot_be_reached_is_one_sentence(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(AssetError, match=r"cannot be fetched from .*Check the connection"):
        text_encoder("someone/tiny-bert")


def test_a_language_model_comes_with_all_its_weights_and_its_template(hub, tmp_path):
    transformers = pytest.importorskip("transformers", reason="needs the extra lm")
    from tests.tiny_models import save_model

    from fewrec.data.chat import Turn
    from fewrec.knowledge.language import language_model

    folder = save_model(tmp_path / "source")
    whole = transformers.AutoModelForCausalLM.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    whole.save_pretrained(folder, max_shard_size="40KB")
    (folder / "onnx").mkdir()
    (folder / "onnx" / "model.onnx").write_bytes(b"not wanted")
    hub.add("someone/tiny-llama", folder)
    model = language_model("someone/tiny-llama")
    assert model.opened.tokens.templated
    assert model.answers([(Turn("user", "x"),)], ("Yes", "No")).shape == (1, 2)
    assert not [path for path in hub.asked if path.endswith(".onnx")]
    asked = len(hub.asked)
    language_model("someone/tiny-llama", threads=2)
    assert len(hub.asked) == asked


def test_a_language_model_without_safetensors_is_named(hub, tmp_path):
    pytest.importorskip("transformers", reason="needs the extra lm")
    from fewrec.knowledge.language import language_model

    (tmp_path / "config.json").write_text("{}")
    hub.add("someone/old", tmp_path)
    with pytest.raises(AssetError, match=r"has none of model\.safetensors .*language model"):
        language_model("someone/old")
    with pytest.raises(AssetError, match=r"'no/model' is no language model .*SmolLM2"):
        language_model("no/model")
