"""Values of products as visitors read them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from facetry.dashboard.formats import Formats
from facetry.dashboard.product_views.labels import TYPE_LABELS, part_label
from facetry.dashboard.texts import Texts
from facetry.domain.trade import ProductType, Variation

_PRICES = frozenset({"regular_price", "promotion_price"})


class ValueTexts:
    """Writes values in one language."""

    def __init__(self, texts: Texts, formats: Formats) -> None:
        """Write with these texts and formats."""
        self._texts = texts
        self._formats = formats

    def text(self, field: str, value: object, currency: str) -> str | None:
        """Return a value of a field; None where it has none.

        Args:
            field: Its name; of an attribute ``attributes``.
            value: As the domain has it.
            currency: Of its price.
        """
        if value is None or value == "" or (isinstance(value, tuple | list) and not value):
            return None
        if isinstance(value, tuple | list):
            return "; ".join(self._part(one) if isinstance(one, Mapping) else _entry(one) for one in value)
        return self._single(field, value, currency)

    def _single(self, field: str, value: object, currency: str) -> str:
        match value:
            case bool():
                return self._texts.gettext("Yes") if value else self._texts.gettext("No")
            case ProductType():
                return self._texts.gettext(TYPE_LABELS[value.name.lower()])
            case int() | float():
                is_price = field in _PRICES and isinstance(value, int)
                return self._formats.price(int(value), currency) if is_price else self._formats.number(value)
            case Variation():
                return f"{value.parent}: {value.field} {value.value}"
        return str(value)

    def _part(self, part: Mapping[str, object]) -> str:
        return ", ".join(f"{part_label(self._texts, name)}: {_entry(value)}" for name, value in part.items())


def _entry(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
