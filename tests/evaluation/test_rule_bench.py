"""`bench rules` on the toy world: what is compared, what is kept, what cannot be compared."""

from dataclasses import replace

import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.toy import toy_world
from fewrec.errors import EmptyData
from fewrec.evaluation.opening import open_bench
from fewrec.evaluation.rule_bench import rule_cells, run_rules


def test_items_of_which_nothing_is_known_have_nothing_to_compare(tmp_path):
    world = toy_world()
    bare = world.catalog.table.select("title")
    data = replace(world, catalog=Catalog(world.catalog.items, bare, {"title": "title"}))
    with pytest.raises(EmptyData, match="share no attributes"):
        run_rules(open_bench(data), [0], ["all"], tmp_path, lambda: None)


@pytest.mark.slow
def test_both_fusions_are_asked_the_same_and_cells_are_kept(tmp_path):
    bench, steps = open_bench(toy_world(users=40, per_shelf=20)), []
    found = run_rules(bench, [0], ["all"], tmp_path, lambda: steps.append(1))
    names = {row["ranker"] for row in found.rows}
    assert {"hybrid", "hybrid-rules", "rules", "rules-personal", "random"} <= names
    assert {(c["a"], c["b"]) for c in found.comparisons} >= {("hybrid-rules", "hybrid")}
    files = [file for *_, file in rule_cells([0], ["all"], tmp_path)]
    before = [file.stat().st_mtime_ns for file in files]
    again = run_rules(bench, [0], ["all"], tmp_path, lambda: steps.append(1))
    assert again.rows == found.rows and len(steps) == 4
    assert [file.stat().st_mtime_ns for file in files] == before
