import json

import numpy as np
import pytest

from fewrec.evaluation.asking import ask
from fewrec.evaluation.cells import load_findings, save_findings
from fewrec.evaluation.contestants import fit_contestants
from fewrec.evaluation.protocols import folds


@pytest.fixture(scope="module")
def findings(bench):
    (fold,) = folds("random", bench.dataset, 0)
    contestants = fit_contestants(bench.training(fold.train, 0), bench.rankers)
    return ask(fold, contestants, "toy", bench.features.vectors)


def test_findings_come_back_as_they_were(findings, tmp_path):
    file = tmp_path / "deep" / "cell.json"
    save_findings(file, findings, "key")
    back = load_findings(file, "key")
    assert back.notes == findings.notes
    assert len(back.outcomes) == len(findings.outcomes)
    for one, two in zip(findings.outcomes, back.outcomes, strict=True):
        assert (one.cell, one.seed, one.users) == (two.cell, two.seed, two.users)
        assert one.reasons == two.reasons
        for metric, values in one.per_user.items():
            np.testing.assert_allclose(values, two.per_user[metric], atol=1e-6)
        for metric, value in one.overall.items():
            np.testing.assert_allclose(value, two.overall[metric], atol=1e-6)
    for one, two in zip(findings.predictions, back.predictions, strict=True):
        assert (one.cell, one.users, one.probability) == (two.cell, two.users, two.probability)
        assert np.array_equal(one.person, two.person)
        assert np.array_equal(one.label, two.label)
        np.testing.assert_allclose(one.score, two.score, atol=1e-6)


def test_a_file_about_something_else_is_not_used(findings, tmp_path):
    file = tmp_path / "cell.json"
    assert load_findings(file, "key") is None
    save_findings(file, findings, "key")
    assert load_findings(file, "another key") is None


def test_a_write_that_fails_leaves_the_old_file(findings, tmp_path, monkeypatch):
    file = tmp_path / "cell.json"
    save_findings(file, findings, "old")
    monkeypatch.setattr("pathlib.Path.replace", lambda self, target: (_ for _ in ()).throw(OSError))
    with pytest.raises(OSError):
        save_findings(file, findings, "new")
    assert json.loads(file.read_text())["key"] == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["cell.json"]
