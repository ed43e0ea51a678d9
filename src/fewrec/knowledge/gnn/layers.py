"""One layer of relational message passing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fewrec.knowledge.gnn.geometric import MessagePassing, softmax


class RelationalLayer(MessagePassing):  # type: ignore[misc]
    """Each node takes in its neighbours through their relations.

        h'_v = tanh( W_self h_v + sum_{(u, r) -> v} a_{u r v} W_dir(r) phi(h_u, z_r) )

    phi multiplies or subtracts (CompGCN, Vashishth et al. 2020, eq. 2 and 4), or applies a
    matrix of the relation, a mixture of a few shared ones (R-GCN, Schlichtkrull et al. 2018,
    eq. 3). a is one over the number of messages, or KGAT's attention (Wang et al. 2019, eq. 4
    and 5): softmax over the messages to v of (W h_u) tanh(W h_v + z_r). dir is forwards or
    backwards.

    Args:
        dimension: D.
        steps: Relations in both directions, those of even halves as ``Messages`` has them.
        composition: ``multiply``, ``subtract`` or ``basis``.
        attention: Whether neighbours are weighed.
        bases: Shared matrices of ``basis``.
    """

    def __init__(
        self, *, dimension: int, steps: int, composition: str, attention: bool, bases: int
    ) -> None:
        super().__init__(aggr="sum" if attention else "mean", node_dim=0)
        self.composition, self.attention = composition, attention
        self.own = nn.Linear(dimension, dimension)
        count = bases if composition == "basis" else 2
        self.matrices = nn.Parameter(torch.empty(count, dimension, dimension))
        for matrix in self.matrices.unbind():
            nn.init.xavier_uniform_(matrix)
        self.mixture = nn.Parameter(torch.empty(steps, count))
        if composition == "basis":
            nn.init.normal_(self.mixture, std=count**-0.5)
        else:
            relations = (steps - 2) // 2
            back = torch.arange(steps)
            back = ((back >= relations) & (back != steps - 2)).long()
            self.mixture.data = nn.functional.one_hot(back, 2).float()
            self.mixture.requires_grad_(False)
        self.query = nn.Linear(dimension, dimension, bias=False) if attention else None

    def forward(
        self,
        vectors: Tensor,
        source: Tensor,
        target: Tensor,
        step: Tensor,
        steps: Tensor,
        size: int,
    ) -> Tensor:
        """New vectors of the first ``size`` of m nodes.

        Args:
            vectors: Of all. Shape [m, D].
            source: Who sends. Shape [e].
            target: To whom, below ``size``. Shape [e].
            step: By which relation. Shape [e].
            steps: Vectors of relations in both directions. Shape [S, D].
            size: Nodes that get a new vector.

        Returns:
            Shape [size, D].
        """
        mine = vectors[:size]
        edges = torch.stack([source, target])
        taken = self.propagate(
            edges, x=(vectors, mine), step=step, steps=steps, size=(len(vectors), size)
        )
        new: Tensor = torch.tanh(self.own(mine) + taken)
        return new

    def message(
        self, x_j: Tensor, x_i: Tensor, step: Tensor, steps: Tensor, index: Tensor, size_i: int
    ) -> Tensor:
        """What e neighbours send. Shape [e, D]."""
        relation = steps[step]
        sent = self._composed(x_j, relation)
        if self.composition == "basis":
            said, share = sent, self.mixture[step]
            sent = torch.zeros_like(said)
            for b, matrix in enumerate(self.matrices.unbind()):
                sent = sent + share[:, b, None] * (said @ matrix)
        if self.query is None:
            return sent
        level = (self.query(x_j) * torch.tanh(self.query(x_i) + relation)).sum(dim=1)
        weighed: Tensor = softmax(level, index, num_nodes=size_i)[:, None] * sent
        return weighed

    def aggregate(self, inputs: Tensor, index: Tensor, step: Tensor, dim_size: int) -> Tensor:
        """What each of ``dim_size`` nodes takes in. Shape [dim_size, D].

        A direction's matrix is applied to the sum of its messages, which is the same as to each
        of them and costs a product a node instead of one an edge.
        """
        if self.composition == "basis":
            slot, matrices = index, None
            sums = inputs.new_zeros(dim_size, inputs.shape[1])
        else:
            slot, matrices = index + dim_size * self.mixture[step, 1].long(), self.matrices
            sums = inputs.new_zeros(2 * dim_size, inputs.shape[1])
        sums = sums.index_add(0, slot, inputs)
        taken = sums
        if matrices is not None:
            taken = sums[:dim_size] @ matrices[0] + sums[dim_size:] @ matrices[1]
        if self.attention:
            return taken
        count = torch.bincount(index, minlength=dim_size).clamp(min=1)
        mean: Tensor = taken / count[:, None]
        return mean

    def _composed(self, vectors: Tensor, relation: Tensor) -> Tensor:
        if self.composition == "multiply":
            return vectors * relation
        return vectors - relation if self.composition == "subtract" else vectors
