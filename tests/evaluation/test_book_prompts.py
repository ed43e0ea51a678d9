"""Another folder in TALLRec's layout: one row a person, authors, no catalogue."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from fewrec.data.importers import IMPORTERS
from fewrec.evaluation.shot_bench import answered
from fewrec.evaluation.tallrec import contestants, open_tallrec
from fewrec.metrics.preference import auc

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "book_prompts.py"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("book_prompts", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def write_data(folder: Path, people: int) -> Path:
    """Everybody rates twelve books of 20; those of even number are liked. One title is odd."""
    folder.mkdir()
    random = np.random.default_rng(0)
    rated = [
        f"{u},{i},rate,{9 - 5 * (i % 2)}"
        for u in range(people)
        for i in random.permutation(20)[:12]
    ]
    rows = [*rated, "0,19,view,", f"{people},3,rate,8"]
    (folder / "interactions.csv").write_text("\n".join(["user,item,event,value", *rows]))
    books = [f'{n},"The ""Book"", {n},",Ann Lee' if n == 4 else f"{n},Book {n}," for n in range(20)]
    (folder / "items.csv").write_text("\n".join(["item,title,author", *books]))
    return folder


def test_each_person_becomes_one_prompt_that_is_read_back(maker, tmp_path: Path):
    data = write_data(tmp_path / "data", people=40)
    bench = open_tallrec(maker.write_book_prompts(data, tmp_path / "books"))
    assert (len(bench.pool), len(bench.test)) == (20, 20)
    assert bench.test.people.count.tolist() == [10] * 20
    assert len(set(bench.people)) == 20
    titles = bench.whole.titles
    assert "The 'Book', 4," in titles
    even = [titles[i].strip(",")[-1] in "02468" for i in bench.test.item]
    assert bench.test.label.tolist() == even
    assert any("Ann Lee" in text for text in bench.whole.texts)


@pytest.mark.slow
def test_on_books_without_a_catalogue_hybrid_is_level_with_the_like_rate(
    maker, shared_data: Path, tmp_path: Path
):
    archive = shared_data / "caserec" / "book_crossing.zip"
    if not archive.is_file():
        pytest.skip(f"no Book-Crossing at {archive}")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    IMPORTERS["caserec"](tmp_path / "book_crossing", tmp_path / "data")
    bench = open_tallrec(maker.write_book_prompts(tmp_path / "data", tmp_path / "books"))
    some = {name: made for name, made in contestants().items() if name in ("hybrid", "like-rate")}
    gaps = []
    for seed in range(3):
        rate, hybrid = answered(bench, some, 64, seed, {})
        gaps.append(auc(hybrid.score, hybrid.label) - auc(rate.score, rate.label))
    assert np.mean(gaps) > -0.01
