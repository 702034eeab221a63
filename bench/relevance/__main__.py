"""Print how good the order of hits is: ``python -m bench.relevance``.

It needs the dependency group ``bench`` and the judged catalog in the data folder.
"""

from __future__ import annotations

from bench.relevance.judged import judged
from bench.relevance.others import sqlite, tantivy


def main() -> None:
    """Print nDCG@10 of each engine on the development half of the queries."""
    catalog = judged()
    print(f"{len(catalog.products):,} products, {len(catalog.queries)} queries, nDCG@10")
    for name, search in (("SQLite FTS5", sqlite), ("Tantivy", tantivy)):
        print(f"{name:20} {catalog.ndcg(search(catalog)):.3f}")


if __name__ == "__main__":
    main()
