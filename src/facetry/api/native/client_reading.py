"""From documents of clients to the writes that they ask for."""

from __future__ import annotations

from facetry.api.native import record_bodies as bodies
from facetry.api.native.parameters import Parameters
from facetry.api.native.record_lists import Wanted, named
from facetry.api.native.record_reading import Form, Values, check_id, one_of
from facetry.domain.errors import InvalidValueError
from facetry.domain.keeping import PutRecord
from facetry.domain.order import Client
from facetry.domain.record_values import country, percent
from facetry.domain.records import RecordKey, changed

EMAIL, REFERENCE = "email", "reference"
FILTERS = (EMAIL, REFERENCE)
NAMING = ("reference", "name", "username", "email", "company", "phone")
"""No client is without one of these."""
_TEXTS = (*NAMING, "country", "country_code", "address", "comments")
_FORM = Form(
    {"type": one_of("regular", "reseller"), "country_code": country, "discount": percent},
    {**dict.fromkeys(_TEXTS, ""), "type": "regular", "tags": [], "discount": None},
)


def client_values(body: bodies.Client, old: Client | None = None, path: str = "") -> Values:
    """Return what a document says of a client, by field.

    Raises:
        InvalidValueError: A value is not allowed.
    """
    return _FORM.read(body, old, path)


def new_client(body: bodies.Client, now: float) -> PutRecord:
    """Return the write that stores a new client.

    Raises:
        InvalidValueError: A value is not allowed, or it does not say who it is.
    """
    check_id(body)
    values = client_values(body)
    check_named(values)
    return PutRecord(changed(Client(), values | {"created": now, "updated": now}))


def check_named(values: Values, path: str = "") -> None:
    """Check that it is said who a client is.

    Raises:
        InvalidValueError: It is not.
    """
    if not any(values.get(name) for name in NAMING):
        raise InvalidValueError(path + "name", f"must not be left out where there is none of {', '.join(NAMING)}")


def wanted_clients(parameters: Parameters) -> Wanted:
    """Return which clients a list is to have.

    Raises:
        BadParameterError: A parameter is empty.
    """
    email = named(parameters, EMAIL).lower()
    code = named(parameters, REFERENCE)
    return Wanted(
        key=RecordKey(code=code) if code else None,
        link=email,
        tests=(lambda client: client.email.lower() == email,) if email else (),
    )
