"""Which encoder fits a catalogue's language, and what is said about it."""

import polars as pl
import pytest

from fewrec.data.catalog import Catalog
from fewrec.data.ids import IdMap
from fewrec.data.toy import toy_world
from fewrec.errors import AssetError
from fewrec.knowledge import text
from fewrec.knowledge.text import encoder_for


def titled(*titles, **columns):
    """A catalogue of titles."""
    table = pl.DataFrame({"title": titles, **{name: cells for name, (_, cells) in columns.items()}})
    kinds = {"title": "title", **{name: kind for name, (kind, _) in columns.items()}}
    return Catalog(IdMap(tuple(map(str, range(len(titles))))), table, kinds)


def test_an_english_catalogue_gets_the_default_without_a_word():
    encoder, note = encoder_for(toy_world().catalog)
    assert (encoder.name, note) == ("all-minilm-l6-v2-int8", "")


@pytest.mark.parametrize(
    ("titles", "language"),
    [
        (["流浪地球", "卧虎藏龙", "霸王别姬", "活着", "Hero"], "Chinese"),
        (["Солярис", "Сталкер", "Зеркало"], "Russian"),
        (["Das Boot", "Der Untergang", "Die Welle und das Meer", "Lola rennt"], "German"),
    ],
)
def test_another_language_gets_ngrams_and_is_named(titles, language):
    encoder, note = encoder_for(titled(*titles))
    assert encoder.name == "char-ngrams-512"
    assert f"is mostly {language}" in note
    assert "paraphrase-multilingual-MiniLM-L12-v2" in note


def test_english_labels_do_not_hide_the_language():
    catalog = titled("活着", "英雄", written_by_the=("category", ["余华", "张艺谋"]))
    assert "mostly Chinese" in encoder_for(catalog)[1]


def test_a_script_the_tokenizer_lacks_gets_ngrams():
    encoder, note = encoder_for(titled("ꦲꦏ꧀ꦱꦫ ꦗꦮ", "ᬅᬓ᭄ᬱᬭ ᬩᬮᬶ"))
    assert encoder.name == "char-ngrams-512"
    assert "40% of words the encoder does not know" in note


def test_a_few_foreign_names_do_not_decide():
    names = [f"Zxq{n}" for n in range(30)] + ["Die Toten Hosen und die Ärzte"]
    assert encoder_for(titled(*names))[0].name == "all-minilm-l6-v2-int8"


def test_a_catalogue_without_text_has_no_encoder():
    encoder, note = encoder_for(Catalog(IdMap(("1", "2")), pl.DataFrame(), {}))
    assert encoder is None
    assert note == "The catalogue has no text, so nothing is compared by description."


def test_where_the_model_cannot_be_fetched_ngrams_stand_in_and_say_so(monkeypatch):
    def offline(name):
        raise AssetError(f"{name} cannot be had.")

    monkeypatch.setattr(text, "locate", offline)
    encoder, note = encoder_for(toy_world().catalog)
    assert encoder.name == "char-ngrams-512"
    assert note.endswith("by character n-grams: all-minilm-l6-v2-int8 cannot be had.")
