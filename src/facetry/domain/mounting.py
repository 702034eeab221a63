"""The gemstones in a product that are things of their own: known by their code, with stock and certificate."""

from __future__ import annotations

from typing import Any

import msgspec

from facetry.domain.breadcrumbs import OTHER_TYPE
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord, put_record
from facetry.domain.product import Part, ProductContent, Scalar
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.view import CatalogView

GEMSTONE_PROPERTIES = (
    *("name", "type", "creation", "shape", "carat", "color", "clarity", "cut", "polish", "symmetry", "fluorescence"),
    *("treatment", "certificate_number", "certificate_lab"),
)
"""What a gemstone and a part of a product call by the same name."""
_OF_THE_PRODUCT = frozenset({"code", "quantity", "setting"})
"""What a part says of how the stone is in the product."""


def mounted(view: CatalogView, content: ProductContent) -> ProductContent:
    """Return a product's content with all that is known of the gemstones that it names by code.

    What the product says of a stone counts before what is kept of it. A code that is not known yet becomes a gemstone,
    with as many pieces as are in all pieces of the product.

    Raises:
        InvalidValueError: A gemstone that is to be made breaks a rule.
    """
    if not any(part.get("code") for part in content.gemstones or ()):
        return content
    parts = tuple(_mounted(view, part, content.quantity) for part in content.gemstones or ())
    return msgspec.structs.replace(content, gemstones=parts)


def _mounted(view: CatalogView, part: Part, pieces: int) -> Part:
    code = part.get("code")
    if not isinstance(code, str) or not code:
        return part
    known = view.record(RecordKind.GEMSTONE, RecordKey(code=code))
    if known is None:
        put_record(view, PutRecord(_gemstone(code, part, pieces)))
        return part
    own = {name: value for name in GEMSTONE_PROPERTIES if (value := getattr(known, name)) is not None}
    # A stone that was made of a part which did not say so has neither name nor type of its own.
    for name, stand_in in (("name", code), ("type", OTHER_TYPE)):
        if own[name] == stand_in:
            del own[name]
    return {**own, **part}


def _gemstone(code: str, part: Part, pieces: int) -> Gemstone:
    """Return the gemstone that a part speaks of."""
    fields: dict[str, Any] = {name: part[name] for name in GEMSTONE_PROPERTIES if part.get(name) is not None}
    known = {*GEMSTONE_PROPERTIES, *_OF_THE_PRODUCT}
    details: dict[str, Scalar] = {name: value for name, value in part.items() if name not in known}
    number = part.get("quantity", 1)
    quantity = pieces * number if isinstance(number, int) else 0
    return Gemstone(code=code, quantity=quantity, details=details, **{"name": code, "type": OTHER_TYPE, **fields})
