"""In which index a tenant is, and where it cannot be another one."""

from tests.program import done, new_tenant, run


def test_a_tenant_begins_in_the_shared_index(tmp_path):
    tenant = new_tenant(tmp_path, "Shop")["id"]
    assert done("tenant", "place", tenant, "--data", tmp_path).out == f"tenant {tenant} is in the shared index\n"
    shown = done("tenant", "place", tenant, "--json", "--data", tmp_path).json
    assert shown == {"id": tenant, "index": "", "moves_to": None}


def test_an_engine_that_is_not_divided_has_no_other_index(tmp_path):
    tenant = new_tenant(tmp_path, "Shop")["id"]
    outcome = run("tenant", "place", tenant, "--own", "--data", tmp_path)
    assert outcome.status == 1
    assert outcome.err.endswith(
        "facetry: setting search names an engine that keeps all tenants of a process in one place\n"
    )
    assert run("tenant", "place", "nobody", "--data", tmp_path).status == 1


def test_one_place_is_named_at_most(tmp_path):
    tenant = new_tenant(tmp_path, "Shop")["id"]
    outcome = run("tenant", "place", tenant, "--own", "--shared", "--data", tmp_path)
    assert outcome.status == 2
    assert "only one of --own, --index and --shared can be" in outcome.err
