"""Whatever stands in the files: a data set, or a sentence that says what is wrong."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data.checks import check_folder
from fewrec.data.sources import read_folder
from fewrec.errors import FewrecError

HEADERS = ["user,item", "user,item,value", "item,title,tags", "user,item,event,timestamp", ""]
CELLS = st.sampled_from(
    [",", ",", "\n", "\n", '"', "a", "7", "007", " ", "|", "buy", "4", "-", "2024-01-31", "\r", "é",
     "\x00", "[1, 2]", "1e400", "nan", "\U0001f600", "'"]
)  # fmt: skip
BODY = st.lists(CELLS, max_size=40).map("".join)


@settings(max_examples=60, deadline=None)
@given(
    table=st.sampled_from(["interactions", "items", "users", "graph"]),
    header=st.sampled_from(HEADERS),
    body=BODY,
    encoding=st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_any_text(
    tmp_path_factory: pytest.TempPathFactory, table: str, header: str, body: str, encoding: str
) -> None:
    judge(tmp_path_factory.mktemp("data"), table, f"{header}\n{body}", encoding)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(
    table=st.sampled_from(["interactions", "items", "users", "graph"]),
    header=st.sampled_from(HEADERS),
    body=BODY,
    encoding=st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
def test_very_much_text(
    tmp_path_factory: pytest.TempPathFactory, table: str, header: str, body: str, encoding: str
) -> None:
    judge(tmp_path_factory.mktemp("data"), table, f"{header}\n{body}", encoding)


def judge(folder: Path, table: str, text: str, encoding: str) -> None:
    """Reading and checking agree on what is wrong, and neither stumbles."""
    (folder / f"{table}.csv").write_bytes(text.encode(encoding, errors="ignore"))
    if table != "items":
        (folder / "items.csv").write_text("item\na\n")
    report = check_folder(folder)
    try:
        data = read_folder(folder)
    except FewrecError as error:
        assert str(error)
        assert not report.ok
    else:
        assert report.ok
        assert data.fingerprint == report.fingerprint
    if all(finding.skippable for finding in report.of("error")):
        assert len(read_folder(folder, skip_bad=True).catalog) > 0
