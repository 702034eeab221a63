"""Runs of a text that stand for one thing of the trade, whatever way they are written: in products and in queries."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from facetry.domain.analysis import fold
from facetry.domain.jewelry import scales
from facetry.domain.jewelry.carats import rounded, shortest
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.marks import NEAR, has_meanings, number_term
from facetry.domain.jewelry.spellings import squeezed
from facetry.domain.jewelry.vocabulary import pattern, terms
from facetry.domain.product import Part, Product

_STERLING = 925
_TERM = 1
"""Number of the group ``term`` in the pattern."""


class Concept(msgspec.Struct, frozen=True):
    """A run of a text, from ``start`` to before ``end``, that stands for one thing, and that thing's canonical term."""

    start: int
    end: int
    term: str


INSEPARABLE = frozenset({"white gold", "rose gold", "yellow gold", "gold plated", "gold filled", "lab diamond"})
"""Terms whose words mean something else where they stand apart."""


def concepts(text: str) -> list[Concept]:
    """Return the things of the trade that a text names, in order; runs never overlap."""
    view = folded(text)
    return [Concept(*view.span(left - 1, right - 1), term) for left, right, term in _runs(f" {view.text} ")]


def concept_terms(text: str) -> list[str]:
    """Return the terms of ``concepts``, quicker than with their places."""
    # Folding plain letters is their lower case, and nothing else is asked of it here.
    plain = text.lower() if text.isascii() else folded(text).text
    return [term for _, _, term in _runs(f" {plain} ")]


def _runs(padded: str) -> list[tuple[int, int, str]]:
    """Return where in a folded text between two blanks the things that it names stand, and their terms."""
    found: list[tuple[int, int, str]] = []
    # The pattern begins with the separator before a word, which lets the search leap from word to word.
    for match in pattern().finditer(padded):
        group = match.lastindex or 0
        left, right = match.span(group)
        run = match[group]
        term = _term(run) if group == _TERM else _number_term(match.lastgroup or "", run, padded, left, right)
        if term is not None:
            found.append((left, right, term))
    return found


def _number_term(kind: str, run: str, padded: str, left: int, right: int) -> str | None:
    """Return the term of a run with a number in it, which stands from ``left`` to before ``right``."""
    if not has_meanings(kind, run):
        # What is remembered of a run alone is found again beside other neighbours.
        return number_term(kind, run, "", "")
    return number_term(kind, run, padded[max(0, left - NEAR) : left], padded[right : right + NEAR])


def product_concepts(product: Product) -> list[str]:
    """Return the canonical terms of a product's metals and gemstones, distinct, in order."""
    metals = (term for metal in product.metals or () for term in _metal_terms(metal))
    stones = (term for stone in product.gemstones or () for term in _stone_terms(stone))
    return list(dict.fromkeys([*metals, *stones]))


def value_concepts(field: str, text: str) -> list[str]:
    """Return the canonical terms of one value of a product, by the full name of its field (``metals.purity``)."""
    part, _, name = field.partition(".")
    if part == "metals" and name == "purity":
        return list(_metal_terms({name: text}))
    if part == "gemstones":
        return list(_stone_terms({name: text}))
    return concept_terms(text)


@lru_cache(maxsize=4096)
def _term(run: str) -> str | None:
    return terms().get(squeezed(run))


def _metal_terms(metal: Part) -> tuple[str, ...]:
    return _terms_of_metal(*(_text(metal, name) for name in ("name", "purity", "color")))


def _stone_terms(stone: Part) -> tuple[str, ...]:
    return _terms_of_stone(*(_text(stone, name) for name in ("carat", "type", "name", "creation", "shape", "color")))


@lru_cache(maxsize=4096)
def _terms_of_metal(name: str, purity: str, color: str) -> tuple[str, ...]:
    parts = scales.fineness(purity)
    found = [] if parts is None else [f"fineness {parts}"]
    if parts == _STERLING and (not name or "silver" in fold(name)):
        found.append("sterling silver")
    return (*found, *_named(color, name))


@lru_cache(maxsize=4096)
def _terms_of_stone(carat: str, kind: str, name: str, creation: str, shape: str, color: str) -> tuple[str, ...]:
    found = [*_weighing(carat)]
    names = (kind, name)
    if "lab grown" in _named(creation, ""):
        is_diamond = any("diamond" in fold(one) for one in names)
        found.append("lab diamond" if is_diamond else "lab grown")
    cut = scales.shape(shape)
    found += _named(f"{cut} cut", "") if cut else ()
    return (*found, *(term for one in names for term in _named(color, one)))


# Thousands of gemstones of a group weigh alike and have the same few names.
@lru_cache(maxsize=4096)
def _weighing(carat: str) -> tuple[str, ...]:
    weight = scales.carat(carat)
    return (f"carat {shortest(rounded(weight))}",) if weight is not None and rounded(weight) else ()


@lru_cache(maxsize=4096)
def _named(color: str, name: str) -> tuple[str, ...]:
    """Return what a name says, or a color and a name do together."""
    return tuple(concept_terms(f"{color} {name}"))


def _text(part: Part, name: str) -> str:
    value = part.get(name)
    return "" if value is None or isinstance(value, bool) else str(value)
