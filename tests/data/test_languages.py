"""Languages of titles and descriptions."""

from pathlib import Path

import pytest

from fewrec.data.faults import Inspector
from fewrec.data.languages import NAMES, Language, dominant_language, language_of
from fewrec.data.readers import read_table

TEXTS = {
    "en": "A young man who loves the sea and is not afraid of what he will find there",
    "de": "Ein junger Mann liebt das Meer und hat keine Angst vor dem, was er dort findet",
    "fr": "Un jeune homme aime la mer et n'a pas peur de ce qu'il va trouver dans les vagues",
    "es": "Un joven ama el mar y no tiene miedo de lo que encontrará en las olas",
    "it": "Un giovane ama il mare e non ha paura di quello che troverà nelle onde",
    "pt": "Um jovem ama o mar e não tem medo do que vai encontrar nas ondas",
    "nl": "Een jonge man houdt van de zee en is niet bang voor wat hij daar vindt",
    "sv": "En ung man älskar havet och är inte rädd för det som han ska hitta",
    "da": "En ung mand elsker havet og er ikke bange for det, han vil finde",
    "pl": "Młody człowiek kocha morze i nie boi się tego, co tam znajdzie",
    "cs": "Mladý muž miluje moře a nebojí se toho, co v něm najde",
    "ro": "Un tânăr iubește marea și nu se teme de ce va găsi în valuri",
    "hu": "Egy fiatalember szereti a tengert, és nem fél attól, hogy mit talál",
    "fi": "Nuori mies rakastaa merta ja hän ei pelkää sitä, mitä löytää",
    "tr": "Genç bir adam denizi çok seviyor ve bulacağı için korkmuyor",
    "id": "Seorang pemuda yang mencintai laut dan tidak takut dengan apa yang ditemukan",
    "vi": "Một chàng trai yêu biển và không sợ những gì mình sẽ tìm thấy trong sóng",
    "zh": "一个热爱大海的年轻人，他不害怕在那里发现的东西",
    "ja": "海を愛し、そこで見つけるものを恐れない若者",
    "ko": "바다를 사랑하고 그곳에서 발견할 것을 두려워하지 않는 청년",
    "ru": "Молодой человек любит море и не боится того, что он там найдёт",
    "uk": "Молода людина любить море і не боїться того, що вона там знайде",
    "ar": "شاب يحب البحر ولا يخاف مما سيجده هناك",
    "fa": "مرد جوانی که دریا را دوست دارد و از چیزی نمی‌ترسد",
    "he": "צעיר שאוהב את הים ולא מפחד ממה שימצא שם",
    "el": "Ένας νέος που αγαπά τη θάλασσα και δεν φοβάται τι θα βρει",
    "th": "ชายหนุ่มผู้รักทะเลและไม่กลัวสิ่งที่จะพบที่นั่น",
    "hi": "एक युवक जो समुद्र से प्यार करता है",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert language_of(TEXTS[code]) == code
    assert code in NAMES


@pytest.mark.parametrize("text", ["", "1984", "!!", "Heat", "Se7en", "Fargo"])
def test_some_texts_do_not_tell(text: str) -> None:
    assert language_of(text) == "und"
    assert dominant_language([text]) == Language("und", 0.0, 0)


def test_most_texts_decide_and_silent_ones_do_not_count() -> None:
    texts = ["The Sea of Love", "Heat", "一个热爱大海的年轻人", "Life of Brian", "42"]
    assert dominant_language(texts) == Language("en", 2 / 3, 3)
    assert dominant_language([]).name == "unknown"


def test_titles_with_latin_names_in_them() -> None:
    assert language_of("复仇者联盟 Avengers") == "zh"
    assert language_of("Человек-паук (Spider-Man)") == "ru"


def test_real_titles(shared_data: Path) -> None:
    path = shared_data / "ml-latest-small" / "movies.csv"
    titles = read_table(path, "items", Inspector()).frame["title"].to_list()
    found = dominant_language(titles)
    assert found.code == "en"
    assert found.share > 0.85
    assert found.told > 800
