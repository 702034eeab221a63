"""Data directories that hold the catalog of a shape, in the store and in the index, as a server finds them."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.shapes.lines import line
from bench.shapes.shape import Shape
from facetry.application.tenants import NewTenant
from facetry.bootstrap.service import open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.catalog import PutProduct
from facetry.engines.columns.files import VERSION
from facetry.settings import Settings

_MARKER = "prepared.json"
_BATCH = 1000


class _Found(msgspec.Struct):
    tenant: str
    key: str
    json_bytes: int


@dataclass(frozen=True)
class Prepared:
    """A data directory with one tenant.

    Attributes:
        key: The tenant's API key.
        json_bytes: Size of all products as lines of a file to import.
    """

    shape: Shape
    directory: Path
    tenant: str
    key: str
    json_bytes: int

    @property
    def index(self) -> Path:
        """Return where the index is."""
        return self.directory / "index"

    def index_bytes(self) -> int:
        """Return the size of the index's files."""
        return sum(file.stat().st_size for file in self.index.rglob("*") if file.is_file())


def prepare(shape: Shape, folder: Path) -> Prepared:
    """Return the directory of a shape in a folder; one that is there already, of the same size, is used again."""
    directory = folder / f"{shape.name}-{shape.size.products}-{VERSION}"
    marker = directory / _MARKER
    if not marker.exists():
        directory.mkdir(parents=True)
        marker.write_bytes(msgspec.json.encode(asyncio.run(_filled(shape, directory))))
    found = msgspec.json.decode(marker.read_bytes(), type=_Found)
    return Prepared(shape, directory, found.tenant, found.key, found.json_bytes)


async def _filled(shape: Shape, directory: Path) -> _Found:
    size = 0
    async with open_service(Settings(data=directory), role=StoreRole.OWNER) as service:
        keys = await service.tenants.create(NewTenant(name="Bench"))
        tenant = keys.tenant.id
        products = (product for group in shape.groups() for product in group.products)
        while batch := list(itertools.islice(products, _BATCH)):
            size += sum(len(line(product)) + 1 for product in batch)
            await service.store.write(tenant, [PutProduct(product) for product in batch])
        await service.relay.reach(tenant)
        await service.index.checkpoint(tenant)
    return _Found(tenant, keys.api_key, size)
