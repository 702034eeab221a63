"""``facetry tenant export`` and ``tenant import`` on data directories that nobody serves."""

from __future__ import annotations

from tests.program import done, new_tenant, run

CHANGES = "2 changes in histories"


def test_a_tenant_moves(tmp_path):
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "shop.tenant"
    new_tenant(old, "Shop", "--id", "shop")
    rows = tmp_path / "rings.csv"
    rows.write_text("sku,name\nA,Ring\nB,Band\n")
    done("import", rows, "--tenant", "shop", "--data", old)
    told = f"{file} holds tenant shop at revision 2: 2 products, 2 groups, 0 records, {CHANGES}, "
    told += "and its keys, but not its users\n"
    assert done("tenant", "export", "shop", file, "--data", old).out == told
    report = done("tenant", "import", file, "--id", "branch", "--json", "--data", new).json
    assert (report["tenant"], report["products"], report["groups"], report["records"]) == ("branch", 2, 2, 0)
    first, second = (done("verify", "--json", "--data", data).json[0] for data in (old, new))
    assert (second["tenant"], second["digest"]) == ("branch", first["digest"])
    told = done("tenant", "import", file, "--new-keys", "--id", "twin", "--data", new).out
    assert told.endswith(
        f"2 groups, 0 records, {CHANGES}; its keys are new: facetry tenant rotate and the dashboard show them\n"
    )
    refused = run("tenant", "import", file, "--id", "branch", "--data", new)
    assert (refused.status, refused.err) == (1, "facetry: tenant branch is there already\n")


def test_what_forgets_has_nothing_to_move(tmp_path):
    told = "facetry: store memory: keeps nothing that could be moved\n"
    assert run("tenant", "export", "shop", tmp_path / "x", "--store", "memory:").err == told
    assert run("tenant", "import", tmp_path / "x", "--store", "memory:").err == told
    assert run("compact", "--store", "memory:").status == 0
    assert done("verify", "--store", "memory:").out == ""
    assert done("repair", "--store", "memory:").out == ""
    assert run("tenant", "delete", "shop", "--yes", "--store", "memory:").err == "facetry: tenant shop not found\n"
