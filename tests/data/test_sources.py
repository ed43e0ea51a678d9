"""Data folders of every kind, in every format, good and bad."""

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec.data.settings import DataSettings
from fewrec.data.sources import dataset_from_tables, read_folder
from fewrec.errors import BadValue, ConfigError, EmptyData, MissingColumn

EVENTS = """user,item,value,timestamp
ann,007,5,2024-01-01
ann,7,1,2024-01-02
"bo, jr",007,4,2024-01-03
\U0001f600 zoe,new one,2,2024-01-04
"""
ITEMS = """item,title,genres,price
007,Goldfinger (1964),action|spy,9.5
7,Seven (1995),crime|thriller,8
 x,Spaced,,
"""
USERS = "user,age,profile\nann,34,I like spies\nlate,20,\n"
GRAPH = "head,relation,tail\n007,starring,Sean\nann,knows,late\n"
LINKS = "item,entity\n007,m.1\n"
FILES = {
    "interactions": EVENTS,
    "items": ITEMS,
    "users": USERS,
    "graph": GRAPH,
    "links": LINKS,
}


def folder(tmp_path: Path, **files: str) -> Path:
    target = tmp_path / "shop"
    target.mkdir(exist_ok=True)
    for name, text in files.items():
        suffix = "" if name == "fewrec" else ".csv"
        (target / f"{name}{suffix or '.toml'}").write_text(text, encoding="utf-8")
    return target


def test_the_whole_folder(tmp_path: Path) -> None:
    data = read_folder(folder(tmp_path, **FILES))
    assert data.name == "shop"
    assert data.catalog.items.ids == ("007", "7", " x", "new one")
    assert data.catalog.titles == ("Goldfinger (1964)", "Seven (1995)", "Spaced", "new one")
    assert data.people.users.ids == ("ann", "late", "bo, jr", "\U0001f600 zoe")
    assert data.people.profile == ("I like spies", "", "", "")
    assert data.interactions.items is data.catalog.items
    assert data.interactions.users is data.people.users
    assert data.interactions.user.tolist() == [0, 0, 2, 3]
    assert data.interactions.item.tolist() == [0, 1, 0, 3]
    assert data.interactions.label.tolist() == [1, 0, 1, 0]
    assert data.interactions.value.tolist() == [5, 1, 4, 2]
    assert data.interactions.timestamp[0] == 1704067200.0
    assert data.interactions.rule == "value >= 4"
    assert data.calibrated
    assert data.triples == (("007", "starring", "Sean"), ("ann", "knows", "late"))
    assert data.links == {"007": "m.1"}
    assert "Liked rule: value >= 4: 2 likes, 2 not liked." in data.notes
    assert "1 item of interactions is not in items; its id stands for its title." in data.notes


def test_any_one_file_is_enough(tmp_path: Path) -> None:
    items = read_folder(folder(tmp_path / "a", items=ITEMS))
    assert len(items.catalog) == 3
    assert len(items.interactions) == 0
    assert items.interactions.likes().shape == (0, 3)
    events = read_folder(folder(tmp_path / "b", interactions=EVENTS))
    assert events.catalog.titles == ("007", "7", "new one")
    linked = read_folder(folder(tmp_path / "c", graph=GRAPH, links=LINKS))
    assert linked.catalog.items.ids == ("007",)


def test_items_of_which_only_ids_are_known() -> None:
    items = pl.DataFrame({"item": ["a", "b"]})
    assert dataset_from_tables(items=items).catalog.table.shape == (2, 0)
    data = dataset_from_tables(pl.DataFrame({"user": ["u"], "item": ["c"]}), items)
    assert data.catalog.table.shape == (3, 0)
    assert data.catalog.titles == ("a", "b", "c")


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in "abcdefgh":
        (tmp_path / name).mkdir()


def test_nothing_to_recommend(tmp_path: Path) -> None:
    with pytest.raises(EmptyData, match=r"holds none of the tables.*interactions\.csv"):
        read_folder(folder(tmp_path))
    with pytest.raises(EmptyData, match="there is no such folder"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(EmptyData, match="there are no items, so nothing to recommend"):
        read_folder(folder(tmp_path / "a", users=USERS))
    with pytest.raises(EmptyData, match="there are no items, so nothing to recommend"):
        read_folder(folder(tmp_path / "b", items="item,title\n"))
    with pytest.raises(EmptyData, match=r"items\.csv: the file is empty"):
        read_folder(folder(tmp_path / "c", items=""))
    with pytest.raises(EmptyData, match=r"'interaction\.csv' is not a known name.*'interactions"):
        read_folder(folder(tmp_path / "d", interaction=EVENTS))


def test_a_table_in_two_formats_is_refused(tmp_path: Path) -> None:
    target = folder(tmp_path, items=ITEMS)
    (target / "items.jsonl").write_text('{"item": "a"}\n')
    with pytest.raises(ConfigError, match=r"items\.csv and items\.jsonl\. Keep one"):
        read_folder(target)


def test_every_format_gives_the_same_data_and_fingerprint(tmp_path: Path) -> None:
    as_csv = read_folder(folder(tmp_path, **FILES))
    frames = {
        "interactions": pl.DataFrame(
            {
                "timestamp": ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"],
                "user": ["ann", "ann", "bo, jr", "\U0001f600 zoe"],
                "item": ["007", "7", "007", "new one"],
                "value": [5, 1, 4, 2],
            }
        ),
        "items": pl.DataFrame(
            {
                "item": ["007", "7", " x"],
                "price": [9.5, 8, None],
                "title": ["Goldfinger (1964)", "Seven (1995)", "Spaced"],
                "genres": [["action", "spy"], ["crime", "thriller"], None],
            }
        ),
        "users": pl.DataFrame(
            {"user": ["ann", "late"], "age": [34, 20], "profile": ["I like spies", None]}
        ),
        "graph": pl.DataFrame(
            {
                "head": ["007", "ann"],
                "relation": ["starring", "knows"],
                "tail": ["Sean", "late"],
            }
        ),
        "links": pl.DataFrame({"item": ["007"], "entity": ["m.1"]}),
    }
    for name, frame in frames.items():
        frame.write_parquet(tmp_path / "a" / f"{name}.parquet")
        frame.write_ndjson(tmp_path / "b" / f"{name}.jsonl")
    found = [
        read_folder(tmp_path / "a"),
        read_folder(tmp_path / "b"),
        dataset_from_tables(**frames),
    ]
    for data in found:
        assert data.fingerprint == as_csv.fingerprint
        assert data.catalog.items == as_csv.catalog.items
        assert data.people == as_csv.people
        assert np.array_equal(data.interactions.label, as_csv.interactions.label)
    changed = dataset_from_tables(frames["interactions"].with_columns(value=pl.lit(3)))
    assert changed.fingerprint != as_csv.fingerprint


def test_columns_under_other_names(tmp_path: Path) -> None:
    toml = '[columns]\nuser = "customer"\nitem = "sku"\n[columns.items]\ntitle = "label"\n'
    target = folder(
        tmp_path, interactions="customer,sku\na,x\n", items="sku,label\nx,X!\n", fewrec=toml
    )
    assert read_folder(target).catalog.titles == ("X!",)
    (target / "items.csv").write_text("sku,item,label\nx,y,X!\n")
    with pytest.raises(ConfigError, match="'sku' is to be read as 'item', but the file also has"):
        read_folder(target)


def test_missing_columns_name_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(MissingColumn, match=r"interactions\.csv, line 1: there is no column 'user"):
        read_folder(folder(tmp_path, interactions="usr,item\na,b\n"))
    with pytest.raises(
        MissingColumn, match=r"line 1: the header is one column.*by ';', not by ','"
    ):
        read_folder(folder(tmp_path, interactions="user;item\na;b,c\n"))
    with pytest.raises(MissingColumn, match="there is no column 'relation'"):
        read_folder(folder(tmp_path, graph="head,tail\na,b\n", interactions="user,item\na,b\n"))


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ("user,item\na,\n", r"line 2, column 'item': the id is empty"),
        ('user,item,value\na,"x\ny",1\nb,z,good\n', r"line 4, column 'value': this is not a num"),
        ("user,item,value\na,x,inf\n", r"line 2, column 'value': this is not a number .*'inf'"),
        ("user,item,timestamp\na,x,soon\n", r"line 2, column 'timestamp': this is not a time"),
        ("user,item,propensity\na,x,1.5\n", r"column 'propensity': this is not a probability"),
        ("user,item,propensity\na,x,0\n", r"column 'propensity': this is not a probability"),
        ("user,item,position\na,x,-1\n", r"column 'position': this is not a place in a list"),
        ("user,item,event\na,x,purchase\n", r"line 2, column 'event': the event is not known"),
    ],
)
def test_bad_cells_name_file_line_column_value_and_fix(
    tmp_path: Path, events: str, message: str
) -> None:
    with pytest.raises(BadValue, match=message) as caught:
        read_folder(folder(tmp_path, interactions=events))
    assert caught.value.fix
    assert caught.value.file is not None
    assert caught.value.file.endswith("interactions.csv")


def test_more_rows_with_the_same_fault_are_counted(tmp_path: Path) -> None:
    events = "user,item,value\na,x,good\nb,x,bad\nc,x,1\n"
    with pytest.raises(BadValue, match="1 more row has the same fault: `fewrec data check`"):
        read_folder(folder(tmp_path, interactions=events))


def test_bad_rows_are_set_aside_with_line_and_reason(tmp_path: Path) -> None:
    target = folder(
        tmp_path,
        interactions="user,item,value\na,x,5\nb,x,bad\nc,x\n,y,1\nd,y,1\n",
        items="item,title\nx,X\nx,again\ny,Y\n",
    )
    data = read_folder(target, skip_bad=True)
    assert data.interactions.label.tolist() == [1, 0]
    assert data.catalog.titles == ("again", "Y")
    kept = pl.read_csv(target / "quarantine" / "interactions.csv", infer_schema=False)
    assert kept.select("line", "reason").rows() == [
        ("4", "the row has 2 cells, the header 3"),
        ("5", "user: the id is empty"),
        ("3", "value: this is not a number"),
    ]
    assert kept["value"].to_list() == [None, "1", "bad"]
    assert any("interactions: 3 faulty rows are left out and set aside in" in n for n in data.notes)
    assert any("items: 1 faulty row is left out and set aside in" in n for n in data.notes)
    again = read_folder(target, skip_bad=True)
    assert again.fingerprint == data.fingerprint


def test_exact_repetitions_count_once_and_other_times_stay(tmp_path: Path) -> None:
    events = "user,item,value,timestamp\na,x,5,100\na,x,5,100\na,x,1,200\nb,y,1,50\nb,y,1,60\n"
    data = read_folder(folder(tmp_path, interactions=events))
    assert len(data.interactions) == 4
    assert data.interactions.likes().nnz == 1
    assert data.interactions.dislikes().nnz == 2
    assert "interactions: 1 exact repetition of a row is counted once." in data.notes
    assert any("2 rows repeat a user and item" in note for note in data.notes)


def test_the_rule_of_the_settings_and_the_one_given(tmp_path: Path) -> None:
    target = folder(tmp_path, interactions=EVENTS, fewrec='like = "value == 1"\n')
    assert read_folder(target).interactions.label.tolist() == [0, 1, 0, 0]
    assert read_folder(target, like="value > 1").interactions.label.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize(
    ("events", "labels", "negatives"),
    [
        ("user,item\na,x\n", [1], False),
        ("user,item,value\na,x,1\nb,x,1\n", [1, 1], False),
        ("user,item,value\na,x,0\nb,x,0\n", [0, 0], True),
        ("user,item,value\na,x,\nb,x,\n", [1, 1], False),
    ],
)
def test_one_user_one_item_all_likes_no_likes(
    tmp_path: Path, events: str, labels: list[int], negatives: bool
) -> None:
    data = read_folder(folder(tmp_path, interactions=events))
    assert data.interactions.label.tolist() == labels
    assert data.calibrated is negatives


def test_ids_from_data_frames(tmp_path: Path) -> None:
    frame = pl.DataFrame({"user": [1.0, 2.0], "item": ["a", "b"]})
    assert dataset_from_tables(frame).people.users.ids == ("1", "2")
    with pytest.raises(BadValue, match="ratings, line 2, column 'user': the id is empty"):
        dataset_from_tables(
            pl.DataFrame({"user": [1, None], "item": [1, 2]}), files={"interactions": "ratings"}
        )
    data = dataset_from_tables(
        pl.DataFrame({"user": [1, None], "item": [1, 2]}), skip_bad=True, name="mine"
    )
    assert (data.name, len(data.interactions)) == ("mine", 1)
    assert data.notes[-1] == "interactions: 1 faulty row is left out."


def test_settings_for_data_frames() -> None:
    data = dataset_from_tables(
        pl.DataFrame({"who": ["a", "b"], "item": ["x", "y"], "event": ["share", "buy"]}),
        like="event in (share)",
        settings=DataSettings(columns={"user": "who"}, events={"share": 2}),
    )
    assert data.interactions.label.tolist() == [1, 0]
    assert data.interactions.weight.tolist() == [2, 3]


def test_graph_faults_and_n_triples(tmp_path: Path) -> None:
    target = folder(tmp_path, interactions="user,item\na,x\n")
    (target / "graph.nt").write_text(
        '# films\n<x> <starring> <Sean> .\n\n<x> <label> "A \\"B\\""@en .\n_:b <is> <x> . # c\n'
    )
    assert read_folder(target).triples == (
        ("x", "starring", "Sean"),
        ("x", "label", 'A "B"'),
        ("_:b", "is", "x"),
    )
    (target / "graph.nt").write_text("<x> <starring> <Sean> .\n<x> <label> .\n")
    with pytest.raises(BadValue, match=r"graph\.nt, line 2, .*this is not a triple"):
        read_folder(target)


def test_a_link_to_two_entities_is_a_fault(tmp_path: Path) -> None:
    target = folder(tmp_path, links="item,entity\nx,e1\nx,e1\nx,e2\n")
    with pytest.raises(BadValue, match="line 4, column 'item': the item is linked to another"):
        read_folder(target)


def test_a_user_stands_in_the_users_table_once(tmp_path: Path) -> None:
    target = folder(tmp_path, interactions=EVENTS, users="user,age\na,1\na,2\n")
    with pytest.raises(BadValue, match="line 2, column 'user': the user stands there again"):
        read_folder(target)


def test_movielens(ml100k_files: Path, tmp_path: Path) -> None:
    from fewrec.data.importers import IMPORTERS

    IMPORTERS["recbole"](ml100k_files, tmp_path / "ml")
    data = read_folder(tmp_path / "ml")
    assert (len(data.interactions), len(data.catalog), len(data.people.users)) == (
        100_000,
        1682,
        943,
    )
    assert data.interactions.rule == "value >= 4"
    assert int(data.interactions.label.sum()) == 55_375
    assert data.catalog.kinds == {"title": "title", "year": "year", "genre": "list"}
    assert data.catalog.table["genre"][0].to_list() == ["Animation", "Children's", "Comedy"]
    assert data.people.attributes[0] == ("age=23 to 28", "gender=M", "occupation=technician")
    assert len(data.links) == 1598


def test_a_million_rows(tmp_path: Path) -> None:
    rows = 1_000_000
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "user": random.integers(0, 50_000, rows),
            "item": random.integers(0, 20_000, rows),
            "value": random.integers(1, 6, rows),
            "timestamp": random.integers(1_600_000_000, 1_700_000_000, rows),
        }
    )
    frame.write_csv(tmp_path / "a" / "interactions.csv")
    began = time.process_time()
    data = read_folder(tmp_path / "a")
    assert time.process_time() - began < 10
    assert len(data.interactions) == rows
