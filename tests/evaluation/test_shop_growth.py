"""Made-up shops and what is measured of them."""

import numpy as np
import pytest

from fewrec.data.sources import read_folder
from fewrec.evaluation.made_up_shop import write_shop
from fewrec.evaluation.shop_growth import open_shop, shop_growth


class TestShop:
    def test_few_items_are_met_often_and_themes_can_be_told(self, tmp_path):
        write_shop(tmp_path / "shop", 2000)
        dataset, _, features = open_shop(tmp_path / "shop")
        met = np.sort(np.bincount(dataset.interactions.item, minlength=2000))[::-1]
        assert met[:200].sum() > 0.4 * met.sum()
        assert len(dataset.interactions) > 0.85 * 20_000
        assert features.vectors.shape == (2000, 384)
        likes = dataset.interactions.likes()
        person = int(np.argmax(np.diff(likes.indptr)))
        mine = features.vectors[likes[person].indices]
        others = features.vectors[:: 2000 // len(mine)][: len(mine)]
        assert (mine @ mine.T).mean() > 2 * (mine @ others.T).mean()

    def test_the_same_seed_makes_the_same_shop(self, tmp_path):
        for name in ("a", "b"):
            write_shop(tmp_path / name, 1000, seed=3)
        one, two = (read_folder(tmp_path / name).fingerprint for name in ("a", "b"))
        assert one == two


@pytest.mark.slow
def test_growth_is_measured():
    rows = shop_growth([1000], step=lambda name: None)
    found = {row["metric"]: row["mean"] for row in rows}
    assert found["recall@500"] == 1.0
    assert found["fit_cpu_seconds"] > 0
    assert found["p99_ms"] >= found["median_ms"] > 0
