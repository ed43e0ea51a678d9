"""Twenty-one messy exports, typed by hand in the habits of the programs that write them.

Each case holds the files as bytes and what a careful person would make of them.
"""

# ruff: noqa: E501 (rows of the files stay on one line, as in the files)

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Messy:
    """Files of a stranger, and the right reading of them.

    ``tables``: table -> (rows, columns it must have, one row it must hold).
    ``unsure``: flags that must be named among the doubts; empty where nothing is in doubt.
    """

    name: str
    files: dict[str, bytes]
    tables: dict[str, tuple[int, set[str], Row]]
    like: str
    unsure: tuple[str, ...] = ()
    set_aside: int = 0
    choices: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> list[Path]:
        paths = []
        for name, content in self.files.items():
            path = folder / name
            path.write_bytes(content)
            paths.append(path)
        return paths


def german_excel() -> Messy:
    text = """sep=;
Kundennr;Artikelnr;Artikelbezeichnung;Warengruppe;Preis;Bewertung;Kaufdatum
00412;A-1001;Kaffeemühle "Zürich";Küche;"1.049,90 €";4,5;03.01.2024 09:12
00412;A-1002;Teekanne;Küche;24,50 €;3,0;03.01.2024 09:15
00412;A-1003;Gartenschlauch 20 m;Garten;31,99 €;2,0;14.01.2024 18:40
00587;A-1001;Kaffeemühle "Zürich";Küche;"1.049,90 €";5,0;05.01.2024 11:00
00587;A-1004;Blumentöpfe (3er-Set);Garten;18,00 €;4,0;29.01.2024 20:31
00587;A-1005;Wörterbuch Französisch;Bücher;12,90 €;1,5;30.01.2024 07:02
01033;A-1002;Teekanne;Küche;24,50 €;4,5;11.02.2024 12:30
01033;A-1004;Blumentöpfe (3er-Set);Garten;18,00 €;3,5;12.02.2024 12:30
01033;A-1006;Krimi: Der späte Gast;Bücher;9,99 €;5,0;13.02.2024 22:15
01077;A-1005;Wörterbuch Französisch;Bücher;12,90 €;2,5;20.02.2024 10:10
01077;A-1006;Krimi: Der späte Gast;Bücher;9,99 €;4,0;21.02.2024 10:12
01077;A-1003;Gartenschlauch 20 m;Garten;31,99 €;1,0;28.02.2024 16:45
"""
    return Messy(
        "german_excel",
        {"Bewertungen Export.csv": text.replace("\n", "\r\n").encode("cp1252")},
        {
            "interactions": (
                12,
                {"user", "item", "value", "timestamp"},
                {"user": "00412", "item": "A-1001", "value": 4.5, "timestamp": 1704273120},
            ),
            "items": (
                6,
                {"item", "title", "Warengruppe", "Preis"},
                {
                    "item": "A-1001",
                    "title": 'Kaffeemühle "Zürich"',
                    "Warengruppe": "Küche",
                    "Preis": 1049.9,
                },
            ),
        },
        "value >= 4",
    )


def movielens_100k() -> Messy:
    data = """196\t242\t3\t881250949
186\t302\t3\t891717742
196\t377\t1\t881251843
244\t51\t2\t880606923
186\t346\t1\t891718400
298\t474\t4\t884182806
196\t265\t2\t881251900
244\t465\t5\t880606999
298\t451\t3\t884183106
186\t86\t3\t891718800
305\t257\t2\t886307734
305\t242\t5\t886307828
244\t302\t5\t880607000
298\t302\t4\t884183500
305\t474\t4\t886308000
"""
    items = """51|Legends of the Fall (1994)|01-Jan-1994||http://us.imdb.com/M/51|0|0|0|0|1|1
86|Remains of the Day, The (1993)|01-Jan-1993||http://us.imdb.com/M/86|0|0|0|0|1|0
242|Kolya (1996)|24-Jan-1997||http://us.imdb.com/M/242|0|0|0|1|0|0
257|Men in Black (1997)|04-Jul-1997||http://us.imdb.com/M/257|0|1|1|1|0|0
265|Hunt for Red October, The (1990)|01-Jan-1990||http://us.imdb.com/M/265|0|1|0|0|0|0
302|L.A. Confidential (1997)|01-Jan-1997||http://us.imdb.com/M/302|0|0|0|0|0|1
346|Jackie Brown (1997)|01-Jan-1997||http://us.imdb.com/M/346|0|0|0|0|1|1
377|Heavyweights (1994)|01-Jan-1994||http://us.imdb.com/M/377|0|0|0|1|0|0
451|Grease (1978)|01-Jan-1978||http://us.imdb.com/M/451|0|0|0|1|1|0
465|Jungle Book, The (1994)|01-Jan-1994||http://us.imdb.com/M/465|0|0|1|0|1|0
474|Dr. Strangelove (1963) – café|01-Jan-1963||http://us.imdb.com/M/474|0|0|0|0|0|1
"""
    users = """186|39|F|executive|00000
196|49|M|writer|55105
244|28|M|technician|80525
298|44|M|executive|01581
305|23|M|programmer|94086
"""
    return Messy(
        "movielens_100k",
        {
            "u.data": data.encode(),
            "u.item": items.replace("–", "-").encode("latin-1"),
            "u.user": users.encode(),
        },
        {
            "interactions": (
                15,
                {"user", "item", "value", "timestamp"},
                {"user": "196", "item": "242", "value": 3, "timestamp": 881250949},
            ),
            "items": (11, {"item", "title"}, {"item": "242", "title": "Kolya (1996)"}),
            "users": (5, {"user"}, {"user": "298"}),
        },
        "value >= 4",
    )


def movielens_1m() -> Messy:
    ratings = """1::1193::5::978300760
1::661::3::978302109
1::914::3::978301968
2::1357::5::978298709
2::1193::4::978298413
2::661::2::978299000
3::3421::4::978298147
3::914::4::978298430
3::1193::3::978297867
4::3421::5::978294008
4::1357::1::978294282
5::914::2::978244808
5::2355::5::978246576
5::661::1::978246585
"""
    movies = """661::James and the Giant Peach (1996)::Animation|Children's|Musical
914::My Fair Lady (1964)::Musical|Romance
1193::One Flew Over the Cuckoo's Nest (1975)::Drama
1357::Shine (1996)::Drama|Romance
2355::Bug's Life, A (1998)::Animation|Children's|Comedy
3421::Animal House (1978)::Comedy
3500::Misérables, Les (1995)::Drama|Musical
"""
    users = """1::F::1::10::48067
2::M::56::16::70072
3::M::25::15::55117
4::M::45::7::02460
5::M::25::20::55455
"""
    return Messy(
        "movielens_1m",
        {
            "ratings.dat": ratings.encode(),
            "movies.dat": movies.encode("latin-1"),
            "users.dat": users.encode(),
        },
        {
            "interactions": (
                14,
                {"user", "item", "value", "timestamp"},
                {"user": "2", "item": "1357", "value": 5, "timestamp": 978298709},
            ),
            "items": (7, {"item", "title"}, {"item": "3500", "title": "Misérables, Les (1995)"}),
            "users": (5, {"user"}, {"user": "4"}),
        },
        "value >= 4",
    )


def chinese_books() -> Messy:
    ratings = """用户编号,图书编号,评分,评论,时间
读者01,b101,5,文字优美，值得反复读,2023年5月6日 20:15
读者01,b102,4,故事很好,2023年5月9日 21:00
读者01,b105,2,太长了,2023年6月1日 08:30
读者02,b101,4,很喜欢,2023年5月7日 12:00
读者02,b103,1,看不下去,2023年5月8日 12:10
读者03,b104,5,推荐给大家,2023年5月12日 19:45
读者03,b102,3,一般,2023年5月13日 19:50
读者03,b105,4,不错,2023年5月20日 10:00
读者04,b103,2,翻译不好,2023年6月2日 23:01
读者04,b104,4,,2023年6月3日 23:05
"""
    books = """图书编号,书名,作者,类别,出版年份,价格
b101,红楼梦,曹雪芹,古典小说,1791,59.70
b102,三体,刘慈欣,科幻,2008,23.00
b103,百年孤独,加西亚·马尔克斯,外国文学,1967,39.50
b104,活着,余华,当代文学,1993,20.00
b105,平凡的世界,路遥,当代文学,1986,108.00
b106,边城,沈从文,当代文学,1934,18.00
"""
    return Messy(
        "chinese_books",
        {"评分.csv": ratings.encode("gb18030"), "图书.csv": books.encode("gb18030")},
        {
            "interactions": (
                10,
                {"user", "item", "value", "timestamp", "text"},
                {"user": "读者01", "item": "b101", "value": 5, "timestamp": 1683404100},
            ),
            "items": (
                6,
                {"item", "title", "作者", "类别", "出版年份", "价格"},
                {"item": "b102", "title": "三体", "作者": "刘慈欣", "类别": "科幻"},
            ),
        },
        "value >= 4",
    )


def opinions_in_words() -> Messy:
    text = """Name,Dish,"What did you think?",Date
Anna,Pad Thai,loved it,2024-02-01
Anna,Tom Yum,ok,2024-02-01
Anna,Green Curry,hated it,2024-02-08
Bilal,Pad Thai,liked it,2024-02-01
Bilal,Massaman,loved it,2024-02-08
Bilal,Tom Yum,disliked it,2024-02-09
Carmen,Green Curry,ok,2024-02-02
Carmen,Massaman,liked it,2024-02-03
Carmen,Mango Sticky Rice,loved it,2024-02-03
Dov,Mango Sticky Rice,liked it,2024-02-10
Dov,Pad Thai,ok,2024-02-11
Dov,Massaman,hated it,2024-02-12
"""
    return Messy(
        "opinions_in_words",
        {"tasting notes.csv": text.encode("utf-8-sig")},
        {
            "interactions": (
                12,
                {"user", "item", "value", "timestamp"},
                {"user": "Anna", "item": "Pad Thai", "value": 5, "timestamp": 1706745600},
            )
        },
        "value >= 4",
    )


def thumbs() -> Messy:
    text = """listener\ttrackTitle\treaction\tat
mo🎧\tYellow Submarine\t👍\t2023-11-02T08:00:00+01:00
mo🎧\tGod Only Knows\t👍\t2023-11-02T08:04:10+01:00
mo🎧\tBaby Shark\t👎\t2023-11-02T08:09:00+01:00
rae\tBaby Shark\t👎\t2023-11-03T20:00:00-05:00
rae\tPurple Rain\t👍\t2023-11-03T20:05:00-05:00
rae\tYellow Submarine\t👎\t2023-11-03T20:10:00-05:00
kit kat\tPurple Rain\t👍\t2023-11-04T06:00:00Z
kit kat\tGod Only Knows\t👍\t2023-11-04T06:04:00Z
kit kat\tYellow Submarine\t👍\t2023-11-04T06:08:00Z
"""
    return Messy(
        "thumbs",
        {"reactions.tsv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "value", "timestamp"},
                {
                    "user": "rae",
                    "item": "Baby Shark",
                    "value": 0,
                    "timestamp": 1699059600,
                },
            )
        },
        "value >= 1",
    )


def wide_one_hot() -> Messy:
    text = """member_id,Yoga,Spinning,Boxing,Pilates,Swimming,Rowing
m-001,1,0,0,1,0,0
m-002,0,1,1,0,0,1
m-003,1,0,0,1,1,0
m-004,0,0,1,0,0,1
m-005,1,0,0,0,1,0
m-006,0,1,0,0,0,1
m-007,0,0,0,1,1,0
m-008,0,1,1,0,0,0
"""
    return Messy(
        "wide_one_hot",
        {"class_attendance.csv": text.encode()},
        {"interactions": (18, {"user", "item"}, {"user": "m-003", "item": "Pilates"})},
        "every row is a like",
    )


def wide_ratings() -> Messy:
    text = """回答者\tラーメン\t寿司\tカレー\t天ぷら\tうどん\t焼き鳥
佐藤\t5\t4\t\t3\t\t5
鈴木\t\t5\t2\t\t4\t
高橋\t3\t\t5\t4\t\t1
田中\t\t5\t\t5\t3\t4
伊藤\t1\t4\t4\t\t\t
渡辺\t4\t\t\t2\t5\t3
"""
    return Messy(
        "wide_ratings",
        {"アンケート.txt": text.encode("shift_jis")},
        {
            "interactions": (
                22,
                {"user", "item", "value"},
                {"user": "鈴木", "item": "寿司", "value": 5},
            )
        },
        "value >= 4",
    )


def online_retail() -> Messy:
    text = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,"WHITE HANGING HEART T-LIGHT HOLDER",6,12/1/2010 8:26,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom
536365,84406B,"CREAM CUPID HEARTS COAT HANGER, SET",8,12/1/2010 8:26,2.75,17850,United Kingdom
536366,22633,HAND WARMER UNION JACK,6,12/1/2010 8:28,1.85,17850,United Kingdom
536370,22728,ALARM CLOCK BAKELIKE PINK,24,12/1/2010 8:45,3.75,12583,France
536370,22633,HAND WARMER UNION JACK,12,12/1/2010 8:45,1.85,12583,France
536370,71053,WHITE METAL LANTERN,2,12/1/2010 8:45,3.39,12583,France
536390,22728,ALARM CLOCK BAKELIKE PINK,4,12/13/2010 10:19,3.75,17511,United Kingdom
536390,85123A,"WHITE HANGING HEART T-LIGHT HOLDER",32,12/13/2010 10:19,2.55,17511,United Kingdom
C536391,22728,ALARM CLOCK BAKELIKE PINK,-4,12/14/2010 10:24,3.75,17511,United Kingdom
536414,84406B,"CREAM CUPID HEARTS COAT HANGER, SET",56,12/15/2010 11:52,2.75,,United Kingdom
536415,22633,HAND WARMER UNION JACK,1,12/15/2010 12:02,1.85,13748,United Kingdom
536415,84406B,"CREAM CUPID HEARTS COAT HANGER, SET",80,12/15/2010 12:02,2.55,13748,United Kingdom
"""
    return Messy(
        "online_retail",
        {"online_retail.csv": text.encode()},
        {
            "interactions": (
                11,
                {"user", "item", "event", "timestamp", "session"},
                {
                    "user": "17850",
                    "item": "85123A",
                    "event": "buy",
                    "timestamp": 1291191960,
                    "session": "536365",
                },
            ),
            "items": (
                5,
                {"item", "title", "UnitPrice"},
                {"item": "71053", "title": "WHITE METAL LANTERN", "UnitPrice": 3.39},
            ),
            "users": (4, {"user", "Country"}, {"user": "12583", "Country": "France"}),
        },
        "by event",
        set_aside=2,
    )


def shopify() -> Messy:
    orders = """Name,Email,Financial Status,Paid at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Country
#1001,ana@example.com,paid,2023-03-01 10:00:11 +0100,EUR,58.00,2023-03-01 09:59:58 +0100,1,Linen Shirt - M,39.00,LS-M,"Ana Díaz",ES
#1001,ana@example.com,,,,,2023-03-01 09:59:58 +0100,1,Cotton Socks,19.00,CS-1,,
#1002,ben@example.com,paid,2023-03-02 15:20:00 +0100,EUR,78.00,2023-03-02 15:19:00 +0100,2,Linen Shirt - L,39.00,LS-L,Ben Ode,DE
#1003,chloe@example.com,paid,2023-03-04 08:01:30 +0100,EUR,44.00,2023-03-04 08:01:00 +0100,1,Cotton Socks,19.00,CS-1,"Chloé Petit",FR
#1003,chloe@example.com,,,,,2023-03-04 08:01:00 +0100,1,Straw Hat,25.00,SH-1,,
#1004,ana@example.com,paid,2023-04-11 19:10:00 +0200,EUR,25.00,2023-04-11 19:09:12 +0200,1,Straw Hat,25.00,SH-1,"Ana Díaz",ES
#1005,dmitri@example.com,refunded,2023-04-12 12:00:00 +0200,EUR,39.00,2023-04-12 11:58:00 +0200,1,Linen Shirt - M,39.00,LS-M,Dmitri K.,DE
#1006,ben@example.com,paid,2023-04-13 12:00:00 +0200,EUR,19.00,2023-04-13 11:59:00 +0200,1,Cotton Socks,19.00,CS-1,Ben Ode,DE
"""
    products = """Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant SKU,Variant Price
linen-shirt,Linen Shirt,"<p>Light, washed linen.<br>Made in Porto.</p>",Costa,Shirts,"linen, summer, shirt",TRUE,LS-M,39.00
linen-shirt,,,,,,,LS-L,39.00
cotton-socks,Cotton Socks,<p>Three pairs.</p>,Costa,Socks,"cotton, basics",TRUE,CS-1,19.00
straw-hat,Straw Hat,"<p>Wide brim, ""natural"" straw.</p>",Sol,Hats,"summer, straw",TRUE,SH-1,25.00
wool-scarf,Wool Scarf,<p>Merino.</p>,Sol,Scarves,"wool, winter",TRUE,WS-1,49.00
"""
    return Messy(
        "shopify",
        {"orders_export_1.csv": orders.encode(), "products_export_1.csv": products.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "event", "timestamp", "session"},
                {
                    "user": "ana@example.com",
                    "item": "LS-M",
                    "event": "buy",
                    "timestamp": 1677661198,
                    "session": "#1001",
                },
            ),
            "items": (
                5,
                {"item", "title", "Vendor", "Tags", "Variant Price"},
                {"item": "SH-1", "title": "Straw Hat", "Vendor": "Sol", "Variant Price": 25.0},
            ),
            "users": (4, {"user", "Billing Country"}, {"user": "ben@example.com"}),
        },
        "by event",
    )


def woocommerce() -> Messy:
    text = """"Order ID","Order Date","Customer User ID","Customer Email","Item SKU","Item Name","Item Category","Quantity","Item Cost","Order Total"
"2211","2022-09-03 14:22","31","kim@example.org","TEA-GRN-100","Sencha, 100 g","Tea > Green","2","11.50","23.00"
"2211","2022-09-03 14:22","31","kim@example.org","CUP-02","Stoneware cup","Ware > Cups","1","1,018.00","1,041.00"
"2212","2022-09-04 09:10","32","lou@example.org","TEA-BLK-100","Assam, 100 g","Tea > Black","1","9.00","9.00"
"2213","2022-09-04 18:45","33","max@example.org","TEA-GRN-100","Sencha, 100 g","Tea > Green","1","11.50","11.50"
"2213","2022-09-04 18:45","33","max@example.org","POT-01","Cast iron ""Arare"" pot","Ware > Pots","1","64.00","75.50"
"2214","2022-09-06 07:30","31","kim@example.org","TEA-BLK-100","Assam, 100 g","Tea > Black","3","9.00","27.00"
"2215","2022-09-07 21:12","34","noa@example.org","POT-01","Cast iron ""Arare"" pot","Ware > Pots","1","64.00","64.00"
"2216","2022-09-08 10:00","32","lou@example.org","CUP-02","Stoneware cup","Ware > Cups","4","1,018.00","4,072.00"
"""
    return Messy(
        "woocommerce",
        {"wc-order-lines.csv": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "event", "timestamp", "session"},
                {
                    "user": "31",
                    "item": "TEA-GRN-100",
                    "event": "buy",
                    "timestamp": 1662214920,
                    "session": "2211",
                },
            ),
            "items": (
                4,
                {"item", "title", "Item Category", "Item Cost"},
                {
                    "item": "CUP-02",
                    "title": "Stoneware cup",
                    "Item Category": "Ware > Cups",
                    "Item Cost": 1018.0,
                },
            ),
        },
        "by event",
    )


def google_analytics() -> Messy:
    text = """# ----------------------------------------
# All Users
# Free form 1
# 20240101-20240131
# ----------------------------------------

Client ID,Event name,Page path,Date + hour (YYYYMMDDHH),Event count,Average engagement time (s)
1294.1701,page_view,/blog/sourdough-starter,2024010309,1,35.2
1294.1701,page_view,/blog/rye-bread,2024010309,2,120.0
1294.1701,add_to_cart,/shop/banneton,2024010310,1,12.5
2077.1702,page_view,/blog/rye-bread,2024010511,1,44.0
2077.1702,purchase,/shop/banneton,2024010512,1,8.1
2077.1702,page_view,/blog/pizza-dough,2024010812,3,240.0
3456.1703,page_view,/blog/pizza-dough,2024011019,1,5.0
3456.1703,page_view,/blog/sourdough-starter,2024011019,1,61.0
3456.1703,add_to_cart,/shop/lame,2024011020,1,9.9
4081.1704,page_view,/blog/rye-bread,2024012022,1,3.0
4081.1704,purchase,/shop/lame,2024012023,1,14.0
,,,Grand total,14,552.7
"""
    return Messy(
        "google_analytics",
        {"Free_form_1.csv": text.encode()},
        {
            "interactions": (
                11,
                {"user", "item", "event", "timestamp", "dwell"},
                {
                    "user": "1294.1701",
                    "item": "/shop/banneton",
                    "event": "cart",
                    "timestamp": 1704276000,
                    "dwell": 12.5,
                },
            )
        },
        "by event",
        set_aside=1,
    )


def playlists() -> Messy:
    def track(uri: str, name: str, artist: str, ms: int, pos: int) -> Row:
        return {
            "pos": pos,
            "artist_name": artist,
            "track_uri": f"spotify:track:{uri}",
            "track_name": name,
            "duration_ms": ms,
        }

    songs = {
        "a1": ("Toxic", "Britney Spears", 198800),
        "b2": ("Crazy In Love", "Beyoncé", 235933),
        "c3": ("Yeah!", "Usher", 250373),
        "d4": ("Teardrop", "Massive Attack", 330773),
        "e5": ("Glory Box", "Portishead", 308306),
        "f6": ("Roads", "Portishead", 304973),
    }

    def playlist(pid: int, name: str, keys: list[str]) -> Row:
        tracks = [track(k, songs[k][0], songs[k][1], songs[k][2], p) for p, k in enumerate(keys)]
        return {
            "name": name,
            "collaborative": "false",
            "pid": pid,
            "modified_at": 1493424000 + 86400 * pid,
            "num_tracks": len(keys),
            "tracks": tracks,
        }

    content = {
        "info": {"generated_on": "2017-12-03 08:41:42.057563", "slice": "0-4", "version": "v1"},
        "playlists": [
            playlist(0, "Throwbacks", ["a1", "b2", "c3"]),
            playlist(1, "trip hop", ["d4", "e5", "f6"]),
            playlist(2, "party", ["b2", "c3"]),
            playlist(3, "slow & dark", ["e5", "d4"]),
            playlist(4, "2000s", ["a1", "c3", "d4"]),
        ],
    }
    return Messy(
        "playlists",
        {"mpd.slice.0-4.json": json.dumps(content, indent=4).encode()},
        {
            "interactions": (
                13,
                {"user", "item", "timestamp"},
                {"user": "1", "item": "spotify:track:e5", "timestamp": 1493510400},
            ),
            "items": (
                6,
                {"item", "title", "artist_name"},
                {"item": "spotify:track:f6", "title": "Roads", "artist_name": "Portishead"},
            ),
        },
        "every row is a like",
    )


def amazon_reviews() -> Messy:
    people = ["A2SUAM1J3GNN3B", "A14VAT5EAX3D9S", "A195EZSQDW3E21", "A2C00NNG1ZQQG2"]
    rows = [
        (0, "0000013714", 5.0, "Great hymnal", 1252800000, "09 13, 2009"),
        (0, "0000031852", 4.0, "Pretty, fits well", 1297468800, "02 12, 2011"),
        (1, "0000031852", 2.0, "Too small", 1358553600, "01 19, 2013"),
        (1, "B00004U9V2", 5.0, "Love this cream", 1379116800, "09 14, 2013"),
        (2, "B00004U9V2", 4.0, "Does what it says", 1382745600, "10 26, 2013"),
        (2, "0000013714", 3.0, 'Print is "small"', 1362355200, "03 4, 2013"),
        (3, "B00005A77F", 1.0, "Arrived broken", 1390953600, "01 29, 2014"),
        (3, "0000031852", 5.0, "My daughter loves it", 1391040000, "01 30, 2014"),
    ]
    reviews = [
        {
            "reviewerID": people[p],
            "asin": asin,
            "reviewerName": ["J. McDonald", "S. Wright", "Abbie", "K. Ito"][p],
            "helpful": [2, 3],
            "reviewText": text + ". " + "I bought this last month and used it twice.",
            "overall": value,
            "summary": text,
            "unixReviewTime": when,
            "reviewTime": day,
        }
        for p, asin, value, text, when, day in rows
    ]
    products = [
        ("0000013714", "Heavenly Highway Hymns", [["Books", "Music"]], 7.99),
        ("0000031852", "Girls Ballet Tutu Zebra Hot Pink", [["Clothing", "Girls"]], 3.17),
        ("B00004U9V2", "Hand Therapy Cream", [["Beauty", "Skin Care"]], 12.5),
        ("B00005A77F", "Alarm Clock Radio", [["Electronics"]], 19.0),
        ("B00006IFI3", "Never reviewed lamp", [["Home"]], 23.75),
    ]
    meta = [
        {"asin": asin, "title": title, "categories": categories, "price": price}
        for asin, title, categories, price in products
    ]
    return Messy(
        "amazon_reviews",
        {
            "reviews_5.json.gz": gzip.compress("\n".join(map(json.dumps, reviews)).encode()),
            "meta.jsonl": "\n".join(map(json.dumps, meta)).encode(),
        },
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp", "text"},
                {
                    "user": "A14VAT5EAX3D9S",
                    "item": "0000031852",
                    "value": 2,
                    "timestamp": 1358553600,
                },
            ),
            "items": (
                5,
                {"item", "title", "categories", "price"},
                {"item": "B00005A77F", "title": "Alarm Clock Radio", "price": 19.0},
            ),
        },
        "value >= 4",
    )


def single_quotes() -> Messy:
    text = r"""'login','book','stars','added'
'o\'neil','The Handmaid\'s Tale, annotated','5 stars','2021-06-01 10:00:00'
'o\'neil','Dune','4 stars','2021-06-02 10:00:00'
'o\'neil','Emma','1 star','2021-06-09 10:00:00'
'pat','Dune','5 stars','2021-06-03 11:30:00'
'pat','Emma','2 stars','2021-06-04 11:30:00'
'pat','Persuasion','3 stars','2021-06-05 11:30:00'
'quinn','Emma','5 stars','2021-07-01 09:00:00'
'quinn','Persuasion','4 stars','2021-07-01 09:05:00'
'quinn','The Handmaid\'s Tale, annotated','2 stars','2021-07-02 09:05:00'
"""
    return Messy(
        "single_quotes",
        {"dump.csv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "value", "timestamp"},
                {
                    "user": "o'neil",
                    "item": "The Handmaid's Tale, annotated",
                    "value": 5,
                    "timestamp": 1622541600,
                },
            )
        },
        "value >= 4",
    )


def russian_events() -> Messy:
    text = """Дата;Пользователь;Действие;Товар;Категория
01.02.2024 10:00:05;u_17;просмотр;Чайник электрический;Кухня
01.02.2024 10:02:40;u_17;в корзину;Чайник электрический;Кухня
01.02.2024 10:07:12;u_17;покупка;Чайник электрический;Кухня
02.02.2024 12:00:00;u_18;просмотр;Книга «Идиот»;Книги
02.02.2024 12:01:00;u_18;просмотр;Лампа настольная;Дом
03.02.2024 19:31:00;u_19;просмотр;Лампа настольная;Дом
03.02.2024 19:40:00;u_19;покупка;Лампа настольная;Дом
14.02.2024 08:15:00;u_20;в корзину;Книга «Идиот»;Книги
14.02.2024 08:20:00;u_20;покупка;Книга «Идиот»;Книги
15.02.2024 09:00:00;u_20;просмотр;Чайник электрический;Кухня
"""
    return Messy(
        "russian_events",
        {"журнал.csv": text.encode("cp1251")},
        {
            "interactions": (
                10,
                {"user", "item", "event", "timestamp"},
                {
                    "user": "u_17",
                    "item": "Чайник электрический",
                    "event": "cart",
                    "timestamp": 1706781760,
                },
            ),
            "items": (
                3,
                {"item", "Категория"},
                {"item": "Лампа настольная", "Категория": "Дом"},
            ),
        },
        "by event",
    )


def shop_events() -> Messy:
    text = """timestamp,visitorid,event,itemid,transactionid
1433221332117,257597,view,355908,
1433224214164,992329,view,248676,
1433221999827,257597,addtocart,318965,
1433221955914,483717,view,253185,
1433221337106,951259,view,367447,
1433224086234,992329,transaction,248676,4000
1433221923240,483717,view,367447,
1433223291897,257597,view,355908,
1433220899221,951259,addtocart,318965,
1433221204592,257597,transaction,318965,4001
1433222162373,483717,view,248676,
1433221701252,951259,view,253185,
"""
    return Messy(
        "shop_events",
        {"events.csv": text.encode()},
        {
            "interactions": (
                12,
                {"user", "item", "event", "timestamp"},
                {
                    "user": "992329",
                    "item": "248676",
                    "event": "buy",
                    "timestamp": 1433224086.234,
                },
            )
        },
        "by event",
    )


def unclear_dates() -> Messy:
    text = """borrower|book title|borrowed on|returned
1201|Middlemarch|03/04/2022|yes
1201|Bleak House|05/04/2022|yes
1201|Silas Marner|01/05/2022|no
1202|Middlemarch|02/04/2022|yes
1202|Villette|11/04/2022|yes
1203|Bleak House|07/05/2022|no
1203|Villette|09/05/2022|yes
1204|Silas Marner|10/05/2022|no
1204|Middlemarch|12/06/2022|yes
"""
    return Messy(
        "unclear_dates",
        {"loans.txt": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "timestamp"},
                {"user": "1201", "item": "Middlemarch", "timestamp": 1648944000},
            )
        },
        "every row is a like",
        unsure=("--dates month-first",),
    )


def lists_in_cells() -> Messy:
    baskets = """card,purchased products
C0091,"milk-1l,rye-bread,butter"
C0092,"milk-1l,oat-drink"
C0093,"rye-bread,butter,goat-cheese,honey"
C0094,honey
C0095,"oat-drink,honey,milk-1l"
"""
    catalogue = """product_code,description,dept,price
milk-1l,Whole milk 1 l,dairy,1.19
rye-bread,Rye bread sliced,bakery,2.49
butter,Salted butter,dairy,2.29
oat-drink,"Oat drink, barista",dairy,1.99
goat-cheese,Goat cheese log,dairy,3.79
honey,Forest honey,pantry,5.49
jam,Apricot jam,pantry,2.89
"""
    return Messy(
        "lists_in_cells",
        {"baskets.csv": baskets.encode(), "catalogue.csv": catalogue.encode()},
        {
            "interactions": (13, {"user", "item"}, {"user": "C0094", "item": "honey"}),
            "items": (
                7,
                {"item", "title", "dept", "price"},
                {"item": "oat-drink", "title": "Oat drink, barista", "dept": "dairy"},
            ),
        },
        "every row is a like",
    )


def spanish_unicode_text() -> Messy:
    text = """Usuario\tPelícula\tGénero\tPuntuación\tFecha
jose.luis\tVolver\tDrama\t4/5\t44197,5
jose.luis\tREC\tTerror\t2/5\t44198,25
maría\tVolver\tDrama\t5/5\t44201
maría\tEl laberinto del fauno\tFantasía\t5/5\t44201,75
maría\tTorrente\tComedia\t1/5\t44210
ñandú88\tREC\tTerror\t4/5\t44211
ñandú88\tTorrente\tComedia\t3/5\t44212
ñandú88\tEl laberinto del fauno\tFantasía\t4/5\t44213,125
"""
    return Messy(
        "spanish_unicode_text",
        {"Libro1.txt": text.replace("\n", "\r\n").encode("utf-16")},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp"},
                {"user": "jose.luis", "item": "Volver", "value": 4, "timestamp": 1609502400},
            ),
            "items": (4, {"item", "Género"}, {"item": "REC", "Género": "Terror"}),
        },
        "value >= 4",
    )


def two_bare_columns() -> Messy:
    pairs = """881 14
881 27
881 3
902 14
902 8
917 27
917 8
917 14
933 3
933 27
"""
    return Messy(
        "two_bare_columns",
        {"pairs.txt": pairs.encode()},
        {"interactions": (10, {"user", "item"}, {"user": "902", "item": "8"})},
        "every row is a like",
        unsure=("--user column_2 --item column_1",),
    )


MESSY = [
    make()
    for make in (
        german_excel,
        movielens_100k,
        movielens_1m,
        chinese_books,
        opinions_in_words,
        thumbs,
        wide_one_hot,
        wide_ratings,
        online_retail,
        shopify,
        woocommerce,
        google_analytics,
        playlists,
        amazon_reviews,
        single_quotes,
        russian_events,
        shop_events,
        unclear_dates,
        lists_in_cells,
        spanish_unicode_text,
        two_bare_columns,
    )
]
