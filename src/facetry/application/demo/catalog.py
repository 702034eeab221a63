"""The demo catalog as products of the Catalog API."""

from collections.abc import Iterator, Mapping
from itertools import chain

from facetry.application.demo.diamonds import diamonds
from facetry.application.demo.gemstones import gemstones
from facetry.application.demo.jewelry import jewelry
from facetry.application.demo.model import Group, Value, Variant
from facetry.application.demo.prices import reduced

_HOME = "http://127.0.0.1:8080"
_METAL = {"name": "metal", "purity": "fineness", "color": "metalColor"}
_STONE = {
    "type": "gemstone",
    "shape": "shape",
    "carat": "carat",
    "color": "stoneColor",
    "clarity": "clarity",
    "cut": "cut",
    "creation": "creation",
    "origin": "origin",
    "treatment": "treatment",
    "measurements": "measurementsMm",
    "certificate_lab": "certificateLab",
    "certificate_number": "certificateNumber",
}
"""What a metal or a gemstone is called by, and the attribute that says it."""


def demo_products(base_url: str = "") -> Iterator[dict[str, object]]:
    """Yield the catalog's products, a group's main product first.

    Args:
        base_url: where the server that draws the pictures is found; this machine's usual address if empty.
    """
    pictures = f"{base_url.rstrip('/') or _HOME}/demo/pictures/"
    for group in chain(jewelry(), diamonds(), gemstones()):
        for position, variant in enumerate(group.variants):
            yield _product(group, variant, pictures, is_main=position == 0)


def _product(group: Group, variant: Variant, pictures: str, *, is_main: bool) -> dict[str, object]:
    values: dict[str, object] = {
        "images": [f"{pictures}{name}.svg" for name in variant.pictures],
        "searchKeywords": list(dict.fromkeys(group.keywords + variant.keywords)),
        "category": list(group.category),
        "isMain": is_main,
        "sku": variant.code,
        "name": group.name,
        "description": group.description,
        "groupID": group.id,
        "regularPrice": variant.price / 100,
        "promotionPrice": reduced(variant.price, group.discount) / 100,
        "quantity": variant.quantity,
        "color": variant.color,
        "brand": group.brand,
        "size": variant.size,
        "active": variant.active,
        "currency": "USD",
        "attributes": variant.attributes,
        **_parts(variant),
    }
    # What a piece does not have is left out, as merchants' feeds do.
    return {key: value for key, value in values.items() if value != ""}


def _parts(variant: Variant) -> dict[str, object]:
    """Return the metal and the gemstones that attributes speak of; a loose stone has the code of the product."""
    attributes: Mapping[str, Value] = variant.attributes
    metal = {name: attributes[key] for name, key in _METAL.items() if key in attributes}
    stone = {name: attributes[key] for name, key in _STONE.items() if key in attributes}
    if "certificate_number" in stone:
        stone = {"code": variant.code, **stone}
    accents = [{"type": attributes["accentStones"]}] if "accentStones" in attributes else []
    found: dict[str, object] = {"metals": [metal]} if metal else {}
    return found | ({"gemstones": [stone, *accents]} if stone else {})
