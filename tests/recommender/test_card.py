from fewrec.recommender.card import model_card

MANIFEST = {
    "data": {
        "name": "films",
        "fingerprint": "abc",
        "users": 943,
        "items": 1682,
        "interactions": 100000,
    },
    "rule": "value >= 4",
    "calibrated": True,
    "encoder": "all-minilm-l6-v2-int8",
    "language": "",
    "seed": 7,
    "versions": {"fewrec": "0.1.0"},
    "metrics": [
        {"ranker": "hybrid", "k": 5, "metric": "ndcg@10", "mean": 0.41, "low": 0.38, "high": 0.44},
        {"ranker": "hybrid", "k": 5, "metric": "ece", "mean": None, "reason": "no dislikes"},
    ],
    "notes": ["3 rows were set aside."],
}


def test_the_card_says_what_a_reader_must_know():
    card = model_card(MANIFEST)
    for said in (
        "# Model card: recommendations for films",
        "943 users, 1,682 items, 100,000 interactions",
        "`abc`", "Liked means: value >= 4.", "3 rows were set aside.",
        "| hybrid | 5 | ndcg@10 | 0.410 | 0.380 to 0.440 (95 %) |",
        "undefined (no dislikes)",
        "`all-minilm-l6-v2-int8`", "Seed: 7.", "fewrec 0.1.0", "Not meant for decisions",
    ):  # fmt: skip
        assert said in card
    assert "not calibrated" not in card


def test_a_model_without_dislikes_is_not_sold_as_calibrated():
    assert "**is not calibrated**" in model_card({**MANIFEST, "calibrated": False})


def test_a_language_that_does_not_fit_is_said():
    card = model_card({**MANIFEST, "language": "The catalogue is mostly Chinese."})
    assert "- The catalogue is mostly Chinese." in card


def test_what_was_not_measured_is_not_invented():
    card = model_card({"data": {"name": "x"}})
    assert "Not measured when it was fitted" in card
    assert "None" not in card
