"""Commands about catalogs, beside a running server and without one."""

from __future__ import annotations

import json

import apsw
import pytest

from tests.program import done, new_tenant, run, wait_until

ROWS = [
    {"sku": "A1", "name": "Ring one", "groupID": "A", "regularPrice": 10, "color": "gold"},
    {"sku": "A2", "name": "Ring two", "groupID": "A", "regularPrice": 12.5},
    {"sku": "B1", "name": "Chain", "description": "Für Geschenke", "active": False},
]


@pytest.fixture
def shop(data, name):
    new_tenant(data, "Shop", "--id", name)
    return name


@pytest.fixture
def file(tmp_path):
    return lines_to(tmp_path / "products.ndjson", ROWS)


def lines_to(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def counted(data, shop):
    (row,) = [row for row in done("tenant", "list", "--json", "--data", data).json if row["id"] == shop]
    return row["products"], row["groups"]


def test_import_stores_products(data, shop, file):
    out = done("import", file, "--tenant", shop, "--data", data).out
    assert out.startswith("products.ndjson (ndjson): 3 products stored (3 new, 0 replaced) in ")
    assert counted(data, shop) == (3, 2)
    again = done("import", file, "--tenant", shop, "--restart", "--json", "--data", data).json
    assert (again["stored"], again["created"], again["replaced"], again["rejected"]) == (3, 0, 3, 0)
    assert counted(data, shop) == (3, 2)


def test_import_reports_bad_rows_and_stores_the_good_ones(data, shop, tmp_path):
    file = lines_to(tmp_path / "mixed.ndjson", [*ROWS, {"sku": "C1"}, {"sku": "D1", "name": "x", "regularPrice": "?"}])
    rejected = tmp_path / "rejected.ndjson"
    report = done("import", file, "--tenant", shop, "--rejected", rejected, "--json", "--data", data).json
    assert (report["stored"], report["rejected"]) == (3, 2)
    assert [(each["line"], each["field"]) for each in report["rejections"]] == [(4, "name"), (5, "regularPrice")]
    assert len(rejected.read_text("utf-8").splitlines()) == 2
    assert counted(data, shop) == (3, 2)


def test_a_dry_run_stores_nothing(data, shop, file):
    out = done("import", file, "--tenant", shop, "--dry-run", "--data", data).out.splitlines()
    assert out[0] == "products.ndjson (ndjson): 3 products are fit to be stored; nothing was written"
    assert out[1] == "2 products without a description: line 1: A1; line 2: A2"
    assert counted(data, shop) == (0, 0)


def test_import_takes_csv_and_a_mapping(data, shop, tmp_path):
    table, mapping = tmp_path / "t.csv", tmp_path / "m.toml"
    table.write_text("Nr;Titel;Preis\nX1;Schöne Kette;12,50\n", "cp1252")
    mapping.write_text('[file]\ndecimal = ","\n[product]\nsku = "Nr"\nname = "Titel"\nregularPrice = "Preis"\n')
    flags = ["--mapping", mapping, "--encoding", "cp1252"]
    assert done("import", table, "--tenant", shop, "--json", "--data", data, *flags).json["stored"] == 1
    done("export", tmp_path / "out.ndjson", "--tenant", shop, "--data", data)
    stored = json.loads((tmp_path / "out.ndjson").read_text("utf-8"))
    assert (stored["sku"], stored["name"], stored["regularPrice"]) == ("X1", "Schöne Kette", 12.5)


def test_import_takes_a_list_of_stones(data, shop, refused, tmp_path):
    table = tmp_path / "ruby list.csv"
    table.write_text("Weight,Colour,Clarity,Shape,Price\n1/2 ct,Red,AAA,OV,$100\n", "utf-8")
    command = ["import", table, "--tenant", shop]
    report = done(*command, "--stones-as", "both", "--stone", "3", "--json", "--data", data).json
    assert (report["format"], report["things"]) == ("gemstones", "gemstones with their products")
    again = done(*command, "--stones-as", "products", "--stone", "ruby", "--code-prefix", "R", "--json", "--data", data)
    assert (again.json["stored"], again.json["things"]) == (1, "loose products")
    done("export", tmp_path / "out.ndjson", "--tenant", shop, "--data", data)
    stored = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text("utf-8").splitlines()]
    assert [(one["sku"], one["name"], one["regularPrice"]) for one in stored] == [
        ("R-2", "0.5 ct Oval Ruby, Red AAA", 100),
        ("ruby-list-2", "0.5 ct Oval Ruby, Red AAA", 100),
    ]
    assert refused(*command, "--stone", "99") == "stone must be a name or a number from 1 to 50"


def test_export_and_import_give_the_same_bytes(data, shop, file, name, tmp_path):
    done("import", file, "--tenant", shop, "--data", data)
    first, second = tmp_path / "first.ndjson", tmp_path / "second.ndjson"
    assert done("export", first, "--tenant", shop, "--data", data).out == f"3 products of 2 groups are in {first}\n"
    new_tenant(data, "Other", "--id", f"{name}-copy")
    done("import", first, "--tenant", f"{name}-copy", "--data", data)
    report = done("export", second, "--tenant", f"{name}-copy", "--json", "--data", data).json
    assert (report["products"], report["groups"]) == (3, 2)
    assert second.read_bytes() == first.read_bytes()
    assert len(first.read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize("command", ["import", "export"])
def test_an_unknown_tenant_is_named(refused, command, file):
    assert refused(command, file, "--tenant", "nobody") == "tenant nobody not found"
    assert json.loads(file.read_text("utf-8").splitlines()[0])["sku"] == "A1"


def test_a_missing_file_is_named(data, shop, refused, tmp_path):
    assert str(tmp_path / "none.ndjson") in refused("import", tmp_path / "none.ndjson", "--tenant", shop)


def test_a_file_that_cannot_be_imported_is_named(data, shop, refused, tmp_path):
    file = tmp_path / "odd.csv"
    file.write_text("a,b\n1,2\n")
    assert refused("import", file, "--tenant", shop)
    assert counted(data, shop) == (0, 0)


def test_verify_compares_store_and_index(data, shop, file):
    done("import", file, "--tenant", shop, "--data", data)
    out = done("verify", "--tenant", shop, "--data", data).out
    assert out == f"tenant {shop}: 3 products in 2 groups, 0 differences\n"
    reports = {report["tenant"]: report for report in done("verify", "--json", "--data", data).json}
    assert len(reports[shop].pop("digest")) == 64
    assert reports[shop] == {"tenant": shop, "groups": 2, "products": 3, "differences": [], "faults": []}


def test_verify_names_what_differs_and_repair_heals_it(tmp_path):
    data = tmp_path / "data"
    new_tenant(data, "Shop", "--id", "shop")
    file = lines_to(tmp_path / "many.ndjson", [{"sku": f"P{n}", "name": f"Ring {n}"} for n in range(300)])
    done("import", file, "--tenant", "shop", "--data", data)
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    connection.execute("DELETE FROM products WHERE sku = 'P5'; DELETE FROM groups WHERE group_id = 'P5'").fetchall()
    connection.execute("INSERT INTO links VALUES (99, 'product', 'X', 1)").fetchall()
    connection.close()
    status, out, err = run("verify", "--data", data)
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("tenant shop: 299 products in 299 groups, ")
    assert {"  group P5: surplus", "  counts products: 300 instead of 299"} <= set(lines)
    assert lines[-2:] == [
        "all tenants together: 1 difference",
        "  database links: rows of tenant number 99, which is not there",
    ]
    report = run("verify", "--json", "--data", data).json[0]
    assert report["differences"] == [{"group_id": "P5", "problem": "surplus"}]
    repaired = done("repair", "--data", data).out
    assert "tenant shop: group P5: surplus\n" in repaired
    assert repaired.endswith(" faults of the store, built the index anew, emptied the caches\n")
    assert done("verify", "--data", data).out == "tenant shop: 299 products in 299 groups, 0 differences\n"
    (again,) = done("repair", "--tenant", "shop", "--json", "--data", data).json
    assert again["done"] == ["emptied the caches"]


def test_what_cannot_be_repaired_is_told(tmp_path):
    data = tmp_path / "data"
    new_tenant(data, "Shop", "--id", "shop")
    file = lines_to(tmp_path / "two.ndjson", [{"sku": f"P{n}", "name": f"Ring {n}", "groupID": "G"} for n in range(2)])
    done("import", file, "--tenant", "shop", "--data", data)
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    connection.execute(
        "INSERT INTO records SELECT tenant, 'gemstone', 1, 'X', X'7b' FROM products LIMIT 1;"
        "INSERT INTO last_ids SELECT tenant, 'gemstone', 1 FROM products LIMIT 1"
    ).fetchall()
    connection.close()
    status, out, _ = run("repair", "--data", data)
    lost = "records gemstone 1: the document cannot be read (cannot be mended: restore a backup)"
    assert (status, out.splitlines()) == (
        1,
        [
            f"tenant shop: {lost}",
            "tenant shop: mended 0 faults of the store, emptied the caches",
            f"tenant shop: still wrong: {lost}",
        ],
    )


def test_reindex_builds_the_index_anew(data, shop, file):
    done("import", file, "--tenant", shop, "--data", data)
    assert done("reindex", "--tenant", shop, "--data", data).out == f"tenant {shop}: the index is new, at revision 3\n"
    assert done("reindex", "--json", "--data", data).json[shop] == 3
    assert done("verify", "--tenant", shop, "--json", "--data", data).json[0]["differences"] == []


@pytest.mark.parametrize("command", ["verify", "reindex"])
def test_upkeep_of_an_unknown_tenant_is_refused(refused, command):
    assert refused(command, "--tenant", "nobody") == "tenant nobody not found"


def test_backup_and_restore(data, shop, file, tmp_path):
    done("import", file, "--tenant", shop, "--data", data)
    products, groups = (sum(column) for column in zip(*all_counts(data), strict=True))
    copy, restored = tmp_path / "copy", tmp_path / "restored"
    # A server writes its journal a moment after what it tells of.
    wait_until((data / "journal.db").exists)
    out = done("backup", copy, "--data", data).out
    tenants = len(all_counts(data))
    assert out == f"{copy} holds {products:,} products of {tenants:,} tenants and the master key\n"
    kept = ["accounts.sqlite", "backup.json", "catalog.sqlite3", "journal.db", "master.key"]
    assert sorted(path.name for path in copy.iterdir()) == kept
    out = done("restore", copy, "--data", restored).out
    assert out == f"{restored} holds {products:,} products of {tenants:,} tenants\n"
    assert all_counts(restored) == all_counts(data)
    assert (restored / "master.key").read_bytes() == (data / "master.key").read_bytes()
    assert (restored / "master.key").stat().st_mode & 0o777 == 0o600
    reports = done("verify", "--json", "--data", restored).json
    assert sum(report["groups"] for report in reports) == groups
    assert not any(report["differences"] for report in reports)
    report = done("backup", tmp_path / "again", "--json", "--data", data).json
    assert (report["tenants"], report["products"], report["groups"]) == (tenants, products, groups)


def all_counts(data):
    return [(row["products"], row["groups"]) for row in done("tenant", "list", "--json", "--data", data).json]


def test_a_backup_under_a_master_key_of_the_settings_holds_none(tmp_path):
    env = {"FACETRY_MASTER_KEY": "ab" * 32}
    data = tmp_path / "data"
    done("tenant", "create", "Shop", "--data", data, env=env)
    out = done("backup", tmp_path / "copy", "--data", data, env=env).out
    assert out.endswith(" 0 products of 1 tenants but no master key: keep the one of the settings beside it\n")
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["backup.json", "catalog.sqlite3"]
    done("restore", tmp_path / "copy", "--data", tmp_path / "restored", "--json", env=env)
    assert not (tmp_path / "restored" / "master.key").exists()


def test_what_is_no_backup_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    line = f"facetry: {tmp_path / 'empty'} holds no whole backup: backup.json is missing, which is written last\n"
    assert run("restore", tmp_path / "empty", "--data", tmp_path / "data") == (1, "", line)
    assert not (tmp_path / "data").exists()
    line = f"facetry: {tmp_path / 'empty'} holds no catalog\n"
    assert run("backup", tmp_path / "copy", "--data", tmp_path / "empty") == (1, "", line)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_store_of_its_own_has_its_own_backups(tmp_path, command):
    line = "facetry: store memory: has its own tools for backups\n"
    assert run(command, tmp_path / "x", "--store", "memory:", "--data", tmp_path / "data") == (1, "", line)
