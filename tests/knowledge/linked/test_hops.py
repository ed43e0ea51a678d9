"""Surroundings of some entities, checked against a walk over all triples."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.knowledge.linked.hops import everything, within
from fewrec.knowledge.linked.rdf import Statement

node = st.sampled_from("abcdefgh")
triples = st.lists(st.tuples(node, st.sampled_from("pq"), node), max_size=30)


def stream_of(rows: list) -> object:
    def stream(heads: object) -> Iterator[Statement]:
        return (Statement(*row, *([None] if len(row) == 3 else [])) for row in rows)

    return stream


@settings(max_examples=60, deadline=None)
@given(triples, st.sets(node, min_size=1, max_size=3), st.integers(1, 3))
def test_a_step_goes_along_the_arrow_and_the_first_one_also_against_it(rows, start, hops) -> None:
    expected, edge, passed = set(), set(start), set(start)
    for hop in range(hops):
        out = {row for row in rows if row[0] in edge}
        back = {row for row in rows if row[2] in edge} if hop == 0 else set()
        expected |= out | back
        ends = {row[2] for row in out} | {row[0] for row in back}
        edge, passed = ends - passed, passed | ends
    found, _ = within(stream_of(rows), start, hops, "en")
    assert set(found.frame().iter_rows()) == expected


def test_literals_are_kept_in_one_language_and_never_walked() -> None:
    rows = [
        ("film", "label", "Rot", "de"),
        ("film", "label", "Red", "en-GB"),
        ("film", "year", "1994", ""),
        ("1994", "of", "time", None),
        ("other", "year", "film", ""),
    ]
    found, left = within(stream_of(rows), {"film"}, 2, "en")
    assert [row[2] for row in found.frame().iter_rows()] == ["Red", "1994"]
    assert left == 1
    whole, left = everything(stream_of(rows), "en")
    assert len(whole) == 4 and left == 1
