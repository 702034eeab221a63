"""The call that shows what a tenant may have and do at most, and what it has."""

from __future__ import annotations

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.reads import Reads
from facetry.api.native.routing import Route
from facetry.application.search_settings import SearchSettings
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.ports.catalog_store import CatalogStore

QUOTAS = "/v2/settings/quotas"


class QuotasShown:
    """Shows quotas; the operator sets them."""

    def __init__(self, settings: SearchSettings, store: CatalogStore, reads: Reads) -> None:
        """Show those of settings, and what a store counts."""
        self._settings = settings
        self._store = store
        self._reads = reads

    async def get(self, call: Call) -> Answer:
        """Show them."""
        await self._reads.begin(call)
        record = await self._settings.get(call.session.tenant)
        used = await self._store.usage(record.id)
        document = {"quotas": record.settings.quotas, "used": {"products": used.products, "bytes": used.bytes}}
        answer = json_answer(document, policy=CachePolicy.NO_STORE)
        return msgspec.structs.replace(answer, headers=((b"etag", b'"%d"' % record.version),))


def routes(settings: SearchSettings, store: CatalogStore, reads: Reads) -> list[Route]:
    """Return the route of quotas."""
    return [Route("GET", QUOTAS, QuotasShown(settings, store, reads).get, Scope.READ)]
