"""The fields of products as ``product_listfields`` describes them, for those who build forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facetry.api.client.product_fields import PRODUCT_FIELDS
from facetry.domain.jewelry.scales import SCALES
from facetry.domain.part_reading import GEMSTONE_READERS, METAL_READERS
from facetry.domain.search.fields import METALS, STONES, AttributeDefinition, Kind, full_name
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade_terms.stones import LAB_GROWN, NATURAL, names_by_number

_NUMBERS = {"weight": "number", "purity": "integer", "carat": "number", "quantity": "integer"}
_TYPES = {Kind.INTEGER: "integer", Kind.DECIMAL: "number", Kind.BOOLEAN: "boolean", Kind.DATE: "date"}


def form_fields(settings: TenantSettings) -> list[dict[str, object]]:
    """Return each field of a product: its own, those of metals and gemstones, and those with a type of the tenant's."""
    return [
        *(field.described() for field in PRODUCT_FIELDS),
        *_part_fields("metals", METAL_READERS),
        *_part_fields("gemstones", GEMSTONE_READERS),
        *(_defined(definition) for definition in settings.attributes),
    ]


def _part_fields(group: str, names: Iterable[str]) -> Iterator[dict[str, object]]:
    for name in names:
        yield _described(f"{group}.{name}", name, _NUMBERS.get(name, "text"), _values(f"{group}.{name}"), group)


def _values(name: str) -> list[object]:
    """Return what a property of a part may be: grades with the best first, kinds of stones with their numbers."""
    if name in SCALES:
        return [*reversed(SCALES[name])]
    if name == f"{STONES}type":
        return [{"value": number, "title": kind} for number, kind in sorted(names_by_number().items())]
    return [NATURAL, LAB_GROWN] if name == f"{STONES}creation" else []


def _defined(definition: AttributeDefinition) -> dict[str, object]:
    full = full_name(definition.name)
    group = full.partition(".")[0] if full.startswith((METALS, STONES)) else "additional"
    bare = full.partition(".")[2]
    kind = _TYPES.get(definition.type, "text")
    return _described(f"{group}.{bare}", bare, kind, [*reversed(definition.scale)], group)


def _described(name: str, title: str, kind: str, values: list[object], group: str) -> dict[str, object]:
    shown = title.replace("_", " ").capitalize()
    return {
        "name": name,
        "title": shown,
        "type": kind,
        "required": False,
        "values": values,
        "multiple": False,
        "group": group,
    }
