"""Makes docs/benchmarks.md and its pictures from the JSON files beside this script.

.venv/bin/python benchmarks/page.py
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sections import section
from sections.cells import listed
from sections.curve import lists, variety
from sections.peers import picture, saved

from fewrec.evaluation.drawing import save
from fewrec.evaluation.headline import headline
from fewrec.evaluation.peers.saved_figure import saved_figure, saved_panels
from fewrec.evaluation.peers.saved_words import cells_counted
from fewrec.evaluation.report import write_report
from fewrec.evaluation.table import CHOSEN

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
IMAGES = PAGE.parent / "images"
PEERS = {
    "ml-100k": "MovieLens 100K",
    "ml-latest-small": "MovieLens latest small",
    "lastfm": "Last.fm",
    "amazon-games": "Games of Amazon",
    "book_crossing": "Book-Crossing",
}
"""Data on which other libraries were asked too."""
README = HERE.parent / "README.md"
MEASURED = ("<!-- measured -->\n", "<!-- end of what is measured -->\n")
"""Between these lines of the README stands what `benchmarks/page.py` reads off the files."""
PICTURES = {"new_users": "learning-curve", "new_items": "new-items", "pareto": "variety"}
"""Pictures of the report that the page and the README show."""
TEXTS = ("amazon-games", "book_crossing", "steam", "news-dkn", "ml-100k")
FUNNELS = ("retailrocket", "steam")
LOOPS = ("ml-100k", "ml-latest-small", "steam", "lastfm")
EVENTS = ("ml-100k", "ml-latest-small")
RETRIEVALS = ("ml-100k", "ml-latest-small", "steam", "amazon-games", "book_crossing")
VISITS = ("ml-100k", "ml-latest-small", "amazon-games")
LABELS = {
    "tallrec": "TALLRec's train prompts, titles alone",
    "tallrec-described": "TALLRec's train prompts with a catalogue",
    "ml-100k": "MovieLens 100K",
    "ml-latest-small": "MovieLens latest small",
}
SHOTS = {
    "tallrec-movie": "TALLRec's movie prompts, described by a catalogue",
    "tallrec-titles": "TALLRec's movie prompts, titles alone",
    "tallrec-books": "Book-Crossing as prompts, titles and authors alone",
    "tallrec-all-users": "Everybody of MovieLens 100K, ten earlier opinions and a catalogue",
    "tallrec-lm-encoders": "TALLRec's movie prompts, encoders fine-tuned",
    "tallrec-lm-lora": "TALLRec's movie prompts, LoRA at 256 shots",
    "tallrec-lm-cross": "TALLRec's movie prompts, a cross-encoder",
    "tallrec-lm-asked": "TALLRec's movie prompts, SmolLM2-135M asked",
    "tallrec-lm-learned": "TALLRec's movie prompts, SmolLM2-135M taught",
    "tallrec-lm-fused": "TALLRec's movie prompts, language models in the fusion",
}


def page(curve: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    """The page as markdown; every number comes from the documents given."""
    parts = [
        "# Benchmarks",
        "This page is made by `benchmarks/page.py` from the JSON files in `benchmarks/`, each "
        "written by the command named. Means over seeds ± standard deviation over seeds. "
        f"`{CHOSEN}` is the single ranker that cross-validation inside the training part "
        "chooses, as a user would. What the metrics mean: [evaluation](algorithms/evaluation.md).",
        "## The learning curve, MovieLens 100K",
        f"`{curve['reproduce']}`, seeds {listed(curve['seeds'])}. {headline(curve)}",
        "![NDCG@10 by training users and known clicks](images/learning-curve.png)",
        *lists(curve["rows"], curve["comparisons"]),
        *variety(curve["rows"]),
        *(section(d) for d in others),
    ]
    return "\n\n".join(parts) + "\n"


def documents() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The learning curve, and the other files that are there."""
    curve = json.loads((HERE / "curve-ml-100k.json").read_text(encoding="utf-8"))
    titles = {
        **{f"peers-{name}.json": f"Other libraries, {title}" for name, title in PEERS.items()},
        "pairs-ml-100k.json": "Calibration: a random fifth of the ratings held out",
        **{f"pairs-events-{name}.json": "Would they like it" for name in EVENTS},
        "warm-ml-100k.json": "Lists for people known well",
        **{f"retrieval-{name}.json": "One liked item in" for name in RETRIEVALS},
        **{f"sessions-{name}.json": "The next item of a visit" for name in VISITS},
        "speed-ml-100k.json": "Speed on one thread",
        "growth.json": "Models as catalogues grow",
        **{f"speed-peers-{name}.json": "Speed beside other libraries" for name in EVENTS},
        "serve.json": "The service",
        "onboarding-ml-100k.json": "Questions for newcomers",
        "paths-ml-100k.json": "Paths of the graph",
        "rules-ml-100k.json": "Mined rules",
        "graph-ml-100k-dbpedia.json": "With the graph and without: films and DBpedia",
        "graph-ml-100k.json": "With the graph and without: films and Freebase",
        "graph-lastfm-dbpedia.json": "With the graph and without: artists and DBpedia",
        "graph-filmtrust.json": "With friends and without: FilmTrust",
        "graph-network-ml-100k-dbpedia.json": "A graph neural network: films and DBpedia",
        "graph-network-ml-100k.json": "A graph neural network: films and Freebase",
        "graph-network-lastfm-dbpedia.json": "A graph neural network: artists and DBpedia",
        "kgcn-lastfm.json": "Last.FM as KGCN splits it",
        "graph-import.json": "Importing graphs and linking catalogues",
        "graph-repair-ml-100k.json": "Hidden and wrong links of DBpedia",
        "graph-extraction-ml-100k.json": "Links read from plots",
        "graph-growth.json": "Graphs as they grow",
        "links-ml-100k.json": "Missing links of a graph, MovieLens 100K",
        "links-ml-100k-60s.json": "The same with a minute a model",
        "friends-lastfm.json": "Hidden friends, Last.fm",
        "graph-training.json": "Training the graph neural network as graphs grow",
        **{f"funnel-{name}.json": "What people come to" for name in FUNNELS},
        **{f"loop-{name}.json": "The living loop" for name in LOOPS},
        **{f"text-{name}.json": "What text adds" for name in TEXTS},
        **{f"{name}.json": title for name, title in SHOTS.items()},
        **{f"labels-{name}.json": f"Labels, {title}" for name, title in LABELS.items()},
    }
    others = []
    for name, title in titles.items():
        if (HERE / name).is_file():
            document = json.loads((HERE / name).read_text(encoding="utf-8"))
            others.append({**document, "title": title})
    return curve, others


def beside(others: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Learning curves with other libraries in them."""
    return [d for d in others if d["command"] == "bench curve" and d.get("peers")]


def readme(text: str, others: Sequence[Mapping[str, Any]]) -> str:
    """The README with what it says of other libraries made anew."""
    before, rest = text.split(MEASURED[0])
    _, after = rest.split(MEASURED[1])
    told = beside(others)
    names = [PEERS[d["arguments"]["data"]] for d in told]
    lines = [
        f"- {name}: {cells_counted(d)}\n" + "".join(f"  {s}\n" for s in saved(d))
        for name, d in zip(names, told, strict=True)
    ]
    return before + MEASURED[0] + "".join(lines) + MEASURED[1] + after


def main() -> None:
    """Write the page and its picture, and what the README says of them."""
    curve, others = documents()
    PAGE.write_text(page(curve, others), encoding="utf-8")
    README.write_text(readme(README.read_text(encoding="utf-8"), others), encoding="utf-8")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = write_report(HERE / "curve-ml-100k.json", Path(scratch) / "report.html")
        for part, name in PICTURES.items():
            (found,) = (file for file in made if file.name.endswith(f"{part}.png"))
            shutil.copyfile(found, IMAGES / f"{name}.png")
        for document in beside(others):
            drawn = saved_figure(saved_panels(document))
            png, _ = save(drawn, Path(scratch) / picture(document))
            shutil.copyfile(png, IMAGES / png.name)


if __name__ == "__main__":
    main()
