"""Chance and the bandit inside the running service: beliefs, first audiences, probabilities."""

from __future__ import annotations

import logging
import shutil
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from random import Random

import numpy as np
import pytest
from scipy import stats
from tests.service.conftest import event

from fewrec.service.answering import recommend
from fewrec.service.schemas import Ask
from fewrec.service.service import Service

KINDS = ("space", "love")
PEOPLE = 28
HOME = '[model]\nencoder = "char-ngrams-128"\nexperts = ["popularity", "item-knn", "ials"]\n'
STRANGER = Ask(session={"likes": ["space 1"], "dislikes": ["love 2"]}, k=3)


def items(number: int = 6) -> dict[str, dict[str, object]]:
    return {
        f"{kind} {n}": {"title": f"{kind} {n}", "kind": kind, "price": n, "stock": 5}
        for kind in KINDS
        for n in range(number)
    }


def taste(people: int = PEOPLE) -> list[dict[str, object]]:
    """Half of the people like space and dislike love, the others the other way round."""
    return [
        event(f"u{n}", item, "like" if item.startswith(KINDS[n % 2]) else "dislike")
        for n in range(people)
        for item in items()
        if hash_of(n, item) != 0
    ]


def hash_of(person: int, item: str) -> int:
    """Spreads holes over people and items, so that everybody has something left to be shown."""
    return (7 * person + 3 * int(item[-1]) + len(item)) % 9


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with people of two tastes and a model of them."""
    home = tmp_path_factory.mktemp("fitted") / "home"
    home.mkdir()
    (home / "fewrec.toml").write_text(HOME)
    service = Service.open(home)
    service.store.put_items(items())
    service.store.add_events(taste())
    service.live.snapshot()
    service.close()
    return home


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of slates, which decide where chance falls for strangers, are the same every time."""
    seeded = Random(5)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=seeded.getrandbits(128)))


@pytest.fixture
def served(fitted: Path, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Opens a copy of the home under the given settings and rules."""
    opened: list[Service] = []

    def open_home(settings: str = "", rules: str = "", *, greedy: bool = False) -> Service:
        home = tmp_path / f"home-{len(opened)}"
        shutil.copytree(fitted, home)
        parts = (HOME, "[service]", "refit_events = 1000", settings, "[rules]", rules)
        (home / "fewrec.toml").write_text("\n".join(parts))
        service = Service.open(home, greedy=greedy)
        opened.append(service)
        service.seed = 7
        return service

    yield open_home
    for service in opened:
        service.close()


class TestBeliefs:
    def test_a_reaction_is_learned_at_the_next_question(self, served):
        service = served()
        recommend(service, Ask(user="u0", k=3))
        exploring = service.live.snapshot({"u0"}).exploring
        before = exploring.beliefs.of("u0").belief
        service.store.add_events([event("u0", "love 0", "like")])
        recommend(service, Ask(user="u0", k=3))
        after = service.live.snapshot({"u0"}).exploring.beliefs.of("u0")
        assert after.belief.reactions == before.reactions + 1
        anew = exploring.reacting.belief(after.history)
        np.testing.assert_allclose(after.belief.mean, anew.mean, atol=1e-4)
        np.testing.assert_allclose(after.belief.covariance, anew.covariance, atol=1e-5)

    def test_many_reactions_one_by_one_are_the_same_as_all_at_once(self, served):
        service = served()
        now = service.live.snapshot({"u0"})
        whole = now.model.histories([f"u{n}" for n in range(PEOPLE)])
        for number in range(0, len(whole.item), 10):  # as if one person did all of it
            kept = np.arange(len(whole.item)) < number
            one = whole.rows(kept)
            one = one.__class__(**{**vars(one), "start": np.array([0, number])})
            belief = now.exploring.belief("everybody", one)
        anew = now.exploring.reacting.belief(one)
        np.testing.assert_allclose(belief.mean, anew.mean, atol=1e-3)

    def test_an_untrue_beginning_is_not_learned_on(self, served):
        service = served()
        now = service.live.snapshot({"u0", "u1"})
        own, other = (now.model.histories([user]) for user in ("u0", "u1"))
        now.exploring.belief("u0", other)
        found = now.exploring.belief("u0", own)
        assert (found.mean == now.exploring.reacting.belief(own).mean).all()

    def test_a_deleted_person_is_forgotten_by_whoever_asks_later(self, served):
        service = served()
        recommend(service, Ask(user="u0", k=3))
        recommend(service, Ask(user="nobody", session={"likes": ["space 1"]}, k=3))
        old = service.live.snapshot().exploring
        assert "u0" in old.beliefs and "nobody" in old.beliefs
        service.delete_user("u0")
        service.delete_user("nobody")
        now = service.live.snapshot().exploring
        assert "u0" not in now.beliefs and "nobody" not in now.beliefs
        recommend(service, Ask(user="u0", k=3))
        assert "u0" not in now.beliefs  # of whom nothing is known, nothing is kept

    def test_people_without_a_name_have_one_for_as_long_as_they_ask(self, served):
        service = served("explore = 0.0\nfirst_audience = 0.0\nbandit_weight = 20.0")
        likes = [one.item for one in recommend(service, STRANGER).items]
        other = Ask(session={"likes": ["love 1"], "dislikes": ["space 2"]}, k=3)
        assert {item[:4] for item in likes} == {"spac"}
        assert {one.item[:4] for one in recommend(service, other).items} == {"love"}
        assert not service.live.snapshot().exploring.beliefs._kept

    def test_the_weight_matters(self, served):
        plain = "explore = 0.0\nfirst_audience = 0.0\n"
        ask = Ask(session={"dislikes": ["space 0", "space 1", "love 2"]}, k=6)
        slates = [
            [one.item for one in recommend(served(plain + more), ask).items]
            for more in ("bandit_weight = 50.0", "bandit_weight = 0.0", 'bandit = "off"')
        ]
        assert slates[0] != slates[1] == slates[2]

    def test_without_dislikes_there_is_none_and_the_log_says_so(self, tmp_path, caplog):
        (tmp_path / "fewrec.toml").write_text(HOME)
        service = Service.open(tmp_path)
        try:
            service.store.put_items(items())
            service.store.add_events([one for one in taste() if one["event"] == "like"])
            with caplog.at_level(logging.INFO, "fewrec.service"):
                assert recommend(service, STRANGER).items
            assert service.live.snapshot().exploring is None
        finally:
            service.close()
        assert "no bandit: the bandit's prior needs rows that are likes" in caplog.text

    def test_greedy_leaves_all_of_it_out(self, served):
        service = served(greedy=True)
        slates = [recommend(service, STRANGER) for _ in range(5)]
        assert len({tuple(one.item for one in slate.items) for slate in slates}) == 1
        assert {one.propensity for slate in slates for one in slate.items} == {1.0}
        assert service.live.snapshot().exploring is None


class TestFirstAudience:
    def test_a_new_item_gets_its_share_and_the_best_keep_their_places(self, served):
        plain = "explore = 0.0\nfirst_audience = "
        service, without = served(plain + "0.2"), served(plain + "0.0")
        for home in (service, without):
            home.store.put_items({"new": {"title": "Something else altogether"}})
        ask = STRANGER.model_copy(update={"k": 4})
        best = [one.item for one in recommend(without, ask).items]
        slates = [recommend(service, ask) for _ in range(200)]
        places = Counter()
        for slate in slates:
            shown = [one.item for one in slate.items]
            rest = [item for item in shown if item != "new"]
            assert rest == best[: len(rest)] and len(shown) == 4
            if "new" in shown:
                place = shown.index("new")
                places[place] += 1
                chances = [one.propensity for one in slate.items]
                assert chances == pytest.approx([0.8] * place + [0.2] + [1.0] * (3 - place))
        expected = [200 * 0.8**place * 0.2 for place in range(4)]
        missed = 200 - sum(expected)
        observed = [places[place] for place in range(4)]
        test = stats.chisquare([*observed, 200 - sum(observed)], [*expected, missed])
        assert test.pvalue > 0.01

    def test_by_default_a_twentieth_of_the_places(self, served):
        service = served("explore = 0.0")
        service.store.put_items({f"new {n}": {"title": f"New {n}"} for n in range(20)})
        slates = [recommend(service, STRANGER) for _ in range(300)]
        new = [one.item.startswith("new") for slate in slates for one in slate.items]
        assert stats.binomtest(sum(new), len(new), 0.05).pvalue > 0.01

    def test_pages_fit_together(self, served):
        service = served("explore = 0.5\nfirst_audience = 0.5")
        service.store.put_items({f"new {n}": {"title": f"New {n}"} for n in range(20)})
        for diversity in (0.0, 0.4):
            ask = Ask(user="somebody", k=3, diversity=diversity)
            pages = [
                recommend(service, ask.model_copy(update={"offset": offset})).items
                for offset in (0, 3, 6)
            ]
            assert len({one.item for page in pages for one in page}) == 9


RULES = """
hidden = ["love 0"]
must_show = {2 = "space 4"}
at_most = {kind = 2}
weigh = {price = 0.3}
"""

WAYS = {
    "as it comes": ("", "", {}),
    "with rules": ("", RULES, {}),
    "varied": ("", "", {"diversity": 0.5}),
    "varied with rules": ("", RULES, {"diversity": 0.3}),
}


def frequencies(service: Service, ask: Ask, draws: int) -> float:
    """P that slates drawn by the route's own path have the frequencies their propensities say."""
    shown: Counter[tuple[str, ...]] = Counter()
    chance: dict[tuple[str, ...], float] = {}
    for _ in range(draws):
        slate = recommend(service, ask)
        names = tuple(one.item for one in slate.items)
        told = prod(one.propensity for one in slate.items)
        assert chance.setdefault(names, told) == pytest.approx(told, abs=1e-9)
        shown[names] += 1
    assert sum(chance.values()) <= 1 + 1e-6
    often = [names for names in shown if chance[names] * draws >= 5]
    observed = [shown[names] for names in often]
    expected = [chance[names] * draws for names in often]
    observed.append(draws - sum(observed))
    expected.append(draws - sum(expected))
    if expected[-1] < 5:
        observed[-2:], expected[-2:] = [sum(observed[-2:])], [sum(expected[-2:])]
    assert len(often) >= 10
    return float(stats.chisquare(observed, expected).pvalue)


def chance_of(served: Callable[..., Service], way: str, draws: int) -> float:
    settings, rules, more = WAYS[way]
    settings = f"explore = 0.6\nfirst_audience = 0.2\n{settings}"
    service = served(settings, rules)
    fresh = {f"new {n}": {"title": f"Unheard of {n}", "kind": "new"} for n in range(2)}
    service.store.put_items({**fresh, "gone": {"title": "Sold out", "stock": 0}})
    return frequencies(service, STRANGER.model_copy(update=more), draws)


@pytest.mark.parametrize("way", ["as it comes", "varied with rules"])
def test_logged_propensities_are_the_frequencies(served, way):
    assert chance_of(served, way, 400) > 0.01


def test_under_thompson_they_hold_given_the_draw_of_the_belief(served):
    """The mean of [item is a] / p over draws is 1, though p is another one at each draw."""
    service = served('explore = 0.9\nfirst_audience = 0.0\nbandit = "thompson"\n')
    drawn = [recommend(service, STRANGER).items[0] for _ in range(400)]
    ((often, _),) = Counter(one.item for one in drawn).most_common(1)
    weights = [(one.item == often) / one.propensity for one in drawn]
    assert len({weight for weight in weights if weight}) > 50
    error = np.std(weights) / np.sqrt(len(weights))
    assert abs(np.mean(weights) - 1) < 3 * error < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_logged_propensities_are_the_frequencies_of_20_000_slates(served, way):
    assert chance_of(served, way, 20_000) > 0.01
