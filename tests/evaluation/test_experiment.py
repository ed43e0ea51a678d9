import numpy as np
import pytest

from fewrec.data.splits import new_items_split, new_users_split, user_time_split
from fewrec.evaluation import experiment
from fewrec.evaluation.experiment import Question, judge, judge_chance, top_lists

CELL = {"ranker": "x", "data": "toy"}
NOTHING = np.zeros((36, 0), dtype=np.float32)


def oracle(question):
    """Scores that know the answer, looked up by what is known of each person."""
    answers = {}
    for b in range(len(question.users)):
        person = question.histories.take(np.array([b]))
        answers[tuple(person.item)] = question.relevant[[b]].toarray()[0]

    def scorer(people):
        rows = [people.item[people.start[b] : people.start[b + 1]] for b in range(len(people))]
        return np.stack([answers[tuple(row)] for row in rows]).astype(np.float32)

    return scorer


def constant(people):
    return np.zeros((len(people), 36), dtype=np.float32)


@pytest.fixture
def question(toy):
    return Question.of(user_time_split(toy.interactions, people=toy.people), seed=0)


def test_somebody_who_knows_the_answer_is_perfect(question):
    found = judge(oracle(question), question, CELL, NOTHING)
    assert np.nanmin(found.per_user["ndcg@10"]) == pytest.approx(1.0)
    assert np.nanmin(found.per_user["recall@20"]) == 1.0


def test_nothing_a_person_has_is_ever_listed(question):
    lists = top_lists(constant, question, k=36)
    seen = question.histories.seen(36).toarray() > 0
    for b, row in enumerate(lists):
        shown = row[row >= 0]
        assert not seen[b, shown].any()
        assert len(shown) == len(set(shown.tolist())) == question.available()[b]


def test_ties_are_broken_by_the_seed_and_not_by_the_number_of_an_item(toy):
    split = user_time_split(toy.interactions)
    first = top_lists(constant, Question.of(split, seed=0))
    assert np.array_equal(first, top_lists(constant, Question.of(split, seed=0)))
    assert not np.array_equal(first, top_lists(constant, Question.of(split, seed=1)))
    assert not np.array_equal(first[0][:5], np.sort(first[0][:5]))


def test_blocks_change_nothing(question, monkeypatch):
    scorer = oracle(question)
    whole = top_lists(scorer, question)
    monkeypatch.setattr(experiment, "_BLOCK_CELLS", 36 * 7)
    assert [rows.stop - rows.start for rows, _ in question.blocks()][:2] == [7, 7]
    assert np.array_equal(whole, top_lists(scorer, question))


def test_only_candidates_are_listed_and_only_they_count(toy):
    split = new_items_split(toy.interactions, 0.3, 0)
    question = Question.of(split, seed=0)
    lists = top_lists(constant, question)
    assert question.candidates[lists[lists >= 0]].all()
    assert question.relevant[:, ~question.candidates].nnz == 0
    assert np.array_equal(question.available(), np.full(len(split), split.candidates.sum()))


def test_chance_agrees_with_many_random_orders(toy, random):
    split = new_users_split(toy.interactions, None, 20, 3, 0)
    question = Question.of(split, seed=0)
    expected = judge_chance(question, CELL, NOTHING)
    drawn = [
        judge(
            lambda people: random.random((len(people), 36)).astype(np.float32),
            question, CELL, NOTHING,
        ).per_user
        for _ in range(300)
    ]  # fmt: skip
    for metric in ("ndcg@10", "recall@20"):
        mean = np.mean([np.nanmean(d[metric]) for d in drawn])
        assert np.nanmean(expected.per_user[metric]) == pytest.approx(mean, abs=0.01)


def test_chance_gives_everybody_a_list_of_their_own(question):
    found = judge_chance(question, CELL, NOTHING)
    same = judge(constant, question, CELL, NOTHING)
    assert found.overall["overlap"] < same.overall["overlap"]
    assert found.overall["coverage"] >= same.overall["coverage"]


def test_what_is_undefined_has_a_reason(question):
    found = judge(constant, question, CELL, NOTHING)
    assert np.isnan(found.per_user["ild"]).all()
    assert found.reasons["ild"] == "the items have no text vectors"
    alone = question.where(np.array([0]))
    assert judge(constant, alone, CELL, NOTHING).reasons["overlap"] == "fewer than two test people"


def test_people_without_an_answer_do_not_count(question):
    empty = question.where(np.arange(3))
    empty.relevant.data[:] = 0
    found = judge(constant, empty, CELL, NOTHING)
    assert np.isnan(found.per_user["ndcg@10"]).all()
    assert "nobody has an answer" in found.reasons["ndcg@10"]


def test_what_a_person_has_already_is_no_answer(toy):
    split = user_time_split(toy.interactions)
    seen = split.histories.seen(36)
    spoiled = Question.of(
        type(split)(**{**vars(split), "relevant": (split.relevant + seen).tocsr()}), seed=0
    )
    assert (spoiled.relevant != Question.of(split, seed=0).relevant).nnz == 0
