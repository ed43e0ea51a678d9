"""Opinions and deeds in words: "loved it", "4/5", "★★★", "👎", "added to cart"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from fewrec.data.guess.headers import normal

_GRADES: Mapping[int, str] = {
    5: """
        excellent, love, loved, loved it, love it, amazing, awesome, superb, perfect, fantastic,
        very good, great, outstanding, brilliant, strongly agree, very satisfied, very positive,
        favorite, favourite, must have, highly recommended, very likely, delicious, masterpiece,
        ausgezeichnet, sehr gut, hervorragend, super, liebe es, begeistert, sehr zufrieden,
        stimme voll zu, tres bien, excellente, adore, parfait, tres bon, tres satisfait,
        excelente, muy bueno, me encanta, me encanto, perfecto, muy bien, muito bom, otimo,
        adorei, perfeito, ottimo, eccellente, molto buono, perfetto, uitstekend, heel goed,
        geweldig, отлично, супер, великолепно, очень понравилось, прекрасно, 非常喜欢, 很喜欢,
        非常好, 很好, 超赞, 力荐, 非常满意, 超喜欢, 极好, とても良い, 最高, 大好き, 非常に良い,
        大満足, とても満足, 매우 좋음, 최고, 아주 좋음, 매우 만족, 강력 추천, 😍, ❤️, ❤, 🤩
    """,
    4: """
        good, like, liked, liked it, like it, nice, positive, agree, satisfied, recommended,
        recommend, would recommend, worth it, enjoyed, enjoyed it, fun, tasty, thumbs up, up,
        upvote, yes, y, true, interested, want, pro, happy, will watch, again, fresh, win,
        good one, 👍, 👍🏻, 👍🏽, 🙂, 😀, 😊, ✓, ✔, ✅, +, gut, gefallt, gefallt mir, mag ich,
        positiv, zufrieden, ja, empfehlenswert, daumen hoch, stimme zu, bon, bien, aime, j aime,
        oui, positif, satisfait, bueno, me gusta, me gusto, si, positivo, satisfecho, bom,
        gostei, gosto, sim, buono, mi piace, piaciuto, goed, leuk, tof, хорошо, нравится,
        понравилось, да, положительно, лайк, 喜欢, 喜歡, 好, 好评, 好評, 推荐, 推薦, 满意, 不错,
        是, 赞, 有用, 顶, 好吃, 良い, 好き, いいね, 満足, はい, おすすめ, 面白い, 좋음, 좋아요,
        좋아함, 만족, 네, 예, 추천, 재미있음
    """,
    3: """
        ok, okay, neutral, average, so so, fair, mixed, meh, medium, indifferent, not sure,
        maybe, decent, fine, neither, it was ok, it s ok, it is ok, its ok, acceptable, so la la,
        😐, 😶, mittel, mittelmassig, geht so, neutral gestimmt, teils teils, befriedigend,
        vielleicht, moyen, neutre, bof, correct, passable, peut etre, regular, neutro,
        mas o menos, normal, mais ou menos, talvez, cosi cosi, nella media, forse, matig,
        gemiddeld, нормально, так себе, средне, нейтрально, 一般, 还行, 還行, 普通, 还可以, 中评,
        中評, 中立, ふつう, まあまあ, どちらでもない, 보통, 그저 그래요, 중립
    """,
    2: """
        bad, dislike, disliked, disliked it, did not like, do not like, don t like, didn t like,
        didn t like it, not good, poor, negative, disagree, unsatisfied, dissatisfied,
        not recommended, boring, no, n, false, thumbs down, down, downvote, not interested,
        unhappy, weak, con, skip it, pass, rotten, lose, would not recommend, 👎, 👎🏻, 👎🏽, 🙁,
        😞, ✗, ✘, ❌, schlecht, gefallt nicht, gefallt mir nicht, mag ich nicht, negativ,
        unzufrieden, nein, daumen runter, mangelhaft, stimme nicht zu, mauvais, pas aime,
        je n aime pas, non, negatif, insatisfait, malo, no me gusta, no me gusto, negativo,
        insatisfecho, ruim, nao gostei, nao gosto, nao, cattivo, non mi piace, slecht, niet leuk,
        nee, scarso, плохо, не нравится, не понравилось, нет, отрицательно, дизлайк, 不喜欢,
        不喜歡, 不好, 差, 差评, 差評, 不推荐, 不推薦, 不满意, 否, 踩, 没用, 难吃, 悪い, 嫌い,
        不満, いいえ, つまらない, 良くない, 나쁨, 싫어요, 싫어함, 불만족, 아니요, 아니오, 별로,
        비추천
    """,
    1: """
        terrible, hate, hated, hated it, can t stand it, hate it, awful, horrible, very bad,
        worst, strongly disagree, very dissatisfied, very unsatisfied, very negative, very poor,
        disgusting, avoid, sehr schlecht, furchtbar, hasse es, ungenugend, sehr unzufrieden,
        grauenhaft, tres mauvais, deteste, nul, horrible a fuir, muy malo, lo odio, pesimo,
        terrivel, odiei, muito ruim, pessimo, molto cattivo, heel slecht, verschrikkelijk,
        ужасно, отвратительно, очень плохо, 非常差, 很差, 讨厌, 討厭, 极差, 非常不满意, 很不喜欢,
        太差了, 最悪, とても悪い, 大嫌い, 非常に悪い, 매우 나쁨, 최악, 아주 나쁨, 매우 불만족,
        😡, 🤮, 😠
    """,
}

_DEEDS: Mapping[str, str] = {
    "view": """
        view, views, viewed, page view, pageview, page views, detail, detail page view,
        product view, view item, item view, visit, visited, browse, browsed, open, opened, look,
        seen, screen view, pv, product viewed, product detail viewed, view content, content view,
        ansicht, angesehen, aufruf, vue, vu, consulte, consultation, visto, vista, visualizacion,
        visualizacao, visualizzato, visualizzazione, bekeken, просмотр, просмотрел, просмотрено,
        просмотр товара, 浏览, 瀏覽, 查看, 点击查看, 閲覧, 조회, 열람, 보기
    """,
    "click": """
        click, clicks, clicked, clk, tap, tapped, select item, select, selected, click out,
        clickout item, interaction item info, read, download, downloaded, klick, geklickt, clic,
        clique, cliqué, clicado, cliccato, geklikt, клик, кликнул, переход, 点击, 點擊, クリック,
        클릭
    """,
    "cart": """
        cart, add to cart, addtocart, added to cart, add cart, atc, basket, add to basket,
        added to basket, add, cart add, wishlist, add to wishlist, add to bag, favorite,
        favourite, fav, save, saved, bookmark, bookmarked, reserve, reserved, begin checkout,
        checkout, checkout started, product added, in den warenkorb, warenkorb, merkliste,
        panier, ajout panier, ajout au panier, ajoute au panier, carrito, anadir al carrito,
        agregado al carrito, carrinho, adicionado ao carrinho, carrello, aggiunto al carrello,
        winkelwagen, корзина, в корзину, добавил в корзину, добавление в корзину,
        добавлено в корзину, избранное, 加购, 加入购物车, 加入購物車, 购物车, 收藏, 加购物车,
        カート, カートに入れる, カート追加, お気に入り, 장바구니, 장바구니 담기, 찜
    """,
    "buy": """
        buy, bought, purchase, purchased, purchases, transaction, order, ordered, orders,
        checkout completed, order completed, sale, sold, paid, conversion, converted, book,
        booked, rent, rented, borrow, borrowed, loan, enroll, enrolled, subscribe, subscribed,
        kauf, gekauft, bestellung, bestellt, achat, achete, commande, commandee, compra,
        comprado, comprou, pedido, pago, acquisto, acquistato, ordine, gekocht, aankoop, besteld,
        покупка, купил, куплено, заказ, оплата, заказал, 购买, 購買, 下单, 支付, 成交, 买, 购入,
        購入, 注文, 구매, 주문, 결제
    """,
    "like": """
        like, liked, love, loved, upvote, upvoted, thumbs up, heart, hearted, recommend, share,
        shared, follow, followed, repost, comment create, gefallt mir, aime, j aime, me gusta,
        curtir, curtiu, mi piace, лайк, нравится, 点赞, 點讚, 喜欢, 赞, 分享, 关注, いいね,
        좋아요
    """,
    "dislike": """
        dislike, disliked, downvote, downvoted, thumbs down, hide, hidden, block, blocked,
        report, not interested, remove from cart, removed, remove, product removed, unlike,
        return, returned, refund, refunded, gefallt mir nicht, entfernt, retoure, retour,
        no me gusta, devolucion, nao gostei, devolvido, reso, дизлайк, не нравится, удалил,
        возврат, 点踩, 不喜欢, 踩, 退货, 移出购物车, 取消收藏, よくないね, 返品, 싫어요, 반품
    """,
    "rate": """
        rate, rated, rating, review, reviewed, bewertet, bewertung, note, avis, valoracion,
        calificado, avaliacao, valutazione, оценка, оценил, отзыв, 评分, 评价, 打分, 評価,
        レビュー, 평가, 리뷰
    """,
    "play": """
        play, played, plays, listen, listened, listens, stream, streamed, watch, watched, start,
        started, scrobble, attempted, launched, experienced, complete, completed, finish,
        finished, trackdone, gespielt, gehort, abgespielt, ecoute, ecoute complete, lecture,
        reproducido, escuchado, reproducao, ouvido, riprodotto, ascoltato, afgespeeld, прослушал,
        прослушивание, воспроизведение, посмотрел, 播放, 收听, 观看, 听歌, 再生, 視聴, 재생,
        청취, 시청
    """,
    "skip": """
        skip, skipped, skips, trackskip, abandoned, stop, stopped, ubersprungen, passe, saltado,
        omitido, pulou, saltato, overgeslagen, пропуск, пропустил, 跳过, 跳過, スキップ,
        건너뛰기, 스킵
    """,
    "impression": """
        impression, impressions, impr, shown, show, displayed, exposed, exposure, serve, served,
        view item list, search results, recommended, imp, angezeigt, einblendung, affiche,
        affichage, mostrado, impresion, exibido, mostrato, impressione, getoond, показ, показан,
        曝光, 展示, 展现, 表示, インプレッション, 노출
    """,
}

_FRACTION = re.compile(
    r"^(\d+(?:[.,]\d+)?)\s*(?:/|out of|of|von|sur|de|из|su|van)\s*(\d+)(?:\s*\S+)?$"
)
_STARS = re.compile(
    r"^(\d+(?:[.,]\d+)?)\s*(?:stars?|sterne?|stern|etoiles?|estrellas?|estrelas?|stelle?|sterren|"
    r"звезд\w*|星|점|分|点|pts?|points?|punkte?|балл\w*)$"
)
_LED = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(?:[-–:=(.]\s*)\D+$")
_FULL, _EMPTY = "★⭐🌟", "☆"
_VARIATION = "\ufe0f"

MOST_WORDS = 60
"""A column with more different words than this is no vocabulary of opinions or events."""


@dataclass(frozen=True)
class Opinions:
    """Words that stand for marks.

    Attributes:
        marks: The word as it stands in the file -> its mark.
        unknown: Words of the column without a mark.
        share: Share of the rows whose word has a mark.
        why: What kind of words these are.
    """

    marks: Mapping[str, float]
    unknown: tuple[str, ...]
    share: float
    why: str


def read_opinions(cells: pl.Series) -> Opinions | None:
    """Marks for a column of opinions in words; None where it holds none.

    Two opposite words become 1 and 0; more than two stand on a scale from 1 to 5; marks written
    as ``4/5``, ``4 stars`` or ``★★★★`` keep their number.
    """
    counts = _counts(cells)
    if counts is None:
        return None
    for read, why in ((_written_mark, "marks written out"), (_grade, "opinions in words")):
        marks = {word: mark for word in counts if (mark := read(word)) is not None}
        share = sum(counts[word] for word in marks) / sum(counts.values())
        if share >= 0.8 and len(marks) > 1:
            unknown = tuple(word for word in counts if word not in marks)
            return Opinions(_two_sided(marks, why), unknown, share, why)
    return None


def _counts(cells: pl.Series) -> dict[str, int] | None:
    """How often each word stands there; None where there are too many to be a vocabulary."""
    known = cells.drop_nulls()
    if not len(known) or known.n_unique() > MOST_WORDS:
        return None
    table = known.value_counts()
    return dict(zip(table[table.columns[0]], table["count"], strict=True))


def _two_sided(marks: dict[str, float], why: str) -> dict[str, float]:
    """1 and 0 where there are only a good and a bad word (in any spelling), else as they are."""
    levels = set(marks.values())
    if why == "opinions in words" and len(levels) == 2 and min(levels) < 3 < max(levels):
        return {word: float(mark > 3) for word, mark in marks.items()}
    return marks


def _written_mark(word: str) -> float | None:
    text = normal(word).replace(_VARIATION, "").strip()
    stars = sum(text.count(mark) for mark in _FULL)
    if stars and not text.strip(_FULL + _EMPTY + " "):
        return float(stars)
    for shape in (_FRACTION, _STARS, _LED):
        found = shape.match(text)
        if found:
            return float(found[1].replace(",", "."))
    return None


def _grade(word: str) -> float | None:
    plain = _plain(word)
    bare = re.sub(r"^i (really |do )?| (it|this|that|them)$", "", plain)
    return _grade_words().get(plain, _grade_words().get(bare))


def _plain(word: str) -> str:
    text = normal(word).replace(_VARIATION, "").strip(" .!?\"'")
    return re.sub(r"[\s_\-'’/]+", " ", text).strip()


@lru_cache(maxsize=1)
def _grade_words() -> dict[str, float]:
    return {word: float(grade) for grade, words in _GRADES.items() for word in _listed(words)}


def _listed(words: str) -> Iterable[str]:
    return (_plain(word) for word in words.split(",") if word.strip())


@lru_cache(maxsize=1)
def _deed_words() -> dict[str, str]:
    return {word: deed for deed, words in _DEEDS.items() for word in _listed(words)}


def deed_of(text: str) -> str:
    """The standard event that a word or phrase names; "" where it names none."""
    text = re.sub(r"^https?://\S*/", "", text)
    plain = _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    return _deed_words().get(plain, "") or _deed_words().get(plain.replace(" ", ""), "")


@dataclass(frozen=True)
class Deeds:
    """Words that stand for events.

    Attributes:
        events: The word as it stands in the file -> the standard event.
        unknown: Words of the column that name no known event.
        share: Share of the rows whose word is known.
    """

    events: Mapping[str, str]
    unknown: tuple[str, ...]
    share: float


def read_deeds(cells: pl.Series) -> Deeds | None:
    """Standard events for a column of event names; None where it holds none."""
    counts = _counts(cells)
    if counts is None:
        return None
    events = {word: deed for word in counts if (deed := deed_of(word))}
    if not events:
        return None
    share = sum(counts[word] for word in events) / sum(counts.values())
    return Deeds(events, tuple(word for word in counts if word not in events), share)
