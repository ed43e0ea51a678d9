"""Answers are kept by the words of the question; the double answers as it says."""

import numpy as np

from fewrec.data.chat import Turn
from fewrec.knowledge.language.overlap import OverlapModel
from fewrec.knowledge.language.remembered import RememberedAnswers
from fewrec.protocols import LanguageModel

ANSWERS = ("Yes", "No")


class Counting(OverlapModel):
    """The double, and how many questions it was asked."""

    asked = 0

    def answers(self, chats, answers):
        self.asked += len(chats)
        return super().answers(chats, answers)


def chats(count, word="comet"):
    said = 'They liked: Comet Chase {n}.\nWill they like "The {word} {n}"?'
    return [(Turn("user", said.format(n=n, word=word)),) for n in range(count)]


def test_the_double_agrees_where_words_repeat():
    double = OverlapModel()
    assert isinstance(double, LanguageModel)
    same, other = double.answers([*chats(1), *chats(1, "kiss")], ANSWERS)
    assert np.isclose(same[0] - same[1], 1.0)
    assert np.isclose(other[0] - other[1], 0.0)
    assert np.allclose(np.exp([same, other]).sum(axis=1), 1)
    assert "comet" in double.generate(chats(1), 3)[0]


def test_no_question_is_asked_twice(tmp_path):
    model = Counting()
    kept = RememberedAnswers(model, tmp_path)
    first = kept.answers([*chats(10), *chats(10)], ANSWERS)
    assert model.asked == 10
    again = RememberedAnswers(model, tmp_path).answers(chats(10)[::-1], ANSWERS)
    assert model.asked == 10
    assert np.array_equal(again, first[:10][::-1])
    assert np.allclose(first[:10], OverlapModel().answers(chats(10), ANSWERS), atol=1e-6)


def test_other_questions_answers_and_models_are_other_keys(tmp_path):
    model = Counting()
    kept = RememberedAnswers(model, tmp_path)
    kept.answers(chats(10), ANSWERS)
    kept.answers(chats(10), ("No", "Yes"))
    kept.answers(chats(10, "kiss"), ANSWERS)
    kept.answers([(Turn("system", "S"), *chat) for chat in chats(10)], ANSWERS)
    other = Counting()
    other.name = "overlap-2"
    RememberedAnswers(other, tmp_path).answers(chats(10), ANSWERS)
    assert (model.asked, other.asked) == (40, 10)


def test_nothing_asked_is_nothing_answered(tmp_path):
    assert RememberedAnswers(OverlapModel(), tmp_path).answers([], ANSWERS).shape == (0, 2)
