"""Who gives an order: clients are found by what is said of them, or made."""

from __future__ import annotations

from typing import Any

import msgspec

from facetry.domain.keeping import PutRecord, check_sound, put_record, record_of
from facetry.domain.order import Client, Order, nameless_link
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey, changed
from facetry.domain.view import CatalogView

_OUR_OWN = frozenset({"id", "type", "created", "updated"})


def of_client(order: Order, client: Client) -> Order:
    """Return an order as one of a client."""
    return msgspec.structs.replace(order, client_id=client.id, customer=client.reference)


def client_by_id(view: CatalogView, client_id: int) -> Client:
    """Return a client.

    Raises:
        RecordNotFoundError: There is none.
    """
    client = record_of(view, RecordKind.CLIENT, RecordKey(client_id))
    assert isinstance(client, Client)  # noqa: S101 - narrows the union for the type checker
    return client


def client_of(view: CatalogView, given: Client) -> Client:
    """Return the client that is meant, made or with what was not known yet of them.

    Raises:
        RecordNotFoundError: There is none with the id that is given.
        InvalidValueError: A value breaks a rule.
    """
    known = _named(view, given) or _by_email(view, given)
    if known is None:
        return _stored(view, given)
    return _filled(view, known, given)


def revised_client(view: CatalogView, order: Order, changes: dict[str, Any]) -> Client:
    """Return the client of an order after a change to them, which may also name another one.

    Raises:
        RecordNotFoundError: There is none with the id that is given.
        RecordExistsError: The new reference is that of another client.
        InvalidValueError: A value breaks a rule.
    """
    given = changed(Client(), changes)
    assert isinstance(given, Client)  # noqa: S101 - narrows the union for the type checker
    given = msgspec.structs.replace(given, id=changes.get("id", 0))
    known = _named(view, given)
    if known is None and order.client_id:
        known = client_by_id(view, order.client_id)
        if given.reference and known.reference:
            known = None
    known = known or _by_email(view, given)
    if known is None:
        return _stored(view, msgspec.structs.replace(given, created=given.updated))
    after = changed(known, changes)
    assert isinstance(after, Client)  # noqa: S101 - narrows the union for the type checker
    return _stored(view, after)


def _named(view: CatalogView, given: Client) -> Client | None:
    """Return the client with the id, or else the reference, that is given."""
    if given.id:
        return client_by_id(view, given.id)
    found = view.record(RecordKind.CLIENT, RecordKey(code=given.reference)) if given.reference else None
    return found if isinstance(found, Client) else None


def _by_email(view: CatalogView, given: Client) -> Client | None:
    """Return the first client with the e-mail address, unless both have references, which then differ."""
    if not given.email:
        return None
    # Thousands of guests may order with the address of the shop itself: only the first one is looked at.
    link = nameless_link(given.email) if given.reference else given.email.lower()
    found = next(iter(view.linked(RecordKind.CLIENT, link, 1)), None)
    return found if isinstance(found, Client) else None


def _filled(view: CatalogView, known: Client, given: Client) -> Client:
    names = [name for name in Client.__struct_fields__ if name not in _OUR_OWN]
    news = {name: value for name in names if (value := getattr(given, name)) and not getattr(known, name)}
    return _stored(view, msgspec.structs.replace(known, updated=given.updated, **news)) if news else known


def _stored(view: CatalogView, client: Client) -> Client:
    check_sound(client)
    record = put_record(view, PutRecord(client)).record
    assert isinstance(record, Client)  # noqa: S101 - narrows the union for the type checker
    return record
