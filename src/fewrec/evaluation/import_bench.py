"""What importing graphs and linking catalogues cost, on files made up for it; how right it is."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fewrec.data.importers.dbpedia import dbpedia_map, dbpedia_triples
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Measured, in_own_process, timed
from fewrec.knowledge.linked.described import Described, entities_described
from fewrec.knowledge.linked.imports import Wish, import_graph
from fewrec.knowledge.linked.linking import THRESHOLD, candidates
from fewrec.knowledge.linked.rdf import Broken, statements
from fewrec.knowledge.linked.relink import link_folder
from fewrec.seeding import generator

ENTITIES = 1_000_000
FILMS = 20_000
RELATIONS = 20
BROKEN_EVERY = 250_000
"""One line in so many is no triple."""

HOPS: tuple[int | None, ...] = (1, None)
LINE = "<http://example.org/{}> <http://example.org/p{}> <http://example.org/{}> .\n"


def import_bench(
    lines: int, items: int, truths: Sequence[Path], *, seed: int, step: Callable[[str], None]
) -> list[Row]:
    """Measure everything, each step in a process of its own.

    Args:
        lines: Lines of an N-Triples file that is made up, packed with gzip.
        items: Rows of a catalogue that is made up, and of the list of entities it is linked to.
        truths: Folders with a DBpedia graph and a map.txt that says which item is which entity:
            titles are linked to addresses alone and compared with it.
        seed: Of what is made up.
        step: Told the name of each step before it runs.

    Returns:
        Rows with ``task``, ``lines`` or ``items``, and ``seconds``, ``cpu_seconds``,
        ``per_second``, ``peak_mb``; for links ``precision``, ``recall`` at the threshold.
    """
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        step("making an N-Triples file")
        file = _graph_file(place / "graph.nt.gz", lines, seed)
        step("reading it")
        rows += _rows({"task": "read N-Triples", "lines": lines}, _read, file)
        for hops in HOPS:
            name = "everything" if hops is None else f"{hops} hop{'s' if hops > 1 else ''}"
            step(f"importing {name}")
            folder = _film_folder(place / f"data-{hops}")
            cell = {"task": f"import {name}", "lines": lines}
            rows += _rows(cell, _import, folder, file, hops, lines)
        file.unlink()
        step("making a catalogue")
        data, table = _catalogue(place / "shop", items, seed)
        step("linking it")
        rows += _rows({"task": "link a catalogue", "items": items}, _link, data, table)
    for folder in truths:
        step(f"linking {folder.name}")
        rows += _known_links(folder)
    return rows


def _rows(cell: dict[str, object], work: Callable[..., Measured], *arguments: object) -> list[Row]:
    probe = in_own_process(work, *arguments)
    values = {**probe.values, "peak_mb": [probe.peak_mb]}
    return [metric_row(cell, metric, found) for metric, found in values.items()]


def _read(file: Path) -> Measured:
    count = [0]

    def work() -> None:
        count[0] = sum(1 for _ in statements([file], Broken(collect=True)))

    return _seconds(work, lambda: count[0]) | {"triples": [float(count[0])]}


def _import(folder: Path, file: Path, hops: int | None, lines: int) -> Measured:
    made = [0, 0, 0]

    def work() -> None:
        done = import_graph(folder, "rdf", file, Wish(hops=hops, skip_bad=True))
        made[:] = [done.written.made, len(done.linked), len(done.faults)]

    measured = _seconds(work, lambda: lines)
    names = ("triples", "linked", "set_aside")
    return measured | {name: [float(n)] for name, n in zip(names, made, strict=True)}


def _link(folder: Path, entities: Path) -> Measured:
    truth: list[float] = []
    size = [0]

    def work() -> None:
        done = link_folder(folder, entities, Wish())
        size[0] = len(done.items)
        right = sum(entity == f"e{item}" for item, entity in done.made.items())
        known = sum(int(item) % 10 != 9 for item in done.items.names)
        truth[:] = [right / max(1, len(done.made)), right / known]

    measured = _seconds(work, lambda: size[0])
    return measured | {"precision": [truth[0]], "recall": [truth[1]]}


def _seconds(work: Callable[[], None], size: Callable[[], int]) -> dict[str, list[float]]:
    times = timed(work, 1, warm=False)
    per_second = size() / times.cpu[0]
    return {"seconds": times.wall, "cpu_seconds": times.cpu, "per_cpu_second": [per_second]}


def _known_links(folder: Path) -> list[Row]:
    """Titles of a published map against the addresses of its graph, where nothing else helps."""
    mapped = dbpedia_map(folder)
    triples = dbpedia_triples(folder)
    ends = pl.concat([mapped["entity"], triples["head"], triples["tail"]])
    entities = entities_described(ends.unique(maintain_order=True).alias("entity").to_frame())
    titles = mapped["title"].fill_null("").to_list()
    items = entities_described(
        pl.DataFrame({"entity": mapped["item"], "title": titles}, strict=False)
    )
    bare = Described(items.names, titles, items.years, [""] * len(items))
    truth = dict(zip(mapped["item"], mapped["entity"], strict=True))
    sure = [c for c in candidates(bare, entities) if c.confidence >= THRESHOLD]
    right = sum(entities.names[c.entity] == truth[items.names[c.item]] for c in sure)
    cell = {"task": "link titles to addresses", "data": folder.name, "items": len(items)}
    found = {
        "linked": float(len(sure)),
        "precision": right / max(1, len(sure)),
        "recall": right / len(items),
    }
    return [metric_row(cell, metric, [value]) for metric, value in found.items()]


def _graph_file(file: Path, lines: int, seed: int) -> Path:
    """Films and what is said of them, in the order of heads as dumps are.

    There are far more entities than the data folder has items.
    """
    random = generator(seed, "graph file")
    every = np.sort(random.integers(0, ENTITIES, lines))
    with gzip.open(file, "wt", compresslevel=1, encoding="utf-8") as stream:
        for start in range(0, lines, 100_000):
            rows = min(100_000, lines - start)
            heads = every[start : start + rows]
            tails = (random.random(rows) ** 3 * ENTITIES).astype(np.int64)
            kinds = random.integers(0, RELATIONS, rows)
            text = [
                LINE.format(_name(h), k, _name(t))
                for h, k, t in zip(heads, kinds, tails, strict=True)
            ]
            if start % BROKEN_EVERY == 0:
                text[0] = "<http://example.org/broken> no triple\n"
            stream.write("".join(text))
    return file


def _name(entity: int) -> str:
    return f"Film_number_{entity}" if entity < FILMS else f"Entity_number_{entity}"


def _film_folder(folder: Path) -> Path:
    folder.mkdir()
    titles = [f"Film number {n}" for n in range(FILMS)]
    ids = [f"i{n}" for n in range(FILMS)]
    pl.DataFrame({"item": ids, "title": titles}).write_csv(folder / "items.csv")
    return folder


def _catalogue(folder: Path, items: int, seed: int) -> tuple[Path, Path]:
    """A catalogue and a list of entities that write most titles a little differently.

    Of ten titles five are the same, two have an inverted article, one is a letter off, one has
    a year one off, and one is not in the list.
    """
    random = generator(seed, "catalogue")
    words = np.array([f"{a}{b}" for a in _STARTS for b in _ENDS])
    picked = words[random.integers(0, len(words), (items, 3))]
    titles = [f"The {a} {b} {c}" for a, b, c in picked]
    years = random.integers(1950, 2020, items)
    theirs = [_written(title, n % 10) for n, title in enumerate(titles)]
    folder.mkdir()
    own = {"item": [str(n) for n in range(items)], "title": titles, "year": years}
    pl.DataFrame(own).write_csv(folder / "items.csv")
    there = [n for n in range(items) if n % 10 != 9]
    listed = {
        "entity": [f"e{n}" for n in there],
        "title": [theirs[n] for n in there],
        "year": [int(years[n]) + (n % 10 == 8) for n in there],
    }
    table = folder / "entities.csv"
    pl.DataFrame(listed).write_csv(table)
    return folder, table


_STARTS = ("ka", "mor", "lin", "da", "sel", "tor", "vi", "ran", "bel", "os", "qua", "zen", "pra")
_ENDS = tuple(f"{a}{b}" for a in ("ri", "mo", "te", "lu", "sa", "ne") for b in ("n", "rk", "st"))


def _written(title: str, way: int) -> str:
    if way in (5, 6):
        return f"{title.removeprefix('The ')}, The"
    if way == 7:
        return f"{title[:-2]}{title[-1]}"
    return title
