"""Whole tenants from one store to another while both serve: copied, compared, and copied anew where they moved on."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import msgspec

from facetry.application.key_transfer import unplaced, with_plain_keys, with_sealed_keys
from facetry.application.secrets import Vault
from facetry.application.tenants import Tenants
from facetry.domain.account_errors import UserExistsError
from facetry.domain.copying import CopiedGroup, CopiedProduct, CopiedThing, TenantCopy
from facetry.domain.errors import StoreError, TenantExistsError
from facetry.domain.tenant import Tenant
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.tenant_copies import TenantCopies

ATTEMPTS = 5
"""So often a tenant that was disabled is copied anew until nothing has changed meanwhile."""
_BITS = 256
_encode = msgspec.json.Encoder(order="deterministic").encode


class Outcome(Enum):
    """What became of a tenant."""

    MOVED = "moved"
    REPLACED = "replaced"
    THERE = "there already"


class MigrationReport(msgspec.Struct, frozen=True):
    """What was moved of a tenant, compared on both sides.

    Attributes:
        outcome: What became of it.
        revision: The original's that was copied.
        behind: By how many revisions the original has moved on since.
        checksum: Of all that was copied, in whichever order.
    """

    tenant: str
    outcome: Outcome
    revision: int
    behind: int
    products: int
    groups: int
    records: int
    checksum: str
    disabled: bool = False


class Contents(msgspec.Struct):
    """How many things a tenant has, and the sum of their digests: the same in whichever order they come."""

    products: int = 0
    groups: int = 0
    records: int = 0
    sum: int = 0

    def add(self, thing: object) -> None:
        """Count a thing, or what stands for the tenant itself."""
        # Some have numbers for keys, which only texts can be sorted with.
        digest = hashlib.sha256(_encode(msgspec.to_builtins(thing, str_keys=True))).digest()
        self.sum = (self.sum + int.from_bytes(digest)) % (1 << _BITS)
        match thing:
            case CopiedProduct():
                self.products += 1
            case CopiedGroup():
                self.groups += 1
            case Tenant():
                pass
            case _:
                self.records += 1

    @property
    def checksum(self) -> str:
        """Return the sum: 64 hexadecimal digits."""
        return f"{self.sum:064x}"


class Side(Protocol):
    """A server, as far as tenants are moved from or to it."""

    @property
    def store(self) -> CatalogStore:
        """Return what holds its tenants."""

    @property
    def copies(self) -> TenantCopies | None:
        """Return what moves them."""

    @property
    def vault(self) -> Vault:
        """Return what their keys are sealed under."""

    @property
    def tenants(self) -> Tenants:
        """Return what removes and disables them."""

    @property
    def accounts(self) -> Accounts:
        """Return who signs in to their dashboard."""


@dataclass(frozen=True)
class Wishes:
    """What may be done beyond copying.

    Attributes:
        replaces: Whether a tenant of the same id that has other contents is replaced.
        disables: Whether the original is disabled, and what it wrote until then copied too.
    """

    replaces: bool = False
    disables: bool = False


async def migrate_tenant(source: Side, target: Side, tenant: str, wishes: Wishes) -> MigrationReport:
    """Copy a tenant from one store to another, and compare what arrived with what was copied; harmless to repeat.

    Raises:
        TenantNotFoundError: There is no such tenant.
        TenantExistsError: The target has one with other contents, or one of its keys.
        StoreError: What arrived differs; it was removed again.
    """
    move = _Move(source, target, tenant)
    moved = await move.bring(replaces=wishes.replaces)
    if not wishes.disables:
        return moved
    if (await source.tenants.get(tenant)).active:
        await source.tenants.set_active(tenant, active=False)
    for _ in range(ATTEMPTS):
        if not await move.lag(moved.revision):
            return msgspec.structs.replace(moved, behind=0, disabled=True)
        moved = await move.bring(replaces=True)
    raise StoreError(f"tenant {tenant} is written to although it is disabled; it stays where it was")


async def copy_users(source: Side, target: Side, tenant: str) -> int:
    """Copy the users of a tenant, of ``NO_TENANT`` the operators, and return how many were not there yet.

    Passwords and second factors stay good; who is signed in has to sign in again. Harmless to repeat: a user whose
    e-mail the target's tenant knows stays as they are there.

    Raises:
        StoreError: They cannot be read or written.
    """
    copied = 0
    for user in await source.accounts.users(tenant):
        totp = target.vault.seal(source.vault.open(user.totp)) if user.totp else b""
        with suppress(UserExistsError):
            await target.accounts.add_user(msgspec.structs.replace(user, totp=totp))
            copied += 1
    return copied


class _Move:
    """One tenant on its way; its record goes as it was at first, not as disabling leaves it: its tokens stay good."""

    def __init__(self, source: Side, target: Side, tenant: str) -> None:
        self._source = source
        self._target = target
        self._tenant = tenant
        self._record: Tenant | None = None

    async def bring(self, *, replaces: bool) -> MigrationReport:
        """Copy and compare, or only compare where it is there already."""
        there = await _contents_of(self._target, self._tenant)
        if there is not None:
            report = await self._report_if_same(there)
            if report is not None:
                return report
            if not replaces:
                told = f"tenant {self._tenant} is there already with other contents; --replace takes its place"
                raise TenantExistsError(told)
            await self._target.tenants.delete(self._tenant)
        contents, revision = await self._copied()
        if await _contents_of(self._target, self._tenant) != contents:
            await self._target.tenants.delete(self._tenant)
            raise StoreError(f"tenant {self._tenant} did not arrive as it was sent; it was removed again")
        return await self._report(Outcome.MOVED if there is None else Outcome.REPLACED, revision, contents)

    async def lag(self, revision: int) -> int:
        """Return by how many revisions the original has moved on."""
        return await self._source.store.revision(self._tenant) - revision

    async def _report_if_same(self, there: Contents) -> MigrationReport | None:
        async with _copies(self._source).read(self._tenant) as copy:
            here = self._begun(copy)
            async for _ in _counted(copy, here):
                pass
        return await self._report(Outcome.THERE, copy.counters.revision, here) if here == there else None

    async def _copied(self) -> tuple[Contents, int]:
        async with _copies(self._source).read(self._tenant) as copy:
            contents = self._begun(copy)
            record = with_sealed_keys(self._plain(copy), self._target.vault)
            await _copies(self._target).take(record, copy.counters, _counted(copy, contents))
            return contents, copy.counters.revision

    def _begun(self, copy: TenantCopy) -> Contents:
        contents = Contents()
        contents.add(_comparable(self._plain(copy)))
        return contents

    def _plain(self, copy: TenantCopy) -> Tenant:
        self._record = self._record or copy.record
        return with_plain_keys(unplaced(self._record), self._source.vault)

    async def _report(self, outcome: Outcome, revision: int, contents: Contents) -> MigrationReport:
        return MigrationReport(
            tenant=self._tenant,
            outcome=outcome,
            revision=revision,
            behind=await self.lag(revision),
            products=contents.products,
            groups=contents.groups,
            records=contents.records,
            checksum=contents.checksum,
        )


async def _contents_of(side: Side, tenant: str) -> Contents | None:
    """Return what a side has of a tenant at one moment; None where there is none."""
    if await side.store.tenant(tenant) is None:
        return None
    async with _copies(side).read(tenant) as copy:
        contents = Contents()
        contents.add(_comparable(with_plain_keys(copy.record, side.vault)))
        async for _ in _counted(copy, contents):
            pass
        return contents


async def _counted(copy: TenantCopy, contents: Contents) -> AsyncIterator[Sequence[CopiedThing]]:
    async for portion in copy.things:
        for thing in portion:
            contents.add(thing)
        yield portion


def _comparable(record: Tenant) -> Tenant:
    """Return a record without what the two sides have each for itself: a count of its changes, and indexes."""
    return msgspec.structs.replace(unplaced(record), version=0)


def _copies(side: Side) -> TenantCopies:
    if side.copies is None:
        raise StoreError("a store that keeps nothing has no tenants to move")
    return side.copies
