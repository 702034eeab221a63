"""The actions on gemstones."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.api.client.action import Action, ActionCall, Category, DataNeed, FieldNote, Result
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.errors import listed
from facetry.api.client.gemstone_fields import FIELDS, ID
from facetry.api.client.gemstone_reading import REQUIRED, imported, key_of, updated
from facetry.api.client.gemstone_rendering import shown, written
from facetry.api.client.gemstone_searching import search_keys, search_of
from facetry.api.client.record_fields import notes, records_of
from facetry.api.client.written_records import write_each
from facetry.domain.catalog import Effect
from facetry.domain.errors import FacetryError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, Recorded, Removed
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.tenant import Scope

GEMSTONE = "gemstone"
"""Under which key the record of one import or update is repeated."""


class GemstoneActions:
    """Import, change, find and remove gemstones."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read from and write to a catalog."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._gemstones = dependencies.gemstones

    async def bring_in(self, call: ActionCall) -> Result:
        """Store new gemstones."""
        writes = (imported(raw, call.settings.currency) for raw in records_of(call.data))
        return listed(await write_each(self._catalog, call.tenant, writes, _record), GEMSTONE)

    async def change(self, call: ActionCall) -> Result:
        """Change gemstones where they are spoken of."""
        given = records_of(call.data)
        keys = [key_of(raw) if isinstance(raw, dict) else key_of({}) for raw in given]
        there = await self._there(call.tenant, keys)
        writes = (
            key if isinstance(key, FacetryError) else updated(raw, key, old, call.settings.currency)
            for raw, key, old in zip(given, keys, there, strict=True)
        )
        return listed(await write_each(self._catalog, call.tenant, writes, _record), GEMSTONE)

    async def search(self, call: ActionCall) -> Result:
        """Find gemstones."""
        wish = search_of(call.data, call.settings.currency)
        found = await self._gemstones.find(call.tenant, wish.filter)
        end = None if wish.limit is None else wish.offset + wish.limit
        return Result(await written(found[wish.offset : end], wish.fields))

    async def remove(self, call: ActionCall) -> Result:
        """Remove gemstones."""
        writes = [_removal(raw) for raw in _ids_of(call.data)]
        return listed(await write_each(self._catalog, call.tenant, writes, _removed))

    async def list_fields(self, call: ActionCall) -> Result:  # noqa: ARG002 - the same for everybody
        """Tell the fields of a gemstone."""
        return Result([one.listed() for one in FIELDS])

    async def _there(self, tenant: str, keys: Sequence[RecordKey | FacetryError]) -> Sequence[Gemstone | None]:
        """Return the gemstones with keys that could be read, None for each that is not there."""
        wanted = [key if isinstance(key, RecordKey) else RecordKey() for key in keys]
        found = await self._records.find(tenant, RecordKind.GEMSTONE, wanted)
        return [one if isinstance(one, Gemstone) else None for one in found]


def _ids_of(data: object) -> list[object]:
    """Return the records of ``data``; of a bare ``1,2,3`` each number."""
    return [*data.split(",")] if isinstance(data, str) else records_of(data)


def _removal(raw: object) -> DeleteRecord | FacetryError:
    key = key_of(raw)
    return key if isinstance(key, FacetryError) else DeleteRecord(RecordKind.GEMSTONE, key)


def _record(effect: Effect) -> object:
    assert isinstance(effect, Recorded)  # noqa: S101 - narrows the union for the type checker
    assert isinstance(effect.record, Gemstone)  # noqa: S101 - likewise
    return shown(effect.record)


def _removed(effect: Effect) -> object:
    assert isinstance(effect, Removed)  # noqa: S101 - narrows the union for the type checker
    return {"gemstone_id": effect.id}


_STONE = {
    "code": "D1",
    "name": "Round diamond 0.50 ct",
    "type": "2",
    "shape": "RB",
    "carat": "0.5",
    "color": "G",
    "clarity": "VS1",
    "cut": "Excellent",
    "price": 1450,
    "quantity": 1,
    "certificate_lab": "GIA",
    "certificate_number": "6204512342",
}
_ANSWER = {
    "id": 1,
    "gemstone_id": 1,
    "code": "D1",
    "name": "Round diamond 0.50 ct",
    "type": "diamond",
    "shape": "round",
    "carat": 0.5,
    "cut": "EX",
}
_WHICH = (
    ID.note(),
    FieldNote("code", "text", "Your own name for it, in place of `gemstone_id`."),
)


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the actions on gemstones."""
    own = GemstoneActions(dependencies)
    fields = tuple(one.note() for one in FIELDS)
    return [
        Action(
            name="gemstone_import",
            category=Category.GEMSTONES,
            about=(
                "Adds gemstones, one or a list. A `code` that is there already is refused (303). The answer has each "
                "gemstone as it is stored, of one alone also as `gemstone`."
            ),
            handler=own.bring_in,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=fields,
            sample=_STONE,
            answer=[_ANSWER],
        ),
        Action(
            name="gemstone_update",
            category=Category.GEMSTONES,
            about=(
                "Changes gemstones by `gemstone_id`, or by `code`. Fields left out stay, empty ones are emptied; with "
                "both given `code` becomes the new code. Products that have the gemstone follow what changes of its "
                "code, name, type, shape, grades, weight and certificate."
            ),
            handler=own.change,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=(ID.note(), *(FieldNote(one.name, one.type, one.about) for one in fields)),
            sample={"gemstone_id": 1, "price": 1390, "certificate_image_1": ""},
            answer=[_ANSWER],
        ),
        Action(
            name="gemstone_search",
            category=Category.GEMSTONES,
            about=(
                "Finds gemstones for which all keys hold, ascending by id; without `data` all. Every field is a key, "
                "numbers and grades also with `_from` and `_to`: `clarity_from` VS2 means VS2 or better, and with both "
                "ends given what lies between them. Also ids alone: `5`, `[1, 2]`, `1,2`."
            ),
            handler=own.search,
            scope=Scope.READ,
            fields=notes(search_keys()),
            sample={"type": "diamond", "carat_from": 0.4, "clarity_from": "VS2", "fields": ["gemstone_id", "price"]},
            answer=[{"gemstone_id": 1, "price": 1450}],
        ),
        Action(
            name="gemstone_delete",
            category=Category.GEMSTONES,
            about="Removes gemstones. One that a product still has stays, and gets 303.",
            handler=own.remove,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=_WHICH,
            sample=[1],
            answer=[{"gemstone_id": 1}],
        ),
        Action(
            name="gemstone_listfields",
            category=Category.GEMSTONES,
            about=f"Lists the fields of a gemstone. Mandatory are {', '.join(f'`{name}`' for name in REQUIRED)}.",
            handler=own.list_fields,
            scope=Scope.READ,
            need=DataNeed.NONE,
            answer=[FIELDS[0].listed()],
        ),
    ]
