"""The order in which other engines list the judged products, each as its guides say: any word, field weights, BM25."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Iterator

import apsw

from bench.relevance.judged import DEPTH, Judged, JudgedProduct, Run

WEIGHTS = {"title": 3.0, "brand": 2.0, "category": 1.0, "color": 1.0, "prose": 1.0}
_WORD = re.compile(r"\w+")


def sqlite(catalog: Judged) -> Run:
    """Return the hits of SQLite FTS5."""
    base = apsw.Connection(":memory:")
    base.execute(f"CREATE VIRTUAL TABLE words USING fts5(asin UNINDEXED, {', '.join(WEIGHTS)}, tokenize='porter')")
    rows = ((product.asin, *_texts(product)) for product in catalog.products)
    with base:
        base.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?, ?)", rows)
    weights = ", ".join(["0", *(str(weight) for weight in WEIGHTS.values())])
    search = f"SELECT asin FROM words WHERE words MATCH ? ORDER BY bm25(words, {weights}) LIMIT {DEPTH}"  # noqa: S608
    found = {key: base.execute(search, (_any(text),)) for key, text in catalog.queries.items()}
    return {key: [str(asin) for (asin,) in hits] for key, hits in found.items()}


def tantivy(catalog: Judged) -> Run:
    """Return the hits of Tantivy.

    Raises:
        ImportError: It is not installed.
    """
    engine = importlib.import_module("tantivy")
    schema = engine.SchemaBuilder().add_text_field("asin", stored=True, tokenizer_name="raw")
    for name in WEIGHTS:
        schema.add_text_field(name, tokenizer_name="en_stem")
    with tempfile.TemporaryDirectory() as folder:
        index = engine.Index(schema.build(), path=folder)
        writer = index.writer(128 << 20, 1)
        for product in catalog.products:
            writer.add_document(engine.Document(asin=product.asin, **dict(zip(WEIGHTS, _texts(product), strict=True))))
        writer.commit()
        index.reload()
        searcher = index.searcher()
        run = {}
        for key, text in catalog.queries.items():
            query = index.parse_query(" ".join(_WORD.findall(text)).lower(), list(WEIGHTS), field_boosts=WEIGHTS)
            run[key] = [searcher.doc(place)["asin"][0] for _, place in searcher.search(query, DEPTH).hits]
        return run


def _texts(product: JudgedProduct) -> Iterator[str]:
    yield product.title
    yield product.brand or ""
    yield " ".join(product.category)
    yield product.color or ""
    yield product.prose


def _any(text: str) -> str:
    return " OR ".join(f'"{word}"' for word in _WORD.findall(text))
