"""SQLite: words by FTS5, everything else by SQL."""

# ruff: noqa: S608 - the pieces of its SQL are all of its own making.

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw

from bench.rivals.documents import TEXTS, Fields, Value, facts, fields, texts
from bench.rivals.rival import HITS, MATCHED, Answer
from bench.shapes.question import Among, Condition, Facet, Question, ValueCounts
from bench.shapes.shape import Shape

_WORD = re.compile(r"\w+")
_CACHE_KIB = 1 << 20


class Sqlite:
    """A table of groups with their words, a table of products with their facts."""

    name = "SQLite FTS5"

    def __init__(self) -> None:
        """Open an empty database in a temporary folder."""
        self._folder = Path(tempfile.mkdtemp(prefix="facetry-bench-sqlite-"))
        self._base = apsw.Connection(str(self._folder / "catalog.db"))
        for setting in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}", "temp_store=MEMORY"):
            self._base.execute(f"PRAGMA {setting}")
        self._fields = Fields((), ())

    def refusal(self, _shape: Shape, _question: Question) -> str:
        """Return nothing: SQL can say everything."""
        return ""

    def load(self, shape: Shape) -> None:
        """Fill the tables, index what is filtered, and merge the words into one segment."""
        known = self._fields = fields(shape)
        columns = ", ".join([*(f'"{n}" TEXT' for n in known.texts), *(f'"{n}" REAL' for n in known.numbers)])
        self._base.execute(
            f"CREATE VIRTUAL TABLE words USING fts5({', '.join(TEXTS)}, tokenize='porter unicode61');"
            "CREATE TABLE groups(id INTEGER PRIMARY KEY, group_id TEXT);"
            f"CREATE TABLE products(id INTEGER PRIMARY KEY, grp INTEGER, sku TEXT, {columns});"
        )
        with self._base:
            for number, group in enumerate(shape.groups(), 1):
                self._base.execute("INSERT INTO groups VALUES (?, ?)", (number, group.group_id))
                said = tuple(texts(group).values())
                self._base.execute(
                    f"INSERT INTO words(rowid, {', '.join(TEXTS)}) VALUES (?, ?, ?, ?, ?, ?)", (number, *said)
                )
                rows = [(number, p.sku, *self._row(facts(p))) for p in group.products]
                marks = ", ".join("?" * len(rows[0]))
                self._base.executemany(f"INSERT INTO products VALUES (NULL, {marks})", rows)
        self._base.execute(
            "CREATE INDEX by_group ON products(grp); INSERT INTO words(words) VALUES ('optimize'); ANALYZE"
        )

    def ask(self, question: Question) -> Answer:
        """Search; a question of words alone needs no look at the products."""
        if question.conditions or question.facets:
            return self._ask_products(question)
        weights = ", ".join(str(weight) for weight in TEXTS.values())
        match = (_match(question),)
        total = next(self._base.execute("SELECT count(*) FROM words WHERE words MATCH ?", match))[0]
        hits = self._base.execute(
            "SELECT g.group_id FROM (SELECT rowid AS id FROM words WHERE words MATCH ? "
            f"ORDER BY bm25(words, {weights}) LIMIT {HITS}) JOIN groups g USING (id)",
            match,
        )
        return Answer(total, [group_id for (group_id,) in hits])

    def close(self) -> None:
        """Remove its files."""
        self._base.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _row(self, said: dict[str, Value]) -> Iterator[Value]:
        yield from (None if said[name] is None else str(said[name]) for name in self._fields.texts)
        yield from (said[name] for name in self._fields.numbers)

    def _ask_products(self, question: Question) -> Answer:
        """Note once per product which conditions hold, and count and list from that."""
        bits = " + ".join(f"(({_sql(c)}) << {place})" for place, c in enumerate(question.conditions)) or "0"
        every = (1 << len(question.conditions)) - 1
        self._base.execute("DROP TABLE IF EXISTS temp.found; DROP TABLE IF EXISTS temp.scores")
        source, bound = self._scored(question)
        self._base.execute(f"CREATE TEMP TABLE found AS SELECT p.*, {bits} AS bits, score FROM {source}", bound)
        total = next(self._base.execute(f"SELECT count(DISTINCT grp) FROM found WHERE bits = {every}"))[0]
        counts = {facet.field: self._count(facet, question) for facet in question.facets}
        hits = self._hits(every, question.order)
        return Answer(total, [group_id for _, group_id in hits], counts, self._matched(every, [n for n, _ in hits]))

    def _scored(self, question: Question) -> tuple[str, tuple[str, ...]]:
        if not question.q:
            return "(SELECT *, 0.0 AS score FROM products) p", ()
        weights = ", ".join(str(weight) for weight in TEXTS.values())
        scored = f"SELECT rowid AS grp, bm25(words, {weights}) AS score FROM words WHERE words MATCH ?"
        return f"({scored}) JOIN products p USING (grp)", (_match(question),)

    def _count(self, facet: Facet, question: Question) -> dict[str, int]:
        own = [i for i, condition in enumerate(question.conditions) if condition.field == facet.field]
        mask = (1 << len(question.conditions)) - 1 - sum(1 << i for i in own)
        value = f'"{facet.field}"' if isinstance(facet, ValueCounts) else _range_number(facet.field, facet.bounds)
        rows = self._base.execute(
            f"SELECT {value} AS value, count(DISTINCT grp) FROM found WHERE bits & {mask} = {mask} "
            "GROUP BY value ORDER BY 2 DESC, 1"
        )
        return {str(name): count for name, count in rows}

    def _hits(self, every: int, order: str) -> list[tuple[int, str]]:
        key = {"relevance": "min(score)", "price": "min(price)", "-price": "-max(price)"}[order]
        rows = self._base.execute(
            f"SELECT grp, group_id FROM (SELECT grp, {key} AS rank FROM found WHERE bits = {every} "
            f"GROUP BY grp ORDER BY rank LIMIT {HITS}) JOIN groups ON groups.id = grp ORDER BY rank"
        )
        return [(int(number), str(group_id)) for number, group_id in rows]

    def _matched(self, every: int, groups: Sequence[int]) -> int:
        wanted = f"SELECT * FROM found WHERE grp = ? AND bits = {every} ORDER BY price LIMIT {MATCHED}"
        return sum(len(list(self._base.execute(wanted, (number,)))) for number in groups)


def _match(question: Question) -> str:
    return " ".join(f'"{word}"' for word in _WORD.findall(question.q)) + ("*" if question.is_typing else "")


def _sql(condition: Condition) -> str:
    if isinstance(condition, Among):
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in condition.values)
        return f'"{condition.field}" IN ({values})'
    return f'"{condition.field}" BETWEEN {condition.low} AND {condition.high}'


def _range_number(field: str, bounds: Sequence[float]) -> str:
    cases = " ".join(f'WHEN "{field}" >= {low} THEN {number}' for number, low in reversed(list(enumerate(bounds))))
    return f"CASE {cases} END"
