"""What words in headers and file names mean, in many languages; a literal table, no logic.

Phrases are separated by commas and compared without case, accents and punctuation. Well covered:
English, German, French, Spanish, Portuguese, Italian, Dutch, Russian, Chinese (both scripts),
Japanese, Korean. The commonest words only: Polish, Czech, Turkish, Arabic, the Nordic languages,
Finnish, Ukrainian, Indonesian, Vietnamese, Hindi, Greek, Hungarian, Romanian.
"""

from __future__ import annotations

HEADER_WORDS: dict[str, str] = {
    # whom it is about
    "user": """
        user, users, customer, customers, client, clients, visitor, member, members, membership,
        account, person, people, participant, respondent, buyer, purchaser, shopper, consumer,
        subscriber, guest, reader, listener, viewer, player, gamer, learner, student, student no,
        patron, borrower, reviewer, rater, critic, author of review, login, username, nickname,
        nick, screen name, handle of user, profile name, household, loyalty card, card, device,
        cookie, fullvisitor, uid, userid, uuid of user, customer code, purchased by, rated by,
        who, playlist, pid, employee, owner, contact, wallet, viewer id, taster, benutzer,
        nutzer, nutzerin, kunde, kunden, kundin, kundennr, kundennummer, kaufer, besteller,
        leser, horer, zuschauer, mitglied, teilnehmer, besucher, schuler, anwender, utilisateur,
        utilisatrice, acheteur, lecteur, auditeur, abonne, adherent, membre, visiteur, usuario,
        cliente, comprador, lector, oyente, socio, miembro, visitante, abonado, usuaria, clienta,
        utilizador, leitor, ouvinte, membro, assinante, utente, acquirente, lettore, ascoltatore,
        iscritto, visitatore, socia, gebruiker, klant, koper, lezer, lid, bezoeker, пользователь,
        пользователи, клиент, покупатель, читатель, посетитель, зритель, слушатель, абонент,
        юзер, аккаунт, 用户, 使用者, 用戶, 顾客, 顧客, 客户, 客戶, 会员, 會員, 买家, 買家, 读者,
        讀者, 观众, 听众, 学生, 姓名, 昵称, 暱稱, 用户名, 账号, 帐号, 帳號, ユーザー, ユーザ,
        利用者, お客様, 購入者, 読者, 視聴者, 回答者, 氏名, 사용자, 유저, 회원, 고객, 구매자,
        독자, 시청자, 이용자, 닉네임, 아이디, klient, klienci, uzytkownik, uzytkownicy, nabywca,
        kupujacy, czytelnik, nr klienta, kullanici, musteri, uye, okur, izleyici, المستخدم,
        مستخدم, العميل, عميل, الزبون, القارئ, المشتري, uzivatel, zakaznik, ctenar, anvandare,
        kund, bruker, bruger, medlem, користувач, клієнт, покупець, читач, pengguna, pelanggan,
        pembeli, nguoi dung, khach hang, उपयोगकर्ता, ग्राहक, χρηστης, πελατης, felhasznalo,
        vasarlo, utilizator, kayttaja, asiakas, actor mbox, actor id, actor name,
        actor account name
    """,
    # what it is about
    "item": """
        item, items, product, products, article, articles, good, goods, merchandise, sku, skus,
        asin, isbn, isbn10, isbn13, ean, gtin, upc, stock code, stockcode, part number, offer,
        listing, movie, movies, film, films, show, series, episode, video, clip, programme,
        program, anime, manga, book, books, novel, ebook, audiobook, story, song, songs, track,
        tracks, tune, album, podcast, game, games, boardgame, app, apps, recipe, recipes, dish,
        dishes, meal, food, drink, wine, beer, whisky, coffee, restaurant, restaurants, business,
        venue, place, places, poi, location of visit, hotel, property, attraction, course,
        courses, lecture, lesson, class, job, jobs, vacancy, paper, papers, document, documents,
        doc, news, post, posts, page, pages, page path, page location, url visited, content,
        content id, photo, image id, pin, meme, joke, ad, advert, creative, campaign item,
        entity, subject of rating, iid, itemid, mid, vod, variant, lineitem, line item,
        purchased item, toy, shoe, garment, plant, lego set, repo, repository, question, quiz,
        exercise, event attended, event id attended, thing, choice, artikel, artikelnr,
        artikelnummer, produkt, produkte, ware, buch, bucher, filme, lied, titel nr, gericht,
        rezept, spiel, wein, kurs, serie, beitrag, produit, produits, livre, livres, chanson,
        morceau, recette, plat, jeu, vin, cours, oeuvre, producto, productos, articulo,
        articulos, libro, libros, pelicula, peliculas, cancion, receta, plato, juego, vino,
        curso, obra, produto, produtos, artigo, livro, livros, musica, receita, prato, jogo,
        vinho, prodotto, prodotti, articolo, libri, canzone, brano, ricetta, piatto, gioco,
        corso, opera, boek, boeken, nummer lied, recept, gerecht, spel, товар, товары, продукт,
        книга, книги, фильм, фильмы, песня, трек, игра, блюдо, рецепт, статья, артикул, курс,
        произведение, номенклатура, 商品, 物品, 产品, 產品, 货品, 货号, 电影, 電影, 影片, 图书,
        圖書, 书籍, 書籍, 书, 書, 歌曲, 音乐, 視頻, 视频, 游戏, 遊戲, 课程, 課程, 文章, 新闻,
        菜品, 菜, 菜谱, 食谱, 餐厅, 餐廳, 店铺, 景点, 酒店, 作品, 项目, 条目, アイテム, 品番,
        製品, 映画, 本, 曲, 楽曲, 動画, ゲーム, 料理, レシピ, 記事, 店舗, 상품, 제품, 아이템,
        물품, 품목, 영화, 도서, 책, 노래, 곡, 음악, 영상, 게임, 요리, 음식, 식당, 기사, 강의,
        produkty, towar, ksiazka, kod produktu, utwor, danie, gra, urun, kitap, sarki, oyun,
        yemek, tarif, المنتج, منتج, الكتاب, كتاب, الفيلم, فيلم, السلعة, الاغنية, المادة, vyrobek,
        zbozi, kniha, jidlo, hra, vara, produkter, bok, bocker, ratt, tuote, kirja, elokuva,
        фільм, barang, buku, lagu, san pham, sach, phim, bai hat, उत्पाद, किताब, फिल्म, προιον,
        βιβλιο, ταινια, termek, konyv, produs, carte, prod, object id
    """,
    # makers, who are items only where there is nothing else
    "maker": """
        artist, artists, author, authors, writer, writers, director, directors, actor, actors,
        cast, starring, stars of film, creator, composer, band, performer, singer, conductor,
        narrator, designer, illustrator, chef, instructor, teacher, lecturer, speaker, developer,
        studio, autor, autorin, regisseur, kunstler, schauspieler, komponist, dozent, auteur,
        realisateur, artiste, acteur, interprete, compositeur, autora, director de cine, artista,
        actores, diretor, regista, autore, attore, cantante, schrijver, регизор, автор, режиссер,
        исполнитель, актеры, композитор, 作者, 导演, 導演, 演员, 演員, 歌手, 艺术家, 译者, 主演,
        著者, 監督, 出演者, アーティスト, 作家, 作曲家, 저자, 감독, 배우, 가수, 작가, 아티스트,
        autorka, yazar, yonetmen, sanatci, المؤلف, مؤلف, المخرج, reziser, forfattare, forfatter,
        kirjailija, penulis, tac gia, लेखक, συγγραφεας, szerzo
    """,
    "order": """
        order, orders, invoice, invoiceno, transaction, transactionid, basket, cart id, checkout,
        receipt, session, sessionid, visit, visit id, bill, ticket, purchase order,
        impression id, playback, bestellung, bestellnr, bestellnummer, rechnung, rechnungsnr,
        rechnungsnummer, auftrag, bon, sitzung, commande, facture, panier, pedido, factura,
        sesion, carrito, ordem, fatura, sessao, ordine, fattura, scontrino, sessione, bestelling,
        заказ, чек, сессия, накладная, 订单, 訂單, 会话, 交易, 单号, 注文, 伝票, セッション,
        取引, 주문, 세션, 영수증, zamowienie, zamowienia, nr zamowienia, paragon, faktura,
        siparis, الطلب, طلب, الفاتورة, objednavka, ordernr, bestallning, ordre, tilaus,
        замовлення, pesanan, don hang, ऑर्डर, παραγγελια, rendeles, comanda
    """,
    # what happened, when, how well
    "event": """
        event, events, event name, event type, action, action type, behavior, behaviour,
        behavior type, activity, interaction, interaction type, type of event, feedback type,
        verb, operation, accessed, aktion, ereignis, verhalten, evenement, comportement, accion,
        evento, acao, azione, actie, действие, событие, активность, 行为, 行為, 动作, 操作, 事件,
        行動, イベント, アクション, 행동, 이벤트, 행위, zdarzenie, akcja, olay, eylem, الحدث,
        الاجراء, udalost, akce, handelse, handling, подія, дія, kejadian, aksi, su kien,
        hanh dong, verb id, verb display en
    """,
    "value": """
        value, rating, ratings, rate, score, scores, stars, star, star rating, grade, mark,
        marks, vote, overall, overall rating, preference, likes it, like, liked, thumbs, thumb,
        thumbs up, feedback, reaction, satisfaction, label, target, y, points given, play count,
        playcount, plays, weight, listens, listen count, sentiment, recommend, recommended,
        would recommend, verdict, hours, interest, enjoyment, opinion, thoughts, valoration,
        bewertung, bewertungen, note, sterne, wertung, punkte, gefallt, gefallen, meinung, noten,
        notation, evaluation, appreciation, etoiles, avis, puntuacion, calificacion, valoracion,
        nota, estrellas, puntaje, opinion de usuario, me gusta, avaliacao, classificacao,
        pontuacao, estrelas, gostou, valutazione, voto, punteggio, stelle, gradimento, giudizio,
        beoordeling, waardering, cijfer, sterren, оценка, рейтинг, балл, баллы, звезды, нравится,
        评分, 評分, 打分, 分数, 得分, 星级, 喜好, 喜欢, 偏好, 是否喜欢, 满意度, 評価, 評点, 点数,
        スコア, 星, 好き, 평점, 별점, 점수, 평가, 선호, ocena, oceny, punkty, puan, yildiz,
        degerlendirme, التقييم, تقييم, الدرجة, النجوم, hodnoceni, znamka, betyg, omdome,
        vurdering, karakter, arvosana, arvio, оцінка, nilai, peringkat, skor, danh gia, diem,
        रेटिंग, अंक, βαθμολογια, αξιολογηση, ertekeles, pontszam, evaluare
    """,
    "time": """
        time, timestamp, ts, date, datetime, day, when, at, created, created at, updated,
        updated at, on, added, moment, unix, epoch, hour, date hour, clock, occurred, rated on,
        viewed at, purchased at, utc, posted, borrowed on, played at, listened at, watched at,
        when watched, modified at, submitted, paid at, checkin, logged, zeit, zeitpunkt,
        zeitstempel, datum, uhrzeit, tag der bewertung, erstellt, am, heure, horodatage, temps,
        jour, fecha, hora, momento, data, horario, giorno, ora, quando, tijd, tijdstip, дата,
        время, когда, 时间, 時間, 日期, 时间戳, 時間戳, 时刻, 日時, 日付, タイムスタンプ, 시간,
        날짜, 일시, 일자, czas, data zakupu, dzien, tarih, zaman, saat, التاريخ, تاريخ, الوقت,
        وقت, datum nakupu, tid, dato, dag, aika, paiva, час, tanggal, waktu, ngay, thoi gian,
        तारीख, समय, दिनांक, ημερομηνια, ωρα, datum es ido, idopont, dat, dt, datestamp
    """,
    "dwell": """
        dwell, dwell time, duration viewed, engagement time, average engagement time, time spent,
        watch time, watchtime, time on page, listening time, seconds listened, ms played,
        view duration, play duration, reading time, verweildauer, temps passe,
        tempo de visualizacao, время просмотра, 停留时间, 观看时长, 播放时长, 停留时长, 滞在時間,
        視聴時間, 체류시간, 시청시간
    """,
    "quantity": """
        quantity, qty, units, amount ordered, count ordered, pieces, lineitem quantity,
        num items, copies, no of units, menge, anzahl, stuck, stuckzahl, quantite, cantidad,
        unidades, quantidade, quantita, pezzi, aantal, количество, кол во, 数量, 數量, 件数,
        個数, 수량, 개수, ilosc, sztuk, miktar, adet, الكمية, mnozstvi, pocet kusu, antal,
        antall, maara, кількість, jumlah, so luong, मात्रा, ποσοτητα, mennyiseg, cantitate
    """,
    "position": "position, pos, rank, slot, rank shown, 位置, 排名, 順位, 순위, platz",
    "propensity": "propensity, propensity score, pscore, action prob, logging probability",
    "review": """
        review, reviews, comment, comments, remark, remarks, testimonial, review text,
        review body, message, free text, kommentar, rezension, bemerkung, commentaire, critique,
        remarque, comentario, resena, critica, recensione, commento, recensie, opmerking, отзыв,
        комментарий, 评论, 評論, 评价, 評價, 留言, 短评, レビュー, コメント, 感想, 리뷰, 한줄평,
        댓글, 후기, 의견, recenzja, komentarz, opinia, yorum, مراجعة, تعليق, recenze, komentar,
        recension, anmeldelse, arvostelu, відгук, ulasan, komentar pengguna, binh luan, समीक्षा,
        κριτικη, velemeny, recenzie
    """,
    # what a column says of its thing
    "id": """
        id, ids, identifier, uri, no, nr, num, number, code, key, ref, reference, uuid, guid,
        hash, token, index, idx, pk, pseudo, nummer, kennung, schlussel, kennziffer, identifiant,
        numero, cle, identificador, codigo, clave, chave, identificativo, codice, sleutel, номер,
        код, ид, идентификатор, 编号, 編號, 号, 号码, 代码, 标识, 序号, 番号, コード, 번호, 코드
    """,
    "name": """
        name, names, full name, firstname, lastname, first name, last name, label text,
        display name, bezeichnung, vorname, nachname, nom, prenom, denomination, nombre,
        apellido, denominacion, nome, denominazione, naam, имя, фамилия, наименование, название,
        名, 名称, 名稱, 名字, 名前, 이름, 명, 상품명, nazwa, imie, nazwisko, isim, adi, الاسم,
        اسم, nazev, jmeno, namn, navn, nimi, назва, імʼя, nama, नाम, ονομα, nev, nume
    """,
    "title": """
        title, titles, headline, caption, book title, songtitle, titel, uberschrift, titre,
        intitule, titulo, titolo, заголовок, 标题, 標題, 题目, 题名, 书名, 書名, 片名, 菜名,
        歌名, 品名, タイトル, 題名, 書籍名, 作品名, 商品名, 제목, 도서명, 영화명, 곡명, 타이틀,
        tytul, nazwa produktu, baslik, kitap adi, urun adi, العنوان, عنوان, titul, tittel,
        otsikko, judul, tieu de, शीर्षक, τιτλος, titlu
    """,
    "text": """
        text, body, content text, description, descriptions, desc, summary, abstract, synopsis,
        plot, overview, blurb, details, about, note text, body html, lyrics, ingredients,
        instructions, short description, teaser, beschreibung, inhalt, zusammenfassung, zutaten,
        klappentext, resume, descriptif, contenu, descripcion, resumen, sinopsis, ingredientes,
        descricao, resumo, sinopse, descrizione, riassunto, trama, beschrijving, samenvatting,
        описание, содержание, аннотация, 描述, 简介, 簡介, 内容, 內容, 介绍, 摘要, 内容简介,
        说明, 説明, 紹介, 概要, あらすじ, 설명, 내용, 줄거리, 소개, opis, tresc, aciklama, ozet,
        الوصف, وصف, popis, beskrivning, beskrivelse, kuvaus, опис, deskripsi, mo ta, विवरण,
        περιγραφη, leiras, descriere
    """,
    "category": """
        category, categories, cat, genre, genres, type, kind, department, dept, section, group,
        subcategory, collection, brand, vendor, publisher, manufacturer, label name, color,
        colour, size, material, language, format, cuisine, style, mood, topic, subject, platform,
        rating certificate, shelf, line, product type, region, flavour, tag, tags, keywords,
        labels, aisle, grape, variety, level, season, status, publisher name, kategorie,
        warengruppe, gattung, sparte, marke, verlag, hersteller, farbe, grosse, sprache, thema,
        abteilung, categorie, rayon, marque, editeur, fabricant, couleur, taille, langue, theme,
        rubrique, categoria, genero, marca, editorial, color de producto, tamano, idioma,
        seccion, tipo, editora, fabricante, cor, tamanho, genere, casa editrice, colore, lingua,
        reparto, soort, merk, uitgever, kleur, taal, afdeling, категория, жанр, бренд,
        издательство, производитель, цвет, язык, раздел, тип, 类别, 類別, 分类, 分類, 类型, 類型,
        品类, 标签, 標籤, 品牌, 出版社, 厂商, 颜色, 尺寸, 语言, 题材, 体裁, 口味, 菜系, カテゴリ,
        カテゴリー, ジャンル, ブランド, メーカー, 種類, 色, サイズ, 言語, 部門, 카테고리, 장르,
        분류, 브랜드, 출판사, 제조사, 색상, 언어, 종류, 태그, kategoria, gatunek, rodzaj, marka,
        kategori, yayinevi, الفئة, فئة, التصنيف, النوع, zanr, znacka, sjanger, merke,
        kategoria tuote, laji, категорія, jenis, merek, the loai, danh muc, श्रेणी, κατηγορια,
        ειδος, kategoria termek, mufaj
    """,
    "year": """
        year, year of publication, release year, publication year, published, vintage,
        release date, released, published at, publish date, publication date, launch date,
        erscheinungsjahr, jahr, jahrgang, baujahr, annee, annee de parution, ano,
        ano de publicacion, ano de publicacao, anno, anno di pubblicazione, jaar, год,
        год издания, год выпуска, 年份, 年, 出版年份, 出版年, 上映年份, 上映日期, 出版日期,
        発売年, 公開年, 発売日, 출판년도, 개봉년도, 연도, 출시일, rok, rok wydania, yil, السنة,
        سنة, rok vydani, ar utgivet, vuosi, рік, tahun, वर्ष, ετος
    """,
    "number": """
        price, unit price, unitprice, cost, list price, retail price, msrp, item cost, fee, fare,
        abv, calories, runtime, running time, duration, duration ms, length, episodes, weight g,
        height, width, pages count, num pages, popularity, page count, votes count, rating count,
        average rating, avg rating, mean rating, members count, minutes, servings, tempo, bpm,
        discount, preis, stuckpreis, einzelpreis, kosten, dauer, laufzeit, seitenzahl, gewicht,
        prix, prix unitaire, duree, nombre de pages, precio, precio unitario, coste, costo,
        duracion, paginas, preco, preco unitario, custo, duracao, prezzo, prezzo unitario,
        durata, pagine, prijs, duur, цена, стоимость, длительность, страниц, 价格, 價格, 单价,
        售价, 定价, 金额, 时长, 页数, 价钱, 価格, 値段, 単価, 金額, ページ数, 가격, 단가, 금액,
        페이지수, 쪽수, cena, cena brutto, fiyat, ucret, السعر, سعر, pris, hinta, ціна, harga,
        gia, कीमत, τιμη, pret
    """,
    "total": """
        total, totals, subtotal, sum, grand total, order total, tax, shipping, count, counts,
        event count, num, avg, average, mean, revenue, sales, amount, gross, net, currency,
        payment, payment method, financial status, fulfillment status, session length, gesamt,
        summe, betrag, umsatz, montant, importe, valor total, importo, totale, итого, сумма,
        总计, 合计, 总价, 合計, 합계, helpful, helpful votes, verified, verified purchase,
        returned, ip, user agent, browser, source, medium, referrer, notes, month, weekday,
        day of week, dow, week, hour of day, lat, lon, lng, latitude, longitude, timezone offset,
        monat, mois, mes, mese, месяц, 月份, 曜日
    """,
    "stock": """
        stock, in stock, inventory, available, availability, lagerbestand, bestand, verfugbar,
        disponible, 库存, 在庫, 재고
    """,
    "trait": """
        age, gender, sex, occupation, profession, job title, zip, zip code, zipcode, postcode,
        postal code, city, country, state, address, birthday, birth date, birthdate, dob, income,
        education, marital status, signup, signup date, registered, joined, join date, plan,
        tier, segment, email, e mail, phone, interests, hobby, hobbies, location, geo, timezone,
        member since, nationality, age group, alter, geschlecht, beruf, plz, ort, stadt, land,
        geburtstag, geburtsdatum, wohnort, anrede, sexe, metier, code postal, ville, pays,
        adresse, naissance, edad, sexo, genero de usuario, ocupacion, profesion, ciudad, pais,
        correo, idade, profissao, cidade, eta, sesso, professione, citta, paese, leeftijd,
        geslacht, beroep, stad, возраст, пол, профессия, город, страна, почта, 年龄, 年齡, 性别,
        性別, 职业, 職業, 城市, 国家, 地区, 邮箱, 电话, 年齢, 職業名, 都道府県, 나이, 연령, 성별,
        직업, 도시, 지역, 이메일
    """,
    "profile": """
        profile, bio, about me, self description, taste, description of user, 个人简介, 自我介绍,
        プロフィール, 자기소개
    """,
    "url": """
        url, urls, link, links, image, images, img, image url, picture, pictureurl, thumbnail,
        poster, cover, cover image, photo url, website, image url s, image url m, image url l,
        bild, bilder, imagen, immagine, afbeelding, ссылка, 图片, 链接, 画像, リンク, 이미지,
        링크
    """,
    "head": "head, head id, subject, source node, from, entity1, start node",
    "relation": "relation, predicate, edge, edge type, rel, relationship, property name",
    "tail": "tail, tail id, object, target node, to, entity2, end node",
    "friend": """
        friend, friendid, friend id, follower, followee, follows, trustee, truster, trusts,
        freund, ami, amigo, amico, друг, 好友, 朋友, 友達, 친구
    """,
    "list": """
        list, history, sequence, seq, clicked, items bought, watched list, favourites, favorites,
        liste, historique, lista, список, 列表, 历史, 一覧, 履歴, 목록
    """,
    "filler": """
        the, of, in, a, an, for, by, per, my, your, our, this, is, was, it, did, du, des, der,
        die, das, de, la, le, el, los, du, da, do, di, del, della, van, het, anonymized,
        anonymous, raw, new, original, original id, purchased, bought, ordered, lineitem, token,
        float, billing, customer side, main, primary, official, kauf, achat, compra, acquisto,
        yyyymmddhh, yyyymmdd, s, full, product page, internal, external, field, col, value of
    """,
}
"""Class of a header word -> the words."""

FILE_WORDS: dict[str, str] = {
    "interactions": """
        rating, ratings, review, reviews, interaction, interactions, inter, event, events, click,
        clicks, clickstream, order, orders, order lines, purchase, purchases, transaction,
        transactions, log, logs, history, behavior, behaviors, behaviour, plays, listens,
        listening, views, sales, basket, baskets, likes, votes, loans, checkins, playlists,
        feedback, train, test, valid, training set, test set, bewertungen, bestellungen, kaufe,
        verkaufe, notes, avis, commandes, achats, puntuaciones, pedidos, compras, avaliacoes,
        valutazioni, ordini, оценки, заказы, журнал, покупки, отзывы, 评分, 评论, 订单, 行为,
        日志, 记录, 交互, 評価, 購入, 注文, 履歴, アンケート, 평점, 주문, 리뷰
    """,
    "items": """
        item, items, movie, movies, film, films, product, products, book, books, catalog,
        catalogue, artist, artists, song, songs, track, tracks, game, games, recipe, recipes,
        dish, dishes, menu, article, articles, news, anime, meta, metadata, restaurants,
        businesses, courses, items info, inventory, wines, beers, pois, venues, assortment,
        item info, produkte, artikel, bucher, katalog, produits, livres, productos, libros,
        peliculas, produtos, prodotti, libri, товары, книги, фильмы, каталог, 商品, 图书, 书籍,
        电影, 物品, 产品, 菜单, 菜品, 作品, 映画, 書籍, 상품, 도서, 영화
    """,
    "users": """
        user, users, customer, customers, member, members, client, clients, people, profiles,
        visitors, readers, users info, subscribers, user info, nutzer, benutzer, kunden,
        mitglieder, utilisateurs, usuarios, clientes, utenti, clienti, пользователи, клиенты,
        用户, 会员, 顾客, ユーザー, 会員, 회원, 고객
    """,
    "graph": """
        graph, kg, triples, triple, trust, friends, user friends, social, network, relations,
        edges, follows, knowledge
    """,
    "links": "links, link, map, mapping, item index2entity id, item2entity",
}
"""Table -> words in file names that speak for it."""
