"""The words, brands and prices of general retail, read in place from the real catalogs where they are at hand."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.shapes.words import GOODS, MAKERS, PROSE
from tests.support import data_folder

_LEAST_NAMES = 10
"""Kinds of goods with fewer names in the real catalog are too thin to make new names of."""


@dataclass
class Topic:
    """One kind of goods.

    Attributes:
        path: Its breadcrumbs, outermost first.
        names: The words of every name.
        words: All of them in order, so that runs of it are as real names are.
        brands: Every brand as often as it occurs.
        prices: Prices in units of the currency.
    """

    path: tuple[str, ...]
    names: list[list[str]]
    words: list[str]
    brands: list[str]
    prices: list[float]


@dataclass(frozen=True)
class Vocabulary:
    """What names and descriptions are drawn from.

    Attributes:
        source: What it was taken from, to be printed beside the figures.
        topics: The kinds of goods.
        weights: How many products each has, as shares.
        prose: Every word of every description, in order.
    """

    source: str
    topics: tuple[Topic, ...]
    weights: list[float]
    prose: list[str]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Return the words of the real catalogs, or our own few where these are not at hand."""
    goods, texts = (data_folder() / name for name in ("flipkart/products.csv.gz", "esci-us-sample/products.jsonl.gz"))
    if not (goods.exists() and texts.exists()):
        return _own()
    topics = tuple(_topics(goods))
    sizes = np.array([len(topic.words) for topic in topics], dtype=np.float64)
    return Vocabulary(
        "words of the flipkart and esci-us-sample catalogs", topics, (sizes / sizes.sum()).tolist(), _prose(texts)
    )


def _own() -> Vocabulary:
    topics = tuple(
        Topic(("General", name), [words.split()], words.split(), list(MAKERS), [9.0, 19.0, 29.0, 49.0, 99.0, 199.0])
        for name, words in GOODS.items()
    )
    weights = [1 / len(topics)] * len(topics)
    return Vocabulary("a short list of our own: the real catalogs are not at hand", topics, weights, PROSE)


def _topics(file: Path) -> Iterator[Topic]:
    rows: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            path = tuple(crumb.strip() for crumb in row["product_category_tree"].split(">>")[:2])
            rows[path].append(row)
    for path, members in sorted(rows.items()):
        if len(members) >= _LEAST_NAMES and len(path) > 1:
            yield _topic(path, members)


def _topic(path: tuple[str, ...], rows: list[dict[str, str]]) -> Topic:
    names = [row["name"].replace("\xa0", " ").split() for row in rows]
    words = [word for name in names for word in name]
    brands = [row["brand"] for row in rows if row["brand"]] or [path[-1]]
    # Rupees become about as many dollars as shoppers of such things pay.
    found = [int(row["discounted_price"]) / 20 for row in rows if row["discounted_price"]]
    return Topic(path, names, words, brands, found or [20.0])


def _prose(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        products = [json.loads(line) for line in lines]
    return [word for p in products for word in f"{p['description']} {p['bullet_points']}".split()]
