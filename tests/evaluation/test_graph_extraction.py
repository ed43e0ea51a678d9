"""Values that only a text names are found in it, and a model that can read adds to that."""

import numpy as np
import polars as pl
import pytest

from fewrec.cli import main
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData
from fewrec.evaluation.graph_extraction import FUSED, MODEL, Extraction, run_extraction
from fewrec.evaluation.rows import select

ITEMS = 240


class Reader:
    """Says yes where the text praises the value it is asked about."""

    name = "reader"

    def answers(self, chats, answers):
        yes = []
        for chat in chats:
            told, _, question = chat[-1].text.rpartition("\n\n")
            yes.append(f"praises {question.split(chr(34))[1]}" in told)
        return np.log(np.where(np.array(yes)[:, None], [0.8, 0.2], [0.4, 0.6]))


@pytest.fixture
def folder(tmp_path):
    """Two makers stand in each text; which of them it was, only a reader can tell."""
    rng = np.random.default_rng(2)
    makers = np.array([f"Maker{n:02d} Smith" for n in range(30)])
    drawn = [rng.permutation(30)[:2] for _ in range(ITEMS)]
    first = rng.random(ITEMS) < 0.5
    texts = [
        f"{makers[a]} praises nobody, who praises {makers[b]}."
        if early
        else f"The one who praises {makers[b]} is not {makers[a]}."
        for (a, b), early in zip(drawn, first, strict=True)
    ]
    items = {"item": [f"f{n}" for n in range(ITEMS)], "title": [f"Film {n}" for n in range(ITEMS)]}
    by = [makers[b] for _, b in drawn]
    pl.DataFrame({**items, "plot": texts, "by": by}).write_csv(tmp_path / "items.csv")
    (tmp_path / "fewrec.toml").write_text('[items]\nby = "person"\nplot = "text"\n')
    return tmp_path


def test_a_reader_is_better_than_words(folder):
    shares = []
    settings = Extraction(items=60, each=4)
    rows, compared = run_extraction(
        read_folder(folder), None, Reader(), settings, [0, 1], shares.append
    )
    assert shares == sorted(shares) and shares[-1] == 1.0

    def mean(ranker, metric):
        (row,) = select(rows, ranker=ranker, metric=metric, segment="by")
        return row["mean"]

    assert mean("text", "found") > 0.8
    assert mean("random", "precision") < mean("text", "average precision")
    assert mean(MODEL, "average precision") > mean("text", "average precision") + 0.1
    assert mean(FUSED, "average precision") > mean("text", "average precision") + 0.1
    (gap,) = (c for c in compared if c["a"] == FUSED)
    assert gap["verdict"] == "a"


def test_without_a_model_nobody_is_asked(folder, tmp_path, capsys):
    words = ["bench", "graph-extraction", "--data", str(folder), "--items", "40"]
    assert main([*words, "--relation", "by"]) == 0
    said = capsys.readouterr().out
    assert "majority" in said and "language-model" not in said


def test_what_cannot_be_read_is_told(tmp_path, folder):
    dataset = read_folder(folder)
    with pytest.raises(EmptyData, match="no such relations: studio"):
        run_extraction(
            dataset, None, None, Extraction(relations=("studio",)), [0], lambda share: None
        )
    (folder / "items.csv").write_text("item,title,by\n1,Alien,Ann\n2,Heat,Ann\n3,Ran,Bob\n")
    (folder / "fewrec.toml").write_text('[items]\nby = "person"\n')
    with pytest.raises(EmptyData, match="no item has both a text"):
        run_extraction(read_folder(folder), None, None, Extraction(), [0], lambda share: None)
