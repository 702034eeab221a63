"""Of a deleted tenant no file of the data directory holds a trace."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from facetry.application.interchange.resumption import Confirmed, Resumption
from facetry.application.tenants import NewTenant
from facetry.bootstrap.moving import compact_files, erase_tenant
from facetry.bootstrap.service import open_service
from facetry.domain.journal import RequestLine
from facetry.settings import Settings
from tests.api.server import product
from tests.program import Program, done, new_tenant, run, wait_until

ID = "vanishing-tenant-7431"
CANARY = "Zauberperle9182"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("erased") / "data", "--workers", 2) as program:
        yield program


def fill(server, name, mark):
    """Make a tenant that has something of every kind, and all its texts hold a mark; return its secrets."""
    keys = new_tenant(server.data, mark, "--id", name)
    headers = {"authorization": f"Bearer {keys['apiKey']}", "idempotency-key": f"{mark}-once"}

    def native(method, path, body=None, **more):
        with server.connect() as office:
            answer = office(method, path, body, {**headers, **more})
        assert answer.status in {200, 201, 202, 204}, answer
        return answer.body and answer.json

    with server.connect(server.login(keys)) as shop:
        for number in range(40):
            fields = {"name": f"{mark} ring", "description": f"{mark} {'words ' * 50}"}
            assert shop.post(product(f"{mark}-{number}", f"{mark}-{number // 2}", **fields)).json["success"]
        assert shop("DELETE", f"/catalog/v1/products/{mark}-0").json["success"]
    native("PUT", f"/v2/products/{mark}-new", {"name": mark, "attributes": {"line": mark}})
    headers.pop("idempotency-key")
    native("PATCH", f"/v2/products/{mark}-new", {"description": f"{mark} for a while"})
    native("POST", "/v2/gemstones", {"code": mark, "name": mark, "type": "diamond", "quantity": 3})
    native("POST", "/v2/listings", {"sku": f"{mark}-new", "channel": 3000, "title": mark})
    native("POST", "/v2/orders", {"lines": [{"title": mark}], "client": {"reference": mark, "name": mark}})
    native("PUT", "/v2/settings/search", {"synonyms": [{"phrases": [mark, "pearl"]}]})
    search_id = native("POST", "/v2/search", {"q": mark})["search_id"]
    native("POST", "/v2/events", {"type": "click", "search_id": search_id, "group_id": mark})
    native("POST", "/v2/imports", f"sku,name\n{mark}-job,{mark}\n,{mark}\n".encode())
    rows = "".join(f"{mark}-{number},{mark} number{number}\n" for number in range(600))
    file = server.data.with_name(f"{mark}.csv")
    file.write_text(f"sku,name\n{rows}")
    done("import", file, "--tenant", name, "--data", server.data)
    # What an import that was broken off leaves.
    Resumption(server.data / "imports", file, name, "run").save(Confirmed(products=1, last_sku=f"{mark}-1"))
    key = done("tenant", "key", "create", name, mark, "--json", "--data", server.data).json
    with server.connect() as office:
        asked = f"action=product_search&data=%7B%22q%22%3A%22{mark}%22%7D"
        found = office.get(f"/client/V1/?auth={key['accessKey']}&{asked}")
        assert found.json["status"]["code"] == 100
    return [keys["apiKey"], keys["accessKey"], keys["searchKey"], key["accessKey"]]


def traces(server, *texts):
    """Return the files below the data directory whose name or content holds one of these texts."""
    needles = [text.encode() for text in texts]
    return sorted(
        str(path.relative_to(server.data))
        for path in server.data.rglob("*")
        if path.is_file()
        if any(needle in str(path.relative_to(server.data)).encode() + path.read_bytes() for needle in needles)
    )


def test_what_is_noted_late_of_a_deleted_tenant_goes_with_compact(tmp_path):
    """Each process notes its last calls, and has them written a moment later than they end."""

    async def work():
        async with open_service(Settings(data=tmp_path / "data")) as service:
            await service.tenants.create(NewTenant(name="Gone", id=ID))
            await erase_tenant(service, ID)
            service.journal.note(ID, RequestLine(id="r1", time=1.0))
            compacting = asyncio.create_task(compact_files(service))
            await asyncio.sleep(0.3)
            service.journal.note(ID, RequestLine(id="r2", time=1.3))
            await compacting
            return await service.journal.tenants()

    assert asyncio.run(work()) == []
    assert ID.encode() not in (tmp_path / "data" / "journal.db").read_bytes()


def test_nothing_is_left_of_a_tenant_that_was_deleted_in_use(server):
    mark, name = "Mondstein2718", "busy-tenant-3141"
    keys = new_tenant(server.data, "Busy", "--id", name)
    headers = {"authorization": f"Bearer {keys['apiKey']}"}
    answered = []

    def use(number):
        with server.connect() as shopper:
            while True:
                if number % 3 == 1:
                    reply = shopper.get(f"/v2/search?q={mark}", **headers)
                elif number % 3 == 2:
                    asked = f"action=product_search&data=%7B%22q%22%3A%22{mark}%22%7D"
                    reply = shopper.get(f"/client/V1/?auth={keys['accessKey']}&{asked}")
                    if reply.json["status"]["code"] != 100:
                        return
                else:
                    reply = shopper("PUT", f"/v2/products/{mark}-{len(answered)}", {"name": mark}, headers)
                if reply.status == 401:
                    return
                answered.append(reply.status)

    with ThreadPoolExecutor(6) as pool:
        users = [pool.submit(use, number) for number in range(6)]
        wait_until(lambda: len(answered) > 1000)
        done("tenant", "delete", name, "--yes", "--data", server.data)
        for user in users:
            user.result()
    done("compact", "--data", server.data)
    assert traces(server, mark, name, keys["apiKey"]) == []


def test_nothing_is_left_of_a_deleted_tenant(server):
    secrets = fill(server, ID, CANARY)
    new_tenant(server.data, "Stays", "--id", "stays")
    # What is in the index comes to its files at the latest when it stops.
    server.stop()
    server.start()
    uses = len([*(server.data / "key-usage").iterdir()])
    assert {path.split("/")[0].split("-")[0] for path in traces(server, ID, CANARY)} >= {
        "catalog.sqlite3",
        "import",
        "imports",
        "index",
        "journal.db",
    }
    done("tenant", "delete", ID, "--yes", "--data", server.data)
    out = done("compact", "--data", server.data).out
    assert out == f"the database files in {server.data} hold nothing any more of what was deleted or replaced\n"
    assert traces(server, ID, CANARY, *secrets) == []
    assert uses
    assert [*(server.data / "key-usage").iterdir()] == []
    assert [row["id"] for row in done("tenant", "list", "--json", "--data", server.data).json] == ["stays"]
    assert run("verify", "--data", server.data).status == 0
    # One of the same id begins above all revisions of the one before, though its name is nowhere.
    again = new_tenant(server.data, "Again", "--id", ID)
    with server.connect() as connection:
        assert connection.get("/v2/changes", authorization=f"Bearer {again['apiKey']}").json["revision"] > 600
