"""What people write about themselves, clause by clause."""

from dataclasses import replace

import numpy as np
import pytest
from tests.contracts import RankerContract
from tests.ranker.worlds import ENCODER, KNOWN, PER_SHELF, on_shelf, ordinary, together

from fewrec.data.features import ItemFeatures
from fewrec.data.histories import Histories
from fewrec.knowledge.text import text_encoder
from fewrec.protocols import Training
from fewrec.ranker.profile import Profile


def writes(text):
    return Histories.single(profile=text)


class TestProfile(RankerContract):
    drift = 1.0  # fits are standardised over the catalogue, which grew

    def ranker(self):
        return Profile()

    def round_trip(self, fitted):
        """Whoever loads a model puts the encoder back."""
        return replace(super().round_trip(fitted), encoder=fitted.encoder)

    def test_a_clause_finds_its_shelf(self):
        scores = self.fitted().scores(writes("I love stories about space and a galaxy"))[0]
        top = np.argsort(-scores)[:PER_SHELF]
        assert set(top) == set(on_shelf(0, new=True))

    def test_a_disliked_clause_sinks_its_shelf(self):
        scores = self.fitted().scores(writes("I hate romance"))[0]
        assert scores.argmin() in on_shelf(1, new=True)
        assert scores[on_shelf(1)].mean() < scores[on_shelf(0) + on_shelf(2)].mean()

    def test_clauses_are_added_with_their_signs(self):
        like, hate, both = self.fitted().scores(
            together(
                writes("I love space"),
                writes("I hate romance"),
                writes("I love space. I hate romance"),
            )
        )
        np.testing.assert_allclose(both, like + hate, atol=1e-5)

    def test_a_list_of_likes_is_their_mean(self):
        one, two, both = self.fitted().scores(
            together(writes("I love space"), writes("I love cooking"), writes("space. cooking"))
        )
        np.testing.assert_allclose(both, (one + two) / 2, atol=1e-5)

    def test_scores_are_standardised(self):
        scores = self.fitted().scores(writes("space"))[0]
        assert scores.mean() == pytest.approx(0.0, abs=1e-5)
        assert scores.std() == pytest.approx(1.0, rel=1e-4)

    def test_the_name_of_an_attribute_counts(self):
        training = ordinary()
        blind = replace(training.features, attributes=training.features.attributes[:, :0])
        without = Profile().fit(replace(training, features=replace(blind, attribute_names=())))
        person = writes("cooking")
        gap = []
        for fitted in (self.fitted(), without):
            scores = fitted.scores(person)[0]
            gap.append(scores[on_shelf(2)].min() - scores[on_shelf(0) + on_shelf(1)].max())
        assert gap[0] > max(gap[1], 0)

    def test_facts_repeat_the_clause_that_fits(self):
        facts = self.fitted().facts(writes("I love space. I hate romance"), np.array([2, 9]))
        assert [fact.values for fact in facts[0]] == [("space",)]
        assert facts[1] == []

    def test_nothing_written_says_nothing(self):
        people = together(writes(""), writes("..."), Histories.single([0]))
        assert not self.fitted().scores(people)[[0, 2]].any()

    def test_items_without_text_fit_like_the_average(self):
        features = ordinary().features
        vectors = features.vectors.copy()
        vectors[3] = 0
        silent = ItemFeatures(vectors, features.numbers, features.attributes[:, :0], ())
        scores = Profile().fit(replace(ordinary(), features=silent)).scores(writes("space"))[0]
        assert scores[3] == 0.0
        assert np.delete(scores, 3).any()

    def test_without_an_encoder_it_is_silent(self):
        fitted = Profile().fit(replace(ordinary(), encoder=None))
        assert not fitted.scores(writes("I love space")).any()
        assert fitted.facts(writes("I love space"), np.array([0])) == [[]]


FILMS = {
    "slow science fiction": "A quiet voyage of a lone astronaut to a distant planet",
    "loud science fiction": "Robots and aliens fight with lasers on Mars",
    "slapstick": "A clumsy man slips on bananas and gets a pie in the face",
    "romance": "Two strangers fall in love in Paris",
    "cooking": "A young chef opens a restaurant",
    "war": "Soldiers in a trench wait for the battle",
}


def test_the_language_model_understands_a_sentence(ml100k_files):
    """With the pinned MiniLM: words that no film's text contains."""
    encoder = text_encoder("all-minilm-l6-v2")
    base = ordinary()
    kinds = list(FILMS)
    vectors = np.zeros((KNOWN, encoder.dimension), dtype=np.float32)
    vectors[: len(kinds)] = encoder.encode(list(FILMS.values()))
    nothing = ItemFeatures.nothing(KNOWN)
    training = Training(base.interactions, replace(nothing, vectors=vectors), base.people, encoder)
    fitted = Profile().fit(training)
    scores = fitted.scores(writes("I love slow science fiction and hate slapstick"))[
        0, : len(kinds)
    ]
    order = [kinds[i] for i in np.argsort(-scores)]
    assert set(order[:2]) == {"slow science fiction", "loud science fiction"}
    assert order[-1] == "slapstick"
    assert ENCODER.name != encoder.name
