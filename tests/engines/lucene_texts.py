"""Searches for texts alone over one OpenSearch: filters are worked out here, and name groups by their ids."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from facetry.domain.group import ProductGroup
from facetry.domain.search.evaluation import passing
from facetry.domain.search.fields import Attributes
from facetry.domain.search.filters import And
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.engines.lucene.addresses import read_address
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.documents import packed
from facetry.engines.lucene.mapping import index_body
from facetry.engines.lucene.readings import Chosen, Outcomes, Read, Searches, TextReader
from facetry.engines.lucene.suggesting import suggested
from facetry.engines.lucene.texts import text_fields, word_documents
from facetry.engines.lucene.vocabulary import KnownWords
from facetry.engines.opensearch.driver import OpenSearchDriver

PARCEL = 30


class LuceneTexts:
    """An index of groups that holds their texts only."""

    def __init__(self, url: str) -> None:
        self.driver = OpenSearchDriver(read_address(url, "opensearch"))
        self.cluster = Cluster(self.driver, f"l3-{secrets.token_hex(5)}")
        self.known = KnownWords()
        self.outcomes = Outcomes()
        self._held: dict[str, dict[str, ProductGroup]] = {}

    async def open(self) -> None:
        """Make the index."""
        await self.cluster.ensure(index_body(self.cluster.index, 1, 0))

    async def close(self) -> None:
        """Remove the index."""
        await self.driver.call("DELETE", f"/{self.cluster.index}-000001")
        await self.driver.close()

    async def write(self, tenant: str, groups: Sequence[ProductGroup], attributes: Attributes = ()) -> None:
        """Write groups, to be found on return."""
        for start in range(0, len(groups), PARCEL):
            await self._write(tenant, groups[start : start + PARCEL], attributes)
        await self.cluster.refresh()
        self._held.setdefault(tenant, {}).update({group.group_id: group for group in groups})

    async def _write(self, tenant: str, groups: Sequence[ProductGroup], attributes: Attributes) -> None:
        documents = [
            {
                "tenant": tenant,
                "group": group.group_id,
                "body": packed(group),
                **text_fields(tenant, group, "en", attributes),
            }
            for group in groups
        ]
        lines = []
        for document in documents:
            lines += [{"index": {"_id": f"{tenant}-{document['group']}"}}, document]
        for word, source in word_documents(tenant, documents):
            lines += [{"create": {"_id": word}}, source]
        statuses = {one["status"] for one in await self.cluster.bulk(tenant, lines)}
        assert statuses <= {200, 201, 409}

    async def remove(self, tenant: str, group_id: str) -> None:
        """Remove a group."""
        await self.cluster.bulk(tenant, [{"delete": {"_id": f"{tenant}-{group_id}"}}])
        await self.cluster.refresh()
        del self._held[tenant][group_id]

    def groups(self, tenant: str) -> list[ProductGroup]:
        """Return what is held of a tenant."""
        return [*self._held.get(tenant, {}).values()]

    async def read(self, tenant: str, query: SearchQuery) -> Read:
        """Search for a text; the answer's hits have group ids and scores."""
        reader = TextReader(tenant, query, self.known, self.outcomes)

        def passing_ids(condition):
            held = self.groups(tenant)
            return {"terms": {"group": [one.group_id for one in held if any(passing(query, one, condition))]}}

        def bodies(chosen: Chosen):
            condition = And((query.scope, query.filter, chosen.plan.condition))
            filters = [{"term": {"tenant": tenant}}, passing_ids(condition)]
            scored = reader.queries.scored(chosen.plan, chosen.required)
            return [
                {
                    "query": {"bool": {"must": [scored], "filter": filters}},
                    "size": 1000,
                    "track_total_hits": True,
                    "sort": ["_score", "group"],
                    "_source": False,
                    "docvalue_fields": ["group"],
                }
            ]

        return await reader.read(lambda asked: self.cluster.searches(tenant, asked), Searches(passing_ids, bodies))

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """Return what is offered to someone who is typing."""
        return await suggested(tenant, query, lambda asked: self.cluster.searches(tenant, asked))


def hits(read: Read) -> list[tuple[str, float]]:
    """Return group ids and scores in order."""
    return [(hit["fields"]["group"][0], hit["_score"]) for hit in read.responses[0]["hits"]["hits"]]
