"""Hidden links are found, ranks are counted right, and no part tells what another one hides."""

import numpy as np
import pytest

from fewrec.errors import ConfigError, EmptyData
from fewrec.knowledge.linking import Links, filtered_ranks, part_triples
from fewrec.knowledge.linking.steps import Batch, gradients


def ints(*numbers):
    return np.array(numbers, dtype=np.int64)


def families(count: int = 30):
    """Entity 0..count-1 stands in one of three groups; relation 0 links all of a group."""
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b and a % 3 == b % 3]
    head, tail = np.array(pairs).T
    return head, np.zeros(len(head), dtype=np.int64), tail


@pytest.mark.parametrize("decoder", ["complex", "distmult"])
def test_hidden_links_are_found(decoder):
    triples = families()
    parts = part_triples(triples, share=0.1, seed=1)
    settings = Links(decoder, dimension=8, epochs=15, batch=64, negatives=30, n3=0.01)
    fitted = settings.fit(parts.train, 30, 1)
    ranks = filtered_ranks(fitted, parts.test, [triples], 1)
    assert ranks.reciprocal.mean() > 0.8 and ranks.hits(3).mean() > 0.9
    again = settings.fit(parts.train, 30, 1)
    assert np.array_equal(fitted.vectors, again.vectors)
    assert not np.array_equal(fitted.vectors, settings.fit(parts.train, 30, 1, seed=2).vectors)


def test_complex_numbers_tell_directions_apart_and_real_ones_cannot():
    head, tail = np.arange(40), (np.arange(40) + 1) % 40
    triples = head, np.zeros(40, dtype=np.int64), tail
    settings = {"dimension": 16, "epochs": 60, "batch": 20, "negatives": 40, "n3": 0.001}
    turned = {}
    for decoder in ("complex", "distmult"):
        fitted = Links(decoder, **settings).fit(triples, 40, 1)
        there, back = fitted.scores(*triples), fitted.scores(tail, triples[1], head)
        turned[decoder] = float((there > back + 1).mean())
    assert turned["complex"] == 1.0
    forward = Links("distmult", **settings).fit(triples, 40, 1)
    asked = forward.tails(head, triples[1])
    assert (asked[head, tail] > np.median(asked)).all()


def test_a_sample_of_entities_learns_as_all_of_them_do():
    triples = families(42)
    parts = part_triples(triples, seed=0)
    few = Links(dimension=8, epochs=15, batch=64, negatives=12, n3=0.01).fit(parts.train, 42, 1)
    ranks = filtered_ranks(few, parts.test, [triples], 1)
    assert ranks.reciprocal.mean() > 0.6


@pytest.mark.parametrize("kind", [np.float32, np.complex64])
def test_slopes_agree_with_differences(kind):
    random = np.random.default_rng(0)
    reals = 4 * np.dtype(kind).itemsize // 4
    vectors, steps = (
        random.standard_normal((rows, reals)).astype(np.float32).view(kind) for rows in (6, 2)
    )
    batch = Batch(ints(0, 1), ints(1, 0), ints(2, 3), np.arange(6))

    def loss() -> float:
        return gradients(batch, vectors, steps, 0.0).loss

    found = gradients(batch, vectors, steps, 0.0)
    whole = np.zeros((6, reals), dtype=np.float64)
    np.add.at(whole, found.entities, found.of_entities)
    of_steps = np.zeros((2, reals))
    np.add.at(of_steps, batch.relation, found.of_relations)
    for array, slope in ((vectors, whole), (steps, of_steps)):
        real = array.view(np.float32)
        for at in ((0, 1), (1, 2)):
            before = real[at]
            real[at] = before + 1e-2
            up = loss()
            real[at] = before - 1e-2
            down = loss()
            real[at] = before
            assert (up - down) / 2e-2 == pytest.approx(slope[at], abs=2e-3)


def test_ranks_leave_out_other_true_answers_and_share_ties():
    class Told:
        def tails(self, head, relation):
            return np.array([[5, 4, 3, 3, 1]], dtype=np.float32)

        def heads(self, tail, relation):
            return np.array([[1, 2, 3, 4, 5]], dtype=np.float32)

    asked = ints(0), ints(0), ints(2)
    other = ints(0), ints(0), ints(1)  # better placed, but true as well
    ranks = filtered_ranks(Told(), asked, [asked, other], 1)
    assert ranks.tail.tolist() == [2.5]  # behind entity 0, level with entity 3
    assert ranks.head.tolist() == [5.0]
    assert ranks.reciprocal[0] == pytest.approx((1 / 2.5 + 1 / 5) / 2)
    assert ranks.hits(3)[0] == 0.5


def test_no_part_holds_a_pair_of_another_one():
    random = np.random.default_rng(0)
    triples = tuple(random.integers(high, size=3000) for high in (60, 4, 60))
    parts = part_triples(triples, seed=3)
    pairs = [
        {(min(h, t), max(h, t)) for h, t in zip(part[0].tolist(), part[2].tolist(), strict=True)}
        for part in (parts.train, parts.valid, parts.test)
    ]
    assert not pairs[0] & pairs[1] and not pairs[0] & pairs[2] and not pairs[1] & pairs[2]
    assert sum(len(p[0]) for p in (parts.train, parts.valid, parts.test)) == 3000
    assert len(pairs[2]) == pytest.approx(0.1 * sum(map(len, pairs)), abs=1)


def test_training_ends_when_its_time_is_over():
    told = []
    slow = Links(epochs=10_000, seconds=0.2)
    slow.fit(families(), 30, 1, tell=lambda epoch, loss: told.append(epoch))
    assert 0 < len(told) < 5000


def test_what_cannot_be_learned_is_refused():
    with pytest.raises(ConfigError, match="no decoder 'rotate'"):
        Links("rotate")
    with pytest.raises(ConfigError, match="dimension must be at least 1"):
        Links(dimension=0)
    with pytest.raises(EmptyData, match="no triples"):
        Links().fit((ints(), ints(), ints()), 3, 1)
    with pytest.raises(ConfigError, match="share of pairs"):
        part_triples(families(), share=0.6)
