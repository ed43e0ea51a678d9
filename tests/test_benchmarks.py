"""The page of benchmarks says what the JSON files say, and no number is typed by hand."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_page_is_made_from_the_files(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")  # as where it is run as a script
    spec = importlib.util.spec_from_file_location("page", ROOT / "benchmarks" / "page.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    kept = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert kept == maker.page(*maker.documents()), "run benchmarks/page.py"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == maker.readme(readme, maker.documents()[1]), "run benchmarks/page.py"
    beside = [maker.picture(d) for d in maker.beside(maker.documents()[1])]
    assert len(beside) > 1
    for name in (*maker.PICTURES.values(), *beside):
        assert (ROOT / "docs" / "images" / f"{name}.png").stat().st_size > 1000
