"""JSON pointers of fields, as the domain names them and as decoders do."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STEP = re.compile(r"[^.\[\]]+")
_NAMES: Mapping[str, str] = {
    "groupID": "group_id",
    "regularPrice": "regular_price",
    "promotionPrice": "promotion_price",
    "order_ref": "reference",
    "order_product_id": "lines",
    "products": "lines",
}
"""Fields of the domain that have another name here."""
_WHOLES = frozenset({"product", "gemstone", "listing", "order", "client", "event", "tenant"})
"""What the domain calls a document as a whole."""
_ATTRIBUTES = "attributes."


def pointer_of(field: str) -> str:
    """Return the pointer of a field that the domain names: ``gemstones[0].color`` is ``/gemstones/0/color``."""
    if field in _WHOLES or not field:
        return ""
    if field.startswith(_ATTRIBUTES):
        # A name of an attribute may be any text.
        return f"/attributes/{escaped(field[len(_ATTRIBUTES) :])}"
    first, *rest = _STEP.findall(field) or [field]
    return "".join(f"/{escaped(step)}" for step in (_NAMES.get(first, first), *rest))


def escaped(name: str) -> str:
    """Return a name as a step of a pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
