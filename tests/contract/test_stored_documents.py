"""The stored form of products, tenants and log rows: what is on disk today must be readable tomorrow."""

from __future__ import annotations

import msgspec

from facetry.domain.leaky_bucket import Bucket
from facetry.domain.placement import Placement
from facetry.domain.product import Product
from facetry.domain.quotas import Quotas
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.rules import Boost, Pin, SearchRules, StopWords, Synonym
from facetry.domain.tenant import (
    AccessKey,
    ClientApiSettings,
    HttpsRule,
    Scope,
    Tenant,
    TenantSettings,
    TokenKey,
)
from facetry.engines.sqlite import documents
from facetry.engines.sqlite.schema import MIGRATIONS

SMALL = Product(sku="R1", name="Ring", group_id="G", object_id="0123456789abcdef01234567", joined=7)
SMALL_DOC = b'{"sku":"R1","name":"Ring","group_id":"G","object_id":"0123456789abcdef01234567","joined":7}'
FULL = Product(
    sku="R2",
    name="Ré💍",
    group_id="G",
    description="D",
    regular_price=59_900,
    promotion_price=1,
    images=("a.jpg",),
    search_keywords=("k",),
    category=("A", "B"),
    quantity=3,
    color="gold",
    brand="B",
    size="7",
    active=False,
    is_main=True,
    currency="EUR",
    attributes={"n": 10**30, "f": 0.1, "l": ["x", None, True]},
    object_id="0123456789abcdef01234567",
    joined=8,
)
FULL_DOC = (
    '{"sku":"R2","name":"Ré💍","group_id":"G","description":"D","regular_price":59900,"promotion_price":1,'
    '"images":["a.jpg"],"search_keywords":["k"],"category":["A","B"],"quantity":3,"color":"gold","brand":"B",'
    '"size":"7","active":false,"is_main":true,"currency":"EUR",'
    '"attributes":{"n":1000000000000000000000000000000,"f":0.1,"l":["x",null,true]},'
    '"object_id":"0123456789abcdef01234567","joined":8}'
).encode()
TENANT = Tenant(
    id="acme",
    name="Acme",
    label="0123456789",
    api_key_digest=b"\x00\x01",
    api_key_sealed=b"\x02",
    access_key_digest=b"\x03",
    access_key_sealed=b"\x04",
    token_keys=(TokenKey("k2", b"\x05"), TokenKey("k1", b"\x06", 1700000000.5)),
    settings=TenantSettings(currency="EUR"),
    created=1.5,
)
SEARCHING_TENANT = msgspec.structs.replace(
    TENANT,
    settings=TenantSettings(
        attributes=(
            AttributeDefinition("carat", Kind.DECIMAL, unit="ct"),
            AttributeDefinition("gemstones.hue", Kind.SCALE, ("a", "b"), identifier=True),
        ),
        rules=SearchRules(
            synonyms=(Synonym(("ring", "band")), Synonym(("hoop",), "earring")),
            stop_words=("the",),
            language_stop_words=StopWords.NONE,
            weights={"name": 2.0},
            boosts=(Boost("quantity", 0.5, 10.0),),
            pins=(Pin("ring", ("G1",), ("G2",)),),
            relax_below=3,
            understanding=False,
            semantic=0.25,
        ),
    ),
    search_key_digest=b"\x07",
    search_key_sealed=b"\x08",
)
TENANT_DOC = (
    b'{"id":"acme","name":"Acme","label":"0123456789","active":true,"token_version":1,"version":1,'
    b'"api_key_digest":"AAE=","api_key_sealed":"Ag==","access_key_digest":"Aw==","access_key_sealed":"BA==",'
    b'"token_keys":[{"kid":"k2","sealed":"BQ==","expires":null},{"kid":"k1","sealed":"Bg==","expires":1700000000.5}],'
    b'"settings":{"language":"en","currency":"EUR"},"created":1.5}'
)
SEARCHING_TENANT_DOC = TENANT_DOC.replace(
    b'{"language":"en","currency":"EUR"},"created":1.5}',
    b'{"language":"en","currency":"USD","attributes":[{"name":"carat","type":"decimal","unit":"ct"},'
    b'{"name":"gemstones.hue","type":"scale","scale":["a","b"],"identifier":true}],'
    b'"rules":{"synonyms":[{"phrases":["ring","band"]},{"phrases":["hoop"],"source":"earring"}],'
    b'"stop_words":["the"],"language_stop_words":"none","weights":{"name":2.0},'
    b'"boosts":[{"field":"quantity","weight":0.5,"pivot":10.0}],'
    b'"pins":[{"query":"ring","first":["G1"],"hide":["G2"]}],'
    b'"relax_below":3,"understanding":false,"semantic":0.25},"client_api":{},"quotas":{},"placement":{}},'
    b'"created":1.5,"search_key_digest":"Bw==","search_key_sealed":"CA==","access_key_disabled":false,"access_keys":[]}',
)
CLIENT_TENANT = msgspec.structs.replace(
    SEARCHING_TENANT,
    settings=msgspec.structs.replace(
        SEARCHING_TENANT.settings,
        client_api=ClientApiSettings(
            http_errors=True, require_https=HttpsRule.ALWAYS, buckets={"product_sold": Bucket(5, 0.5)}
        ),
        quotas=Quotas(products=5, search_seconds_per_minute=7),
        placement=Placement(home="large", coming="own-0123456789abcdef"),
    ),
    access_key_disabled=True,
    access_keys=(
        AccessKey(id="k1", name="Kiosk", digest=b"\x09", sealed=b"\x0a"),
        AccessKey(
            id="k2",
            name="Orders",
            digest=b"\x0b",
            sealed=b"\x0c",
            scopes=(Scope.READ, Scope.ORDERS),
            expires=2.5,
            disabled=True,
            created=1.5,
        ),
    ),
)
CLIENT_TENANT_DOC = (
    SEARCHING_TENANT_DOC.replace(
        b'"client_api":{}',
        b'"client_api":{"http_errors":true,"require_https":"always","buckets":{"product_sold":{"size":5,"leak":0.5}}}',
    )
    .replace(b'"quotas":{}', b'"quotas":{"products":5,"search_seconds_per_minute":7}')
    .replace(b'"placement":{}', b'"placement":{"home":"large","coming":"own-0123456789abcdef"}')
    .replace(
        b'"access_key_disabled":false,"access_keys":[]',
        b'"access_key_disabled":true,"access_keys":[{"id":"k1","name":"Kiosk","digest":"CQ==","sealed":"Cg=="},'
        b'{"id":"k2","name":"Orders","digest":"Cw==","sealed":"DA==","scopes":["read","orders"],"expires":2.5,'
        b'"disabled":true,"created":1.5}]',
    )
)
OLDER_SEARCHING_TENANT_DOC = SEARCHING_TENANT_DOC.replace(b',"client_api":{},"quotas":{},"placement":{}', b"").replace(
    b',"access_key_disabled":false,"access_keys":[]', b""
)


def test_products():
    assert documents.encode_product(SMALL) == SMALL_DOC
    assert documents.encode_product(FULL) == FULL_DOC
    assert documents.decode_product(SMALL_DOC) == SMALL
    assert documents.decode_product(FULL_DOC) == FULL


def test_a_product_of_a_later_version_is_read():
    assert documents.decode_product(SMALL_DOC[:-1] + b',"from_the_future":[1]}') == SMALL


def test_tenants():
    assert documents.encode_tenant(SEARCHING_TENANT) == SEARCHING_TENANT_DOC
    assert documents.decode_tenant(SEARCHING_TENANT_DOC) == SEARCHING_TENANT
    assert documents.encode_tenant(CLIENT_TENANT) == CLIENT_TENANT_DOC
    assert documents.decode_tenant(CLIENT_TENANT_DOC) == CLIENT_TENANT


def test_a_tenant_from_before_search_settings_is_read():
    assert documents.decode_tenant(TENANT_DOC) == TENANT
    assert documents.decode_tenant(OLDER_SEARCHING_TENANT_DOC) == SEARCHING_TENANT


def test_log_rows():
    assert documents.encode_texts(["R1", "é"]) == '["R1","é"]'.encode()
    assert documents.decode_text_lists([b'["R1"]', b"[]", '["é","x"]'.encode()]) == [["R1"], [], ["é", "x"]]


def test_a_schema_is_never_edited():
    """Databases of this version exist: what they lack is added by a further migration."""
    assert len(MIGRATIONS) == 6
    columns, later, keys, records, logged, sized = (
        [line.split()[0] for line in sql.splitlines() if line.startswith("    ")] for sql in MIGRATIONS
    )
    assert columns == [
        *("number", "id", "version", "currency", "api_key_digest", "access_key_digest", "record"),
        *("revision", "log_cut", "next_joined", "products", "groups"),
        *("kid", "tenant"),
        *("number", "tenant", "sku", "group_id", "joined", "is_main", "doc"),
        *("tenant", "group_id", "object_id", "revision", "PRIMARY"),
        *("tenant", "revision", "skus", "groups", "PRIMARY"),
        "tenant",
    ]
    assert later == ["id", "revision"]
    assert keys == ["digest", "tenant"]
    assert records == [
        *("tenant", "kind", "id", "code", "doc", "PRIMARY"),
        *("tenant", "kind", "link", "id", "PRIMARY"),
        *("tenant", "kind", "id", "PRIMARY"),
    ]
    assert logged == sized == []
