"""A data directory of each older version is brought up to date by the first command, and nothing is wrong in it."""

from __future__ import annotations

import apsw
import msgspec
import pytest

from facetry.application.secrets import Vault
from facetry.engines.sqlite.schema import APPLICATION_ID, MIGRATIONS
from tests.program import done

KEY = bytes(range(32))
KEYS_INDEXED, IDS_ADDED = 3, 4
"""The versions since which keys have an index, and products an id of their own and links to what they name."""
LOG_SINCE = 2
API_KEY = "api-key-of-shop"


def old_directory(folder, version):
    """Make a data directory as a program of a version has left it."""
    folder.mkdir(mode=0o700)
    (folder / "master.key").write_text(KEY.hex() + "\n")
    vault = Vault(KEY)
    digests = [vault.digest(key) for key in (API_KEY, "access-key-of-shop")]
    record = {
        "id": "shop",
        "name": "Shop",
        "label": "label",
        "version": 3,
        "api_key_digest": digests[0],
        "api_key_sealed": vault.seal(API_KEY.encode()),
        "access_key_digest": digests[1],
        "access_key_sealed": vault.seal(b"access-key-of-shop"),
        "token_keys": [{"kid": "kid", "sealed": vault.seal(b"s" * 32)}],
        "settings": {"language": "en", "currency": "USD"},
    }
    database = apsw.Connection(str(folder / "catalog.sqlite3"))
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    for script in MIGRATIONS[:version]:
        database.execute(script).fetchall()
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}").fetchall()
    database.execute(
        "INSERT INTO tenants (id, version, currency, api_key_digest, access_key_digest, record, revision, log_cut,"
        " next_joined, products, groups) VALUES ('shop', 3, 'USD', ?, ?, ?, 9, ?, 30, 20, 10)",
        (*digests, msgspec.json.encode(record), 9 - LOG_SINCE),
    )
    database.execute("INSERT INTO token_keys VALUES ('kid', 1)")
    if version >= KEYS_INDEXED:
        database.executemany("INSERT INTO keys VALUES (?, 1)", [(digest,) for digest in digests])
    for number in range(1, 21):
        group = f"G{number % 10}"
        product = {
            "sku": f"P{number}",
            "name": f"Ring {number}",
            "group_id": group,
            "regular_price": 10_000 * number,
            "promotion_price": 10_000 * number,
            "is_main": number <= 10,
            "object_id": f"{number:024}",
            "joined": number,
            "gemstones": [{"code": f"D{number % 3}", "carat": 1}],
        }
        row = (product["sku"], group, number, number <= 10, msgspec.json.encode(product))
        database.execute(
            "INSERT INTO products (tenant, sku, group_id, joined, is_main, doc) VALUES (1, ?, ?, ?, ?, ?)"
            if version < IDS_ADDED
            else "INSERT INTO products (tenant, sku, group_id, joined, is_main, doc, id) VALUES (1, ?, ?, ?, ?, ?, ?3)",
            row,
        )
        if version >= IDS_ADDED:
            database.execute("INSERT INTO links VALUES (1, 'product', ?, ?)", (f"D{number % 3}", number))
        if number <= 10:
            database.execute("INSERT INTO groups VALUES (1, ?, ?, 9)", (group, f"{number:024}"))
    for revision in range(10 - LOG_SINCE, 10):
        sql = "INSERT INTO changes (tenant, revision, skus, groups) VALUES (1, ?, ?, ?)"
        database.execute(sql, (revision, b'["P1"]', b'["G1"]'))
    database.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_directory_is_brought_up_to_date(tmp_path, version):
    data = tmp_path / "data"
    old_directory(data, version)
    found = {one["name"]: one for one in done("doctor", "--json", "--data", data).json}
    assert found["database"]["advice"] == f"take a backup: the next start brings it to version {len(MIGRATIONS)}"
    done("backup", tmp_path / "copy", "--data", data)
    told = "tenant shop: 20 products in 10 groups, 0 differences\n"
    assert done("verify", "--data", data).out == told
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    assert connection.execute("PRAGMA user_version").get == len(MIGRATIONS)
    connection.close()
    (row,) = done("tenant", "list", "--json", "--data", data).json
    assert (row["id"], row["products"], row["groups"]) == ("shop", 20, 10)
    # A backup that was taken before is brought up to date likewise.
    done("restore", tmp_path / "copy", "--data", tmp_path / "restored")
    assert done("verify", "--data", tmp_path / "restored").out == told
    first, second = (done("verify", "--json", "--data", one).json for one in (data, tmp_path / "restored"))
    assert first == second
