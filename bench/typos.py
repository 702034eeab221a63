"""Measure whether names with a typo in them still find their group: ``python -m bench.typos``."""

from __future__ import annotations

import csv
import gzip
import random
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from bench.figures import Figure, table
from bench.relevance.judged import esci, import_lines
from bench.relevance.served import Served
from facetry.application.demo.catalog import demo_products
from facetry.domain.analysis import words
from facetry.domain.search.query import MAX_TEXT_LENGTH
from tests.support import data_folder

CASES = 1000
FIRST = 5
GOAL = 0.95
LEAST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]{4,}")
Json = dict[str, object]
Find = Callable[[str], Sequence[str]]
"""Returns the ids of the first groups that a text finds."""


@dataclass(frozen=True)
class Case:
    """A group, its name, and the name with a typo."""

    group_id: str
    name: str
    typed: str


@dataclass(frozen=True)
class Found:
    """Where the hits of some cases have the right group, from 0 on; None where it is not among the first."""

    as_written: tuple[int | None, ...]
    edited: tuple[int | None, ...]


def measure() -> list[Figure]:
    """Return the figures of each catalog that is at hand."""
    figures: list[Figure] = []
    for name, products in (("shopping", _shopping), ("marketplace", _marketplace), ("demo", demo_products)):
        try:
            listed = list(products())
        except FileNotFoundError as error:
            print(f"skipped: {error}")
            continue
        with Served(map(msgspec.json.encode, listed)) as served:
            found = tried(cases(listed, CASES), lambda text: served.hits(text, FIRST))
        figures.append(_figure(name, found))
    return figures


def cases(products: Sequence[Json], count: int, seed: int = 1) -> list[Case]:
    """Return cases of a catalog: names of groups that no other group has, in an order that only the seed decides."""
    mains = [product for product in products if product.get("isMain")]
    folded = [tuple(words(str(product["name"]))) for product in mains]
    common = Counter(folded)
    draw = random.Random(seed)
    able = [
        (str(product.get("groupID") or product["sku"]), str(product["name"]))
        for product, name in zip(mains, folded, strict=True)
        if len(name) >= LEAST_WORDS and common[name] == 1 and _is_typed(str(product["name"]))
    ]
    chosen = draw.sample(able, min(count, len(able)))
    return [Case(group_id, name, misspelt(name, draw)) for group_id, name in chosen]


def misspelt(name: str, draw: random.Random) -> str:
    """Return a name with one edit in a word of at least four letters."""
    start, end = draw.choice([match.span() for match in _WORD.finditer(name)])
    word = name[start:end]
    edits = (_put_in, _left_out, _replaced, _swapped)
    return name[:start] + _other(word, draw.choice(edits), draw) + name[end:]


def tried(wanted: Sequence[Case], find: Find) -> Found:
    """Return where each case finds its group, as written and edited."""
    return Found(
        tuple(_place(find(case.name), case.group_id) for case in wanted),
        tuple(_place(find(case.typed), case.group_id) for case in wanted),
    )


def _place(hits: Sequence[str], group_id: str) -> int | None:
    return hits.index(group_id) if group_id in hits else None


def _figure(name: str, found: Found) -> Figure:
    count = len(found.edited)
    share = (count - found.edited.count(None)) / count
    return Figure(
        f"{name}: {count:,} names with a typo find their group among the first {FIRST}",
        f"{share:.1%}, first of all {found.edited.count(0) / count:.1%} (as written "
        f"{(count - found.as_written.count(None)) / count:.1%}, {found.as_written.count(0) / count:.1%})",
        f">= {GOAL:.0%}",
        ok=share >= GOAL,
    )


def _is_typed(name: str) -> bool:
    """Return whether a name and what an edit makes of it may be searched for."""
    return len(name) < MAX_TEXT_LENGTH and _WORD.search(name) is not None


def _other(word: str, edit: Callable[[str, random.Random], str], draw: random.Random) -> str:
    """Return an edited word; an edit that changes nothing, such as swapping equal letters, is made again elsewhere."""
    for _ in range(100):
        typed = edit(word, draw)
        if typed.casefold() != word.casefold():
            return typed
    return _put_in(word, draw)


def _put_in(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word) + 1)
    return word[:place] + draw.choice(string.ascii_lowercase) + word[place:]


def _left_out(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word))
    return word[:place] + word[place + 1 :]


def _replaced(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word))
    return word[:place] + draw.choice(string.ascii_lowercase) + word[place + 1 :]


def _swapped(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _shopping() -> Iterator[Json]:
    for line in import_lines(esci().products):
        yield msgspec.json.decode(line)


def _marketplace() -> Iterator[Json]:
    path = data_folder() / "flipkart" / "products.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            crumbs = [crumb.strip() for crumb in row["product_category_tree"].split(">>")]
            yield {
                "sku": row["pid"],
                "isMain": True,
                "name": row["name"],
                "description": row["description"],
                "brand": row["brand"],
                "category": [">".join(crumb for crumb in crumbs if crumb)],
                "quantity": 1,
                "active": True,
            }


def main() -> None:
    """Print the table."""
    print(table(measure()))


if __name__ == "__main__":
    main()
