"""The benches of graphs: repair on a small world, growth on small sizes."""

import numpy as np
import polars as pl
import pytest

from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData
from fewrec.evaluation.graph_growth import growth, made_up
from fewrec.evaluation.graph_repair import run_repair


def test_what_texts_tell_is_found_again(tmp_path):
    rng = np.random.default_rng(1)
    maker = rng.integers(0, 40, 300)
    items = {"item": [f"f{n}" for n in range(300)], "title": [f"Film {n}" for n in range(300)]}
    people = [f"Maker{m:02d} Smith" for m in maker]
    pl.DataFrame({**items, "by": people}).write_csv(tmp_path / "items.csv")
    (tmp_path / "fewrec.toml").write_text('[items]\nby = "person"\n')
    graph = {"head": items["item"], "relation": ["made by"] * 300, "tail": people}
    pl.DataFrame(graph).write_csv(tmp_path / "graph.csv")
    steps = []
    rows = run_repair(read_folder(tmp_path), None, [0], lambda: steps.append(1))
    assert len(steps) == 2
    found = {(r["evidence"], r["metric"]): r["mean"] for r in rows if "segment" not in r}
    assert found["all", "precision at 0.9"] > 0.9
    assert found["all", "recall at 0.9"] > 0.5
    assert found["all", "auc"] > 0.95 > found["titles and texts", "auc"]


def test_too_few_facts_are_told(tmp_path):
    (tmp_path / "items.csv").write_text("item,title\n1,Alien\n")
    with pytest.raises(EmptyData, match="0 facts about items, too few"):
        run_repair(read_folder(tmp_path), None, [0], lambda: None)


def test_made_up_graphs_have_hubs_and_the_size_asked_for():
    frame = pl.concat(made_up(20_000, 0))
    assert frame.height == 20_000
    counts = frame["tail"].value_counts(sort=True)["count"]
    assert counts[0] > 50 * counts.median()


@pytest.mark.slow
def test_growth_measures_each_size():
    rows = growth([1_000, 5_000], step=lambda: None)
    found = {(r["n"], r["metric"]): r["mean"] for r in rows}
    assert found[5_000, "folder MB"] > found[1_000, "folder MB"] > 0
    assert found[5_000, "build peak MB"] > 10
    assert found[1_000, "neighbours per second"] > 100
