"""``facetry migrate`` between data directories: whole, compared, again, and with the source disabled."""

from __future__ import annotations

import pytest

from tests.program import Program, done, new_tenant, run

ROWS = "sku,name\nA,Ring\nB,Band\n"


def filled(data, tenant, rows):
    """Import rows for a tenant."""
    file = data.parent / f"{tenant}.csv"
    file.write_text(rows)
    done("import", file, "--tenant", tenant, "--data", data)


@pytest.fixture
def ends(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for name in ("shop", "mill"):
        new_tenant(old, name.title(), "--id", name)
        filled(old, name, ROWS)
    return old, new


def migrate(ends, *options):
    return done("migrate", "--from", f"sqlite:{ends[0]}", "--to", f"sqlite:{ends[1]}", "--json", *options).json


def digest(data, tenant):
    return done("verify", "--tenant", tenant, "--json", "--data", data).json[0]["digest"]


def test_all_tenants_move_and_moving_again_changes_nothing(ends):
    first = migrate(ends)
    assert [(one["tenant"], one["outcome"], one["products"], one["behind"]) for one in first] == [
        ("mill", "moved", 2, 0),
        ("shop", "moved", 2, 0),
    ]
    again = migrate(ends)
    assert [one["outcome"] for one in again] == ["there already"] * 2
    assert [one["checksum"] for one in again] == [one["checksum"] for one in first]
    for name in ("shop", "mill"):
        assert digest(ends[0], name) == digest(ends[1], name)
        keys = [done("tenant", "key", "list", name, "--json", "--data", data).json for data in ends]
        assert keys[0] == keys[1]


def test_users_and_operators_come_along(ends):
    done("user", "create", "--email", "a@example.com", "--tenant", "shop", "--role", "viewer", "--data", ends[0])
    done("user", "create", "--email", "op@example.com", "--operator", "--data", ends[0])

    def emails(*whose):
        return [user["email"] for user in done("user", "list", "--json", *whose, "--data", ends[1]).json]

    migrate(ends, "--tenant", "shop")
    assert (emails("--tenant", "shop"), emails("--operator")) == (["a@example.com"], [])
    migrate(ends)
    assert (emails("--tenant", "shop"), emails("--operator")) == (["a@example.com"], ["op@example.com"])


def test_what_was_written_since_comes_with_the_next_run(ends):
    migrate(ends, "--tenant", "shop")
    filled(ends[0], "shop", "sku,name\nC,Chain\n")
    refused = run("migrate", "--from", f"sqlite:{ends[0]}", "--to", f"sqlite:{ends[1]}")
    told = "facetry: tenant shop is there already with other contents; --replace takes its place\n"
    assert (refused.status, refused.err) == (1, told)
    outcomes = {one["tenant"]: (one["outcome"], one["products"]) for one in migrate(ends, "--replace")}
    assert outcomes == {"shop": ("replaced", 3), "mill": ("there already", 2)}


def test_the_source_is_disabled_when_all_has_arrived(ends):
    line = done(
        *("migrate", "--from", f"sqlite:{ends[0]}", "--to", f"sqlite:{ends[1]}", "--tenant", "shop"), "--disable-source"
    ).out
    assert line.startswith("tenant shop: moved, revision 2, 2 products, 2 groups, 0 records, checksum ")
    assert line.endswith(" on both sides; disabled where it was\n")
    for data, active in zip(ends, (False, True), strict=True):
        listed = {one["id"]: one["active"] for one in done("tenant", "list", "--json", "--data", data).json}
        assert listed["shop"] is active


def test_a_target_that_is_served_is_left_alone(ends):
    with Program(ends[1], "--search", "memory:"):
        refused = run("migrate", "--from", f"sqlite:{ends[0]}", "--to", f"sqlite:{ends[1]}")
    assert refused.status == 1
    assert f"owns data directory {ends[1]}" in refused.err


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ("memory:", "sqlite:x", "--from must be sqlite:DIR or a URL of MongoDB"),
        ("sqlite:x", "sqlite:", "--to must be sqlite:DIR or a URL of MongoDB"),
        ("sqlite:x", "sqlite:x", "--from and --to name the same store"),
        ("sqlite:x", "sqlite:y", "--from names x, which is not there"),
        ("sqlite:x", "postgres://u:secret@h", "setting store: no engine for 'postgres'"),
    ],
)
def test_ends_that_cannot_be(source, target, told):
    refused = run("migrate", "--from", source, "--to", target)
    assert refused.status == 1
    assert refused.err.startswith(f"facetry: {told}")
    assert "secret" not in refused.err
