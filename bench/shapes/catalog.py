"""The shapes by name; run ``python -m bench.shapes.catalog`` to see how fast each is drawn."""

from __future__ import annotations

import sys
import time

from bench.shapes import jewels, retail, stones
from bench.shapes.lines import line
from bench.shapes.shape import Shape, Size
from bench.shapes.vocabulary import vocabulary

_JEWELS = {
    "faceted": jewels.ask,
    "broad": jewels.ask_broad,
    "sorted": jewels.ask_sorted,
    "text": jewels.ask_text,
    "prefix": jewels.ask_prefix,
}
_STONES = {"faceted": stones.ask, "all": stones.ask_all, "text": stones.ask_text}
_RETAIL = {"faceted": retail.ask, "broad": retail.ask_broad, "prefix": retail.ask_prefix, "text": retail.ask_text}
SIZES = {
    "J1": Size(2_900, 275_000),
    "J2": Size(1_000_000, 1_000_000),
    "J2P": Size(200_000, 200_000),
    "J4": Size(1, 5_000),
    "G": Size(250_000, 1_000_000),
}


def shape(name: str, share: float = 1.0) -> Shape:
    """Return a shape, or a smaller one like it: this share of its groups and products."""
    full = SIZES[name]
    groups = max(1, round(full.groups * share))
    size = Size(groups, max(groups, round(full.products * share)))
    if name in {"J1", "J4"}:
        return Shape(name, size, jewels.draw, _JEWELS, jewels.FACETS, "words of our own")
    if name == "J2":
        return Shape(name, size, stones.draw, _STONES, stones.FACETS, stones.source())
    if name == "J2P":
        return Shape(name, size, stones.draw_parts, _STONES, stones.FACETS, stones.source())
    return Shape(name, size, retail.draw, _RETAIL, retail.FACETS, vocabulary().source)


def main(names: list[str]) -> None:
    """Draw the named shapes, or all, and print how long it takes and how large they are."""
    for name in names or SIZES:
        one = shape(name)
        start = time.perf_counter()
        groups = products = 0
        for page in one.pages():
            groups += len(page)
            products += sum(len(group.products) for group in page)
        seconds = time.perf_counter() - start
        first = next(one.groups()).products[0]
        print(f"{name}: {groups:,} groups, {products:,} products in {seconds:.1f} s, {one.text_source}")
        print(f"    {line(first).decode()}")


if __name__ == "__main__":
    main(sys.argv[1:])
