"""The judged catalog: real products, real queries, and what people said of the pairs."""

from __future__ import annotations

import csv
import gzip
import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.support import data_folder

DEPTH = 50
"""So many hits of each query are looked at; products without a judgement are worth nothing."""
FOLDER = "esci-us-sample"
Run = Mapping[str, Sequence[str]]


class JudgedProduct(msgspec.Struct, frozen=True):
    """A product of the judged catalog, as its file has it."""

    asin: str
    title: str
    description: str
    bullet_points: str
    brand: str | None
    color: str | None
    category: tuple[str, ...]

    @property
    def prose(self) -> str:
        """Return all that is said beside the title."""
        return f"{self.bullet_points}\n{self.description}".strip()


@dataclass(frozen=True)
class Judged:
    """Products, queries by id, and the gain of each judged product by query id."""

    products: tuple[JudgedProduct, ...]
    queries: dict[str, str]
    gains: dict[str, dict[str, int]]

    def ndcg(self, run: Run) -> float:
        """Return the mean nDCG@10 of the hits of each query, best first; gains count as they are, not as powers."""
        measures = importlib.import_module("ir_measures")
        scored = {
            query: {asin: float(DEPTH - place) for place, asin in enumerate(hits[:DEPTH])}
            for query, hits in run.items()
        }
        complete = {query: scored.get(query) or {"": 0.0} for query in self.queries}
        measure = measures.nDCG @ 10
        return float(measures.calc_aggregate([measure], self.gains, complete)[measure])


def judged() -> Judged:
    """Return the judged catalog.

    Raises:
        FileNotFoundError: It is not at hand.
    """
    folder = data_folder() / FOLDER
    decoder = msgspec.json.Decoder(JudgedProduct)
    with gzip.open(folder / "products.jsonl.gz") as lines:
        products = tuple(decoder.decode(line) for line in lines)
    queries = {row["query_id"]: row["query"] for row in _rows(folder / "queries.dev.tsv")}
    gains: dict[str, dict[str, int]] = {}
    for row in _rows(folder / "qrels.dev.tsv"):
        gains.setdefault(row["query_id"], {})[row["asin"]] = int(row["gain"])
    return Judged(products, queries, gains)


def import_lines(catalog: Judged) -> Iterator[bytes]:
    """Yield the products as lines of a file to import, each a group of its own."""
    for product in catalog.products:
        crumbs = ">".join(crumb.replace(">", " ") for crumb in product.category)
        yield msgspec.json.encode(
            {
                "sku": product.asin,
                "groupID": product.asin,
                "isMain": True,
                "name": product.title,
                "description": product.prose,
                "images": [],
                "searchKeywords": [],
                "category": [crumbs] if crumbs else [],
                "brand": product.brand or None,
                "color": product.color or None,
                "quantity": 1,
                "active": True,
            }
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
