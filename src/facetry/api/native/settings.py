"""The calls about settings of searches, and about attributes."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.fields import Document
from facetry.application.search_settings import AttributeOverview, SearchSettings, Wish
from facetry.domain.errors import BadDocumentError
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.rules import SearchRules
from facetry.domain.tenant import Tenant
from facetry.http.answer import Answer, CachePolicy, json_answer

_T = TypeVar("_T")
_PLACE = re.compile(r"(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


class AttributeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The types of a tenant's attributes."""

    attributes: tuple[AttributeDefinition, ...]


class Settings:
    """Handles settings."""

    def __init__(self, settings: SearchSettings) -> None:
        """Read and replace settings."""
        self._settings = settings

    async def get_rules(self, call: Call) -> Answer:
        """Show the rules."""
        return _rules(await self._settings.get(call.session.tenant))

    async def put_rules(self, call: Call) -> Answer:
        """Replace the rules."""
        rules = converted(await call.document(), SearchRules)
        return _rules(await self._settings.set_rules(call.session.tenant, rules, _wish(call)))

    async def get_definitions(self, call: Call) -> Answer:
        """Show the types of attributes."""
        return _definitions(await self._settings.get(call.session.tenant))

    async def put_definitions(self, call: Call) -> Answer:
        """Replace the types of attributes."""
        wanted = converted(await call.document(), AttributeSettings).attributes
        return _definitions(await self._settings.set_attributes(call.session.tenant, wanted, _wish(call)))

    async def attributes(self, call: Call) -> Answer:
        """Show which attributes there are."""
        found = await self._settings.attributes(call.session.tenant, call.session.settings)
        return json_answer({"attributes": [_attribute(one) for one in found]}, policy=CachePolicy.NO_STORE)


def _wish(call: Call) -> Wish:
    return Wish(call.expected_version(), call.session.key_id or call.session.credential.name.lower())


def converted(document: Document, kind: type[_T]) -> _T:
    """Return what a decoded document stands for.

    Raises:
        BadDocumentError: A part of it has another form; with its JSON pointer.
    """
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        match = _PLACE.fullmatch(str(error))
        assert match is not None  # noqa: S101 - it matches every text
        message = match["message"].replace("`", "")
        raise BadDocumentError(_pointer(match["path"] or ""), message[:1].lower() + message[1:]) from error


def _pointer(path: str) -> str:
    """Return the JSON pointer for a path as the decoder writes it: ``.synonyms[0].phrases``."""
    steps = (name or index for name, index in _STEP.findall(path))
    return "".join(f"/{step}" for step in steps if step != "...")


def _rules(record: Tenant) -> Answer:
    rules = record.settings.rules
    return _versioned({name: getattr(rules, name) for name in rules.__struct_fields__}, record)


def _definitions(record: Tenant) -> Answer:
    return _versioned({"attributes": record.settings.attributes}, record)


def _versioned(document: Document, record: Tenant) -> Answer:
    answer = json_answer(document, policy=CachePolicy.NO_STORE)
    return msgspec.structs.replace(answer, headers=((b"etag", b'"%d"' % record.version),))


def _attribute(overview: AttributeOverview) -> Document:
    document: Document = {
        "name": overview.name,
        "type": overview.type,
        "inferred": overview.is_inferred,
        "observed": overview.is_observed,
        "distinct": overview.distinct,
    }
    definition = overview.definition
    if definition is not None:
        document |= {
            "scale": definition.scale,
            "unit": definition.unit,
            "identifier": definition.identifier,
        }
    return document
