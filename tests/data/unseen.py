"""Forty-eight more exports, in four rounds, each written before the guesser had seen any of it.

Right at first sight were 7 of 16, 4 of 11, 2 of 11 and 7 of 10; then the guesser learned from them.
"""

# ruff: noqa: E501 (rows of the files stay on one line, as in the files)

from __future__ import annotations

import json

from tests.data.messy import Messy


def korean_reviews() -> Messy:
    text = """회원번호,가게명,메뉴,별점,한줄평,작성일
M1002,을지면옥,평양냉면,4.5점,국물이 정말 시원해요,2023.11.05
M1002,진미식당,간장게장,5.0점,또 가고 싶어요,2023.11.12
M1003,을지면옥,평양냉면,2.0점,제 입맛에는 심심했어요,2023.11.06
M1003,명동교자,칼국수,3.5점,줄이 길어요,2023.12.01
M1004,진미식당,간장게장,4.0점,양이 많아요,2023.12.02
M1004,명동교자,칼국수,4.5점,만두도 맛있어요,2023.12.25
M1005,을지면옥,평양냉면,1.5점,직원이 불친절해요,2024.01.03
M1005,명동교자,칼국수,5.0점,최고의 칼국수,2024.01.09
"""
    return Messy(
        "korean_reviews",
        {"리뷰목록.csv": text.encode("cp949")},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp", "text"},
                {"user": "M1003", "item": "명동교자", "value": 3.5, "timestamp": 1701388800},
            ),
            "items": (3, {"item", "메뉴"}, {"item": "진미식당", "메뉴": "간장게장"}),
        },
        "value >= 4",
    )


def short_videos() -> Messy:
    text = """user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio
0,3649,13838,10867,2020-07-05 00:08:23.438,20200705,1593878903.438,1.273397
0,9598,13665,10984,2020-07-05 00:13:41.297,20200705,1593879221.297,1.244082
0,5262,851,7908,2020-07-05 00:16:06.687,20200705,1593879366.687,0.107613
14,3649,862,10867,2020-07-05 00:20:26.792,20200705,1593879626.792,0.079323
14,1963,858,9590,2020-07-05 00:43:05.128,20200705,1593880985.128,0.089468
14,8234,11234,11234,2020-07-06 01:03:05.128,20200706,1593968585.128,1.0
21,9598,22000,10984,2020-07-06 01:13:05.128,20200706,1593969185.128,2.002913
21,1963,9590,9590,2020-07-06 01:14:05.128,20200706,1593969245.128,1.0
21,3649,5000,10867,2020-07-07 02:14:05.128,20200707,1594059245.128,0.460109
"""
    return Messy(
        "short_videos",
        {"small_matrix.csv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "timestamp"},
                {"user": "0", "item": "9598", "timestamp": 1593879221.297},
            ),
            "items": (5, {"item", "video_duration"}, {"item": "1963", "video_duration": 9590}),
        },
        "",
    )


def steam_200k() -> Messy:
    text = """151603712,"The Elder Scrolls V Skyrim",purchase,1.0,0
151603712,"The Elder Scrolls V Skyrim",play,273.0,0
151603712,"Fallout 4",purchase,1.0,0
151603712,"Fallout 4",play,87.0,0
151603712,"Spore",purchase,1.0,0
151603712,"Spore",play,14.9,0
187131847,"Dota 2",purchase,1.0,0
187131847,"Dota 2",play,2.3,0
59945701,"Fallout 4",purchase,1.0,0
59945701,"Dota 2",purchase,1.0,0
59945701,"Dota 2",play,238.0,0
53875128,"Grand Theft Auto V",purchase,1.0,0
53875128,"Grand Theft Auto V",play,86.0,0
53875128,"Spore",purchase,1.0,0
"""
    return Messy(
        "steam_200k",
        {"steam-200k.csv": text.encode()},
        {
            "interactions": (
                14,
                {"user", "item", "event"},
                {"user": "59945701", "item": "Dota 2", "event": "buy"},
            )
        },
        "by event",
    )


def taobao() -> Messy:
    text = """1,2268318,2520377,pv,1511544070
1,2333346,2520771,pv,1511561733
1,2576651,149192,pv,1511572885
1,2576651,149192,fav,1511572900
100,2268318,2520377,cart,1511593493
100,4170517,149192,pv,1511596146
100,2268318,2520377,buy,1511616481
115,2333346,2520771,pv,1511644942
115,4170517,149192,buy,1511713473
115,2576651,149192,pv,1511725471
1000004,4170517,149192,pv,1511733732
1000004,2333346,2520771,cart,1511741471
"""
    return Messy(
        "taobao",
        {"UserBehavior.csv": text.encode()},
        {
            "interactions": (
                12,
                {"user", "item", "event", "timestamp"},
                {"user": "100", "item": "4170517", "event": "view", "timestamp": 1511596146},
            ),
            "items": (4, {"item"}, {"item": "2576651"}),
        },
        "by event",
        unsure=("--user column_2 --item column_1",),
    )


def book_crossing() -> Messy:
    ratings = """"User-ID";"ISBN";"Book-Rating"
"276725";"034545104X";"0"
"276726";"0155061224";"5"
"276727";"0446520802";"0"
"276729";"052165615X";"3"
"276729";"0521795028";"6"
"276733";"2080674722";"0"
"276736";"034545104X";"8"
"276736";"0446520802";"7"
"276737";"0600570967";"6"
"276737";"0521795028";"9"
"""
    books = """"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Image-URL-S"
"034545104X";"Flesh Tones: A Novel";"M. J. Rose";"2002";"Ballantine Books";"http://images.amazon.com/images/P/034545104X.01.THUMBZZZ.jpg"
"0155061224";"Rites of Passage";"Judith Rae";"2001";"Heinle";"http://images.amazon.com/images/P/0155061224.01.THUMBZZZ.jpg"
"0446520802";"The Notebook";"Nicholas Sparks";"1996";"Warner Books";"http://images.amazon.com/images/P/0446520802.01.THUMBZZZ.jpg"
"052165615X";"Help!: Level 1";"Philip Prowse";"1999";"Cambridge University Press";"http://images.amazon.com/images/P/052165615X.01.THUMBZZZ.jpg"
"0521795028";"The Amsterdam Connection : Level 4 (Cambridge English Readers)";"Sue Leather";"2001";"Cambridge University Press";"http://images.amazon.com/images/P/0521795028.01.THUMBZZZ.jpg"
"2080674722";"Les Particules élémentaires";"Michel Houellebecq";"1998";"Flammarion";"http://images.amazon.com/images/P/2080674722.01.THUMBZZZ.jpg"
"0600570967";"Flower Arranging &amp; Design";"Unknown";"1990";"Hamlyn";"http://images.amazon.com/images/P/0600570967.01.THUMBZZZ.jpg"
"""
    users = """"User-ID";"Location";"Age"
"276725";"tyler, texas, usa";NULL
"276726";"seattle, washington, usa";"18"
"276727";"h, new south wales, australia";"16"
"276729";"rijeka, n/a, croatia";"16"
"276733";"paris, n/a, france";"37"
"276736";"salzburg, salzburg, austria";NULL
"276737";"sydney, new south wales, australia";"14"
"""
    return Messy(
        "book_crossing",
        {
            "BX-Book-Ratings.csv": ratings.encode("latin-1"),
            "BX-Books.csv": books.encode("latin-1"),
            "BX-Users.csv": users.encode("latin-1"),
        },
        {
            "interactions": (
                10,
                {"user", "item", "value"},
                {"user": "276729", "item": "0521795028", "value": 6},
            ),
            "items": (
                7,
                {"item", "title", "Book-Author", "Year-Of-Publication"},
                {
                    "item": "2080674722",
                    "title": "Les Particules élémentaires",
                    "Year-Of-Publication": 1998,
                },
            ),
            "users": (7, {"user", "Age"}, {"user": "276726", "Age": 18}),
        },
        "value >= ",
    )


def forms_survey() -> Messy:
    text = """"Timestamp","Email Address","Your opinion of [Margherita]","Your opinion of [Hawaii]","Your opinion of [Quattro Formaggi]","Your opinion of [Funghi]","Your opinion of [Marinara]"
"2023/03/04 10:22:11 AM GMT+1","ida@uni.example","Love it","Hate it","Like it","","It's OK"
"2023/03/04 10:31:40 AM GMT+1","jon@uni.example","Like it","Love it","","Dislike it",""
"2023/03/04 1:05:09 PM GMT+1","kai@uni.example","It's OK","Hate it","Love it","Like it","Like it"
"2023/03/05 9:12:55 AM GMT+1","lou@uni.example","","Dislike it","It's OK","Love it","Like it"
"2023/03/06 8:00:00 PM GMT+1","mia@uni.example","Love it","","Like it","Hate it","It's OK"
"""
    return Messy(
        "forms_survey",
        {"Pizza survey (Responses) - Form Responses 1.csv": text.encode()},
        {
            "interactions": (
                20,
                {"user", "item", "value", "timestamp"},
                {"user": "kai@uni.example", "item": "Hawaii", "value": 1, "timestamp": 1677931509},
            )
        },
        "value >= 4",
    )


def french_psql() -> Messy:
    text = """ id_client |   produit    |    rayon    | note |   date_avis
-----------+--------------+-------------+------+----------------
       501 | Brie         | Fromagerie  | 4,5  | 12 janv. 2022
       501 | Baguette     | Boulangerie | 3,0  | 12 janv. 2022
       502 | Brie         | Fromagerie  | 2,0  | 3 févr. 2022
       502 | Comté        | Fromagerie  | 5,0  | 3 févr. 2022
       503 | Baguette     | Boulangerie | 4,0  | 28 mars 2022
       503 | Comté        | Fromagerie  | 4,5  | 1 avr. 2022
       504 | Pain d'épices| Boulangerie | 1,5  | 30 août 2022
       504 | Brie         | Fromagerie  | 3,5  | 25 déc. 2022
(8 rows)
"""
    return Messy(
        "french_psql",
        {"avis.txt": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp"},
                {"user": "504", "item": "Pain d'épices", "value": 1.5, "timestamp": 1661817600},
            ),
            "items": (4, {"item", "rayon"}, {"item": "Comté", "rayon": "Fromagerie"}),
        },
        "value >= 4",
        set_aside=1,
    )


def portuguese_yes_no() -> Messy:
    text = """cliente;filme;gostou?;quando
João Conceição;Central do Brasil;Sim;2021-05-03T20:15
João Conceição;Cidade de Deus;Não;2021-05-10T21:00
Inês;Cidade de Deus;Sim;2021-05-11T19:30
Inês;Bacurau;Sim;2021-06-01T22:10
Zé;Bacurau;Não;2021-06-02T18:45
Zé;Central do Brasil;Sim;2021-06-05T18:45
Zé;O Auto da Compadecida;Sim;2021-06-09T18:45
"""
    return Messy(
        "portuguese_yes_no",
        {"sessões.csv": text.encode("cp1252")},
        {
            "interactions": (
                7,
                {"user", "item", "value", "timestamp"},
                {"user": "Zé", "item": "Bacurau", "value": 0, "timestamp": 1622659500},
            )
        },
        "value >= 1",
    )


def nested_ratings() -> Messy:
    content = {
        "alice": {"Dune": 5, "Emma": 2, "Ulysses": 1},
        "bob": {"Dune": 4, "Persuasion": 3},
        "carol": {"Emma": 5, "Persuasion": 4, "Dune": 1},
        "dan": {"Ulysses": 5, "Emma": 3},
    }
    return Messy(
        "nested_ratings",
        {"ratings.json": json.dumps(content).encode()},
        {
            "interactions": (
                10,
                {"user", "item", "value"},
                {"user": "bob", "item": "Persuasion", "value": 3},
            )
        },
        "value >= 4",
        unsure=("--user key_2 --item key",),
    )


def family_recipes() -> Messy:
    text = """Recipe\tMum\tDad\tLea\tTom\tOma
Lentil stew\t5\t4\t2\t-\t5
Lasagne\t4\t5\t5\t5\t3
Fish pie\t5\t3\t1\t2\t-
Pancakes\t3\t4\t5\t5\t4
Ratatouille\t5\t-\t2\t1\t4
Dumplings\t4\t5\t4\t-\t5
"""
    return Messy(
        "family_recipes",
        {"family.tsv": text.encode()},
        {
            "interactions": (
                26,
                {"user", "item", "value"},
                {"user": "Oma", "item": "Lasagne", "value": 3},
            )
        },
        "value >= 4",
    )


def pandas_dump() -> Messy:
    text = """,customer_id,product_id,rating,created_at
0,1001.0,77,4.0,2022-01-01 10:00:00.123456
1,1001.0,78,2.0,2022-01-01 10:05:00.000000
2,,78,5.0,2022-01-02 11:00:00.500000
3,1002.0,77,5.0,2022-01-03 09:00:00.250000
4,1002.0,79,1.0,2022-01-03 09:30:00.750000
5,1003.0,79,3.0,2022-01-04 10:00:00.000000
6,1003.0,80,4.0,2022-01-05 12:00:00.000001
7,1004.0,80,4.0,2022-01-06 18:00:00.000000
"""
    return Messy(
        "pandas_dump",
        {"df.csv": text.encode()},
        {
            "interactions": (
                7,
                {"user", "item", "value", "timestamp"},
                {"user": "1002", "item": "77", "value": 5, "timestamp": 1641200400.25},
            )
        },
        "value >= 4",
        set_aside=1,
    )


def yelp() -> Messy:
    reviews = [
        ("r1", "u_a", "b_1", 5.0, 3, 0, 1, "Best dumplings in town.", "2018-07-07 22:09:11"),
        ("r2", "u_a", "b_2", 2.0, 0, 0, 0, "Slow service,\nbut nice view.", "2018-08-01 19:00:00"),
        ("r3", "u_b", "b_1", 4.0, 1, 1, 0, "Good value.", "2018-08-02 12:30:00"),
        ("r4", "u_b", "b_3", 1.0, 8, 2, 0, "Never again!", "2018-09-09 09:09:09"),
        ("r5", "u_c", "b_2", 4.0, 0, 0, 2, "Lovely terrace.", "2018-10-10 20:20:20"),
        ("r6", "u_c", "b_1", 5.0, 0, 1, 1, "Came back twice.", "2018-11-11 11:11:11"),
        ("r7", "u_d", "b_3", 3.0, 2, 0, 0, "It was fine.", "2018-12-12 12:12:12"),
    ]
    keys = (
        "review_id",
        "user_id",
        "business_id",
        "stars",
        "useful",
        "funny",
        "cool",
        "text",
        "date",
    )
    places = [
        {
            "business_id": f"b_{n}",
            "name": name,
            "address": street,
            "city": "Tempe",
            "state": "AZ",
            "stars": stars,
            "review_count": count,
            "is_open": 1,
            "attributes": {"GoodForKids": "True", "Parking": "street"},
            "categories": categories,
        }
        for n, name, street, stars, count, categories in (
            (1, "Golden Wok", "1 Mill Ave", 4.5, 120, "Chinese, Dim Sum, Restaurants"),
            (2, "Lake View Grill", "9 Shore Rd", 3.0, 44, "American, Restaurants, Bars"),
            (3, "Quick Cuts", "20 Main St", 2.0, 12, "Hair Salons, Beauty"),
            (4, "Bean Scene", "7 College Dr", 4.0, 3, "Coffee, Bars"),
        )
    ]
    return Messy(
        "yelp",
        {
            "review.json": "\n".join(
                json.dumps(dict(zip(keys, row, strict=True))) for row in reviews
            ).encode(),
            "business.json": "\n".join(map(json.dumps, places)).encode(),
        },
        {
            "interactions": (
                7,
                {"user", "item", "value", "timestamp", "text"},
                {"user": "u_b", "item": "b_3", "value": 1, "text": "Never again!"},
            ),
            "items": (
                4,
                {"item", "title", "categories"},
                {"item": "b_4", "title": "Bean Scene", "categories": ("Coffee", "Bars")},
            ),
        },
        "value >= 4",
    )


def listening_log() -> Messy:
    text = """user_000001\t2009-05-04T23:08:57Z\tf1b1cf71-bd35-4e99-8624-24a6e15f133a\tDeep Dish\t\tSay Hello
user_000001\t2009-05-04T13:54:10Z\ta7f7df4a-77d8-4f12-8acd-5c60c93f4de8\t坂本龍一\t\tComposition 0919
user_000001\t2009-05-04T13:52:04Z\ta7f7df4a-77d8-4f12-8acd-5c60c93f4de8\t坂本龍一\t\tMc2
user_000002\t2009-05-03T10:00:11Z\ta7f7df4a-77d8-4f12-8acd-5c60c93f4de8\t坂本龍一\t\tMc2
user_000002\t2009-05-03T10:05:11Z\tf1b1cf71-bd35-4e99-8624-24a6e15f133a\tDeep Dish\t\tSay Hello
user_000002\t2009-05-03T10:09:11Z\tba2f4f3b-0293-4bc8-bb94-2f73b5207343\tUnderworld\t\tBoy, Boy, Boy
user_000003\t2009-05-02T08:00:00Z\tba2f4f3b-0293-4bc8-bb94-2f73b5207343\tUnderworld\t\tBoy, Boy, Boy
user_000003\t2009-05-02T08:04:00Z\tba2f4f3b-0293-4bc8-bb94-2f73b5207343\tUnderworld\t\tCrocodile
"""
    return Messy(
        "listening_log",
        {"userid-timestamp-artid-artname-traid-traname.tsv": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "timestamp"},
                {"user": "user_000003", "timestamp": 1241251200},
            ),
            "items": (3, {"item"}, {}),
        },
        "every row is a like",
        unsure=("--user column_3 --item column_1",),
    )


def relational_orders() -> Messy:
    orders = """order_id,user_id,eval_set,order_number,order_date
2539329,1,prior,1,2017-01-02 08:00:00
2398795,1,prior,2,2017-01-17 07:00:00
473747,2,prior,1,2017-02-03 12:00:00
2254736,3,prior,1,2017-02-04 07:00:00
431534,3,prior,2,2017-03-04 15:00:00
"""
    lines = """order_id,product_id,add_to_cart_order,reordered
2539329,196,1,0
2539329,14084,2,0
2539329,12427,3,0
2398795,196,1,1
2398795,10258,2,0
473747,12427,1,0
473747,10258,2,0
2254736,196,1,0
431534,14084,1,0
431534,196,2,1
"""
    products = """product_id,product_name,aisle,department
196,Soda,soft drinks,beverages
14084,Organic Unsweetened Vanilla Almond Milk,soy lactosefree,dairy eggs
12427,Original Beef Jerky,popcorn jerky,snacks
10258,Pistachios,nuts seeds dried fruit,snacks
13176,Bag of Organic Bananas,fresh fruits,produce
"""
    return Messy(
        "relational_orders",
        {
            "orders.csv": orders.encode(),
            "order_products.csv": lines.encode(),
            "products.csv": products.encode(),
        },
        {
            "interactions": (
                10,
                {"user", "item", "event", "timestamp", "session"},
                {"user": "2", "item": "12427", "event": "buy", "timestamp": 1486123200},
            ),
            "items": (5, {"item", "title"}, {"item": "196", "title": "Soda"}),
        },
        "by event",
    )


def bare_amazon() -> Messy:
    text = """AKM1MP6P0OYPR,0132793040,5.0,1365811200
A2CX7LUOHB2NDG,0321732944,5.0,1341100800
A2NWSAGRHCP8N5,0439886341,1.0,1367193600
A2WNBOD3WNDNKT,0439886341,3.0,1374451200
A1GI0U4ZRJA8WN,0439886341,1.0,1334707200
AKM1MP6P0OYPR,0511189877,5.0,1397433600
A2CX7LUOHB2NDG,0132793040,2.0,1397520000
A2NWSAGRHCP8N5,0511189877,4.0,1397606400
A2WNBOD3WNDNKT,0321732944,4.0,1397692800
"""
    return Messy(
        "bare_amazon",
        {"ratings_Electronics.csv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "value", "timestamp"},
                {"user": "A2WNBOD3WNDNKT", "item": "0439886341", "value": 3},
            )
        },
        "value >= 4",
        unsure=("--user column_2 --item column_1",),
    )


def feed_flags() -> Messy:
    text = """user_id,item_id,is_click,is_like,is_share,is_follow,gender,ts
81,v1,1,0,0,0,2,1680000000
81,v2,0,0,0,0,2,1680000060
81,v3,1,1,0,0,2,1680000120
82,v1,1,1,1,0,1,1680000180
82,v4,0,0,0,0,1,1680000240
83,v2,1,0,0,1,1,1680000300
83,v3,0,0,0,0,1,1680000360
84,v4,1,1,0,0,2,1680000420
"""
    return Messy(
        "feed_flags",
        {"feed.csv": text.encode()},
        {
            "interactions": (
                12,
                {"user", "item", "event", "timestamp"},
                {"user": "81", "item": "v2", "event": "impression", "timestamp": 1680000060},
            ),
            "users": (4, {"user", "gender"}, {"user": "82"}),
        },
        "by event",
    )


UNSEEN = [
    make()
    for make in (
        korean_reviews,
        short_videos,
        steam_200k,
        taobao,
        book_crossing,
        forms_survey,
        french_psql,
        portuguese_yes_no,
        nested_ratings,
        family_recipes,
        pandas_dump,
        yelp,
        listening_log,
        relational_orders,
        bare_amazon,
        feed_flags,
    )
]


def polish_orders() -> Messy:
    text = """Nr zamówienia;Data zamówienia;Klient;Kod produktu;Nazwa produktu;Kategoria;Ilość;Cena brutto
ZAM/0001;2023-09-01 12:30;K-17;P-100;Żurek w słoiku;Zupy;2;14,99
ZAM/0001;2023-09-01 12:30;K-17;P-101;Chleb żytni;Pieczywo;1;8,50
ZAM/0002;2023-09-02 09:10;K-18;P-100;Żurek w słoiku;Zupy;1;14,99
ZAM/0003;2023-09-03 18:00;K-19;P-102;Pierogi ruskie;Dania gotowe;3;19,00
ZAM/0003;2023-09-03 18:00;K-19;P-101;Chleb żytni;Pieczywo;1;8,50
ZAM/0004;2023-09-05 08:20;K-17;P-102;Pierogi ruskie;Dania gotowe;1;19,00
ZAM/0005;2023-09-06 20:45;K-20;P-103;Ogórki kiszone;Przetwory;2;11,20
ZAM/0006;2023-09-08 11:11;K-18;P-103;Ogórki kiszone;Przetwory;1;11,20
"""
    return Messy(
        "polish_orders",
        {"zamówienia.csv": text.encode("cp1250")},
        {
            "interactions": (
                8,
                {"user", "item", "timestamp"},
                {"user": "K-18", "item": "P-103", "timestamp": 1694171460},
            ),
            "items": (4, {"item", "title"}, {"item": "P-102", "title": "Pierogi ruskie"}),
        },
        "",
    )


def turkish_points() -> Messy:
    text = """kullanıcı,kitap,puan,tarih
ayşe,Kürk Mantolu Madonna,5,14.02.2023
ayşe,Tutunamayanlar,3,20.02.2023
işıl,Kürk Mantolu Madonna,4,01.03.2023
işıl,İnce Memed,2,03.03.2023
ömer,Tutunamayanlar,5,15.03.2023
ömer,İnce Memed,4,16.03.2023
ömer,Saatleri Ayarlama Enstitüsü,1,17.03.2023
çağla,Saatleri Ayarlama Enstitüsü,5,30.03.2023
çağla,İnce Memed,3,31.03.2023
"""
    return Messy(
        "turkish_points",
        {"puanlar.csv": text.encode("cp1254")},
        {
            "interactions": (
                9,
                {"user", "item", "value", "timestamp"},
                {"user": "işıl", "item": "İnce Memed", "value": 2, "timestamp": 1677801600},
            )
        },
        "value >= 4",
    )


def arabic_ratings() -> Messy:
    text = """المستخدم,الكتاب,التقييم,التاريخ
أحمد,موسم الهجرة إلى الشمال,5,2022-05-01
أحمد,الأيام,3,2022-05-02
ليلى,موسم الهجرة إلى الشمال,4,2022-05-03
ليلى,رجال في الشمس,2,2022-05-04
سامي,الأيام,4,2022-05-05
سامي,رجال في الشمس,1,2022-05-06
هدى,الأيام,5,2022-05-07
هدى,ثلاثية غرناطة,5,2022-05-08
"""
    return Messy(
        "arabic_ratings",
        {"تقييمات.csv": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp"},
                {"user": "ليلى", "item": "رجال في الشمس", "value": 2},
            )
        },
        "value >= 4",
    )


def sales_report() -> Messy:
    text = """Sales by customer;;;;;
Period: 01/01/2024 - 31/01/2024;;;;;
;;;;;
Customer no.;Customer name;Article no.;Article;Qty;Date of sale
10017;Bäckerei Huber;4711;Flour type 405, 25 kg;4;05/01/2024
10017;Bäckerei Huber;4712;Dry yeast 500 g;2;05/01/2024
10023;Café Sonne;4711;Flour type 405, 25 kg;1;12/01/2024
10023;Café Sonne;4720;Espresso beans 1 kg;6;12/01/2024
10031;Hotel Post;4720;Espresso beans 1 kg;10;19/01/2024
10031;Hotel Post;4712;Dry yeast 500 g;1;26/01/2024
10017;Bäckerei Huber;4711;Flour type 405, 25 kg;4;29/01/2024
Total;;;;28;
"""
    return Messy(
        "sales_report",
        {"report_2024_01.csv": text.replace("\n", "\r\n").encode("cp1252")},
        {
            "interactions": (
                7,
                {"user", "item", "event", "timestamp"},
                {"user": "10031", "item": "4712", "event": "buy", "timestamp": 1706227200},
            ),
            "items": (
                3,
                {"item", "title"},
                {"item": "4711", "title": "Flour type 405, 25 kg"},
            ),
        },
        "by event",
        set_aside=1,
    )


def film_diary() -> Messy:
    text = """Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date
2023-01-02,Aftersun,2022,https://boxd.it/3KJ4,4.5,,,2023-01-01
2023-01-08,Tár,2022,https://boxd.it/3LK5,4,,cinema,2023-01-07
2023-01-15,Heat,1995,https://boxd.it/29Qw,5,Yes,,2023-01-14
2023-01-29,Babylon,2022,https://boxd.it/3MM1,2.5,,cinema,2023-01-28
2023-02-11,The Fly,1986,https://boxd.it/28aB,3.5,,,2023-02-10
2023-02-12,Paddington 2,2017,https://boxd.it/25xY,5,Yes,,2023-02-11
"""
    return Messy(
        "film_diary",
        {"diary.csv": text.encode()},
        {"items": (6, {"item"}, {})},
        "no interactions",
        unsure=("--user COLUMN",),
    )


def api_answer() -> Messy:
    people = {7: "nina", 8: "oto", 9: "pia"}
    films = {"m1": ("Alien", 1979), "m2": ("Brazil", 1985), "m3": ("Chef", 2014)}
    rated = [
        (7, "m1", 9, 0),
        (7, "m2", 6, 5),
        (8, "m1", 4, 9),
        (8, "m3", 10, 9),
        (9, "m2", 8, 20),
        (9, "m3", 3, 40),
    ]
    results = [
        {
            "id": n,
            "user": {"id": u, "name": people[u]},
            "movie": {
                "id": m,
                "title": films[m][0],
                "year": films[m][1],
                "genres": ["sf", "drama"][: 1 + n % 2],
            },
            "score": score,
            "createdAt": f"2024-03-01T10:{minute:02d}:00.000Z",
        }
        for n, (u, m, score, minute) in enumerate(rated)
    ]
    content = {"status": "ok", "page": 1, "data": {"total": 6, "results": results}}
    return Messy(
        "api_answer",
        {"response.json": json.dumps(content).encode()},
        {
            "interactions": (
                6,
                {"user", "item", "value", "timestamp"},
                {"user": "8", "item": "m3", "value": 10, "timestamp": 1709287740},
            ),
            "items": (3, {"item", "title"}, {"item": "m2", "title": "Brazil"}),
        },
        "value >= ",
    )


def percents() -> Messy:
    text = """Player;Game;Enjoyment;Last played
gus;Celeste;95 %;Mar 3, 2021
gus;Hades;80 %;Mar 5, 2021
ivy;Celeste;40 %;Apr 1, 2021
ivy;Tetris;100 %;Apr 2, 2021
ivy;Hades;65 %;Apr 11, 2021
max;Tetris;70 %;May 9, 2021
max;Celeste;90 %;May 10, 2021
zoe;Hades;20 %;Jun 1, 2021
zoe;Tetris;85 %;Jun 2, 2021
"""
    return Messy(
        "percents",
        {"games.csv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "value", "timestamp"},
                {"user": "ivy", "item": "Tetris", "value": 100, "timestamp": 1617321600},
            )
        },
        "value >= ",
    )


def minus_one_is_unrated() -> Messy:
    rating = """user_id,anime_id,rating
1,20,-1
1,24,-1
1,79,8
2,20,10
2,24,7
2,226,-1
3,79,9
3,226,6
3,20,4
4,24,-1
4,79,10
4,226,8
"""
    anime = """anime_id,name,genre,type,episodes,rating,members
20,Naruto,"Action, Comedy, Shounen",TV,220,7.81,683297
24,School Rumble,"Comedy, Romance",TV,26,8.06,178553
79,Shuffle!,"Comedy, Drama, Romance",TV,24,7.31,158772
226,Elfen Lied,"Action, Drama, Horror",TV,13,7.85,623511
"""
    return Messy(
        "minus_one_is_unrated",
        {"rating.csv": rating.encode(), "anime.csv": anime.encode()},
        {
            "interactions": (
                12,
                {"user", "item", "value"},
                {"user": "1", "item": "24", "value": None},
            ),
            "items": (4, {"item", "title"}, {"item": "226", "title": "Elfen Lied"}),
        },
        "by event",
    )


def top_three() -> Messy:
    text = """Employee ID,Department,Favourite lunch 1,Favourite lunch 2,Favourite lunch 3
E01,Sales,Ramen,Burrito,Falafel
E02,Sales,Burrito,Poke bowl,
E03,IT,Falafel,Ramen,Pizza
E04,IT,Pizza,,
E05,HR,Poke bowl,Falafel,Ramen
"""
    return Messy(
        "top_three",
        {"lunch poll.csv": text.encode()},
        {
            "interactions": (12, {"user", "item"}, {"user": "E02", "item": "Poke bowl"}),
            "users": (5, {"user", "Department"}, {"user": "E04", "Department": "IT"}),
        },
        "every row is a like",
        unsure=("--item COLUMN",),
    )


def liked_flags_with_users() -> Messy:
    likes = """"Email"\t"Podcast"\t"Liked"\t"Listened at"
"a@x.example"\t"Radiolab"\t"TRUE"\t"2020-05-05T05:05:05Z"
"a@x.example"\t"99% Invisible"\t"FALSE"\t"2020-05-06T05:05:05Z"
"b@x.example"\t"Radiolab"\t"TRUE"\t"2020-05-07T05:05:05Z"
"b@x.example"\t"Serial"\t"TRUE"\t"2020-05-08T05:05:05Z"
"c@x.example"\t"Serial"\t"FALSE"\t"2020-05-09T05:05:05Z"
"c@x.example"\t"99% Invisible"\t"TRUE"\t"2020-05-10T05:05:05Z"
"""
    people = """id,e-mail,age,about me
1,a@x.example,31,I cycle to work and love science
2,b@x.example,58,Retired teacher; crime stories
3,c@x.example,19,"Student, architecture"
4,d@x.example,44,
"""
    return Messy(
        "liked_flags_with_users",
        {
            "likes.tsv": b"\xef\xbb\xbf" + likes.replace("\n", "\r\n").encode(),
            "people.csv": people.encode(),
        },
        {
            "interactions": (
                6,
                {"user", "item", "value", "timestamp"},
                {"user": "c@x.example", "item": "Serial", "value": 0, "timestamp": 1589000705},
            ),
            "users": (
                4,
                {"user", "age", "profile"},
                {"user": "b@x.example", "age": 58, "profile": "Retired teacher; crime stories"},
            ),
        },
        "value >= 1",
    )


def one_torn_line() -> Messy:
    rows = "\n".join(
        f"{u},{title},{1 + (u * 7 + n * 3) % 5},{1600000000 + 86400 * u + n}"
        for u in range(1, 8)
        for n, title in enumerate(("Up", "Jaws", "Big", "Rear Window"))
    )
    torn = "8,The Good, the Bad and the Ugly,5,1600700000"
    return Messy(
        "one_torn_line",
        {"watched.csv": f"viewer,film,mark,unixtime\n{rows}\n{torn}\n".encode()},
        {
            "interactions": (
                28,
                {"user", "item", "value", "timestamp"},
                {"user": "2", "item": "Jaws", "value": 3},
            )
        },
        "value >= 4",
        set_aside=1,
    )


UNSEEN_AGAIN = [
    make()
    for make in (
        polish_orders,
        turkish_points,
        arabic_ratings,
        sales_report,
        film_diary,
        api_answer,
        percents,
        minus_one_is_unrated,
        top_three,
        liked_flags_with_users,
        one_torn_line,
    )
]


def numbered_actions() -> Messy:
    text = """user_id,item_id,cat_id,merchant_id,brand_id,month,day,action,age_range,gender,province
34176,1003123,1432,3906,2660,5,11,0,3,1,Zhejiang
34176,331871,614,4173,1396,5,11,0,3,1,Zhejiang
34176,1003123,1432,3906,2660,5,12,2,3,1,Zhejiang
230784,331871,614,4173,1396,8,29,0,5,0,Hebei
230784,991002,737,3906,2660,8,29,3,5,0,Hebei
230784,991002,737,3906,2660,9,1,2,5,0,Hebei
362112,1003123,1432,3906,2660,10,5,1,4,0,Shanghai
362112,708219,1505,1582,6102,10,6,0,4,0,Shanghai
362112,708219,1505,1582,6102,10,7,2,4,0,Shanghai
"""
    return Messy(
        "numbered_actions",
        {"user_log.csv": text.encode()},
        {
            "interactions": (9, {"user", "item"}, {"user": "362112", "item": "708219"}),
            "items": (4, {"item", "merchant_id"}, {"item": "331871"}),
            "users": (3, {"user", "gender", "province"}, {"user": "230784", "province": "Hebei"}),
        },
        "",
        unsure=("--event action --event 0=EVENT",),
    )


def shop_sessions() -> Messy:
    text = """1,2014-04-07T10:51:09.277Z,214536502,0
1,2014-04-07T10:54:09.868Z,214536500,S
1,2014-04-07T10:54:46.998Z,214536506,0
2,2014-04-07T13:56:37.614Z,214662742,0
2,2014-04-07T13:57:19.373Z,214536502,0
3,2014-04-02T13:17:46.940Z,214716935,3
3,2014-04-02T13:26:02.515Z,214662742,0
4,2014-04-07T12:09:10.948Z,214536500,S
4,2014-04-07T12:10:11.000Z,214716935,3
"""
    return Messy(
        "shop_sessions",
        {"yoochoose-clicks.dat": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "timestamp"},
                {"user": "2", "item": "214536502", "timestamp": 1396879039.373},
            ),
            "items": (5, {"item"}, {"item": "214716935"}),
        },
        "every row is a like",
        unsure=("--user column_3 --item column_1",),
    )


def mostly_anonymous() -> Messy:
    text = """sessionId;userId;itemId;timeframe;eventdate
1;NA;81766;526309;2016-05-09
1;NA;31331;1031018;2016-05-09
1;NA;32118;243569;2016-05-09
2;NA;81766;1000;2016-05-10
2;NA;9654;2000;2016-05-10
3;77;31331;900;2016-05-11
3;77;9654;4000;2016-05-11
4;NA;32118;100;2016-05-12
4;NA;31331;800;2016-05-12
"""
    return Messy(
        "mostly_anonymous",
        {"train-item-views.csv": text.encode()},
        {
            "interactions": (
                9,
                {"user", "item", "timestamp"},
                {"user": "2", "item": "9654", "timestamp": 1462838400},
            )
        },
        "",
        unsure=("--user userId",),
    )


def fashion_shop() -> Messy:
    buys = """t_dat,customer_id,article_id,price,sales_channel_id
2018-09-20,000058a12d5b,0663713001,0.050831,2
2018-09-20,000058a12d5b,0541518023,0.030492,2
2018-09-21,00007d2de826,0505221004,0.015237,2
2018-09-21,00007d2de826,0663713001,0.050831,1
2018-09-22,00083cda041544,0505221004,0.016932,1
2018-09-24,00083cda041544,0541518023,0.030492,2
2018-09-25,0008968c0d451d,0663713001,0.045746,2
2018-09-25,0008968c0d451d,0505221001,0.020322,2
"""
    articles = """article_id,product_code,prod_name,product_type_name,colour_group_name,section_no,section_name,detail_desc
0663713001,0663713,Atlanta Push Body Harlow,Underwear body,Black,61,Womens Lingerie,"Lace push-up body with underwired, moulded, padded cups."
0541518023,0541518,Rae Push (Melbourne) 2p,Bra,Light Pink,61,Womens Lingerie,"Lace push-up bras with underwired, moulded, padded cups."
0505221004,0505221,Inca Jumper,Sweater,Pink,58,Womens Tailoring,Jumper in rib-knit cotton with hard-worn details.
0505221001,0505221,Inca Jumper,Sweater,Black,58,Womens Tailoring,Jumper in rib-knit cotton with hard-worn details.
0110065001,0110065,OP T-shirt (Idro),Bra,Black,61,Womens Lingerie,"Microfibre T-shirt bra with underwired cups."
"""
    people = """customer_id,FN,Active,club_member_status,fashion_news_frequency,age,postal_code
000058a12d5b,,,ACTIVE,NONE,49,52043ee2162c
00007d2de826,,,ACTIVE,NONE,25,2973abc54daa
00083cda041544,1,1,ACTIVE,Regularly,24,64f17e6a330a
0008968c0d451d,,,PRE-CREATE,NONE,54,5d36574f52495e
"""
    return Messy(
        "fashion_shop",
        {
            "transactions_train.csv": buys.encode(),
            "articles.csv": articles.encode(),
            "customers.csv": people.encode(),
        },
        {
            "interactions": (
                8,
                {"user", "item", "timestamp"},
                {"user": "00007d2de826", "item": "0663713001", "timestamp": 1537488000},
            ),
            "items": (
                5,
                {"item", "title", "product_type_name", "detail_desc"},
                {"item": "0505221004", "title": "Inca Jumper", "colour_group_name": "Pink"},
            ),
            "users": (4, {"user", "age"}, {"user": "0008968c0d451d", "age": 54}),
        },
        "",
    )


def check_ins() -> Messy:
    text = """470\t49bbd6c0f964a520f4531fe3\t4bf58dd8d48988d127951735\tArts & Crafts Store\t40.719810\t-74.002581\t-240\tTue Apr 03 18:00:09 +0000 2012
979\t4a43c0aef964a520c6a61fe3\t4bf58dd8d48988d1df941735\tBridge\t40.606800\t-74.044170\t-240\tTue Apr 03 18:00:25 +0000 2012
979\t4c5cc7b485a1e21e00d35711\t4bf58dd8d48988d103941735\tHome (private)\t40.716162\t-73.883070\t-240\tTue Apr 03 18:02:24 +0000 2012
470\t4bc7086715a7ef3bef9878da\t4bf58dd8d48988d104941735\tMedical Center\t40.745164\t-73.982519\t-240\tTue Apr 03 18:02:41 +0000 2012
87\t4a43c0aef964a520c6a61fe3\t4bf58dd8d48988d1df941735\tBridge\t40.606800\t-74.044170\t-240\tTue Apr 03 18:03:00 +0000 2012
87\t49bbd6c0f964a520f4531fe3\t4bf58dd8d48988d127951735\tArts & Crafts Store\t40.719810\t-74.002581\t-240\tTue Apr 03 18:04:00 +0000 2012
470\t4c5cc7b485a1e21e00d35711\t4bf58dd8d48988d103941735\tHome (private)\t40.716162\t-73.883070\t-240\tWed Apr 04 02:02:24 +0000 2012
395\t4bc7086715a7ef3bef9878da\t4bf58dd8d48988d104941735\tMedical Center\t40.745164\t-73.982519\t-240\tWed Apr 04 03:02:41 +0000 2012
"""
    return Messy(
        "check_ins",
        {"dataset_TSMC2014_NYC.txt": text.encode("latin-1")},
        {
            "interactions": (
                8,
                {"user", "item", "timestamp"},
                {"user": "979", "item": "4a43c0aef964a520c6a61fe3", "timestamp": 1333476025},
            ),
            "items": (4, {"item"}, {"item": "4bc7086715a7ef3bef9878da"}),
        },
        "every row is a like",
        unsure=("--user column_2 --item column_1",),
    )


def recipes() -> Messy:
    interactions = """user_id,recipe_id,date,rating,review
38094,40893,2003-02-17,4,"Great with a salad. Cooked on top of stove for 15 minutes.
Added a shake of cayenne."
1293707,40893,2011-12-21,5,"So simple, so delicious! Great for chilly fall evening."
8937,44394,2002-12-01,4,"This worked very well and is EASY."
126440,85009,2010-02-27,5,"I made the Mexican topping and took it to bunko."
57222,85009,2011-10-01,5,"Made the cheddar bacon topping, adding a sprinkling of black pepper."
38094,44394,2003-03-17,1,"Did not like it at all"
8937,85009,2003-05-05,2,
126440,40893,2010-03-01,4,"Nice, and easy"
"""
    recipes = """name,id,minutes,contributor_id,submitted,tags,nutrition,n_steps,description,n_ingredients
white bean soup,40893,495,1533,2002-09-21,"['time-to-make', 'beans', 'soups-stews']","[204.8, 5.0, 9.0, 26.0]",4,"this is from madison, wisconsin",9
devilicious cookie cake,44394,20,56824,2002-10-27,"['desserts', 'cookies', 'time-to-make']","[132.3, 11.0, 39.0, 5.0]",5,,4
baked potato toppings,85009,10,64342,2004-02-25,"['side-dishes', 'time-to-make', 'beans']","[2786.2, 342.0, 134.0, 290.0]",3,these toppings sure makes a nice change,13
arriba baked squash,137739,55,47892,2005-09-16,"['time-to-make', 'side-dishes']","[51.5, 0.0, 13.0, 0.0]",11,autumn is my favorite time of year to cook,7
"""
    return Messy(
        "recipes",
        {"RAW_interactions.csv": interactions.encode(), "RAW_recipes.csv": recipes.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp", "text"},
                {"user": "8937", "item": "85009", "value": 2, "timestamp": 1052092800},
            ),
            "items": (
                4,
                {"item", "title", "tags", "minutes"},
                {
                    "item": "137739",
                    "title": "arriba baked squash",
                    "tags": ("time-to-make", "side-dishes"),
                },
            ),
        },
        "value >= 4",
    )


def zero_is_unrated() -> Messy:
    text = """uid,101,102,103,104,105,106,107,108
7,5,0,0,3,0,0,4,0
8,0,4,0,0,2,0,0,5
9,4,0,1,0,0,5,0,0
10,0,0,3,4,0,0,5,2
11,1,0,0,0,5,0,3,0
"""
    return Messy(
        "zero_is_unrated",
        {"pivot.csv": text.encode()},
        {
            "interactions": (
                16,
                {"user", "item", "value"},
                {"user": "10", "item": "108", "value": 2},
            )
        },
        "value >= 4",
    )


def jokes() -> Messy:
    rated = {
        0: {1: -7.82, 2: 8.79, 4: -8.16, 6: -8.50, 9: -4.17},
        1: {0: 4.08, 1: -0.29, 2: 6.36, 3: 4.37, 5: -2.38, 7: -9.66, 8: -0.73, 10: 5.34, 11: 8.88},
        2: {4: 9.03, 5: 9.27, 6: 9.03, 8: 9.03},
        3: {1: 8.35, 4: 1.80, 5: 8.16, 6: -2.82, 7: 6.21, 9: 1.84, 11: 7.33},
        4: {
            0: 8.50,
            1: 4.61,
            2: -4.17,
            3: -5.39,
            4: 1.36,
            5: 1.60,
            6: 7.04,
            7: 4.61,
            8: -0.44,
            10: 5.73,
        },
    }
    rows = [
        ",".join([str(len(marks)), *(f"{marks[n]:.2f}" if n in marks else "99" for n in range(12))])
        for marks in rated.values()
    ]
    return Messy(
        "jokes",
        {"jester-data-1.csv": ("\n".join(rows) + "\n").encode()},
        {
            "interactions": (
                35,
                {"user", "item", "value"},
                {"value": 9.27},
            )
        },
        "every row is a like",
        unsure=("--like 'value >= 1.7'",),
    )


def library_loans() -> Messy:
    text = """Nº socio;ISBN;Título;Autor;Fecha préstamo;Fecha devolución
S-014;978-84-376-0494-7;Cien años de soledad;Gabriel García Márquez;05-nov-2021;19-nov-2021
S-014;978-84-663-3311-5;La sombra del viento;Carlos Ruiz Zafón;20-nov-2021;
S-022;978-84-376-0494-7;Cien años de soledad;Gabriel García Márquez;01-dic-2021;10-dic-2021
S-022;978-84-204-8296-5;La fiesta del chivo;Mario Vargas Llosa;15-dic-2021;03-ene-2022
S-037;978-84-663-3311-5;La sombra del viento;Carlos Ruiz Zafón;07-ene-2022;21-ene-2022
S-037;978-84-204-8296-5;La fiesta del chivo;Mario Vargas Llosa;25-ene-2022;
S-041;978-84-322-1724-1;Nada;Carmen Laforet;02-feb-2022;09-feb-2022
"""
    return Messy(
        "library_loans",
        {"préstamos.csv": text.encode("latin-1")},
        {
            "interactions": (
                7,
                {"user", "item", "timestamp"},
                {"user": "S-022", "item": "978-84-204-8296-5", "timestamp": 1639526400},
            ),
            "items": (
                4,
                {"item", "title", "Autor"},
                {"item": "978-84-322-1724-1", "title": "Nada"},
            ),
        },
        "every row is a like",
    )


def python_literals() -> Messy:
    games = {
        "10": "Counter-Strike",
        "20": "Team Fortress Classic",
        "30": "Day of Defeat",
        "440": "TF2",
    }
    owned = {
        "js41637": ["10", "20", "440"],
        "evcentric": ["10", "30"],
        "Riot-Punch": ["440", "30", "20"],
        "doctr": ["10"],
    }
    lines = [
        str(
            {
                "user_id": name,
                "items_count": len(ids),
                "steam_id": str(76561198000000000 + n),
                "user_url": f"http://steamcommunity.com/id/{name}",
                "items": [
                    {
                        "item_id": i,
                        "item_name": games[i],
                        "playtime_forever": 100 * n + int(i),
                        "playtime_2weeks": 0,
                    }
                    for i in ids
                ],
            }
        )
        for n, (name, ids) in enumerate(owned.items())
    ]
    return Messy(
        "python_literals",
        {"australian_users_items.json": "\n".join(lines).encode()},
        {
            "interactions": (9, {"user", "item"}, {"user": "Riot-Punch", "item": "30"}),
            "items": (4, {"item", "title"}, {"item": "440", "title": "TF2"}),
        },
        "every row is a like",
    )


def parquet_with_types() -> Messy:
    from datetime import UTC, datetime
    from io import BytesIO

    import polars as pl

    frame = pl.DataFrame(
        {
            "account": [11, 11, 12, 12, 13, 13],
            "show": ["Dark", "Lost", "Dark", "Fargo", "Lost", "Fargo"],
            "genres": [
                ["crime", "sf"],
                ["drama"],
                ["crime", "sf"],
                ["crime"],
                ["drama"],
                ["crime"],
            ],
            "watched_at": [datetime(2024, 5, day, 20, tzinfo=UTC) for day in range(1, 7)],
            "thumbs_up": [True, False, True, True, None, False],
        }
    )
    packed = BytesIO()
    frame.write_parquet(packed)
    return Messy(
        "parquet_with_types",
        {"watched.parquet": packed.getvalue()},
        {
            "interactions": (
                5,
                {"user", "item", "value", "timestamp"},
                {"user": "12", "item": "Fargo", "value": 1, "timestamp": 1714852800},
            ),
            "items": (3, {"item", "genres"}, {"item": "Dark", "genres": ("crime", "sf")}),
        },
        "value >= 1",
        unsure=("--unrated blank",),
        set_aside=1,
    )


UNSEEN_THIRD = [
    make()
    for make in (
        numbered_actions,
        shop_sessions,
        mostly_anonymous,
        fashion_shop,
        check_ins,
        recipes,
        zero_is_unrated,
        jokes,
        library_loans,
        python_literals,
        parquet_with_types,
    )
]


def book_club() -> Messy:
    text = """Title,Author,Alice,Bob,Cara,Dan,Edith
Circe,Madeline Miller,5,4,,3,5
Stoner,John Williams,4,,5,5,2
Lincoln in the Bardo,George Saunders,2,1,4,,3
Normal People,Sally Rooney,,3,5,2,4
The Overstory,Richard Powers,3,5,4,1,
Exit West,Mohsin Hamid,4,4,,3,4
"""
    return Messy(
        "book_club",
        {"Book club 2023.csv": text.encode()},
        {
            "interactions": (
                24,
                {"user", "item", "value"},
                {"user": "Edith", "item": "Stoner", "value": 2},
            ),
            "items": (6, {"item", "Author"}, {"item": "Circe", "Author": "Madeline Miller"}),
        },
        "value >= 4",
    )


def course_progress() -> Messy:
    text = """Learner,Email,Course,Track,Progress,Completed on
Ada B.,ada@corp.example,GDPR basics,Compliance,100%,2023-02-01
Ada B.,ada@corp.example,Python I,Engineering,100%,2023-03-15
Ada B.,ada@corp.example,Public speaking,Soft skills,15%,
Bo C.,bo@corp.example,GDPR basics,Compliance,100%,2023-02-03
Bo C.,bo@corp.example,Python I,Engineering,40%,
Cy D.,cy@corp.example,Public speaking,Soft skills,100%,2023-04-20
Cy D.,cy@corp.example,GDPR basics,Compliance,80%,
Di E.,di@corp.example,Python I,Engineering,100%,2023-05-02
"""
    return Messy(
        "course_progress",
        {"completions.csv": text.encode()},
        {
            "interactions": (8, {"user", "item"}, {"item": "Python I"}),
            "items": (3, {"item", "Track"}, {"item": "Python I", "Track": "Engineering"}),
        },
        "",
    )


def media_server() -> Messy:
    text = """date,friendly_name,full_title,media_type,duration,percent_complete,watched_status
1672610000,dad,The Bear - Review,episode,1260,100,1
1672696400,dad,Severance - Good News About Hell,episode,3420,98,1
1672782800,kid,Paddington,movie,5700,100,1
1672869200,kid,Severance - Good News About Hell,episode,120,3,0
1672955600,mum,The Bear - Review,episode,1200,95,1
1673042000,mum,Paddington,movie,900,15,0
1673128400,mum,Severance - Good News About Hell,episode,3400,97,1
"""
    return Messy(
        "media_server",
        {"history_table.csv": text.encode()},
        {
            "interactions": (
                7,
                {"user", "item", "timestamp"},
                {"user": "kid", "item": "Paddington", "timestamp": 1672782800},
            ),
            "items": (3, {"item", "media_type"}, {"item": "Paddington", "media_type": "movie"}),
        },
        "",
    )


def forum_likes() -> Messy:
    text = """id,post_id,user_id,created_at,updated_at
1,901,12,2022-10-01 08:00:00.123,2022-10-01 08:00:00.123
2,902,12,2022-10-01 08:05:00.000,2022-10-01 08:05:00.000
3,901,15,2022-10-02 09:00:00.500,2022-10-02 09:00:00.500
4,903,15,2022-10-03 10:00:00.000,2022-10-04 10:00:00.000
5,902,19,2022-10-05 11:00:00.000,2022-10-05 11:00:00.000
6,903,19,2022-10-06 12:00:00.000,2022-10-06 12:00:00.000
7,904,12,2022-10-07 13:00:00.000,2022-10-07 13:00:00.000
"""
    return Messy(
        "forum_likes",
        {"post_likes.csv": text.encode()},
        {
            "interactions": (
                7,
                {"user", "item", "timestamp"},
                {"user": "19", "item": "903", "timestamp": 1665057600},
            )
        },
        "every row is a like",
    )


def learning_statements() -> Messy:
    done = [
        ("mailto:a@x.example", "completed", "https://lms.example/unit/1", "2021-01-01T10:00:00Z"),
        ("mailto:a@x.example", "attempted", "https://lms.example/unit/2", "2021-01-02T10:00:00Z"),
        ("mailto:b@x.example", "completed", "https://lms.example/unit/1", "2021-01-03T10:00:00Z"),
        ("mailto:b@x.example", "completed", "https://lms.example/unit/3", "2021-01-04T10:00:00Z"),
        ("mailto:c@x.example", "attempted", "https://lms.example/unit/3", "2021-01-05T10:00:00Z"),
        ("mailto:c@x.example", "completed", "https://lms.example/unit/2", "2021-01-06T10:00:00Z"),
    ]
    statements = [
        {
            "id": f"st-{n}",
            "actor": {"mbox": who, "objectType": "Agent"},
            "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
            "object": {"id": what, "objectType": "Activity"},
            "timestamp": when,
        }
        for n, (who, verb, what, when) in enumerate(done)
    ]
    return Messy(
        "learning_statements",
        {"statements.json": json.dumps({"statements": statements, "more": ""}).encode()},
        {
            "interactions": (
                6,
                {"user", "item", "timestamp"},
                {
                    "user": "mailto:b@x.example",
                    "item": "https://lms.example/unit/3",
                    "timestamp": 1609754400,
                },
            )
        },
        "",
    )


def beer_reviews() -> Messy:
    text = """brewery_id,brewery_name,review_time,review_overall,review_aroma,review_appearance,review_profilename,beer_style,review_palate,review_taste,beer_name,beer_abv,beer_beerid
10325,Vecchio Birraio,1234817823,1.5,2,2.5,stcules,Hefeweizen,1.5,1.5,Sausa Weizen,5,47986
10325,Vecchio Birraio,1235915097,3,2.5,3,stcules,English Strong Ale,3,3,Red Moon,6.2,48213
1075,Caldera Brewing Company,1293735206,4,4.5,4,johnmichaelsen,American Double IPA,4,4.5,Cauldron DIPA,7.7,64883
1075,Caldera Brewing Company,1325524659,3,3.5,3.5,oline73,Herbed Beer,3,3.5,Caldera Ginger Beer,4.7,52159
1075,Caldera Brewing Company,1318991115,3.5,3.5,3.5,Reidrover,Herbed Beer,4,4,Caldera Ginger Beer,4.7,52159
1075,Caldera Brewing Company,1306276018,3,2.5,3.5,alpinebryant,American Double IPA,2,3.5,Cauldron DIPA,7.7,64883
10325,Vecchio Birraio,1290454503,4.5,3,3.5,oline73,English Strong Ale,4,4,Red Moon,6.2,48213
1075,Caldera Brewing Company,1285632924,4,3.5,5,stcules,American Double IPA,4,4,Cauldron DIPA,7.7,64883
"""
    return Messy(
        "beer_reviews",
        {"beer_reviews.csv": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "value", "timestamp"},
                {"user": "oline73", "item": "48213", "value": 4.5, "timestamp": 1290454503},
            ),
            "items": (
                4,
                {"item", "title", "beer_style", "brewery_name"},
                {"item": "48213", "title": "Red Moon", "beer_style": "English Strong Ale"},
            ),
        },
        "value >= ",
    )


def dutch_orders() -> Messy:
    text = """Bestelnummer;Klantnummer;Productcode;Productnaam;Aantal;Prijs;Besteldatum
B-1;K100;P1;Stroopwafels 10 stuks;2;€ 3,49;5-1-2024
B-1;K100;P2;Drop zoet 500 g;1;€ 4,25;5-1-2024
B-2;K101;P1;Stroopwafels 10 stuks;1;€ 3,49;18-1-2024
B-3;K102;P3;Goudse kaas 1 kg;1;€ 14,95;21-1-2024
B-3;K102;P2;Drop zoet 500 g;3;€ 4,25;21-1-2024
B-4;K100;P3;Goudse kaas 1 kg;2;€ 14,95;2-2-2024
B-5;K103;P1;Stroopwafels 10 stuks;5;€ 3,49;9-2-2024
"""
    return Messy(
        "dutch_orders",
        {"bestellingen.csv": text.encode("cp1252")},
        {
            "interactions": (
                7,
                {"user", "item", "event", "timestamp", "session"},
                {"user": "K100", "item": "P3", "event": "buy", "timestamp": 1706832000},
            ),
            "items": (
                3,
                {"item", "title", "Prijs"},
                {"item": "P3", "title": "Goudse kaas 1 kg", "Prijs": 14.95},
            ),
        },
        "by event",
    )


def italian_opinions() -> Messy:
    text = """utente\tfilm\tgiudizio\tquando
marco\tLa strada\tottimo\t12/05/2023 21:30
marco\tSuspiria\tscarso\t14/05/2023 22:00
giulia\tLa strada\tbuono\t13/05/2023 20:00
giulia\tGomorra\tpessimo\t21/05/2023 20:30
luca\tSuspiria\tbuono\t22/05/2023 19:45
luca\tGomorra\tottimo\t28/05/2023 21:15
sara\tLa strada\tcosì così\t30/05/2023 18:00
"""
    return Messy(
        "italian_opinions",
        {"cineforum.tsv": text.encode()},
        {
            "interactions": (
                7,
                {"user", "item", "value", "timestamp"},
                {"user": "giulia", "item": "Gomorra", "value": 1, "timestamp": 1684701000},
            )
        },
        "value >= 4",
    )


def app_log() -> Messy:
    text = """id|account|podcast|event|occurred_at
1|acc_9|Song Exploder|subscribe|2022-02-02T02:02:02+00:00
2|acc_9|Song Exploder|play|2022-02-02T02:05:00+00:00
3|acc_9|Serial|skip|2022-02-03T02:05:00+00:00
4|acc_4|Serial|play|2022-02-04T02:05:00+00:00
5|acc_4|Serial|complete|2022-02-04T03:05:00+00:00
6|acc_7|Song Exploder|play|2022-02-05T02:05:00+00:00
7|acc_7|Radiolab|like|2022-02-06T02:05:00+00:00
8|acc_4|Radiolab|skip|2022-02-07T02:05:00+00:00
"""
    return Messy(
        "app_log",
        {"events_2022.log": text.encode()},
        {
            "interactions": (
                8,
                {"user", "item", "event", "timestamp"},
                {"user": "acc_4", "item": "Radiolab", "event": "skip", "timestamp": 1644199500},
            )
        },
        "by event",
    )


def music_shop() -> Messy:
    text = """"date","buyer name","buyer email","item type","item name","artist","currency","item total"
"11/23/20 6:15pm","Uwe K.","uwe@mail.example","album","Night Bus","Lowland","EUR","8.00"
"11/24/20 7:45am","Rosa","rosa@mail.example","album","Night Bus","Lowland","EUR","10.00"
"11/24/20 7:46am","Rosa","rosa@mail.example","track","Ferns","Ida Grün","EUR","1.50"
"12/1/20 11:00pm","Tim","tim@mail.example","track","Ferns","Ida Grün","EUR","2.00"
"12/15/20 9:30am","Uwe K.","uwe@mail.example","album","Harbour Songs","The Piers","EUR","9.00"
"12/24/20 10:10am","Tim","tim@mail.example","album","Harbour Songs","The Piers","EUR","9.00"
"""
    return Messy(
        "music_shop",
        {"20210101_sales.csv": text.encode("utf-16-le")},
        {
            "interactions": (
                6,
                {"user", "item", "timestamp"},
                {"item": "Ferns", "timestamp": 1606203960},
            ),
            "items": (3, {"item", "artist"}, {"item": "Ferns", "artist": "Ida Grün"}),
        },
        "",
    )


UNSEEN_FOURTH = [
    make()
    for make in (
        book_club,
        course_progress,
        media_server,
        forum_likes,
        learning_statements,
        beer_reviews,
        dutch_orders,
        italian_opinions,
        app_log,
        music_shop,
    )
]


ALL_UNSEEN = [*UNSEEN, *UNSEEN_AGAIN, *UNSEEN_THIRD, *UNSEEN_FOURTH]
