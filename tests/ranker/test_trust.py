"""What is believed of the experts before anything was rehearsed."""

import numpy as np

from fewrec.ranker.rehearsal import KNOTS
from fewrec.ranker.trust import COLD, WARM, cold_prior, warm_prior
from fewrec.recommender.rankers import CONTENT, KNOWN, STEPS

NAMES = tuple(KNOWN)


def test_only_known_experts_have_a_prior():
    assert set(WARM) <= set(NAMES)
    assert set(COLD) <= set(CONTENT)


def test_priors_are_never_negative_and_cover_all_knots():
    for prior, names in ((warm_prior(NAMES), NAMES), (cold_prior(CONTENT), CONTENT)):
        assert prior.shape == (len(KNOTS), len(names))
        assert (prior >= 0).all()


def test_of_a_stranger_nothing_that_reads_clicks_is_believed():
    stranger = dict(zip(NAMES, warm_prior(NAMES)[0], strict=True))
    for_strangers = {"popularity", "reach", "item-prior", "groups", "circle", "profile"}
    reads_clicks = set(NAMES) - for_strangers - set(STEPS)  # steps are no clicks that were likes
    assert all(stranger[name] == 0 for name in reads_clicks)
    assert stranger["popularity"] > 0


def test_what_is_believed_moves_one_way_as_more_is_known():
    for prior in (warm_prior(NAMES), cold_prior(CONTENT)):
        steps = np.diff(prior, axis=0)
        assert ((steps >= 0).all(axis=0) | (steps <= 0).all(axis=0)).all()


def test_a_ranker_of_ones_own_starts_like_the_others():
    own = warm_prior(("mine",))[:, 0]
    assert own[0] == 0.0
    assert 0.0 < own[-1] <= 0.1
