"""The form of a client: its fields, and the write that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from facetry.dashboard.records.forms import FormField, RecordForm
from facetry.domain.catalog import Write
from facetry.domain.gemstone_values import Values
from facetry.domain.keeping import PatchRecord
from facetry.domain.order import Client
from facetry.domain.record import RecordKind
from facetry.domain.record_values import choice, country, percent, texts
from facetry.domain.records import RecordKey
from facetry.domain.tenant import TenantSettings

TYPES = ("regular", "reseller")
_joined: Callable[[Sequence[str]], str] = ", ".join
_FORM = RecordForm(
    (
        *(FormField(name) for name in ("name", "company", "email", "phone", "reference", "username")),
        FormField("type", choice(*TYPES), "regular"),
        FormField("discount", percent, None, "{:g}".format),
        FormField("tags", texts, (), _joined),
        *(FormField(name) for name in ("address", "country")),
        FormField("country_code", country),
        FormField("comments"),
    )
)


def client_form(_: TenantSettings) -> RecordForm:
    """Return the form, which is the same for all tenants."""
    return _FORM


def changed_client(client: Client, values: Values, now: float) -> Write:
    """Return the write that changes a client at a Unix time."""
    return PatchRecord(RecordKind.CLIENT, RecordKey(client.id), {**values, "updated": now})
