"""Rules on what items are: whom they concern, what they change, what is said of typos."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from fewrec.data.features import ItemFeatures
from fewrec.data.ids import IdMap
from fewrec.data.people import People
from fewrec.data.slate import Query
from fewrec.data.sources import dataset_from_tables
from fewrec.errors import ConfigError
from fewrec.recommender.choosing import Chooser
from fewrec.recommender.drawing import chooser_for, draw
from fewrec.recommender.rule_costs import rule_costs
from fewrec.recommender.rules import checked_rules, read_rules
from fewrec.seeding import generator

SHOP = pl.DataFrame(
    {
        "item": ["a", "b", "c", "d", "e"],
        "title": ["Alien", "Babe", "Carrie", "Dumbo", "Evita"],
        "genre": [["Horror", "Space"], ["Comedy"], ["Horror"], ["Comedy", "Animation"], None],
        "country": ["UK", "AU", "US", "US", None],
        "length": [117.0, 92.0, 98.0, 64.0, None],
    }
)
DIRECTOR = "http://dbpedia.org/ontology/director"
SCOTT = "http://dbpedia.org/resource/Ridley_Scott"


@pytest.fixture(scope="module")
def shop():
    return dataset_from_tables(items=SHOP).catalog


@pytest.fixture(scope="module")
def features():
    held = sparse.csr_matrix(np.array([[1], [0], [0], [0], [1]], dtype=np.float32))
    empty = np.zeros((5, 0), dtype=np.float32)
    return ItemFeatures(empty, empty, held, ((DIRECTOR, SCOTT),))


PEOPLE = People(IdMap(("u", "v")), (("age=7", "city=Oslo"), ("age=40",)), ("", ""), {})
ALL = np.ones(5, dtype=bool)
LEVEL = np.array([5.0, 4.0, 3.0, 2.0, 1.0], dtype=np.float32)


def rules(**told):
    return checked_rules(told, "here")


def ids(mask):
    return "".join("abcde"[n] for n in np.flatnonzero(mask))


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({"relation": "genre", "value": "Horror"}, "ac"),
        ({"relation": "country", "value": "US"}, "cd"),
        ({"relation": "length", "value": 92}, "b"),
        ({"relation": "director", "value": "Ridley Scott"}, "ae"),
        ({"relation": DIRECTOR, "value": SCOTT}, "ae"),
    ],
)
def test_what_items_never_are_leaves(shop, features, condition, held):
    gone = rules(never=[condition]).on(shop, features).leaving(0.0, {})
    assert [ids(mask) for mask in gone.values()] == [held]


def test_preferences_add_their_weights_and_avoidance_takes_them_away(shop):
    told = rules(
        prefer=[{"relation": "genre", "value": "Comedy", "weight": 0.5}],
        avoid=[{"relation": "country", "value": "US"}],
        weigh={"length": 0.0},
    )
    np.testing.assert_allclose(told.on(shop).bonus, [0.0, 0.5, -1.0, -0.5, 0.0])


def test_rules_for_some_people_concern_nobody_else(shop):
    told = rules(
        never=[{"relation": "genre", "value": "Horror", "people": "age=7"}],
        prefer=[{"relation": "genre", "value": "Comedy", "weight": 2, "people": "city=Oslo"}],
    ).on(shop, people=PEOPLE)
    child, adult = PEOPLE.attributes
    assert told.leaving(0.0, {}, adult) == {} == told.leaving(0.0, {})
    assert list(told.leaving(0.0, {}, child)) == ["never genre=Horror for age=7"]
    np.testing.assert_allclose(told.bonus_for(adult), np.zeros(5))
    np.testing.assert_allclose(told.bonus_for(child), [0, 2, 0, 2, 0])


def test_they_act_in_the_choosing_and_are_counted(shop):
    chooser = Chooser(
        rules(
            never=[{"relation": "genre", "value": "Horror", "people": "age=7"}],
            prefer=[{"relation": "genre", "value": "Animation", "weight": 9}],
        ).on(shop, people=PEOPLE)
    )
    chosen = chooser.choose(LEVEL, ALL, 3, generator(0), now=0.0, attributes=("age=7",))
    assert [int(row) for row in chosen.rows] == [3, 1, 4]
    np.testing.assert_allclose(chosen.propensities, 1.0)
    assert chosen.fired == {"never genre=Horror for age=7": 1}
    others = chooser.choose(LEVEL, ALL, 3, generator(0), now=0.0)
    assert [int(row) for row in others.rows] == [3, 0, 1] and not others.fired


def test_whoever_asks_is_known_by_their_columns(model):
    hobby = model.known.people.attributes[0][0]
    never = {"relation": "shelf", "value": "space", "people": hobby}
    prefer = {"relation": "shelf", "value": "cooking", "weight": 900}
    chooser = chooser_for(model, rules(never=[never], prefer=[prefer]))
    mine, other = (
        draw(model, Query(user=user, k=24), chooser, generator(0)) for user in ("u0", "u1")
    )
    assert not [item for item in mine.slate.items if item.startswith("space")]
    assert [item for item in other.slate.items if item.startswith("space")]
    assert mine.slate.items[0].startswith("cooking") and other.slate.items[0].startswith("cooking")
    assert list(mine.fired) == [f"never shelf=space for {hobby}"] and not other.fired


def test_each_condition_has_a_cost_of_its_own(model):
    told = rules(
        never=[{"relation": "shelf", "value": name} for name in ("space", "cooking")],
        avoid=[{"relation": "shelf", "value": "romance", "weight": 900}],
    )
    asked = [Query(user="u0", k=10)]
    costs = rule_costs(model, told, asked, [frozenset({"space-7"})], now=0.0)
    assert [(cost.rule, cost.fired is None) for cost in costs] == [
        ("avoid shelf=romance", True),
        ("never shelf=space", False),
        ("never shelf=cooking", False),
    ]
    assert costs[1].cost > 0 == costs[2].cost


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"relation": "gener", "value": "Horror"}, "'gener'. Did you mean 'genre'"),
        ({"relation": "genre", "value": "Horor"}, "'Horor'. Did you mean 'Horror'"),
        ({"relation": "director", "value": "Ridley Scot"}, "Did you mean 'Ridley Scott'"),
        ({"relation": "length", "value": "long"}, "no item has the length 'long'"),
        ({"relation": "genre", "value": "Horror", "people": "age=8"}, "Did you mean 'age=7'"),
    ],
)
def test_what_is_not_there_is_named_with_the_nearest(shop, features, condition, message):
    with pytest.raises(ConfigError, match="rule never") as fault:
        rules(never=[condition]).on(shop, features, PEOPLE)
    assert message in str(fault.value)


def test_they_are_read_from_the_data_folder(tmp_path, shop):
    (tmp_path / "fewrec.toml").write_text(
        '[rules]\nprefer = [{ relation = "genre", value = "Comedy", weight = 0.5 }]\n'
        'never = [{ relation = "length", value = 92 }]\n'
    )
    told = read_rules(tmp_path)
    np.testing.assert_allclose(told.on(shop).bonus, [0.0, 0.5, 0.0, 0.5, 0.0])
    assert [ids(mask) for mask in told.on(shop).leaving(0.0, {}).values()] == ["b"]
    assert checked_rules(told.stated(), "again") == told


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"prefer": [{"relation": "genre"}]}, r"prefer.0.value"),
        ({"prefer": [{"relation": "genre", "value": "x", "weight": 0}]}, "greater than 0"),
        ({"never": [{"relation": "genre", "value": "x", "weight": 1}]}, "never.0.weight"),
        ({"avoid": "genre"}, "avoid"),
    ],
)
def test_malformed_conditions_are_errors(told, message):
    with pytest.raises(ConfigError, match=message):
        checked_rules(told, "here")
