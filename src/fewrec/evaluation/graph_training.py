"""`fewrec bench graph-training`: what steps of a graph network cost as graphs grow, and a fit."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fewrec.data.arrays import Ints
from fewrec.evaluation.rows import Row, metric_row
from fewrec.evaluation.stopwatch import Measured, in_own_process
from fewrec.knowledge.gnn import GraphNetwork, Likes
from fewrec.knowledge.gnn.extra import needs_graph
from fewrec.seeding import generator

STEPS = 200
WHOLE = ("whole training", "all epochs")
RELATIONS = 20
TRIPLES_AN_ENTITY = 4
SETTINGS = GraphNetwork(dimension=32, fan_out=(5, 3), links=128, people=8, negatives=64)


def graph_training(sizes: Sequence[int], full: int, step: Callable[[], None]) -> list[Row]:
    """Measure drawn graphs of some sizes, each in a process of its own.

    Args:
        sizes: Numbers of triples.
        full: Triples of the graph that a whole training with the defaults is measured on; 0
            for none.
        step: Called after each.

    Returns:
        For each size: processor seconds of laying out the graph and of the steps, memory, and
        the seconds of the steps against those of the smallest graph. Of the whole training:
        processor seconds, epochs, memory.

    Raises:
        MissingExtra: torch or torch-geometric is not installed.
    """
    needs_graph()
    rows, first = [], 0.0
    for size in sizes:
        probe = in_own_process(measure, size)
        first = first or probe.values["cpu_seconds"][0]
        cell = {"task": f"{STEPS} steps", "n": size}
        rows += [metric_row(cell, name, values) for name, values in probe.values.items()]
        ratio = probe.values["cpu_seconds"][0] / first
        rows.append(metric_row(cell, "ratio_to_smallest", [ratio]))
        rows.append(metric_row(cell, "peak_mb", [probe.peak_mb]))
        step()
    for task in WHOLE if full else ():
        probe = in_own_process(measure_full, full, task)
        cell = {"task": task, "n": full}
        rows += [metric_row(cell, name, values) for name, values in probe.values.items()]
        rows.append(metric_row(cell, "peak_mb", [probe.peak_mb]))
        step()
    return rows


def measure_full(size: int, task: str) -> Measured:
    """Train on a drawn graph to the vectors of all entities, on one thread.

    Args:
        size: Triples.
        task: ``WHOLE[0]`` trains with the defaults, ``WHOLE[1]`` without stopping early.
    """
    import torch

    from fewrec.knowledge.gnn.entities import build
    from fewrec.knowledge.gnn.inference import all_vectors
    from fewrec.knowledge.gnn.nodes import Nodes
    from fewrec.knowledge.gnn.training import Task, train

    torch.set_num_threads(1)
    started, settings = time.process_time(), GraphNetwork()
    if task == WHOLE[1]:
        settings = replace(settings, patience=settings.epochs)
    triples, likes, entities = drawn(size)
    nodes = Nodes.of(np.arange(entities), np.zeros((entities, 0), dtype=np.float32))
    torch.manual_seed(0)
    network = build(settings, entities, 0, RELATIONS)
    work, losses = Task.of(triples, likes, nodes, RELATIONS), list[float]()
    train(network, work, settings, 0, lambda epoch, loss, held_out: losses.append(held_out))
    trained = time.process_time()
    all_vectors(network, work.messages, nodes, settings.device)
    done = time.process_time()
    return {
        "cpu_seconds": [trained - started],
        "cpu_seconds_of_vectors": [done - trained],
        "epochs": [float(len(losses))],
    }


def measure(size: int) -> Measured:
    """Lay out a drawn graph and take the steps, on one thread."""
    import torch

    from fewrec.knowledge.gnn.entities import build
    from fewrec.knowledge.gnn.nodes import Nodes
    from fewrec.knowledge.gnn.training import Task, Trainer

    torch.set_num_threads(1)
    started = time.process_time()
    triples, likes, entities = drawn(size)
    nodes = Nodes.of(np.arange(entities), np.zeros((entities, 0), dtype=np.float32))
    torch.manual_seed(0)
    network = build(SETTINGS, entities, 0, RELATIONS)
    trainer = Trainer(network, Task.of(triples, likes, nodes, RELATIONS), replace(SETTINGS), 0)
    laid_out = time.process_time()
    random = generator(0, "graph training", size)
    for _ in range(STEPS):
        links = np.unique(random.integers(size, size=SETTINGS.links))
        people = np.unique(random.integers(likes.users, size=SETTINGS.people))
        trainer.step(links, people, random)
    done = time.process_time()
    return {"cpu_seconds": [done - laid_out], "cpu_seconds_laying_out": [laid_out - started]}


def drawn(size: int) -> tuple[tuple[Ints, Ints, Ints], Likes, int]:
    """A graph of so many triples with a few very common entities, and likes. Entities last."""
    random = generator(0, "drawn graph", size)
    entities = max(10, size // TRIPLES_AN_ENTITY)
    head = random.integers(entities, size=size)
    tail = (entities * random.random(size) ** 3).astype(np.int64)  # some are tails of many
    people, items = max(10, size // 100), max(5, entities // 5)
    likes = Likes(
        np.sort(random.integers(people, size=size // 2)),
        (items * random.random(size // 2) ** 2).astype(np.int64),
    )
    return (head, random.integers(RELATIONS, size=size), tail), likes, entities
