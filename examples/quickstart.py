"""Ten lines from data frames to explained recommendations (docs/python.md)."""

import polars as pl

import fewrec
from fewrec.data.public import public_folder

data = public_folder("ml-100k")  # MovieLens 100K, fetched once
ratings = pl.read_csv(data / "interactions.csv").filter(pl.col("user") <= 100)
films = pl.read_csv(data / "items.csv", infer_schema_length=None)

model = fewrec.fit(ratings, films, experts=["popularity", "item-knn", "text-knn", "profile"])
print(model.recommend([1, 2], k=3))
print(model.recommend(likes=["Toy Story", "Babe"], k=3))
print(model.explain("Aladdin", likes=["Toy Story", "Babe"]))
print(model.score(pl.DataFrame({"user": [1, 999], "item": [50, 50]})))
