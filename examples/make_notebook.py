"""Writes and runs examples/notebook.ipynb; edit the cells here, not in the notebook.

python examples/make_notebook.py
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import nbclient
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NOTEBOOK = Path(__file__).with_name("notebook.ipynb")

CELLS = (
    (
        "markdown",
        "# From a table of clicks to recommendations with reasons\n\n"
        "MovieLens 100K (100 of its people, so that this takes seconds), with pandas. "
        "The data are fetched once; their terms: research use, no redistribution.",
    ),
    (
        "code",
        "import pandas as pd\n\n"
        "import fewrec\n"
        "from fewrec.data.public import public_folder\n\n"
        'data = public_folder("ml-100k", progress=False)\n'
        'ratings = pd.read_csv(data / "interactions.csv").query("user <= 100")\n'
        'films = pd.read_csv(data / "items.csv")\n'
        'people = pd.read_csv(data / "users.csv")\n'
        "list(ratings), len(ratings)",
    ),
    (
        "markdown",
        "Any one of the tables is enough. What was decided while reading stands in notes.",
    ),
    ("code", "model = fewrec.fit(ratings, films, people)\nmodel.notes"),
    ("markdown", "Frames in, frames out; ids that were numbers stay numbers."),
    ("code", "model.recommend([1, 2], k=3)"),
    (
        "markdown",
        "Somebody new is no special case: two titles, or one sentence, are a question like any "
        "other. A slate shows itself, with reasons; every claim in them is in the evidence.",
    ),
    ("code", 'model.slate(likes=["Toy Story", "Babe"], k=5)'),
    ("code", 'model.slate(profile="I love slow science fiction and hate slapstick", k=5)'),
    ("markdown", "Why is a film not higher on the list? Contributions add up to the score."),
    ("code", 'model.explain("Titanic", likes=["Toy Story", "Babe"])'),
    ("markdown", "The probability that somebody who meets a film likes it:"),
    ("code", 'model.score(pd.DataFrame({"user": [1, 1, 9999], "item": [50, 890, 50]}))'),
    (
        "markdown",
        "New people, new items and new ratings are taken in without refitting, from any columns "
        "the catalogue has.",
    ),
    (
        "code",
        'new_film = pd.DataFrame({"item": [5001], "title": ["Moon Station"], '
        '"genre": ["Sci-Fi|Drama"], "year": [1998]})\n'
        'new_ratings = pd.DataFrame({"user": [5000] * 3, "item": [50, 172, 181], '
        '"value": [5, 5, 4]})\n'
        "grown = model.with_data(new_ratings, new_film)\n"
        "grown.recommend([5000], k=3)",
    ),
    ("code", 'grown.explain("Moon Station", 5000)'),
    ("markdown", "A saved model is a folder that the command line reads too."),
    (
        "code",
        "import tempfile\n\n"
        "with tempfile.TemporaryDirectory() as place:\n"
        '    model.save(f"{place}/model")\n'
        '    again = fewrec.load(f"{place}/model", frames="pandas")\n'
        "again.recommend([1], k=3).equals(model.recommend([1], k=3))",
    ),
)


def made() -> nbformat.NotebookNode:
    """The notebook, not yet run."""
    make = {"markdown": new_markdown_cell, "code": new_code_cell}
    cells = []
    for kind, text in CELLS:
        cell = make[kind](text)
        cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:8]
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def run(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh run."""
    nbclient.NotebookClient(notebook, timeout=300, record_timing=False).execute()
    notebook.metadata.pop("language_info", None)
    return notebook


if __name__ == "__main__":
    nbformat.write(run(made()), NOTEBOOK)
