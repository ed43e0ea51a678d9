"""Hidden links are found and wrong ones flagged, in a world where the texts tell both."""

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from fewrec.data.sources import read_folder
from fewrec.errors import BadValue, MissingColumn
from fewrec.knowledge.build.aliases import Aliases, label, words_of
from fewrec.knowledge.build.calibration import Calibration, held_share
from fewrec.knowledge.build.candidates import lowest
from fewrec.knowledge.build.completion import JUDGING, LOOKING, Wish, complete
from fewrec.knowledge.build.extraction import area, read_edges, with_reading
from fewrec.knowledge.build.facts import facts_of
from fewrec.knowledge.build.folder import build_graph, given_triples
from fewrec.knowledge.build.history import FOLLOWED, TOGETHER, Companions, history_triples
from fewrec.knowledge.build.repair import Edges, are_facts, doubts, proposals, wrong_edges
from fewrec.knowledge.build.review import Case, read_review, write_review
from fewrec.knowledge.build.signals import Context

ITEMS, PEOPLE = 400, 60


def _pairs(edges):
    return zip(edges.item.tolist(), edges.pair.tolist(), strict=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Films whose text names their maker; one in eight links is missing, one in forty wrong."""
    folder, rng = tmp_path_factory.mktemp("films"), np.random.default_rng(5)
    maker = rng.integers(0, PEOPLE, ITEMS)
    names = [f"Maker{n:02d} Smith" for n in range(PEOPLE)]
    texts = [f"A quiet film by {names[m]}, who made it alone." for m in maker]
    items = {"item": [f"f{n}" for n in range(ITEMS)], "title": [f"Film {n}" for n in range(ITEMS)]}
    pl.DataFrame({**items, "plot": texts}).write_csv(folder / "items.csv")
    (folder / "fewrec.toml").write_text('[items]\nplot = "text"\n')
    state = rng.permutation(ITEMS)
    missing, wrong = set(state[:50].tolist()), set(state[50:60].tolist())
    said = [(m + 7) % PEOPLE if n in wrong else m for n, m in enumerate(maker)]
    rows = [(f"f{n}", "maker", names[m]) for n, m in enumerate(said) if n not in missing]
    rows += [(f"f{n}", "country", f"land {n % 9}") for n in range(ITEMS)]
    frame = pl.DataFrame(rows, schema=["head", "relation", "tail"], orient="row")
    frame.write_csv(folder / "graph.csv")
    true = {(f"f{n}", "maker", names[m]) for n, m in enumerate(maker)}
    lost = {(f"f{n}", "maker", names[maker[n]]) for n in missing | wrong}
    return folder, true, lost, {rows[k] for k in range(len(rows)) if rows[k][1] == "maker"} - true


@pytest.fixture(scope="module")
def completed(world):
    folder = world[0]
    return complete(folder, read_folder(folder), Wish(text=True, repair=True))


def test_missing_links_are_found_and_are_right(world, completed):
    _, true, lost, _ = world
    taken = {triple for triple in completed.text if triple[1] == "maker"}
    assert len(taken & lost) >= 0.7 * len(lost)
    assert len(taken & true) >= 0.9 * len(taken)
    assert not completed.repair


def test_wrong_links_are_the_first_that_are_doubted(world, completed):
    wrong = world[3]
    listed = [case.triple for case in completed.cases if case.kind == "doubtful"]
    assert len(wrong & set(listed[:20])) >= 0.8 * len(wrong)


def test_what_was_proposed_is_no_evidence(world, completed):
    folder = world[0]
    before = given_triples(folder)
    graph = (folder / "graph.csv").read_bytes()
    build_graph(folder, read_folder(folder), {"text": list(completed.text)})
    assert given_triples(folder) == before
    again = complete(folder, read_folder(folder), Wish(text=True, repair=True))
    assert again.text == completed.text
    (folder / "graph.csv").write_bytes(graph)


def test_decisions_are_kept(world, completed):
    folder, chosen = world[0], completed.text[0]
    odd = ("f0", "maker", "Nobody Yet")
    decided = [
        Case("missing", 0.95, "f0", "Film 0", chosen, "no"),
        Case("missing", 0.4, "f0", "Film 0", odd, "yes"),
    ]
    found = complete(folder, read_folder(folder), Wish(text=True), decided=decided)
    assert chosen not in [*found.text, *found.repair]
    assert odd in [*found.text, *found.repair]
    assert [case for case in found.cases if case.decision] == decided


def test_new_items_are_linked_by_their_text(world):
    """An item of which the graph knows nothing yet."""
    folder, true, _, _ = world
    dataset = read_folder(folder)
    facts = facts_of(dataset)
    item, pair = facts.edges()
    kept = item >= 40
    context = Context.of(dataset.catalog, facts.values, None)
    edges, _ = proposals(facts.holding(item[kept], pair[kept]), context)
    new = edges.where(edges.item < 40)
    sure = new.where(new.score >= 0.8)
    named = [(f"f{i}", "maker", facts.values[facts.value[p]]) for i, p in _pairs(sure)]
    assert len(set(named) & true) >= 25
    assert len(set(named) - true) <= 3


def test_few_facts_teach_nothing(tmp_path):
    (tmp_path / "items.csv").write_text("item,title\n1,Alien\n2,Heat\n")
    (tmp_path / "graph.csv").write_text("head,relation,tail\n1,maker,Scott\n2,maker,Mann\n")
    dataset = read_folder(tmp_path)
    facts = facts_of(dataset)
    context = Context.of(dataset.catalog, facts.values, None)
    assert len(proposals(facts, context)[0]) == 0
    assert len(doubts(facts, context)) == 0


def test_wrong_edges_are_of_the_same_relation_and_no_facts(world):
    facts = facts_of(read_folder(world[0]))
    item, pair = facts.edges()
    other, wrong = wrong_edges(facts, item, pair, np.random.default_rng(0))
    assert not are_facts(facts, other, wrong).any()
    had = set(zip(item.tolist(), facts.relation[pair].tolist(), strict=True))
    assert set(zip(other.tolist(), facts.relation[wrong].tolist(), strict=True)) <= had


def test_names_are_found_word_by_word():
    names = ["http://dbpedia.org/resource/Mel_Brooks", "Zoë Bell (actor)", "Al", "New York", "York"]
    assert label(names[0]) == "Mel Brooks"
    assert words_of("Zoë’s café") == ("zoe’s", "cafe")
    aliases = Aliases(names)
    assert list(aliases.found("MEL BROOKS in New York, with zoe bell and al")) == [0, 3, 1]
    places = aliases.places([["Tom", "mel brooks"], [], ["York"]])
    assert places.toarray().tolist() == [[2, 0, 0, 0, 0], [0] * 5, [0, 0, 0, 0, 1]]


def test_calibration_finds_what_is_missing():
    rng = np.random.default_rng(2)
    size, held = 20_000, 0.75
    score = rng.random(size)
    true = rng.random(size) < score**2
    claimed = true & (rng.random(size) < held)
    relation, weight = np.zeros(size, np.int64), np.ones(size)
    share = held_share(score, claimed, weight)
    assert share == pytest.approx(held, abs=0.05)
    steps = Calibration.of(score, claimed, weight, relation, 1)
    told = steps.missing_probability(score, relation)
    for low, high in ((0.5, 0.6), (0.7, 0.8)):
        here = (score > low) & (score < high) & ~claimed
        assert told[here].mean() == pytest.approx(true[here].mean(), abs=0.1)


def test_review_lists_are_read_back(tmp_path):
    case = Case("missing", 0.5, "1", "Alien", ("1", "maker", "Scott, R."))
    write_review([case, case], tmp_path / "r.csv")
    assert read_review(tmp_path / "r.csv") == []
    text = (tmp_path / "r.csv").read_text().splitlines()
    (tmp_path / "r.csv").write_text("\n".join([*text[:2], text[2] + "Yes"]) + "\n")
    assert [c.decision for c in read_review(tmp_path / "r.csv")] == ["yes"]
    (tmp_path / "r.csv").write_text("\n".join([*text[:2], text[2] + "perhaps"]) + "\n")
    with pytest.raises(BadValue, match=r"line 3.*'yes', 'no' or nothing"):
        read_review(tmp_path / "r.csv")
    (tmp_path / "r.csv").write_text("a,b\n1,2\n")
    with pytest.raises(MissingColumn, match="lacks kind"):
        read_review(tmp_path / "r.csv")
    assert read_review(tmp_path / "none.csv") == []


def test_histories_become_links(tmp_path):
    rows = [("abcdef"[i], f"u{u}", t) for u in range(8) for t, i in enumerate((0, 1))]
    rows += [("cdef"[(u + t) % 4], f"u{u}", t) for u in range(8, 40) for t in (0, 1)]
    frame = pl.DataFrame(rows, schema=["item", "user", "timestamp"], orient="row")
    frame.write_csv(tmp_path / "interactions.csv")
    likes = read_folder(tmp_path)
    found = history_triples(likes, Companions(support=5, lift=2, most=3))
    assert [triple for triple in found if triple[1] == TOGETHER] == [("a", TOGETHER, "b")]
    assert ("a", FOLLOWED, "b") in found
    assert ("b", FOLLOWED, "a") not in found
    assert history_triples(likes, Companions(support=9)) == []


class Reader:
    """A language model that says yes where the value stands in the text."""

    name = "reader"

    def answers(self, chats, answers):
        asked = [chat[-1].text for chat in chats]
        yes = [self._stands(text) for text in asked]
        return np.log(np.where(np.array(yes)[:, None], [0.7, 0.3], [0.45, 0.55]))

    def _stands(self, text):
        told, _, question = text.rpartition("\n\n")
        return question.split('"')[1] in told


def test_a_language_model_counts_as_much_as_it_is_worth(world):
    dataset = read_folder(world[0])
    facts = facts_of(dataset)
    item, pair = facts.edges()
    makers = np.flatnonzero(facts.relation[pair] == facts.relations.index("maker"))
    other, wrong = wrong_edges(facts, item[makers], pair[makers], np.random.default_rng(1))
    edges = Edges(
        np.concatenate([item[makers][:30], other[:30]]),
        np.concatenate([pair[makers][:30], wrong[:30]]),
        np.full(60, 0.5),
    )
    reading = read_edges(Reader(), dataset.catalog, facts, edges)
    assert reading.auc > 0.9
    after = with_reading(edges, reading).score
    assert after[:30].mean() > 0.8
    assert after[30:].mean() < 0.2
    assert with_reading(edges, type(reading)(reading.evidence, 0.5)) is edges
    assert area(np.array([1.0, 1.0, 0.0]), np.array([True, False, False])) == 0.75


def test_the_lowest_entries_are_those_of_a_full_sort():
    rng = np.random.default_rng(3)
    dense = rng.integers(-4, 1, size=(60, 200)).astype(np.float32)  # many are equal
    dense[0], dense[1, 7:] = 0, 0
    matrix = sparse.csr_matrix(dense)
    for row in range(60):  # columns in no order, as products of matrices have them
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        mixed = rng.permutation(here.stop - here.start)
        matrix.indices[here] = matrix.indices[here][mixed]
        matrix.data[here] = matrix.data[here][mixed]
    found = lowest(matrix, 30).toarray()
    for row, given in enumerate(dense):
        there = np.flatnonzero(given)
        first = there[np.lexsort((there, given[there]))][:30]
        assert np.array_equal(np.flatnonzero(found[row]), np.sort(first))
        assert np.array_equal(found[row, first], given[first])


def test_every_step_is_told_to_its_end(world):
    folder, told = world[0], {}

    def tell(step, share):
        assert told.get(step, 0.0) < share <= 1
        told[step] = share

    complete(folder, read_folder(folder), Wish(text=True, repair=True), tell=tell)
    assert told == {LOOKING: 1.0, JUDGING: 1.0}
