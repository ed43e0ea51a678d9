"""`fewrec bench curve --peers` leaves a picture of the data saved, or says what it needs."""

import sys

from fewrec.data.writing import write_toy


def test_data_saved_is_drawn_in_the_run_folder(fewrec, tmp_path, monkeypatch) -> None:
    write_toy(tmp_path / "toy", users=40, per_shelf=24)
    monkeypatch.setenv("FEWREC_PEERS", str(tmp_path / "nothing-installed"))
    folder = tmp_path / "run"
    words = ["bench", "curve", "--data", tmp_path / "toy", "--seeds", 1, "--users", "all"]
    words += ["--peers", "implicit-knn", "--out", folder]
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "matplotlib", None)
        said = fewrec(*words)
        assert said.code == 0, said.err
        assert "pip install 'fewrec[plots]'" in said.out
        assert (folder / "result.json").exists()
        assert not list(folder.glob("data-saved*"))
    said = fewrec(*words)
    assert said.code == 0, said.err
    assert "Data saved is drawn in" in said.out
    for suffix in ("png", "svg"):
        assert (folder / f"data-saved.{suffix}").stat().st_size > 2000
    assert fewrec("report", folder, "-o", tmp_path / "page.html").code == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    section = text[text.index("<h2>Data saved</h2>") :].split("</section>")[0]
    assert "<h3>Not the same list</h3>" in section
    assert 'aria-label="NDCG@10 · all training users"' in section
