"""Which encoding a file has, by the plausibility of its text."""

from __future__ import annotations

import pytest

from fewrec.data.guess.encoding import decode
from fewrec.errors import BadValue, ConfigError

TEXTS = {
    "cp949": "사용자,영화,평점\n김철수,기생충,5\n박영희,올드보이,4\n",
    "gb18030": "用户,商品,备注\n张三,咖啡,很好喝\n李四,绿茶,一般\n",
    "big5": "用戶,電影,評分\n小明,臥虎藏龍,5\n小美,海角七號,4\n",
    "shift_jis": "顧客番号,商品名\n0001,緑茶\n0002,せんべい\n",
    "euc_jp": "氏名,映画,評価\n佐藤,千と千尋の神隠し,5\n",
    "cp1252": "usuário;filme\nJoão;Central do Brasil – edição\nfrançois;L’été meurtrier\n",
    "cp1250": "uživatel,kniha\nJiří,Válka světů\nWojciech,Ogniem i mieczem, Łódź\n",
    "cp1254": "kullanıcı,kitap\nAyşe,Kürk Mantolu Madonna\nIşık,Saatleri Ayarlama Enstitüsü\n",
    "cp1251": "пользователь,книга\nИван,Мастер и Маргарита\nОльга,Идиот\n",
    "koi8-r": "пользователь,книга\nИван,Мастер и Маргарита\nОльга,Идиот\n",
    "cp1253": "χρήστης,βιβλίο\nΝίκος,Ζορμπάς\nΕλένη,Η φόνισσα\n",
    "utf-8": "користувач,книга\nОлена,Тіні забутих предків\n",
    "utf-16": "użytkownik,książka\nŁucja,Lalka\n",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_text_comes_back(encoding: str) -> None:
    found = decode(TEXTS[encoding].encode(encoding))
    assert (found.encoding, found.text) == (encoding, TEXTS[encoding])


@pytest.mark.parametrize("encoding", [e for e in TEXTS if e not in ("big5", "gb18030")])
def test_enough_text_leaves_no_rival(encoding: str) -> None:
    assert decode(TEXTS[encoding].encode(encoding)).rivals == ()


def test_a_mark_in_front_and_windows_line_ends_are_gone() -> None:
    assert decode("a,b\r\n1,é\r\n".encode("utf-8-sig")).text == "a,b\n1,é\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark(encoding: str) -> None:
    found = decode("user,item\na,b\n".encode(encoding))
    assert (found.encoding, found.text) == (encoding, "user,item\na,b\n")


def test_a_few_broken_bytes_do_not_make_utf8_another_encoding() -> None:
    found = decode("é,ü,ö,ä,ß\n".encode() * 3 + b"\xff,x\n")
    assert found.encoding == "utf-8"
    assert found.text.startswith("é,ü,ö,ä,ß\n")


def test_an_encoding_told_is_taken() -> None:
    assert decode("Größe".encode("cp1252"), "cp1252").text == "Größe"


def test_unknown_encoding() -> None:
    with pytest.raises(ConfigError, match="--encoding latin9000: there is no such encoding"):
        decode(b"a", "latin9000")


def test_bytes_that_do_not_fit_the_encoding_told() -> None:
    with pytest.raises(BadValue, match=r"f.csv, line 2: byte 0xff does not fit the encoding utf-8"):
        decode(b"a\n\xff\n", "utf-8", "f.csv")


def test_what_is_no_text() -> None:
    with pytest.raises(BadValue, match="this is not a text file"):
        decode(b"\x00\x01\x00\xd8\x00\xd8\x00\xd8\x00", file="f.bin")
