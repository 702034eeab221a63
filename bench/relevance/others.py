"""The order in which other engines list the judged products, each as its guides say: any word, field weights, BM25."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Mapping

import apsw

from bench.relevance.judged import DEPTH, Judged, JudgedProduct, Run

FIELDS = ("name", "brand", "category", "keywords", "variants", "prose")
WEIGHTINGS = {
    "even": (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    "3 2 1 1 1 1": (3.0, 2.0, 1.0, 1.0, 1.0, 1.0),
    "ours": (3.0, 2.0, 3.0, 1.0, 0.5, 1.0),
}
"""Weights of ``FIELDS`` that are tried; the best of them for an engine is told."""
_WORD = re.compile(r"\w+")
_HEAP = 128 << 20


def sqlite(catalog: Judged) -> Mapping[str, Run]:
    """Return the hits of SQLite FTS5 by weighting."""
    base = apsw.Connection(":memory:")
    columns = ", ".join(["id UNINDEXED", *FIELDS, "tokenize='porter unicode61'"])
    base.execute(f"CREATE VIRTUAL TABLE words USING fts5({columns})")
    with base:
        rows = ((product.id, *texts(product).values()) for product in catalog.products)
        base.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    return {name: _sqlite_run(base, catalog, weights) for name, weights in WEIGHTINGS.items()}


def tantivy(catalog: Judged) -> Mapping[str, Run]:
    """Return the hits of Tantivy by weighting.

    Raises:
        ImportError: It is not installed.
    """
    engine = importlib.import_module("tantivy")
    schema = engine.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
    for name in FIELDS:
        schema.add_text_field(name, tokenizer_name="en_stem")
    with tempfile.TemporaryDirectory() as folder:
        index = engine.Index(schema.build(), path=folder)
        writer = index.writer(_HEAP, 1)
        for product in catalog.products:
            writer.add_document(engine.Document(id=product.id, **texts(product)))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        searcher = index.searcher()
        runs: dict[str, Run] = {}
        for name, weights in WEIGHTINGS.items():
            boosts = dict(zip(FIELDS, weights, strict=True))
            run = runs[name] = {}
            for key, text in catalog.queries.items():
                query = index.parse_query(" ".join(_WORD.findall(text)).lower(), list(FIELDS), field_boosts=boosts)
                run[key] = [searcher.doc(place)["id"][0] for _, place in searcher.search(query, DEPTH).hits]
        return runs


def texts(product: JudgedProduct) -> dict[str, str]:
    """Return the text of each of ``FIELDS`` of a product."""
    said = [str(value) for value in product.attributes.values() if isinstance(value, str)]
    parts = (
        product.name,
        product.brand,
        " ".join(product.category),
        " ".join(product.keywords),
        " ".join([product.color, *said]),
        product.prose,
    )
    return dict(zip(FIELDS, parts, strict=True))


def _sqlite_run(base: apsw.Connection, catalog: Judged, weights: tuple[float, ...]) -> Run:
    listed = ", ".join(["0", *map(str, weights)])
    search = f"SELECT id FROM words WHERE words MATCH ? ORDER BY bm25(words, {listed}) LIMIT {DEPTH}"  # noqa: S608
    return {
        key: [str(found) for (found,) in base.execute(search, (_any(text),))] for key, text in catalog.queries.items()
    }


def _any(text: str) -> str:
    return " OR ".join(f'"{word}"' for word in _WORD.findall(text))
