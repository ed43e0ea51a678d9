"""From a catalogue's columns to triples: values, bins, decades, reports and the written file."""

import numpy as np
import polars as pl
import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.ids import IdMap
from fewrec.data.sources import read_folder
from fewrec.errors import EmptyData
from fewrec.knowledge.build import build_graph, catalogue_triples, relation_reports
from fewrec.knowledge.pairs import bin_edges, bin_label

ITEMS = """item,title,genre,director,year,price,stars
1,Toy Story,Animation|Comedy,John Lasseter,1995,9.99,4
2,Heat,Crime|Drama,Michael Mann,1995,19.99,5
3,Alien,Horror,Ridley Scott,1979,15,5
4,Blade Runner,Drama,Ridley Scott,1982,12.5,4
5,Fargo,Crime|Comedy,Joel Coen,1996,30,3
6,Aladdin,Animation|Comedy,Ron Clements,1992,8,3
"""
TOML = '[items]\ndirector = "person"\ngenre = "list"\n'


def catalogue(**columns):
    """A catalogue from (kind, values) columns."""
    size = len(next(iter(columns.values()))[1])
    table = pl.DataFrame({name: values for name, (_, values) in columns.items()})
    kinds = {name: kind for name, (kind, _) in columns.items()}
    return Catalog(IdMap(tuple(f"i{n}" for n in range(size))), table, kinds)


def folder_of(path, items=ITEMS, toml=TOML, **files):
    """A data folder."""
    path.mkdir(exist_ok=True)
    (path / "items.csv").write_text(items, encoding="utf-8")
    (path / "fewrec.toml").write_text(toml, encoding="utf-8")
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def test_each_kind_of_column_becomes_triples():
    catalog = catalogue(
        title=("title", ["A", "B", "C"]),
        genre=("list", [["Comedy", "Drama"], [], None]),
        brand=("category", ["Acme &amp; Co", None, "Acme &amp; Co"]),
        year=("year", [1999.0, 2001.0, None]),
        stars=("number", [1.0, 2.0, None]),
        url=("skip", ["x", "y", "z"]),
    )
    assert catalogue_triples(catalog) == [
        ("i0", "genre", "Comedy"),
        ("i0", "genre", "Drama"),
        ("i0", "brand", "Acme & Co"),
        ("i0", "year", "1990s"),
        ("i0", "stars", "stars under 2"),
        ("i1", "year", "2000s"),
        ("i1", "stars", "stars 2 or more"),
        ("i2", "brand", "Acme & Co"),
    ]


def test_codes_and_names_of_other_things_carry_their_column():
    catalog = catalogue(genre=("list", [["3", "Comedy"], ["i0"], ["Ann"]]))
    assert catalogue_triples(catalog, taken=["Ann"]) == [
        ("i0", "genre", "genre 3"),
        ("i0", "genre", "Comedy"),
        ("i1", "genre", "genre i0"),
        ("i2", "genre", "genre Ann"),
    ]


def test_linked_items_are_named_as_in_the_graph():
    catalog = catalogue(genre=("list", [["Comedy"], ["Drama"]]))
    assert catalogue_triples(catalog, {"i0": "m.1"}) == [
        ("m.1", "genre", "Comedy"),
        ("i1", "genre", "Drama"),
    ]


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([1, 2, 3, 1, 2, 3], (2, 3)),
        (range(101), (20, 40, 60, 80)),
        ([9.99, 14.99, 19.99, 24.99, 49.99, 99.0, 5.0, 7.5, 12.0, 18.0], (9, 14, 19, 30)),
        ([0] * 90 + list(range(1, 11)), (1,)),
        ([5, 5, 5], ()),
        ([float("nan"), float("inf"), 3], ()),
        ([], ()),
    ],
)
def test_bins_have_readable_edges(values, edges):
    found = bin_edges(np.array(values, dtype=np.float64))
    assert found == edges


def test_bins_share_out_the_values():
    values = np.random.default_rng(0).lognormal(3, 1, 1000)
    edges = bin_edges(values)
    sizes = np.bincount(np.searchsorted(edges, values, side="right"))
    assert len(sizes) == 5
    assert sizes.min() > 120


def test_labels_say_where_a_bin_begins_and_ends():
    edges = (9.5, 20.0, 1e6)
    assert [bin_label("price", edges, place) for place in range(4)] == [
        "price under 9.5",
        "price 9.5–20",
        "price 20–1000000",
        "price 1000000 or more",
    ]


def test_the_report_counts_singletons_and_hubs():
    triples = [(f"i{n}", "genre", "all") for n in range(4)]
    triples += [("i0", "genre", "one"), ("i0", "brand", "x"), ("i1", "brand", "x")]
    genre, brand = relation_reports(triples, 4)
    assert (genre.relation, genre.triples, genre.items, genre.coverage) == ("genre", 5, 4, 1.0)
    assert (genre.values, genre.singletons, genre.hubs) == (2, 1, 1)
    assert (genre.top, genre.top_items) == ("all", 4)
    assert (brand.coverage, brand.singletons, brand.hubs) == (0.5, 0, 0)


def test_the_graph_is_written_and_read_back(tmp_path):
    folder = folder_of(tmp_path / "shop")
    built = build_graph(folder, read_folder(folder))
    assert built.file == folder / "graph.csv"
    assert (built.kept, built.replaced, built.isolated) == (0, 0, 0)
    triples = read_folder(folder).triples
    assert len(triples) == built.made
    assert ("1", "genre", "Animation") in triples
    assert ("3", "director", "Ridley Scott") in triples
    assert ("2", "stars", "stars 5 or more") in triples


def test_building_again_changes_nothing_and_keeps_what_others_wrote(tmp_path):
    graph = "head,relation,tail,weight\n1,sequel,99,0.5\n1,genre,Comedy,1\n"
    folder = folder_of(tmp_path / "shop", graph=graph)
    first = build_graph(folder, read_folder(folder))
    content = (folder / "graph.csv").read_bytes()
    again = build_graph(folder, read_folder(folder))
    assert (folder / "graph.csv").read_bytes() == content
    assert (first.kept, again.kept, again.replaced) == (2, 2, first.made)
    table = pl.read_csv(folder / "graph.csv", infer_schema=False)
    assert table.row(0) == ("1", "sequel", "99", "0.5", None)
    assert table.select("head", "relation", "tail").is_duplicated().sum() == 0


def test_a_changed_catalogue_replaces_its_own_triples_only(tmp_path):
    folder = folder_of(tmp_path / "shop", graph="head,relation,tail\n1,genre,Pixar\n")
    build_graph(folder, read_folder(folder))
    folder_of(folder, ITEMS.replace("Horror", "Thriller"))
    build_graph(folder, read_folder(folder))
    triples = read_folder(folder).triples
    assert ("3", "genre", "Thriller") in triples
    assert ("3", "genre", "Horror") not in triples
    assert ("1", "genre", "Pixar") in triples


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_the_format_of_the_graph_stays(tmp_path, suffix):
    folder = folder_of(tmp_path / "shop")
    frame = pl.DataFrame({"head": ["1"], "relation": ["sequel"], "tail": ["2"]})
    if suffix == "parquet":
        frame.write_parquet(folder / "graph.parquet")
    else:
        frame.write_ndjson(folder / "graph.jsonl")
    built = build_graph(folder, read_folder(folder))
    assert built.file.name == f"graph.{suffix}"
    assert ("1", "sequel", "2") in read_folder(folder).triples
    assert not (folder / "graph.csv").exists()


def test_another_separator_and_other_column_names_are_kept_in_force(tmp_path):
    toml = TOML.replace("[items]", 'separator = ";"\n[columns]\nhead = "subject"\n[items]')
    folder = folder_of(
        tmp_path / "shop",
        ITEMS.replace(",", ";"),
        toml,
        graph="subject;relation;tail\n1;sequel;2\n",
    )
    build_graph(folder, read_folder(folder))
    assert ("1", "sequel", "2") in read_folder(folder).triples
    assert ("3", "director", "Ridley Scott") in read_folder(folder).triples


def test_a_catalogue_of_titles_alone_is_an_error_with_a_way_out(tmp_path):
    folder = folder_of(tmp_path / "shop", "item,title\n1,A\n2,B\n", "")
    with pytest.raises(EmptyData, match="no triples can be made of this catalogue"):
        build_graph(folder, read_folder(folder))
    assert not (folder / "graph.csv").exists()


def test_movielens_becomes_a_graph(ml100k_files, tmp_path):
    from fewrec.data.importers import IMPORTERS

    IMPORTERS["recbole"](ml100k_files, tmp_path / "ml")
    dataset = read_folder(tmp_path / "ml")
    built = build_graph(tmp_path / "ml", dataset)
    genre = next(report for report in built.relations if report.relation == "genre")
    assert (genre.items, genre.values, genre.top, genre.top_items) == (1682, 19, "Drama", 725)
    assert built.kept == len(dataset.triples)
