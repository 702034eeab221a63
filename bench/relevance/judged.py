"""Judged catalogs: real products, real queries, and what people said of the pairs."""

from __future__ import annotations

import csv
import gzip
import importlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.support import data_folder

DEPTH = 50
"""So many hits of each query are looked at."""
CUTOFF = 10
Run = Mapping[str, Sequence[str]]
"""The ids of the hits of each query, best first."""
Row = dict[str, Any]


@dataclass(frozen=True)
class JudgedProduct:
    """A product of a judged catalog.

    Attributes:
        category: The path, from the root on.
        prose: All that is said beside the name.
        attributes: Texts, numbers and truths by name.
        price: In US dollars.
    """

    id: str
    name: str
    brand: str = ""
    category: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    color: str = ""
    prose: str = ""
    attributes: dict[str, object] = field(default_factory=dict)
    price: float | None = None


@dataclass(frozen=True)
class Judged:
    """Products, queries by id, and the gain of each judged product by query id."""

    name: str
    products: tuple[JudgedProduct, ...]
    queries: dict[str, str]
    gains: dict[str, dict[str, int]]

    def ndcg(self, run: Run) -> float:
        """Return the mean nDCG@10; gains count as they are, and products that nobody judged are worth nothing."""
        scores = self.by_query(run)
        return math.fsum(scores.values()) / len(scores)

    def ndcg_of_judged(self, run: Run) -> float:
        """Return the mean nDCG@10 of the hits that somebody judged, as if the others had not been listed."""
        return self.ndcg({key: [one for one in hits if one in self.gains[key]] for key, hits in run.items()})

    def by_query(self, run: Run) -> dict[str, float]:
        """Return the nDCG@10 of each query."""
        measures = importlib.import_module("ir_measures")
        scored = {key: {one: float(-place) for place, one in enumerate(hits[:DEPTH])} for key, hits in run.items()}
        # A query without a hit would not count, a hit of no product is a bad one.
        complete = {key: scored.get(key) or {"": 0.0} for key in self.queries}
        found = measures.iter_calc([measures.nDCG @ CUTOFF], self.gains, complete)
        return {entry.query_id: float(entry.value) for entry in found}


def esci() -> Judged:
    """Return shopping queries with the products of a large shop, judged by people (ESCI).

    Raises:
        FileNotFoundError: It is not at hand.
    """
    return _judged("esci-us-sample", _esci_product, "asin", "gain")


def icecat() -> Judged:
    """Return queries for electronics with the products of a data pool, judged by people (Chorus).

    Raises:
        FileNotFoundError: It is not at hand.
    """
    return _judged("icecat-chorus", _icecat_product, "product_id", "rating")


def import_lines(products: Sequence[JudgedProduct]) -> Iterator[bytes]:
    """Yield products as lines of a file to import, each a group of its own; nothing of their texts is cut."""
    for product in products:
        crumbs = ">".join(crumb.replace(">", " ") for crumb in product.category)
        values = {
            "sku": product.id,
            "isMain": True,
            "name": product.name,
            "description": product.prose,
            "searchKeywords": product.keywords,
            "category": [crumbs] if crumbs else [],
            "brand": product.brand,
            "color": product.color,
            "regularPrice": product.price,
            "attributes": product.attributes,
            "quantity": 1,
            "active": True,
        }
        yield msgspec.json.encode({name: value for name, value in values.items() if value not in ("", None)})


def _judged(folder: str, make: Callable[[Row], JudgedProduct], product_key: str, gain_key: str) -> Judged:
    path = data_folder() / folder
    with gzip.open(path / "products.jsonl.gz") as lines:
        products = tuple(make(msgspec.json.decode(line)) for line in lines)
    queries = {row["query_id"]: row["query"] for row in _rows(path / "queries.dev.tsv")}
    gains: dict[str, dict[str, int]] = {}
    for row in _rows(path / "qrels.dev.tsv"):
        gains.setdefault(row["query_id"], {})[row[product_key]] = int(row[gain_key])
    return Judged(folder, products, queries, gains)


def _esci_product(row: Row) -> JudgedProduct:
    return JudgedProduct(
        id=row["asin"],
        name=row["title"] or row["asin"],
        brand=row["brand"] or "",
        category=tuple(row["category"] or ()),
        color=row["color"] or "",
        prose=f"{row['bullet_points'] or ''}\n{row['description'] or ''}".strip(),
        attributes={name: row[name] for name in ("rating", "rating_count", "is_book") if row[name] is not None},
        price=row["price"] or None,
    )


def _icecat_product(row: Row) -> JudgedProduct:
    said = {name.removeprefix("attr_")[2:]: value for name, value in row.items() if name.startswith("attr_")}
    path = (said.pop("product_type", ""), said.pop("type", ""))
    return JudgedProduct(
        id=row["id"],
        name=row["title"] or row["id"],
        brand=row.get("supplier") or "",
        category=tuple(str(crumb) for crumb in path if crumb),
        keywords=(row["name"],) if row.get("name") else (),
        color=str(said.pop("product_colour", "")),
        prose=row.get("short_description") or "",
        attributes=said,
        price=row["price"] / 100 if row.get("price") else None,
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
