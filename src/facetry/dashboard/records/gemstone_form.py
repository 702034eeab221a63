"""The form of a gemstone: its fields, and the writes that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn

from facetry.dashboard.records.forms import ON, FormField, RecordForm, flag, listed, priced
from facetry.dashboard.records.paging import choices
from facetry.domain.catalog import Write
from facetry.domain.errors import InvalidFieldsError, InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.gemstone_values import DETAIL_READERS, GRADES, Values, graded
from facetry.domain.jewelry.scales import CLARITY, COLOR, GRADE
from facetry.domain.jewelry.tables import table
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.record import RecordKind
from facetry.domain.record_values import money_in
from facetry.domain.records import RecordKey
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade_terms import carats, numbers, stones
from facetry.domain.trade_terms.plain import identifier


def gemstone_form(settings: TenantSettings) -> RecordForm:
    """Return the form for a tenant; prices are in its currency."""
    return _form(settings.currency)


def gemstone_choices(_: TenantSettings) -> Mapping[str, object]:
    """Return what the form suggests, by field: the words of the trade; grades begin with the best."""
    grades = GRADE[::-1]
    return {
        "type": [*stones.names_by_number().values()],
        "creation": choices([*table("creations")]),
        "shape": [*table("shapes")],
        "color": COLOR[::-1],
        "clarity": CLARITY[::-1],
        **dict.fromkeys(("cut", "polish", "symmetry"), grades),
        "fluorescence": [*table("grades")["fluorescence"]],
        "treatment": [*table("treatments")],
        "certificate_lab": [*table("labs")],
    }


def changed_gemstone(stone: Gemstone, values: Values, _: float) -> Write:
    """Return the write that changes a gemstone.

    Raises:
        InvalidFieldsError: A grade cannot be read.
    """
    return PatchRecord(RecordKind.GEMSTONE, RecordKey(stone.id), _graded(values, stone.type))


def made_gemstone(values: Values, _: float) -> Write:
    """Return the write of a new gemstone.

    Raises:
        InvalidFieldsError: A grade cannot be read.
    """
    fields = {name: value for name, value in _graded(values, None).items() if value is not None}
    details = {name.removeprefix(DETAILS): fields.pop(name) for name in [*fields] if name.startswith(DETAILS)}
    return PutRecord(Gemstone(**fields, details=details))


def _graded(values: Values, kind: str | None) -> dict[str, Any]:
    """Return values with type and grades read together, for a word may tell several of them."""
    errors: list[InvalidValueError] = []
    found = graded(values, kind, errors.append)
    return found if not errors else _refused(errors)


def _refused(errors: list[InvalidValueError]) -> NoReturn:
    raise InvalidFieldsError(tuple((error.field, error.message) for error in errors))


@lru_cache(maxsize=100)
def _form(currency: str) -> RecordForm:
    money = money_in(currency, "gemstones")
    return RecordForm(
        (
            FormField("code", identifier, is_required=True),
            *(FormField(name, numbers.text, is_required=True) for name in ("name", "type")),
            FormField("creation", stones.creation, None),
            FormField("shape", stones.shape, None),
            FormField("carat", carats.carat, None, "{:g}".format),
            *(FormField(name, numbers.text, None) for name in GRADES),
            FormField("treatment", stones.treatment, None),
            *(FormField(name, read, None, target=DETAILS + name) for name, read in _DETAILS.items()),
            FormField("quantity", numbers.whole, 0, start="1"),
            FormField("quantity_alert", numbers.whole, None),
            flag("is_unique"),
            flag("is_real", start=ON),
            *(priced(name, money) for name in ("cost", "price", "price_per_carat")),
            FormField("certificate_number", numbers.text, None),
            FormField("certificate_lab", stones.laboratory, None),
            listed("certificate_images"),
            listed("images"),
        )
    )


_DETAILS = {name: DETAIL_READERS[name] for name in ("measurements", "depth", "table", "girdle", "culet", "origin")}
