"""A gemstone as a product of its own: a loose stone, searched and sold like any other."""

from __future__ import annotations

from facetry.domain.gemstone import Gemstone
from facetry.domain.product import Part, ProductContent
from facetry.domain.trade import ProductType, Trade
from facetry.domain.trade_terms.stones import LAB_GROWN

_PART_FIELDS = (
    "code", "type", "creation", "shape", "carat", "color", "clarity", "cut", "polish", "symmetry", "fluorescence",
    "treatment", "certificate_number", "certificate_lab",
)  # fmt: skip
_PLURALS = {"ruby": "Rubies"}


def loose_product(stone: Gemstone, currency: str | None = None) -> ProductContent:
    """Return the product that a stone is: one part, which has all that is known of it, under the code as SKU."""
    part: Part = {name: value for name in _PART_FIELDS if (value := getattr(stone, name)) is not None}
    video = stone.details.get("video")
    return ProductContent(
        sku=stone.code,
        name=stone.name,
        group_id=stone.code,
        category=(f"Loose Stones>{_plural(stone.type)}",),
        regular_price=stone.price,
        quantity=stone.quantity,
        images=stone.images,
        currency=currency,
        gemstones=({**stone.details, **part, "quantity": 1},),
        trade=Trade(
            product_type=ProductType.LOOSE,
            unrepeatable=stone.is_unique,
            quantity_alert=stone.quantity_alert,
            location=str(stone.details.get("location", "")),
            videos=(video,) if isinstance(video, str) else (),
        ),
    )


def stone_name(fields: dict[str, object]) -> str:
    """Return what to call a stone by its fields: ``1.01 ct Round Lab Grown Diamond, G VS1``."""
    kind = str(fields["type"]).title()
    carat = fields.get("carat")
    made = LAB_GROWN.title() if fields.get("creation") == LAB_GROWN else ""
    weight = f"{carat:g} ct" if isinstance(carat, float) else ""
    words = (weight, str(fields.get("shape") or "").title(), made, kind)
    grades = " ".join(str(fields[name]) for name in ("color", "clarity") if fields.get(name))
    return ", ".join(part for part in (" ".join(word for word in words if word), grades) if part)


def _plural(kind: str) -> str:
    if kind in _PLURALS:
        return _PLURALS[kind]
    name = kind.title().replace("'S ", "'s ")
    return name if name.endswith("s") else f"{name}s"
