"""Models as folders: what is read is what was written, and damage is told from absence."""

import json
import threading
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from fewrec.data.histories import Histories
from fewrec.data.slate import Query
from fewrec.errors import ModelError
from fewrec.recommender import Recommender

QUERIES = (
    Query(user="u0"),
    Query(user="u4", diversity=0.5, include_seen=True),
    Query(likes=("space-0",)),
    Query(profile="baking and spice"),
    Query(),
)


@pytest.fixture
def saved(model, tmp_path):
    model.save(tmp_path / "model")
    return tmp_path / "model"


def test_a_model_answers_the_same_after_a_trip_through_a_folder(model, saved):
    again = Recommender.load(saved)
    for query in QUERIES:
        one, two = (m.slate(query, explain=True) for m in (model, again))
        assert one.items == two.items
        assert one.reasons == two.reasons
        assert one.scores == pytest.approx(two.scores, abs=1e-6)
    pairs = pl.DataFrame({"user": ["u0", "x"], "item": ["space-1", "romance-7"]})
    assert again.score(pairs) == pytest.approx(model.score(pairs), abs=1e-6)
    assert again.manifest == model.manifest


def test_people_beside_weights_after_a_trip_through_a_folder(toy, tmp_path):
    """Likes of two weights: `reach` is weighed, saved, read and true."""
    rows = toy.interactions
    weight = np.where(np.arange(len(rows)) % 3 == 0, 1.0, 0.2).astype(np.float32)
    seen = replace(toy, interactions=replace(rows, weight=weight))
    model = Recommender.fit(seen, encoder="char-ngrams-128")
    assert "reach" in model.fusion.experts
    model.save(tmp_path / "model")
    again = Recommender.load(tmp_path / "model")
    for query in QUERIES:
        assert model.slate(query).items == again.slate(query).items
    reach = again.fusion.experts["reach"]
    for item in range(5):
        liked = np.unique(rows.user[(rows.item == item) & (rows.label > 0)])
        (fact,) = reach.facts(Histories.single(), np.array([item]))[0]
        assert (fact.part, fact.count) == ("reach", len(liked))
        assert reach.level[item] == pytest.approx(np.log1p(len(liked)))


def test_what_a_model_was_told_later_is_saved_too(since, tmp_path):
    items = pl.DataFrame({"item": ["x 🎉"], "title": ["New"], "shelf": ["space"]})
    grown = since([("fan", f"space-{n}", 1.0, 1e6 + n) for n in range(3)], items=items)
    grown.save(tmp_path / "m")
    again = Recommender.load(tmp_path / "m")
    assert again.known.fitted_rows == grown.known.fitted_rows < len(again.known.interactions)
    query = Query(user="fan", k=30)
    assert again.slate(query).items == grown.slate(query).items
    pairs = pl.DataFrame({"user": ["fan"], "item": ["space-5"]})
    assert again.score(pairs) == pytest.approx(grown.score(pairs), abs=1e-6)


def test_saving_again_exchanges_the_model(model, saved):
    (saved / "old-file").write_text("of an older version")
    replace(model, manifest=replace(model.manifest, data="other")).save(saved)
    assert Recommender.load(saved).manifest.data == "other"
    assert not (saved / "old-file").exists()
    assert [p.name for p in saved.parent.iterdir()] == ["model"]


def test_a_relative_place_and_missing_parents_are_fine(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model.save("a/b/model")
    assert Recommender.load(tmp_path / "a" / "b" / "model").manifest == model.manifest


def test_no_model_at_all(tmp_path):
    with pytest.raises(ModelError, match=r"there is no model in .*fewrec fit DIR -o"):
        Recommender.load(tmp_path / "none")
    with pytest.raises(ModelError, match="there is no model in"):
        Recommender.load(tmp_path)


@pytest.mark.parametrize(
    "file", ["arrays.safetensors", "items.parquet", "users.parquet", "interactions.parquet",
             "tables.json"],
)  # fmt: skip
@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "nonsense"])
def test_damage_is_said(saved, file, damage):
    whole = (saved / file).read_bytes()
    if damage == "missing":
        (saved / file).unlink()
    else:
        content = {"cut": whole[: len(whole) // 2], "empty": b"", "nonsense": b"\x00abc" * 50}
        (saved / file).write_bytes(content[damage])
    with pytest.raises(ModelError, match="incomplete or damaged"):
        Recommender.load(saved)


def test_another_version_is_said(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    for change, said in (
        ({"schema": 99}, "written with schema 99, this version reads schema 1"),
        ({"plain": {}}, "incomplete or damaged"),
        ({"new_field": 1}, "incomplete or damaged"),
    ):
        (saved / "manifest.json").write_text(json.dumps({**manifest, **change}))
        with pytest.raises(ModelError, match=said):
            Recommender.load(saved)


@pytest.mark.parametrize("text", ["{}", "[]", '{"name": "a web page"}'])
def test_the_manifest_of_something_else(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match=r"manifest\.json that is not of a model"):
        Recommender.load(tmp_path)


def test_half_a_manifest(saved):
    text = (saved / "manifest.json").read_text()
    (saved / "manifest.json").write_text(text[: len(text) // 2])
    with pytest.raises(ModelError, match="incomplete or damaged"):
        Recommender.load(saved)


def test_a_failed_write_leaves_the_old_model_and_nothing_else(model, saved, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fewrec.recommender.storage.save_file", full)
    with pytest.raises(ModelError, match=r"No space left on device.*What was there is unchanged"):
        replace(model, manifest=replace(model.manifest, data="other")).save(saved)
    assert Recommender.load(saved).manifest.data == "toy"
    assert [p.name for p in saved.parent.iterdir()] == ["model"]


def test_readers_and_writers_at_once_see_whole_models(model, tmp_path):
    place = tmp_path / "model"
    others = [replace(model, manifest=replace(model.manifest, seed=s)) for s in range(3)]
    others[0].save(place)
    faults, done = [], threading.Event()

    def write(one):
        try:
            for _ in range(15):
                one.save(place)
        except ModelError as fault:
            faults.append(fault)

    def read():
        try:
            while not done.is_set():
                Recommender.load(place)
        except ModelError as fault:
            faults.append(fault)

    writers = [threading.Thread(target=write, args=(one,)) for one in others]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert not faults
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert np.isfinite(Recommender.load(place).slate(Query()).scores).all()
