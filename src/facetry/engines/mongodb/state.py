"""What the document of a tenant says beside its record: the counters of its catalog."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from bson import ObjectId

from facetry.domain.quotas import Quotas, Usage

WITHOUT_RECORD = {"record": False}
"""Leaves out, of the document of a tenant, what may be long and no counter needs."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The counters of a tenant at one moment.

    Attributes:
        tenant: Name of its document.
        catalog: What its products and all else are stored under; another one if it is deleted and made anew.
        mark: Raised by every change of its catalog or record.
        revision: Of its last write.
        log_cut: The last revision that its change log has forgotten.
        joined: The last place in the order of joining that was given.
        usage: What it has.
        groups: How many groups it has.
        last_ids: The last id of each kind of record; a kind that never had one is not there.
        linked: What names of its products begin with that have been used, see ``documents``.
        currency: Of prices that name none.
        quotas: What it may have at most.
    """

    tenant: str
    catalog: ObjectId
    mark: int
    revision: int
    log_cut: int = 0
    joined: int = 0
    usage: Usage = Usage()
    groups: int = 0
    last_ids: Mapping[str, int]
    linked: frozenset[str] = frozenset()
    currency: str
    quotas: Quotas


def name_of_tenant(tenant: str) -> str:
    """Return the name of a tenant's document: a digest, so that one which was deleted leaves no name behind."""
    return hashlib.sha256(tenant.encode(errors="surrogatepass")).hexdigest()


def state_of(document: Mapping[str, Any] | None) -> State | None:
    """Return what the document of a tenant says; None where there is none, or the tenant was deleted."""
    if document is None or "catalog" not in document:
        return None
    return State(
        tenant=document["_id"],
        catalog=document["catalog"],
        mark=document["mark"],
        revision=document["revision"],
        log_cut=document["log_cut"],
        joined=document["joined"],
        usage=Usage(document["products"], document["bytes"]),
        groups=document["groups"],
        last_ids=document["last_ids"],
        linked=frozenset(document["linked"]),
        currency=document["currency"],
        quotas=Quotas(products=document["max_products"], bytes=document["max_bytes"]),
    )


def counters_of(state: State) -> dict[str, Any]:
    """Return the fields of a tenant's document that its writes change."""
    return {
        "mark": state.mark,
        "revision": state.revision,
        "joined": state.joined,
        "products": state.usage.products,
        "bytes": state.usage.bytes,
        "groups": state.groups,
        "last_ids": dict(state.last_ids),
        "linked": sorted(state.linked),
    }
