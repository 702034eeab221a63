"""The stock of gemstones that are set in products: it goes along with that of the products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from facetry.domain.gemstone import Gemstone
from facetry.domain.product import MAX_QUANTITY, Product
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.view import CatalogView


class StonesTaken:
    """The gemstones that went out of stock with products, of which no more come back than went.

    A stone may have been counted only when it was set, or sold as loose before: then there is none to take.
    """

    def __init__(self, view: CatalogView, numbers: Mapping[int, int] | None = None) -> None:
        """Begin with what was taken before: how many of each gemstone, by its id."""
        self._view = view
        self._numbers = dict(numbers or {})

    @property
    def numbers(self) -> dict[int, int]:
        """Return how many of each gemstone, by its id, are taken and have not come back."""
        return {number: taken for number, taken in self._numbers.items() if taken}

    def take(self, product: Product, pieces: int) -> None:
        """Take the stones in so many pieces of a product, as far as there are any."""
        for gemstone, wanted in self._stones_in(product, pieces):
            taken = min(wanted, gemstone.quantity)
            self._numbers[gemstone.id] = self._numbers.get(gemstone.id, 0) + taken
            self._keep(gemstone, -taken)

    def give_back(self, product: Product, pieces: int) -> None:
        """Give back the stones in so many pieces of a product, as far as they were taken."""
        for gemstone, wanted in self._stones_in(product, pieces):
            self._return(gemstone, min(wanted, self._numbers.get(gemstone.id, 0)))

    def give_back_all(self) -> None:
        """Give back what is left, whatever has become of the products that it was in."""
        for number, taken in self.numbers.items():
            gemstone = self._view.record(RecordKind.GEMSTONE, RecordKey(number))
            if isinstance(gemstone, Gemstone):
                self._return(gemstone, taken)
        self._numbers.clear()

    def _return(self, gemstone: Gemstone, number: int) -> None:
        self._numbers[gemstone.id] = self._numbers.get(gemstone.id, 0) - number
        self._keep(gemstone, number)

    def _keep(self, gemstone: Gemstone, more: int) -> None:
        if more:
            quantity = min(gemstone.quantity + more, MAX_QUANTITY)
            self._view.save_record(msgspec.structs.replace(gemstone, quantity=quantity))

    def _stones_in(self, product: Product, pieces: int) -> Iterator[tuple[Gemstone, int]]:
        """Yield each gemstone of a product as it is then, with how many are in so many pieces."""
        for part in product.gemstones or ():
            code, number = part.get("code"), part.get("quantity", 1)
            if not isinstance(code, str) or not isinstance(number, int) or number < 1:
                continue
            gemstone = self._view.record(RecordKind.GEMSTONE, RecordKey(code=code))
            if isinstance(gemstone, Gemstone):
                yield gemstone, number * pieces
