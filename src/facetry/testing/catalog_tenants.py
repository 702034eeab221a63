"""What any catalog store must do with tenants, marks and its own end."""

from __future__ import annotations

import asyncio

import msgspec

from facetry.domain.catalog import DeleteProduct
from facetry.domain.errors import InvalidValueError, TenantExistsError, TenantNotFoundError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.rules import Boost, Pin, SearchRules, StopWords, Synonym
from facetry.domain.tenant import AccessKey, Tenant, TenantSettings, TokenKey
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import OTHER, TENANT, done, error_of, put, snapshot, tenant_record, the_group

replace = msgspec.structs.replace
_DEFINITIONS = (
    AttributeDefinition("Größe 💍", Kind.SCALE, ("S", "M"), unit="x"),
    AttributeDefinition("gemstones.origin", Kind.KEYWORD, identifier=True),
)
_RULES = SearchRules(
    synonyms=(Synonym(("a", "b"), "c"), *(Synonym((f"word {n}", f"Wort {n}")) for n in range(10_000))),
    stop_words=("the",),
    language_stop_words=StopWords.NONE,
    weights={"name": 0.5},
    boosts=(Boost("quantity", 0.25, 3.0),),
    pins=(Pin("ring", ("G1",), ("G2",)),),
    relax_below=7,
    understanding=False,
    semantic=0.125,
)


class TenantsConformance:
    """Records of tenants: what is unique, what is found by what, what a change must not overwrite."""

    async def test_a_record_comes_back_whole(self, store: CatalogStore) -> None:
        record = Tenant(
            id="Ünï 💍",
            name="",
            label="x" * 10_000,
            active=False,
            token_version=7,
            version=3,
            api_key_digest=bytes(range(256)),
            api_key_sealed=b"",
            access_key_digest=b"\x00",
            access_key_sealed=b"\xff\xfe",
            token_keys=(TokenKey("new", b"\x00"), TokenKey("old", b"s", 1234.5)),
            settings=TenantSettings("de", "EUR", _DEFINITIONS, _RULES),
            created=0.1,
            search_key_digest=b"\x01",
            search_key_sealed=b"\xfd",
            access_key_disabled=True,
            access_keys=(
                AccessKey(id="k1", name="\U0001f48d", digest=b"\x02", sealed=b"\xfc"),
                AccessKey(id="k2", name="", digest=b"\x03", sealed=b"", scopes=(), expires=0.5, disabled=True),
            ),
        )
        await store.create_tenant(record)
        assert await store.tenant(record.id) == record
        assert await store.tenant_by_token_key("old") == record
        assert len(record.owned_digests) == 5
        for digest in record.owned_digests:
            assert await store.tenant_by_key(digest) == record

    async def test_tenants_ascend_by_id(self, store: CatalogStore) -> None:
        for name in ("b", "\U0001f48d", "B", "\uffff"):
            await store.create_tenant(tenant_record(name))
        listed = [tenant.id for tenant in await store.tenants()]
        assert listed == ["B", TENANT, "b", OTHER, "\uffff", "\U0001f48d"]

    async def test_what_is_unknown_is_not_found(self, store: CatalogStore) -> None:
        for text in ("", "nobody", "ACME", "\ud800"):
            assert await store.tenant(text) is None
            assert await store.tenant_by_token_key(text) is None
            assert isinstance(await error_of(store.delete_tenant(text)), TenantNotFoundError)
        for digest in (b"", b"api", b"api acme ", b"kid acme", bytes(32)):
            assert await store.tenant_by_key(digest) is None

    async def test_a_tenant_is_found_by_each_of_its_keys(self, store: CatalogStore) -> None:
        for name in (TENANT, OTHER):
            for kind in ("api", "access", "search"):
                assert await store.tenant_by_key(f"{kind} {name}".encode()) == tenant_record(name)

    async def test_access_keys_come_and_go_with_the_record(self, store: CatalogStore) -> None:
        old, new = (AccessKey(id="k", name="k", digest=digest, sealed=b"") for digest in (b"old", b"new"))
        record = await store.replace_tenant(tenant_record(TENANT, access_keys=(old,)))
        assert await store.tenant_by_key(b"old") == record
        record = await store.replace_tenant(msgspec.structs.replace(record, access_keys=(new,)))
        assert await store.tenant_by_key(b"old") is None
        assert await store.tenant_by_key(b"new") == record
        taken = tenant_record(OTHER, access_keys=(new,))
        assert isinstance(await error_of(store.replace_tenant(taken)), TenantExistsError)
        assert (await store.tenant(OTHER)) == tenant_record(OTHER)

    async def test_a_key_may_be_missing_or_serve_two_purposes(self, store: CatalogStore) -> None:
        record = tenant_record("new", access_key_digest=b"one", api_key_digest=b"one", search_key_digest=b"")
        await store.create_tenant(record)
        await store.create_tenant(tenant_record("other", search_key_digest=b""))
        assert await store.tenant_by_key(b"one") == record
        assert await store.tenant_by_key(b"") is None
        changed = await store.replace_tenant(replace(record, access_key_digest=b"two"))
        assert await store.tenant_by_key(b"one") == changed
        assert await store.tenant_by_key(b"two") == changed
        await store.delete_tenant("new")
        for digest in (b"one", b"two"):
            assert await store.tenant_by_key(digest) is None
        await store.create_tenant(record)

    async def test_ids_and_keys_are_unique(self, store: CatalogStore) -> None:
        clashes = (
            tenant_record(TENANT, api_key_digest=b"1", access_key_digest=b"2", token_keys=()),
            tenant_record("new", api_key_digest=f"api {TENANT}".encode()),
            tenant_record("new", access_key_digest=f"access {TENANT}".encode()),
            tenant_record("new", search_key_digest=f"search {TENANT}".encode()),
            tenant_record("new", search_key_digest=f"api {TENANT}".encode()),
            tenant_record("new", api_key_digest=f"access {OTHER}".encode()),
            tenant_record("new", token_keys=(TokenKey("kid new", b""), TokenKey(f"kid {TENANT}", b""))),
        )
        before = await store.tenants()
        for clash in clashes:
            assert isinstance(await error_of(store.create_tenant(clash)), TenantExistsError)
            assert await store.tenants() == before
            assert await store.tenant_by_token_key("kid new") is None
            assert await store.tenant_by_key(b"access new") is None

    async def test_text_that_is_no_unicode_is_refused(self, store: CatalogStore) -> None:
        before = await store.tenants()
        for record in (replace(tenant_record("new"), id="\ud800"), replace(tenant_record("new"), name="\udfff")):
            assert isinstance(await error_of(store.create_tenant(record)), InvalidValueError)
        record = replace(before[0], name="\ud800")
        assert isinstance(await error_of(store.replace_tenant(record)), InvalidValueError)
        assert await store.tenants() == before

    async def test_replacing_raises_the_version(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        record = tenant_record(TENANT)
        changed = replace(record, name="New", active=False, token_keys=(TokenKey("next", b"x"), *record.token_keys))
        assert await store.replace_tenant(changed) == replace(changed, version=2)
        assert await store.tenant(TENANT) == replace(changed, version=2)
        assert await store.tenant_by_token_key("next") == await store.tenant(TENANT)
        assert await store.revision(TENANT) == 1
        assert (await the_group(store, "G")).product_skus == ("R1",)

    async def test_replaced_keys_are_forgotten(self, store: CatalogStore) -> None:
        record = tenant_record(TENANT)
        await store.replace_tenant(replace(record, access_key_digest=b"new", token_keys=(TokenKey("next", b""),)))
        assert await store.tenant_by_token_key(f"kid {TENANT}") is None
        assert await store.tenant_by_key(record.access_key_digest) is None
        found = await store.tenant_by_key(b"new")
        assert found is not None
        assert found.id == TENANT
        heir = tenant_record("heir", token_keys=record.token_keys, search_key_digest=record.access_key_digest)
        await store.create_tenant(heir)
        assert await store.tenant_by_key(record.access_key_digest) == heir

    async def test_an_outdated_version_overwrites_nothing(self, store: CatalogStore) -> None:
        record = tenant_record(TENANT)
        changes = [store.replace_tenant(replace(record, name=f"name {n}")) for n in range(5)]
        results = await asyncio.gather(*changes, return_exceptions=True)
        (winner,) = [result for result in results if isinstance(result, Tenant)]
        assert [type(r) for r in results if not isinstance(r, Tenant)] == [TenantExistsError] * 4
        assert await store.tenant(TENANT) == winner
        assert winner.version == 2

    async def test_another_tenants_key_is_not_taken_over(self, store: CatalogStore) -> None:
        before = await store.tenants()
        record, other = tenant_record(TENANT), tenant_record(OTHER)
        for clash in (
            replace(record, api_key_digest=other.api_key_digest),
            replace(record, access_key_digest=other.access_key_digest),
            replace(record, search_key_digest=other.access_key_digest),
            replace(record, token_keys=(*record.token_keys, *other.token_keys)),
        ):
            assert isinstance(await error_of(store.replace_tenant(clash)), TenantExistsError)
            assert await store.tenants() == before
        assert await store.tenant_by_token_key(f"kid {TENANT}") == record
        assert await store.tenant_by_key(record.search_key_digest) == record
        assert isinstance(await error_of(store.replace_tenant(tenant_record("nobody"))), TenantNotFoundError)

    async def test_a_deleted_tenant_leaves_nothing(self, store: CatalogStore) -> None:
        await done(store, *(put(f"R{n}", f"G{n // 4}") for n in range(5000)))
        await done(store, put("R1", "G"), tenant=OTHER)
        await store.delete_tenant(TENANT)
        assert await store.tenant(TENANT) is None
        assert await store.tenant_by_token_key(f"kid {TENANT}") is None
        assert await store.tenant_by_key(f"search {TENANT}".encode()) is None
        assert await snapshot(store) == (0, (0, 0), [])
        assert await store.delta(TENANT, 1, 10) is None
        assert await store.product(TENANT, "R1") is None
        assert isinstance(await error_of(store.write(TENANT, [put("R1")])), TenantNotFoundError)
        assert await store.counts(OTHER) == (1, 1)

    async def test_a_tenant_that_comes_again_is_another_one(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"), put("R2", "G"))
        marks = [store.mark(TENANT)]
        await store.delete_tenant(TENANT)
        marks.append(store.mark(TENANT))
        await store.create_tenant(tenant_record(TENANT))
        marks.append(store.mark(TENANT))
        assert len(set(map(repr, marks))) == 3
        assert await snapshot(store) == (3, (0, 0), [])
        await done(store, put("R1", "H"))
        assert await store.revision(TENANT) == 4
        assert (await the_group(store, "H")).product_skus == ("R1",)

    async def test_nothing_held_of_a_deleted_tenant_is_taken_for_the_next_ones(self, store: CatalogStore) -> None:
        held = [0]
        for first in (0, 3, 6):
            assert await store.revision(TENANT) == first
            delta = await store.delta(TENANT, first, 10)
            assert delta is not None
            assert delta.groups == ()
            await done(store, put("R1", f"from {first}"), put("R2", f"from {first}"))
            assert [await store.delta(TENANT, revision, 10) for revision in held if revision < first] == [None] * first
            held = list(range(first + 3))
            await store.delete_tenant(TENANT)
            await store.create_tenant(tenant_record(TENANT))


class MarksConformance:
    """Marks: equal ones prove that nothing changed, in every process that shares the catalog."""

    async def test_a_mark_changes_with_every_change_of_the_tenant(self, store: CatalogStore) -> None:
        marks = [store.mark(TENANT)]
        assert store.mark(TENANT) == marks[0]
        await done(store, put("R1", "G"))
        marks.append(store.mark(TENANT))
        await done(store, put("R1", "G"))
        marks.append(store.mark(TENANT))
        await done(store, DeleteProduct("R1"))
        marks.append(store.mark(TENANT))
        await store.replace_tenant(tenant_record(TENANT))
        marks.append(store.mark(TENANT))
        assert len(set(map(repr, marks))) == 5
        assert store.mark(TENANT) == marks[-1]

    async def test_a_mark_leaves_other_tenants_alone(self, store: CatalogStore) -> None:
        mark = store.mark(OTHER)
        await done(store, put("R1", "G"))
        assert store.mark(OTHER) == mark
        assert store.mark("nobody") == store.mark("nobody")

    async def test_what_one_process_commits_the_other_sees(self, store: CatalogStore, peer: CatalogStore) -> None:
        for writer, reader in ((store, peer), (peer, store)):
            for n in range(20):
                mark = reader.mark(TENANT)
                await done(writer, put("R1", "G", name=f"name {n}"))
                await reader.look(TENANT)
                assert reader.mark(TENANT) != mark
                product = await reader.product(TENANT, "R1")
                assert product is not None
                assert product.name == f"name {n}"
        mark = peer.mark("new")
        await store.create_tenant(tenant_record("new"))
        await peer.look("new")
        assert peer.mark("new") != mark
        assert await peer.tenant("new") == tenant_record("new")

    async def test_two_processes_write_at_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        writers = [(store, peer)[n % 2].write(TENANT, [put(f"R{n}", "G")]) for n in range(60)]
        receipts = await asyncio.gather(*writers)
        assert sorted(receipt.revision for receipt in receipts) == list(range(1, 61))
        assert len((await the_group(peer, "G")).products) == 60


class ClosingConformance:
    """The end of a store."""

    async def test_closing_twice_is_harmless(self, store: CatalogStore) -> None:
        await done(store, put("R1", "G"))
        await store.close()
        await store.close()

    async def test_a_closed_store_takes_no_writes(self, store: CatalogStore) -> None:
        await store.close()
        for call in (
            store.write(TENANT, [put("R1")]),
            store.create_tenant(tenant_record("new")),
            store.replace_tenant(tenant_record(TENANT)),
            store.delete_tenant(TENANT),
            store.cut_log(TENANT, 1),
        ):
            assert (await error_of(call)).code == "store_failed"

    async def test_closing_finishes_what_is_under_way(self, store: CatalogStore) -> None:
        writers = [asyncio.ensure_future(store.write(TENANT, [put(f"R{n}", "G")])) for n in range(20)]
        await asyncio.sleep(0)
        await store.close()
        results = await asyncio.gather(*writers, return_exceptions=True)
        assert [result for result in results if isinstance(result, BaseException)] == []
