"""Which rankers there are, which of them are weighed, and that their page knows them."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fewrec.data.friends import with_friends
from fewrec.data.people import People
from fewrec.data.toy import toy_world
from fewrec.protocols import FittedRanker, Ranker
from fewrec.recommender.rankers import (
    CONTENT,
    EXPERTS,
    KNOWN,
    OF_DISLIKES,
    ON_DEMAND,
    RANKERS,
    TUNED_TEXT,
    experts_for,
    hybrid,
)
from fewrec.recommender.settings import FitSettings
from fewrec.recommender.storage import FITTED

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"


@pytest.mark.parametrize("name", RANKERS)
def test_every_name_makes_a_ranker(name):
    assert isinstance(RANKERS[name](), Ranker)


def test_every_expert_can_be_saved():
    assert set(FITTED) == set(KNOWN)
    assert all(issubclass(kind, FittedRanker) for kind in FITTED.values())


def test_only_experts_are_chosen_from():
    assert {*CONTENT, *OF_DISLIKES} <= {*EXPERTS, *ON_DEMAND}


def test_the_order_of_experts_is_that_of_the_table():
    assert list(hybrid(("ease", "popularity")).experts) == ["popularity", "item-prior", "ease"]


class TestExpertsFor:
    def test_all_where_there_is_everything(self):
        toy = toy_world()
        a, b = toy.people.users.ids[:2]
        friends = with_friends(toy.people, [(a, "friend", b)], toy.catalog.items)
        weight = np.where(toy.interactions.item == 0, 0.2, 1.0).astype(np.float32)
        rows = replace(toy.interactions, weight=weight)
        everything = replace(toy, people=friends, interactions=rows)
        assert experts_for(everything) == tuple(EXPERTS)

    def test_without_friends_there_is_no_circle(self):
        assert set(EXPERTS) - set(experts_for(toy_world())) == {"reach", "circle"}

    def test_without_dislikes_those_that_read_them_are_left_out(self):
        toy = toy_world()
        rows = toy.interactions
        unary = replace(rows.where(rows.label > 0), has_negatives=False)
        found = experts_for(replace(toy, interactions=unary))
        assert set(EXPERTS) - set(found) == {*OF_DISLIKES, "reach", "circle"}

    def test_without_columns_of_people_there_are_no_groups(self):
        toy = toy_world()
        found = experts_for(replace(toy, people=People.unknown(toy.people.users)))
        assert set(EXPERTS) - set(found) == {"reach", "groups", "circle"}

    def test_tuned_text_is_there_where_it_is_asked_for(self):
        toy = toy_world()
        asked = FitSettings(tuned_text=True)
        assert set(asked.experts_on(toy)) - set(FitSettings().experts_on(toy)) == {TUNED_TEXT}
        few = FitSettings(experts=("popularity",), tuned_text=True)
        assert few.experts_on(toy) == ("popularity", TUNED_TEXT)
        assert TUNED_TEXT in hybrid(few.experts_on(toy)).experts

    def test_no_rows_leave_out_what_needs_them(self):
        toy = toy_world()
        nothing = toy.interactions.where(np.zeros(len(toy.interactions), dtype=bool))
        found = experts_for(replace(toy, interactions=replace(nothing, has_negatives=False)))
        assert not set(OF_DISLIKES) & set(found)
        assert "profile" in found


def test_the_page_has_a_section_for_every_ranker():
    heads = [
        line
        for line in (PAGES / "experts.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ") or line.startswith("`random`")
    ]
    named = " ".join(heads)
    assert all(f"`{name}`" in named for name in RANKERS if name != "hybrid")


def test_what_is_said_of_experts_is_said_of_experts_there_are():
    from fewrec.cli.slate_table import FAMILIES
    from fewrec.recommender.explaining import AGAINST
    from fewrec.service.api.page import SAID

    for words in (FAMILIES, AGAINST, SAID):
        assert set(words) <= set(KNOWN)
    assert set(EXPERTS) <= set(FAMILIES)


@pytest.mark.parametrize("page", ("fusion.md", "experts.md"))
def test_links_between_pages_lead_somewhere(page):
    text = (PAGES / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (PAGES / target).is_file(), target
