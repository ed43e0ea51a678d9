"""Trust from a stream: what a question remembers, and whom the climb believes."""

from dataclasses import replace

import numpy as np
import pytest
from tests.ranker.test_sequence import CHAINS, visiting
from tests.ranker.test_sequence import world as visiting_world
from tests.ranker.worlds import KNOWN, on_shelf, ordinary

from fewrec.data.histories import Histories
from fewrec.ranker.fusion import FittedFusion
from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.sequence.rehearsing import VISIT_KNOTS
from fewrec.ranker.stream_questions import Said
from fewrec.ranker.streaming import StreamTrust
from fewrec.recommender.asking import stacked
from fewrec.recommender.rankers import CONTENT, VISIT, hybrid
from fewrec.seeding import generator

NAMES = ("popularity", "item-prior", "text-knn", "item-knn")


@pytest.fixture(scope="module")
def fusion() -> FittedFusion:
    return hybrid(NAMES).fit(ordinary())


def asked(people: int, seed: int = 0) -> tuple[Histories, np.ndarray]:
    """People who met two things of a shelf and like a third one next."""
    random = generator(seed, "asked")
    shelves = random.integers(3, size=people)
    three = [random.choice(on_shelf(int(s)), 3, replace=False) for s in shelves]
    histories = [Histories.single([int(a), int(b)]) for a, b, _ in three]
    return stacked(histories), np.array([c for _, _, c in three])


def weighted(fusion: FittedFusion, **weights: float) -> tuple[np.ndarray, np.ndarray]:
    """The same weights at all knots, for known and for new items."""
    row = [weights.get(name.replace("-", "_"), 0.0) for name in fusion.experts]
    same = np.tile(np.array(row, dtype=np.float64), (len(KNOTS), 1))
    return same, same


def watch(trust: StreamTrust, fusion: FittedFusion, people: Histories, liked: np.ndarray) -> None:
    said = Said.of(fusion, people)
    shown = said.scores(fusion.known, fusion.new)
    trust.watch(fusion, said, shown, liked, generator(0, "watching"))


def hits(said: Said, liked: np.ndarray, weights: tuple[np.ndarray, np.ndarray]) -> float:
    """How often the liked item is among the best three."""
    scores = np.where(said.seen, -np.inf, said.scores(*weights))
    best = np.argsort(-scores, axis=1)[:, :3]
    return float((best == liked[:, None]).any(axis=1).mean())


def test_scores_are_those_of_the_fusion_up_to_a_constant(fusion):
    people, _ = asked(5)
    mine = Said.of(fusion, people).scores(fusion.known, fusion.new)
    theirs = fusion.scores(people)
    for b in range(5):
        open_ = people.seen(KNOWN).toarray()[b] == 0
        apart = (mine - theirs)[b][open_]
        np.testing.assert_allclose(apart, apart[0], atol=1e-4)


def test_whoever_foresees_the_likes_is_believed(fusion):
    wrong = weighted(fusion, popularity=1.0, item_knn=0.05)
    trust = StreamTrust(CONTENT)
    people, liked = asked(120)
    watch(trust, fusion, people, liked)
    learned = trust.learned(*wrong)
    names = list(fusion.experts)
    at = KNOTS.index(2)
    assert learned[0][at, names.index("popularity")] < 0.5
    others, next_liked = asked(200, seed=1)
    said = Said.of(fusion, others)
    assert hits(said, next_liked, learned) > hits(said, next_liked, wrong) + 0.2
    for before, after in zip(wrong, learned, strict=True):
        assert (after >= 0).all() and after[at].sum() <= 3 * before[at].sum()


def test_a_segment_that_was_never_asked_about_keeps_its_weights(fusion):
    trust = StreamTrust(CONTENT)
    people, liked = asked(60)
    watch(trust, fusion, people, liked)
    known, new = trust.learned(fusion.known, fusion.new)
    np.testing.assert_allclose(known[0], fusion.known[0], rtol=1e-9)  # no stranger was asked
    np.testing.assert_allclose(new[0], fusion.new[0], rtol=1e-6, atol=0.021)


def test_a_few_questions_teach_nothing(fusion):
    trust = StreamTrust(CONTENT)
    people, liked = asked(trust.least - 1)
    watch(trust, fusion, people, liked)
    known, _ = trust.learned(fusion.known, fusion.new)
    np.testing.assert_array_equal(known, fusion.known)


def test_the_latest_questions_are_kept_and_other_experts_begin_anew(fusion):
    trust = StreamTrust(CONTENT, kept=30)
    people, liked = asked(50)
    watch(trust, fusion, people, liked)
    assert len(trust) == 30
    fewer = hybrid(("popularity", "item-knn")).fit(ordinary())
    some = people.take(np.arange(2))
    watch(trust, fewer, some, liked[:2])
    assert len(trust) == 2


def test_what_somebody_has_already_is_no_question(fusion):
    trust = StreamTrust(CONTENT)
    person = Histories.single([3])
    watch(trust, fusion, person, np.array([3]))
    assert len(trust) == 0


def test_candidates_stand_for_the_whole_catalogue(fusion):
    trust = StreamTrust(CONTENT, top=2, drawn=3)
    people, liked = asked(20)
    watch(trust, fusion, people, liked)
    for question in trust.questions:
        assert question.stands.sum() == pytest.approx(KNOWN - 3)  # two met, one liked
        assert question.ahead.shape == (len(fusion.experts) + 1, len(question.stands))


def test_the_visit_is_trusted_as_far_as_the_likes_within_it_say():
    world = visiting_world()
    fusion = hybrid(("popularity", "item-knn", *VISIT)).fit(world)
    assert fusion.present is not None
    doubted = np.tile([1.0, *(0.0 for _ in fusion.present.experts)], (len(VISIT_KNOTS), 1))
    fusion = replace(fusion, present=replace(fusion.present, weights=doubted))
    trust, random = StreamTrust(CONTENT), generator(0, "watching")
    people = stacked([visiting([8, 9], chain[:2]) for chain in CHAINS if 8 not in chain] * 8)
    liked = np.array([chain[2] for chain in CHAINS if 8 not in chain] * 8)
    said = Said.of(fusion, people)
    trust.watch(fusion, said, said.scores(fusion.known, fusion.new), liked, random)
    learned = trust.learned_of_visits(fusion.known, fusion.new, doubted)
    at = VISIT_KNOTS.index(2)
    assert learned[at, 1 + list(fusion.present.experts).index("visit-chain")] > 0.1
    assert (learned >= 0).all()
    np.testing.assert_allclose(learned.sum(axis=1), doubted.sum(axis=1))
    np.testing.assert_array_equal(learned[0], doubted[0], "nobody was asked before a visit")
    believing = replace(fusion, present=replace(fusion.present, weights=learned))
    seen = people.seen(len(fusion.met)).toarray() > 0
    best = [np.where(seen, -np.inf, f.scores(people)).argmax(axis=1) for f in (fusion, believing)]
    assert (best[1] == liked).mean() > (best[0] == liked).mean()


def test_without_a_visit_nothing_is_learned_of_visits(fusion):
    trust = StreamTrust(CONTENT)
    watch(trust, fusion, *asked(60))
    weights = np.ones((len(VISIT_KNOTS), 1))
    np.testing.assert_array_equal(trust.learned_of_visits(*[fusion.known] * 2, weights), weights)
