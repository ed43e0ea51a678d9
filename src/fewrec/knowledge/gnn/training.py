"""Learns a network from links and likes, and stops where held-out ones are best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fewrec.data.arrays import Ints
from fewrec.knowledge.gnn.messages import Likes, Messages
from fewrec.knowledge.gnn.network import Network
from fewrec.knowledge.gnn.nodes import Nodes, to_device
from fewrec.knowledge.gnn.sampling import Sampler, Silence, spread
from fewrec.knowledge.gnn.settings import GraphNetwork
from fewrec.seeding import generator

Tell = Callable[[int, float, float], None]
"""Told epoch, mean loss, and held-out loss."""


@dataclass(frozen=True)
class Task:
    """What there is to learn.

    Attributes:
        triples: Heads, relations, tails, each of shape [E].
        likes: Of U people.
        messages: Of both.
        nodes: What is known of them.
        catalogue: Entities that anybody liked, sorted. Shape [C].
        first: Where each person's likes begin, ``likes`` sorted by person. Shape [U + 1].
    """

    triples: tuple[Ints, Ints, Ints]
    likes: Likes
    messages: Messages
    nodes: Nodes
    catalogue: Ints
    first: Ints

    @classmethod
    def of(
        cls, triples: tuple[Ints, Ints, Ints], likes: Likes, nodes: Nodes, relations: int
    ) -> Task:
        """Sort likes by person and lay out messages."""
        order = np.argsort(likes.user, kind="stable")
        likes = Likes(likes.user[order], likes.entity[order])
        first = np.zeros(likes.users + 1, dtype=np.int64)
        np.cumsum(np.bincount(likes.user, minlength=likes.users), out=first[1:])
        messages = Messages.of(triples, likes, len(nodes.learned), relations)
        return cls(triples, likes, messages, nodes, np.unique(likes.entity), first)


class Trainer:
    """Steps of one task.

    Args:
        network: Changed in place.
        task: What to learn.
        settings: How.
        seed: Of order, neighbours and everything else that is drawn.
    """

    def __init__(self, network: Network, task: Task, settings: GraphNetwork, seed: int) -> None:
        self.network, self.task, self.settings, self.seed = network, task, settings, seed
        self.sampler = Sampler(task.messages, settings.fan_out)
        dense = [p for name, p in network.named_parameters() if name != "learned.weight"]
        self.optimisers = (
            torch.optim.Adam([p for p in dense if p.requires_grad], lr=settings.rate),
            torch.optim.SparseAdam([network.learned.weight], lr=settings.rate),
        )

    def step(self, links: Ints, people: Ints, random: np.random.Generator) -> float:
        """Learn from some triples and some people. Loss.

        Args:
            links: Numbers of triples. Shape [b].
            people: Users, each once. Shape [p].
            random: Draws.
        """
        self.network.train()
        torch.manual_seed(int(random.integers(2**31)))
        loss = self.loss(links, people, random, self.settings.hidden)
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for optimiser in self.optimisers:
            optimiser.step()
        return float(loss.detach())

    def loss(self, links: Ints, people: Ints, random: np.random.Generator, hidden: float) -> Tensor:
        """Loss of some triples plus that of some people; none of them sends a message."""
        task, settings = self.task, self.settings
        head, relation, tail = (part[links] for part in task.triples)
        person, liked = self._likes(people, random)
        entities = len(task.nodes.learned)
        others = random.integers(entities, size=settings.negatives)
        items = task.catalogue
        if len(items) > settings.negatives:
            items = random.choice(items, settings.negatives, replace=False)
        items = np.union1d(items, liked) if len(people) else np.empty(0, dtype=np.int64)
        seeds = np.unique(np.concatenate([head, tail, others, items]))
        silence = Silence(
            edges=np.sort(links),
            people=np.sort(people) + entities,
            cold=settings.cold,
            salt=int(random.integers(2**20)),
        )
        vectors = self.vectors(seeds, random, silence, hidden)

        def of(rows: Ints) -> Tensor:
            return vectors[torch.from_numpy(np.searchsorted(seeds, rows))]

        total = vectors.new_zeros(())
        if len(links):
            total = total + self._link_loss(of(head), relation, of(tail), of(others))
        if len(liked):
            total = total + settings.weight * self._like_loss(person, liked, items, of(items))
        return total

    def vectors(
        self, seeds: Ints, random: np.random.Generator, silence: Silence, hidden: float
    ) -> Tensor:
        """Vectors of some nodes after all layers. Shape [s, D]."""
        drawn = self.sampler.draw(seeds, random, silence)
        forget = random.random(len(drawn.nodes)) < hidden if hidden else None
        device = self.settings.device
        found = self.network.first(*self.task.nodes.first(drawn.nodes, device, forget))
        for layer, block in enumerate(drawn.blocks):
            parts = to_device((block.source, block.target, block.step), device)
            found = self.network.pass_on(layer, found, parts, block.targets)
        return found

    def _likes(self, people: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
        """At most ``liked`` likes of each person: place of the person, entity. Shapes [n]."""
        task = self.task
        begin = task.first[people]
        row, at = spread(begin, task.first[people + 1] - begin)
        order = np.lexsort((random.random(len(row)), row))
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        kept = order[rank < self.settings.liked]
        return row[kept], task.likes.entity[at[kept]]

    def _link_loss(self, head: Tensor, relation: Ints, tail: Tensor, others: Tensor) -> Tensor:
        """Softmax over the true end and a sample of entities, in both directions."""
        step = torch.from_numpy(relation).to(head.device)
        back = step + self.task.messages.relations
        total = head.new_zeros(())
        for known, way, true in ((head, step, tail), (tail, back, head)):
            asked = self.network.asked(known, way)
            own = (asked * true).sum(dim=1, keepdim=True)
            scores = torch.cat([own, asked @ others.T], dim=1) * self.network.scale[0]
            total = total + torch.nn.functional.cross_entropy(
                scores, torch.zeros(len(scores), dtype=torch.long, device=scores.device)
            )
        return total / 2

    def _like_loss(self, person: Ints, liked: Ints, items: Ints, vectors: Tensor) -> Tensor:
        """Each like against other items, for the mean of the person's other likes.

        The score is that of serving: the cosine of an item with the mean of what is liked.
        """
        units = torch.nn.functional.normalize(vectors, dim=1)
        place = torch.from_numpy(np.searchsorted(items, liked)).to(vectors.device)
        who = torch.from_numpy(person).to(vectors.device)
        mine = units[place]
        sums = mine.new_zeros(int(person.max()) + 1, mine.shape[1]).index_add(0, who, mine)
        rest = torch.nn.functional.normalize(sums[who] - mine, dim=1)
        scores = rest @ units.T * self.network.scale[1].exp()
        owned = torch.zeros(len(sums), len(items), dtype=torch.bool, device=vectors.device)
        owned[who, place] = True
        others = owned[who]
        others[torch.arange(len(place)), place] = False
        return torch.nn.functional.cross_entropy(scores.masked_fill(others, -1e9), place)


def train(network: Network, task: Task, settings: GraphNetwork, seed: int, tell: Tell) -> None:
    """Train until held-out triples and people say it is enough; the best state stays."""
    held = generator(seed, "gnn", "held out")
    links = held.permutation(len(task.triples[0]))
    crowd = np.flatnonzero(np.diff(task.first) > 1) if settings.people else np.empty(0, np.int64)
    crowd = held.permutation(crowd)
    cut, away = (round(settings.held_out * len(x)) for x in (links, crowd))
    trainer = Trainer(network, task, settings, seed)
    judged = links[:cut][: 4 * settings.links], crowd[:away][: 8 * settings.people]
    links, crowd = links[cut:], crowd[away:]
    best, kept, since = np.inf, None, 0
    for epoch in range(settings.epochs):
        random = generator(seed, "gnn", "epoch", epoch)
        losses = [trainer.step(*part, random) for part in batches(links, crowd, settings, random)]
        value = held_out_loss(trainer, *judged)
        tell(epoch, float(np.mean(losses)), value)
        if value < best:
            best, since = value, 0
            kept = {name: p.detach().clone() for name, p in network.state_dict().items()}
        else:
            since += 1
            if since >= settings.patience:
                break
    if kept is not None:
        network.load_state_dict(kept)


def batches(
    links: Ints, people: Ints, settings: GraphNetwork, random: np.random.Generator
) -> list[tuple[Ints, Ints]]:
    """Triples and people of each step of an epoch: each of the larger kind is met once."""
    want = max(
        -(-len(links) // settings.links),
        -(-len(people) // settings.people) if settings.people else 0,
        1,
    )
    count = want if settings.steps is None else min(want, settings.steps)
    links, people = random.permutation(links), random.permutation(people)
    found = []
    for n in range(count):
        at = np.arange(n * settings.links, (n + 1) * settings.links)
        who = np.arange(n * settings.people, (n + 1) * settings.people)
        some = links[at % len(links)] if len(links) else links
        them = people[who % len(people)] if len(people) else people
        found.append((np.unique(some), np.unique(them)))
    return found


def held_out_loss(trainer: Trainer, links: Ints, people: Ints) -> float:
    """Loss of held-out triples and people; the same draws each time."""
    trainer.network.eval()
    random = generator(trainer.seed, "gnn", "judged")
    with torch.no_grad():
        return float(trainer.loss(links, people, random, 0.0))
