"""Business rules on a small shop: what leaves, what stays, what is said about wrong rules."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec.data.sources import dataset_from_tables
from fewrec.errors import ConfigError, UnknownId
from fewrec.recommender.rules import Rules, checked_rules, read_rules

SHOP = pl.DataFrame(
    {
        "item": ["a", "b", "c", "d", "e", "f"],
        "title": ["Red mug", "Blue mug", "Red cup", "Blue cup", "Tea pot", "Spoon"],
        "brand": ["acme", "acme", "acme", "bolt", "bolt", None],
        "tags": [["red", "mug"], ["blue", "mug"], ["red"], ["blue"], ["tea", "red"], []],
        "price": [5.0, 6.0, 5.0, 9.0, None, 1.0],
        "stock": [3, 0, 1, -2, None, 7],
        "available_from": [None, None, 2000.0, None, None, None],
        "available_until": [None, None, None, None, 1500.0, None],
    }
)


@pytest.fixture(scope="module")
def shop():
    return dataset_from_tables(items=SHOP).catalog


def left(rules, shop, now=1000.0, shown=None):
    gone = rules.on(shop).leaving(now, shown or {})
    return {name: [shop.items.ids[r] for r in np.flatnonzero(m)] for name, m in gone.items()}


def test_stock_of_nothing_leaves_and_an_empty_cell_does_not(shop):
    assert left(Rules(availability=False), shop) == {"stock": ["b", "d"]}
    assert left(Rules(availability=False, stock=False), shop) == {}


@pytest.mark.parametrize(
    ("now", "gone"),
    [(1000.0, ["c"]), (1500.0, ["c", "e"]), (1999.9, ["c", "e"]), (2000.0, ["e"])],
)
def test_windows_are_open_from_until_before(shop, now, gone):
    assert left(Rules(stock=False), shop, now) == {"availability": gone}


def test_hidden_and_often_shown_items_leave(shop):
    rules = Rules(stock=False, availability=False, hidden={"f"}, shown_at_most=2)
    assert left(rules, shop, shown={0: 2, 1: 1, 4: 5}) == {
        "hidden": ["f"],
        "shown_at_most": ["a", "e"],
    }


def test_caps_count_every_value_of_a_list(shop):
    (cap,) = Rules(at_most={"tags": 1}).on(shop).caps
    held = [sorted(v for v in row if v >= 0) for row in cap.values.tolist()]
    assert cap.most == 1 and held == [[0, 1], [1, 2], [0], [2], [0, 3], []]


def test_an_item_without_a_brand_is_under_no_cap(shop):
    (cap,) = Rules(at_most={"brand": 2}).on(shop).caps
    assert cap.values[:, 0].tolist() == [0, 0, 0, 1, 1, -1]


def test_prices_weigh_in_deviations_and_empty_cells_do_not(shop):
    bonus = Rules(weigh={"price": -0.5}).on(shop).bonus
    price = np.array([5.0, 6.0, 5.0, 9.0, np.nan, 1.0])
    expected = -0.5 * (price - np.nanmean(price)) / np.nanstd(price)
    np.testing.assert_allclose(bonus, np.nan_to_num(expected), rtol=1e-6)


def test_places_are_counted_from_1(shop):
    assert Rules(must_show={"2": "f", "1": "a"}).on(shop).pins == {0: 0, 1: 5}


def test_they_are_read_from_the_data_folder(tmp_path: Path):
    assert read_rules(tmp_path) == Rules()
    (tmp_path / "fewrec.toml").write_text(
        '[rules]\nhidden = ["x"]\nshown_at_most = 3\nrepeats = true\n'
        "[rules.at_most]\nbrand = 2\n[rules.must_show]\n1 = 'a'\n[rules.weigh]\nmargin = 0.2\n"
    )
    assert read_rules(tmp_path) == Rules(
        hidden={"x"},
        shown_at_most=3,
        repeats=True,
        at_most={"brand": 2},
        must_show={1: "a"},
        weigh={"margin": 0.2},
    )


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"hiden": ["a"]}, r"fewrec.toml, \[rules\]: unknown key 'hiden'. Did you mean 'hidden'"),
        ({"at_most": {"brand": 0}}, "key 'at_most': at least 1 item must be allowed"),
        ({"must_show": {0: "a"}}, "key 'must_show': places are counted from 1"),
        ({"must_show": {1: "a", 2: "a"}}, "one item cannot stand at two places"),
        ({"shown_at_most": 0}, "key 'shown_at_most': Input should be greater than or equal to 1"),
        ({"weigh": {"price": "much"}}, "key 'weigh.price': a number is wanted, not a text"),
    ],
)
def test_wrong_rules_are_refused(told, message):
    with pytest.raises(ConfigError, match=message):
        checked_rules(told, "fewrec.toml, [rules]")


@pytest.mark.parametrize(
    ("rules", "error", "message"),
    [
        (Rules(hidden={"z"}), UnknownId, "rule hidden: there is no item with the id 'z'"),
        (Rules(must_show={1: "z"}), UnknownId, "rule must_show: there is no item with the id 'z'"),
        (Rules(at_most={"brnd": 1}), ConfigError, "no column 'brnd'. Did you mean 'brand'"),
        (Rules(weigh={"brand": 1}), ConfigError, "the column 'brand' holds no numbers"),
        (Rules(weigh={"tags": 1}), ConfigError, "the column 'tags' holds no numbers"),
    ],
)
def test_rules_that_do_not_fit_the_catalogue_are_refused(shop, rules, error, message):
    with pytest.raises(error, match=message):
        rules.on(shop)
