"""Values of fields in the words of the trade, as a filter may spell them: ``18k`` for 750, ``RB`` for round."""

from __future__ import annotations

from facetry.domain.jewelry import scales
from facetry.domain.jewelry.tables import canonical, key_of

_TABLES = {
    "metals.color": ("metals", "colors"),
    "gemstones.shape": ("shapes",),
    "gemstones.creation": ("creations",),
    "gemstones.certificate_lab": ("labs",),
}


def meant(field: str, text: str) -> str | None:
    """Return what a text means as a value of a field; None where it is no word of the trade for it.

    A plain number means itself.
    """
    if field == "metals.purity":
        found = None if _is_number(text) else scales.fineness(text)
        return None if found is None else str(found)
    return canonical(*_TABLES[field]).get(key_of(text)) if field in _TABLES else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
