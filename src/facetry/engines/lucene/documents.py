"""The document of a group: all that searches ask of it, and the group itself."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import msgspec
import zstandard

from facetry.domain.field_query import NUMBER_FIELDS, TEXT_FIELDS, VALUE_FIELDS
from facetry.domain.field_ranking import analysed
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, Schema
from facetry.engines.lucene.candidate_facts import CandidateFacts
from facetry.engines.lucene.facts import fact, fitting
from facetry.engines.lucene.slots import Slots
from facetry.engines.lucene.texts import text_fields

_DECODER = msgspec.json.Decoder(ProductGroup)


def document_id(tenant: str, group_id: str) -> str:
    """Return the id of a group's document."""
    return hashlib.sha256(f"{tenant}\x1f{group_id}".encode("utf-8", "surrogatepass")).hexdigest()


class GroupDocuments:
    """Make the documents of a tenant's groups as JSON has them."""

    def __init__(self, tenant: str, language: str, attributes: Attributes, slots: Slots) -> None:
        """Make them for ``tenant``.

        Args:
            tenant: Whose.
            language: Stems their words.
            attributes: The types that their attributes have.
            slots: Where their numbers and sort keys are put; what has no slot is left out.
        """
        self._tenant = tenant
        self._language = language
        self._attributes = attributes
        self._facts = CandidateFacts(Schema(attributes), slots)

    def of(self, group: ProductGroup, version: int) -> dict[str, Any]:
        """Return the document of a group with all its products, as of a version of the tenant's groups."""
        return {
            "owner": self._tenant,
            "tenant": self._tenant,
            "group": group.group_id,
            "version": version,
            "body": packed(group),
            **_looked_up(group, self._language),
            **text_fields(self._tenant, group, self._language, self._attributes),
            "p": [self._facts.product(group.group_id, product) for product in group.products],
        }


def gone_document(tenant: str, version: int, moment: float) -> dict[str, Any]:
    """Return the document that stands for a group that lives no more, so that nothing older takes its place."""
    return {"owner": tenant, "version": version, "gone": int(moment)}


def packed(group: ProductGroup) -> str:
    """Return a whole group as a document holds it."""
    return base64.b64encode(zstandard.compress(msgspec.json.encode(group))).decode()


def unpacked(body: str) -> ProductGroup:
    """Return the group that a document holds."""
    return _DECODER.decode(zstandard.decompress(base64.b64decode(body)))


def _looked_up(group: ProductGroup, language: str) -> dict[str, Any]:
    """Return what the Catalog API looks up and counts."""
    seen = analysed(group, language)
    numbers = {field: number for field, number in seen.numbers.items() if number is not None}
    terms = [fact(field, term) for field in TEXT_FIELDS for term in seen.texts[field]]
    terms += [fact(field, term) for field, found in seen.keywords.items() for term in found]
    terms += [fact(field, str(int(number))) for field, number in numbers.items()]
    prices = {field: numbers[field] for field in NUMBER_FIELDS if field in numbers}
    counted: dict[str, tuple[str, ...]] = {field: getattr(group, f"{field}s") for field in VALUE_FIELDS}
    return {
        "terms": terms,
        **{field: [*map(fitting, values)] for field, values in counted.items() if values},
        **prices,
        **({"currency": group.currency} if group.currency else {}),
    }
