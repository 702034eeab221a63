"""The demo catalog: jewelry that nobody sells, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator

from facetry.application.showcase.designs import Design, designs
from facetry.application.showcase.draw import Draw
from facetry.application.showcase.materials import CLARITIES, CUTS, GEMS, SHAPES, Alloy, Gem, stone_cents
from facetry.application.showcase.wording import description

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
STONES_A_KIND = 10
_SEED = 20_260

Product = dict[str, object]


def demo_products(base_url: str = DEFAULT_BASE_URL) -> Iterator[Product]:
    """Yield the products with the field names of the Catalog API, group by group.

    Args:
        base_url: Where the pictures are served.
    """
    draw = Draw(_SEED)
    for design in designs():
        yield from _variants(design, draw, base_url)
    for gem in GEMS:
        for number in range(1, STONES_A_KIND + 1):
            yield _loose_stone(gem, number, draw, base_url)


def _variants(design: Design, draw: Draw, base_url: str) -> Iterator[Product]:
    """Yield a design in every metal and, of the sizes, those that are in stock."""
    text = description(design)
    is_first = True
    for alloy in design.kind.alloys:
        for step, size in enumerate(design.kind.sizes or ("",)):
            if step and draw.below(3) == 0:
                continue  # Not every size is made in every metal.
            yield _piece(design, alloy, size, step, draw) | {
                "images": [_picture(base_url, design, alloy)],
                "isMain": is_first,
                "description": text,
            }
            is_first = False


def _piece(design: Design, alloy: Alloy, size: str, step: int, draw: Draw) -> Product:
    grams = design.grams_tenths * (100 + step * 4) // 100
    stone = stone_cents(design.gem, design.carats) if design.gem else 0
    cents = grams * alloy.cents_a_gram // 10 + stone + 4_500
    code = "".join(c for c in size if c.isdigit())
    return _product(
        sku="-".join(part for part in (design.id, alloy.code, code) if part),
        group=design.id,
        name=f"{design.name} in {alloy.mark} {alloy.color}",
        keywords=[*design.kind.words, design.collection.lower(), *([design.gem.name.lower()] if design.gem else [])],
        category=f"Jewelry>{design.kind.category}",
        cents=cents,
        draw=draw,
        more={"color": alloy.color, "brand": design.brand} | ({"size": size} if size else {}),
        attributes={
            "metal": alloy.metal,
            "fineness": alloy.fineness,
            "metalColor": alloy.color,
            "weightGrams": grams / 10,
            "collection": design.collection,
            **_stone(design),
            **({"ringSize": size} if "Rings" in design.kind.category else {}),
        },
    )


def _stone(design: Design) -> dict[str, object]:
    """Return what the attributes of a piece say of its stone."""
    if design.gem is None:
        return {}
    return {"gemstone": design.gem.name, "shape": design.shape, "carat": design.carats / 100}


def _loose_stone(gem: Gem, number: int, draw: Draw, base_url: str) -> Product:
    """Return one stone, which is a group of its own."""
    shape, color = draw.one(SHAPES), draw.one(gem.colors)
    clarity, cut = draw.one(CLARITIES), draw.one(CUTS)
    carats = draw.between(30, 320)
    sku = f"ST-{gem.picture[:4].upper()}-{number:03d}"
    certificate = f"{draw.between(2_100_000_000, 2_147_000_000)}"
    weight = f"{carats / 100:.2f} ct"
    article = "An" if shape[0] in "aeiou" else "A"
    product = _product(
        sku=sku,
        group=sku,
        name=f"{weight} {shape.title()} {gem.name}, {color}, {clarity}",
        keywords=["loose stone", gem.name.lower(), shape, weight],
        category=f"Jewelry>Loose Stones>{gem.name}",
        cents=stone_cents(gem, carats) * (130 - CLARITIES.index(clarity) * 8) // 100,
        draw=draw,
        more={"brand": "Kestrel Lane", "color": color},
        attributes={
            "gemstone": gem.name,
            "shape": shape,
            "carat": carats / 100,
            "stoneColor": color,
            "clarity": clarity,
            "cut": cut,
            "origin": gem.origin,
            "certificateNumber": certificate,
        },
    )
    return product | {
        "images": [f"{base_url}/demo/pictures/stone-{shape}-{gem.picture}.svg"],
        "isMain": True,
        "quantity": 1,
        "description": f"{article} {shape}-cut {gem.name.lower()} of {weight} from {gem.origin}, {color.lower()}, "
        f"clarity {clarity}, {cut.lower()} cut. Certificate {certificate} comes with the stone.",
    }


def _product(  # noqa: PLR0913 - the parts of a product, each by name
    *,
    sku: str,
    group: str,
    name: str,
    keywords: list[str],
    category: str,
    cents: int,
    draw: Draw,
    more: dict[str, str],
    attributes: dict[str, object],
) -> Product:
    """Return a product with every field in the order of the Catalog API; some pieces are reduced or resting."""
    regular = (cents // 500 + 1) * 500
    promotion = regular * 85 // 100 if draw.below(4) == 0 else regular
    return {
        "images": [],
        "searchKeywords": keywords,
        "category": [category],
        "isMain": False,
        "sku": sku,
        "name": name,
        "description": "",
        "groupID": group,
        "regularPrice": regular / 100,
        "promotionPrice": promotion / 100,
        "quantity": draw.between(1, 24),
        **{key: more[key] for key in ("color", "brand", "size") if key in more},
        "active": draw.below(40) != 0,
        "currency": "USD",
        "attributes": attributes,
    }


def _picture(base_url: str, design: Design, alloy: Alloy) -> str:
    parts = [design.kind.picture, alloy.picture]
    if design.gem:
        with_shape = design.kind.picture not in {"ring-eternity", "bracelet-tennis"}
        parts += [design.shape, design.gem.picture] if with_shape else [design.gem.picture]
    return f"{base_url}/demo/pictures/{'-'.join(parts)}.svg"
