"""A network learns what goes together, says the same twice, and answers about newcomers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fewrec.errors import ConfigError, EmptyData, ModelError
from fewrec.knowledge.graph import Graph

pytest.importorskip("torch", reason="the extra graph is not installed")
pytest.importorskip("safetensors")

from fewrec.knowledge.gnn import FittedNetwork, GraphNetwork, Likes, entity_vectors, fit_entities

SMALL = GraphNetwork(
    dimension=16, epochs=6, links=64, people=10, negatives=32, fan_out=(6, 4), rate=0.02
)
GENRES = ("space", "love", "crime")


def triples(films: int = 45) -> list[tuple[str, str, str]]:
    """Films of three genres, each with a director of its genre."""
    found = []
    for n in range(films):
        genre = GENRES[n % 3]
        found.append((f"film{n}", "genre", genre))
        found.append((f"film{n}", "director", f"{genre} director {n // 3 % 4}"))
    return found


def likes_of(graph: Graph, people: int = 40) -> Likes:
    """Everybody likes films of one genre."""
    random = np.random.default_rng(0)
    user, names = [], []
    for u in range(people):
        for n in random.choice(12, 5, replace=False):
            user.append(u)
            names.append(f"film{3 * n + u % 3}")
    return Likes(np.array(user), graph.rows(names))


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph.of(triples())


@pytest.fixture(scope="module")
def fitted(graph) -> FittedNetwork:
    return fit_entities(graph, likes=likes_of(graph), settings=SMALL)


def apart(vectors, rows, genres) -> float:
    """Mean cosine within a genre less that between genres."""
    cosine = vectors[rows] @ vectors[rows].T
    same = np.equal.outer(genres, genres) & ~np.eye(len(rows), dtype=bool)
    return float(cosine[same].mean() - cosine[~np.equal.outer(genres, genres)].mean())


def test_films_of_a_genre_come_to_lie_together(graph, fitted):
    rows = graph.rows([f"film{n}" for n in range(45)])
    assert fitted.vectors.shape == (len(graph), 16) and fitted.vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(fitted.vectors, axis=1), 1, atol=1e-5)
    assert apart(fitted.vectors, rows, np.arange(45) % 3) > 0.5


def test_the_same_seed_gives_the_same_vectors(graph, fitted):
    again = entity_vectors(graph, likes=likes_of(graph), settings=SMALL)
    assert np.array_equal(again, fitted.vectors)
    other = entity_vectors(graph, likes=likes_of(graph), settings=SMALL, seed=1)
    assert not np.allclose(other, fitted.vectors, atol=0.01)


def test_a_newcomer_is_placed_by_its_triples_and_nothing_is_learned(graph, fitted):
    new = [("new space", "genre", "space"), ("new love", "genre", "love")]
    larger = Graph.of([*new, *triples()])  # every row number changes
    found = fitted.extended(larger, likes=likes_of(larger))
    films = larger.rows([f"film{n}" for n in range(36)])
    near = found.vectors[larger.rows(["new space", "new love"])] @ found.vectors[films].T
    for row, genre in enumerate((0, 1)):
        mine = np.arange(36) % 3 == genre
        assert near[row][mine].mean() > near[row][~mine].mean() + 0.3
    assert found.weights is fitted.weights
    same = fitted.extended(graph, likes=likes_of(graph))
    assert np.array_equal(same.vectors, fitted.vectors)


def test_a_newcomer_is_placed_by_its_text():
    graph = Graph.of(triples())
    random = np.random.default_rng(3)
    words = random.standard_normal((3, 24)).astype(np.float32)

    def texts(of: Graph) -> np.ndarray:
        found = np.zeros((len(of), 24), dtype=np.float32)
        for row, name in enumerate(of.names(np.arange(len(of)))):
            if name.startswith("film"):
                noise = 0.2 * random.standard_normal(24)
                found[row] = words[int(name.removeprefix("film")) % 3] + noise
        return found

    fitted = fit_entities(graph, texts(graph), likes_of(graph), settings=SMALL)
    larger = Graph.of([*triples(), ("film46", "unheard of", "thing"), ("film47", "odd", "thing")])
    found = fitted.extended(larger, texts(larger), likes_of(larger))
    assert found.unread == ("unheard of", "odd")
    films = larger.rows([f"film{n}" for n in range(36)])
    near = found.vectors[larger.rows(["film46", "film47"])] @ found.vectors[films].T
    for row, genre in enumerate((1, 2)):
        mine = np.arange(36) % 3 == genre
        assert near[row][mine].mean() > near[row][~mine].mean() + 0.2
    with pytest.raises(ConfigError, match="length 24, not 3"):
        fitted.extended(larger, np.zeros((len(larger), 3), np.float32))


@pytest.mark.parametrize(
    "changed",
    [
        {"composition": "subtract"},
        {"composition": "basis", "bases": 2},
        {"attention": True},
        {"decoder": "complex", "attention": True, "fan_out": (5,)},
    ],
)
def test_every_kind_of_network_learns(graph, changed):
    settings = replace(SMALL, **changed)
    vectors = entity_vectors(graph, likes=likes_of(graph), settings=settings)
    rows = graph.rows([f"film{n}" for n in range(45)])
    assert apart(vectors, rows, np.arange(45) % 3) > 0.3


def test_links_alone_are_enough_and_likes_alone_are_not(graph):
    told = []
    settings = replace(SMALL, epochs=4)
    fit_entities(graph, settings=settings, tell=lambda *said: told.append(said))
    assert [epoch for epoch, *_ in told] == [0, 1, 2, 3]
    assert told[-1][1] < told[0][1]
    with pytest.raises(EmptyData, match="no edges"):
        fit_entities(Graph.of([]), likes=Likes.none())


def test_training_stops_where_held_out_triples_are_not_better(graph):
    told = []
    settings = replace(SMALL, epochs=50, patience=1, rate=0.3)
    fit_entities(graph, settings=settings, tell=lambda *said: told.append(said[2]))
    assert len(told) < 50 and told[-1] >= min(told)


def test_saved_and_read_again(tmp_path, graph, fitted):
    fitted.save(tmp_path / "net")
    read = FittedNetwork.load(tmp_path / "net")
    assert np.array_equal(read.vectors, fitted.vectors) and read.settings == fitted.settings
    same = read.extended(graph, likes=likes_of(graph))
    assert np.array_equal(same.vectors, fitted.vectors)
    manifest = tmp_path / "net" / "manifest.json"
    text = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**text, "schema": 99}))
    with pytest.raises(ModelError, match="schema 99"):
        FittedNetwork.load(tmp_path / "net")
    (tmp_path / "net" / "arrays.safetensors").write_bytes(b"broken")
    manifest.write_text(json.dumps(text))
    with pytest.raises(ModelError, match="damaged"):
        FittedNetwork.load(tmp_path / "net")


def test_settings_out_of_range_are_refused():
    with pytest.raises(ConfigError, match="no composition 'add'"):
        GraphNetwork(composition="add")
    with pytest.raises(ConfigError, match="even"):
        GraphNetwork(dimension=7)
    with pytest.raises(ConfigError, match="fan_out"):
        GraphNetwork(fan_out=())


def test_as_many_text_vectors_as_entities(graph):
    with pytest.raises(ConfigError, match="text vectors for"):
        entity_vectors(graph, np.ones((2, 4), np.float32), settings=SMALL)
