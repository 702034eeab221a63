"""Imports in the background, through /v2."""

import asyncio
import csv
import gzip
import io
from urllib.parse import quote

import msgspec
import pytest
from openpyxl import Workbook

from facetry.api.native.imports import WISHES
from facetry.api.native.openapi import openapi_document
from facetry.api.native.openapi_imports import schemas
from facetry.application.access_keys import NewAccessKey
from facetry.application.import_jobs import Imports
from facetry.application.interchange.report import Rejection
from facetry.domain.errors import IndexBehindError
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.domain.tenant import Scope
from facetry.worker import imports as worker_module
from facetry.worker.imports import ImportWorker
from tests.api.server import KeyHolder, problem_of

pytestmark = pytest.mark.anyio

IMPORTS = "/v2/imports"
LINES = b"".join(b'{"sku":"S%d","name":"ring %d","groupID":"G%d"}\n' % (n, n, n // 7) for n in range(600))
BAD = b'{"sku":"bad"}\n{"sku":"x","name":"y","regularPrice":"abc"}\n'
MAPPING = '[product]\nsku = "Nr"\nname = { column = "Title, long" }\n[attributes]\npattern = "Nr"\n'


@pytest.fixture
def worker(server, shop):
    return ImportWorker(server.import_jobs, server.catalog, server.store, server.clock, 3600.0)


async def start(owner, body=LINES, query=""):
    answer = await owner("POST", IMPORTS + query, body)
    assert answer.status == 201, answer.body
    assert answer.headers["location"] == f"{IMPORTS}/{answer.json['id']}"
    return answer.json


async def show(owner, job_id=1):
    answer = await owner("GET", f"{IMPORTS}/{job_id}")
    assert answer.status == 200, answer.body
    return answer.json


async def finished(worker):
    await worker.look()
    await worker.idle()


async def test_the_example_of_the_reference(server, owner, worker):
    operation = openapi_document("1")["paths"][IMPORTS]["post"]
    (content,) = operation["requestBody"]["content"].values()
    job = await start(owner, content["example"].encode(), "?name=x&format=ndjson&dry_run=false")
    await finished(worker)
    done = await show(owner)
    assert (done["state"], done["stored"]) == ("done", 1)
    assert set(job) | set(done) <= set(schemas()["Import"]["properties"])
    assert {one["name"] for one in operation["parameters"]} == {*WISHES, "dry_run", "Idempotency-Key"}


async def test_a_file_is_imported(server, owner, worker):
    job = await start(owner, LINES + BAD, "?name=Spring%20list")
    assert job == {
        "id": 1,
        "name": "Spring list",
        "state": "queued",
        "dry_run": False,
        "created": "2020-09-13T12:26:40Z",
        "bytes_total": len(LINES + BAD),
        "bytes_read": 0,
        "stored": 0,
        "stored_new": 0,
        "rejected": 0,
        "skipped": 0,
        "rate": 0.0,
    }
    assert await show(owner) == job
    await finished(worker)
    done = await show(owner)
    assert done.pop("rate") > 0
    assert done == {
        **{name: value for name, value in job.items() if name != "rate"},
        "state": "done",
        "format": "ndjson",
        "started": "2020-09-13T12:26:40Z",
        "finished": "2020-09-13T12:26:40Z",
        "bytes_read": len(LINES + BAD),
        "stored": 600,
        "stored_new": 600,
        "rejected": 2,
    }
    assert await server.store.counts("shop") == (600, 86)
    assert (await owner.search(q="ring"))["total"] == 86


async def test_rejected_rows_are_shown_as_csv(owner, worker):
    await start(owner, LINES + BAD)
    answer = await owner("GET", f"{IMPORTS}/1/rejected")
    assert answer.body == b"line,sku,field,column,value,reason\r\n"
    await finished(worker)
    answer = await owner("GET", f"{IMPORTS}/1/rejected")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="import-1-rejected.csv"'
    assert [*csv.reader(io.StringIO(answer.body.decode()))] == [
        ["line", "sku", "field", "column", "value", "reason"],
        ["601", "bad", "name", "name", "", "is missing"],
        ["602", "x", "regularPrice", "regularPrice", "abc", "must be a decimal number such as 5.99"],
    ]


async def test_a_dry_run_stores_nothing(server, owner, worker):
    assert (await start(owner, LINES + BAD, "?dry_run=true"))["dry_run"] is True
    await finished(worker)
    job = await show(owner)
    assert (job["state"], job["stored"], job["stored_new"], job["rejected"]) == ("done", 600, 0, 2)
    assert await server.store.counts("shop") == (0, 0)


async def test_a_mapping_says_what_columns_mean(server, owner, worker):
    await start(owner, b'Nr;"Title, long"\nR1;Ring\n', f"?mapping={quote(MAPPING)}")
    await finished(worker)
    job = await show(owner)
    assert (job["state"], job["format"], job["stored"]) == ("done", "mapped", 1)
    assert (await server.store.product("shop", "R1")).name == "Ring"


async def test_stones_are_imported_as_is_wished(server, owner, worker):
    body = b"Shape,Weight,Color,Clarity\nRound,0.5,G,VS1\n"
    await start(owner, body, "?stones_as=both&code_prefix=D&name=x")
    await finished(worker)
    job = await show(owner)
    assert (job["state"], job["format"], job["stored"]) == ("done", "gemstones", 1), job
    assert (await server.store.product("shop", "D-2")).gemstones[0]["carat"] == 0.5


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "the file is empty"),
        (b"[1]\n", "the file is one JSON array: write one product a line (NDJSON) instead"),
    ],
)
async def test_a_file_that_cannot_be_used_fails_and_says_why(owner, worker, body, error):
    await start(owner, body)
    await finished(worker)
    job = await show(owner)
    assert job["state"] == "failed"
    assert error in job["error"] or body == b""
    assert job["finished"]


async def test_a_workbook_is_imported_as_the_sheet_in_it(server, owner, worker):
    book = Workbook()
    for row in (("sku", "name", "regularPrice"), ("R-1", "Ring", 19.9), ("R-2", None, 5)):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    await start(owner, file.getvalue(), "?name=shop.xlsx")
    await finished(worker)
    job = await show(owner)
    assert (job["state"], job["format"], job["stored"], job["rejected"]) == ("done", "csv", 1, 1)
    assert (await server.store.product("shop", "R-1")).regular_price == 199_000
    refused = problem_of(await owner("POST", IMPORTS, b"PK\x03\x04..."), 422)
    assert refused["code"] == "bad_file"
    assert refused["detail"] == "the file is no workbook (.xlsx) that can be read: save it as CSV (UTF-8)"
    assert len((await owner("GET", IMPORTS)).json["items"]) == 1


@pytest.mark.parametrize(
    ("query", "status", "code", "detail"),
    [
        ("?format=xls", 400, "bad_parameter", "format must be one of ndjson, csv, shopify, mapped, gemstones"),
        ("?stones_as=x", 400, "bad_parameter", "stones_as must be one of gemstones, products, both"),
        ("?encoding=klingon", 400, "bad_parameter", "encoding is no encoding that is known here"),
        ("?dry_run=1", 400, "bad_parameter", "dry_run must be true or false"),
        ("?maping=x", 400, "bad_parameter", "maping is no parameter here; did you mean mapping?"),
        (f"?name={'n' * 201}", 400, "bad_parameter", "name must have at most 200 characters"),
        ("?format=mapped", 422, "bad_file", "the format mapped needs a mapping"),
        *(
            (
                f"?mapping={quote(mapping)}",
                422,
                "bad_file",
                "a mapping with patterns is for the command facetry import only",
            )
            for mapping in (
                "[product]\nsku = { column = 'Nr', pattern = '(a+)+$' }\nname = 'T'\n",
                "[product]\nsku = 'Nr'\nname = 'T'\n[where]\nkind = { pattern = '(a+)+$' }\n",
            )
        ),
    ],
)
async def test_wishes_that_cannot_be_met_are_refused(server, owner, shop, query, status, code, detail):
    problem = problem_of(await owner("POST", IMPORTS + query, LINES), status)
    assert (problem["code"], problem["detail"]) == (code, detail)
    assert await server.import_jobs.jobs_after("shop", 0, 10) == []


async def test_a_file_that_is_too_large_is_refused(server, owner, shop):
    for headers in ({}, {"content-length": "1048577"}):
        answer = await owner("POST", IMPORTS, b"x" * (1048577 if not headers else 1), headers=headers)
        assert problem_of(answer, 413)["code"] == "file_too_large"
    assert await server.import_jobs.jobs_after("shop", 0, 10) == []


@pytest.mark.parametrize("headers", [{}, {"content-encoding": "gzip"}])
async def test_a_file_may_be_gzip_whether_a_header_says_so_or_not(owner, worker, headers):
    answer = await owner("POST", IMPORTS, gzip.compress(LINES), headers=headers)
    assert answer.status == 201
    await finished(worker)
    assert (await show(owner, answer.json["id"]))["stored"] == 600
    assert problem_of(await owner("POST", IMPORTS, LINES, headers={"content-encoding": "br"}), 415)


async def test_jobs_are_listed_in_pages(owner, shop):
    for number in range(3):
        await start(owner, b"x", f"?name=n{number}")
    page = (await owner("GET", f"{IMPORTS}?limit=2")).json
    assert ([job["name"] for job in page["items"]], page["next"]) == (["n0", "n1"], "2")
    page = (await owner("GET", f"{IMPORTS}?limit=2&after=2")).json
    assert ([job["name"] for job in page["items"]], "next" in page) == (["n2"], False)


@pytest.mark.parametrize("target", ["/9", "/x", "/9/rejected", "/99999999999999999999"])
async def test_what_is_not_there_is_not_found(owner, shop, target):
    assert problem_of(await owner("GET", IMPORTS + target), 404)["code"] == "import_not_found"
    assert problem_of(await owner("POST", f"{IMPORTS}/9/cancel"), 404)["code"] == "import_not_found"


async def test_tenants_see_only_their_own(server, owner, shop, rival):
    await start(owner)
    other = KeyHolder(server, "api-key-of-rival")
    assert (await other("GET", IMPORTS)).json == {"items": []}
    for method, path in (("GET", "/1"), ("GET", "/1/rejected"), ("POST", "/1/cancel")):
        problem_of(await other(method, IMPORTS + path), 404)


async def test_who_may_not_is_refused(server, front, shop):
    for method, path in (("POST", ""), ("GET", ""), ("GET", "/1"), ("POST", "/1/cancel")):
        assert problem_of(await front(method, IMPORTS + path), 403)["code"] == "not_permitted"
    assert await server.import_jobs.jobs_after("shop", 0, 10) == []


async def test_a_tenant_of_the_same_id_sees_nothing_of_the_one_before(server, owner, worker):
    await start(owner)
    await server.tenants.delete("shop")
    server.clock.time += 10
    await server.add_tenant("Shop", id="shop", api_key="another-key")
    again = KeyHolder(server, "another-key")
    assert (await again("GET", IMPORTS)).json == {"items": []}
    problem_of(await again("GET", f"{IMPORTS}/1"), 404)
    await finished(worker)
    assert await server.import_jobs.jobs_after("shop", 0, 10) == []
    assert await server.store.counts("shop") == (0, 0)


async def test_jobs_of_a_tenant_are_its_own_also_where_the_clock_was_set_back(server, owner, worker):
    server.clock.time -= 3600
    for headers in ({}, {"idempotency-key": "K"}):
        sent = {"content-type": "application/octet-stream", **headers}
        job = (await owner("POST", IMPORTS, b'{"sku": "1", "name": "x"}\n', headers=sent)).json["id"]
        assert (await owner("GET", f"{IMPORTS}/{job}")).status == 200
    assert len((await owner("GET", IMPORTS)).json["items"]) == 2
    again = await owner("POST", IMPORTS, b'{"sku": "1", "name": "x"}\n', headers=sent)
    assert (again.headers["idempotency-replayed"], again.json["id"]) == ("true", job)


async def test_jobs_of_one_tenant_run_one_after_the_other(server, owner, worker, monkeypatch):
    await start(owner)
    await start(owner, b'{"sku":"S1","name":"second"}\n')
    await worker.look()
    await worker.look()
    assert [job["state"] for job in (await owner("GET", IMPORTS)).json["items"]][1] == "queued"
    await worker.idle()
    await finished(worker)
    assert (await server.store.product("shop", "S1")).name == "second"


async def test_a_job_is_cancelled_before_it_begins(one_machine, server, owner, worker):
    await start(owner)
    cancelling = asyncio.ensure_future(owner("POST", f"{IMPORTS}/1/cancel"))
    await asyncio.sleep(0.02)
    await finished(worker)
    job = (await cancelling).json
    assert (job["state"], job["stored"]) == ("canceled", 0)
    assert (await owner("POST", f"{IMPORTS}/1/cancel")).json == job
    assert not server.import_jobs.files("shop", 1).upload.exists()


async def test_a_job_is_cancelled_while_it_runs_and_what_is_stored_stays(server, owner, worker, monkeypatch):
    monkeypatch.setattr(worker_module, "LOOK_SECONDS", 0.01)
    write, asked = server.catalog.write, asyncio.Event()

    async def slow(tenant, writes):
        receipt = await write(tenant, writes)
        asked.set()
        await asyncio.sleep(0.1)
        return receipt

    monkeypatch.setattr(server.catalog, "write", slow)
    await start(owner)
    await worker.look()
    await asked.wait()
    job = (await owner("POST", f"{IMPORTS}/1/cancel")).json
    assert job["state"] == "canceled"
    products, _ = await server.store.counts("shop")
    assert 0 < products < 600


async def test_a_job_that_a_stop_broke_off_goes_on_where_it_was(server, owner, worker, monkeypatch):
    write, begun, go_on, counts = server.catalog.write, asyncio.Event(), asyncio.Event(), []

    async def slow(tenant, writes):
        if counts:
            begun.set()
            await go_on.wait()
        counts.append(len(writes))
        return await write(tenant, writes)

    monkeypatch.setattr(server.catalog, "write", slow)
    await start(owner, LINES + BAD)
    running = asyncio.ensure_future(worker.run(60))
    await begun.wait()
    running.cancel()
    await asyncio.wait([running])
    go_on.set()
    await worker.idle()
    assert (await show(owner))["state"] == "running"
    assert sum(counts) < 600
    again = ImportWorker(server.import_jobs, server.catalog, server.store, server.clock, 3600.0)
    await finished(again)
    job = await show(owner)
    assert (job["state"], job["stored"], job["stored_new"], job["rejected"]) == ("done", 600, 600, 2)
    assert sum(counts) == 600
    assert len((await owner("GET", f"{IMPORTS}/1/rejected")).body.splitlines()) == 3


async def test_a_failure_of_the_store_pauses_a_job(server, owner, worker, monkeypatch):
    monkeypatch.setattr(worker_module, "RETRY_SECONDS", 0.02)
    write, failures = server.catalog.write, [IndexBehindError(1)]

    async def failing(tenant, writes):
        if failures:
            raise failures.pop()
        return await write(tenant, writes)

    monkeypatch.setattr(server.catalog, "write", failing)
    await start(owner)
    await finished(worker)
    assert (await show(owner))["state"] == "running"
    await worker.look()
    await asyncio.sleep(0.03)
    await finished(worker)
    assert (await show(owner))["state"] == "done"


async def test_what_fails_on_our_side_is_told_as_that(server, owner, worker, monkeypatch):
    async def failing(tenant, writes):
        raise RuntimeError

    monkeypatch.setattr(server.catalog, "write", failing)
    await start(owner)
    await finished(worker)
    job = await show(owner)
    assert (job["state"], job["error"]) == ("failed", "something went wrong on our side")


async def test_what_only_an_earlier_run_was_refused_is_told_too(one_machine, server, owner, worker):
    await start(owner, LINES + BAD)
    files = server.import_jobs.files("shop", 1)
    refused = Rejection(file="upload", line=3, sku="S2", field="sku", column="", value="", reason="was refused")
    files.rejected.write_bytes(msgspec.json.encode(refused) + b'\n{"half')
    await finished(worker)
    assert (await show(owner))["rejected"] == 3
    assert (await owner("GET", f"{IMPORTS}/1/rejected")).body.splitlines()[-1] == b"3,S2,sku,,,was refused"


async def test_old_jobs_are_removed(server, owner, worker):
    await start(owner)
    await finished(worker)
    server.clock.time += 3601
    await worker.tidy()
    assert (await owner("GET", IMPORTS)).json == {"items": []}


async def test_who_cancels_does_not_wait_for_ever(server, owner, shop):
    await start(owner)
    imports = Imports(server.import_jobs, server.store, server.clock, 1, cancel_seconds=0.06)
    assert (await imports.cancel("shop", 1)).state is JobState.QUEUED


async def test_a_draft_is_shown_and_given_up(server, owner, worker):
    async def pieces():
        yield LINES

    await server.pages.import_drafts.upload("shop", "waits.ndjson", "ann@example.com", pieces())
    await finished(worker)
    draft = await show(owner)
    assert (draft["state"], draft["name"], draft["bytes_total"]) == ("draft", "waits.ndjson", len(LINES))
    assert [job["id"] for job in (await owner("GET", IMPORTS)).json["items"]] == [1]
    canceled = (await owner("POST", f"{IMPORTS}/1/cancel")).json
    assert canceled["state"] == "canceled"
    assert await server.store.counts("shop") == (0, 0)


KEYED = {"idempotency-key": "spring"}


async def test_a_key_makes_a_repeat_harmless(server, owner, worker):
    first = await owner("POST", IMPORTS + "?name=a", LINES, headers=KEYED)
    assert (first.status, first.headers.get("idempotency-replayed")) == (201, None)
    await finished(worker)
    again = await owner("POST", IMPORTS + "?name=a", LINES, headers=KEYED)
    assert (again.status, again.headers["idempotency-replayed"]) == (201, "true")
    assert (again.headers["location"], again.json) == (f"{IMPORTS}/1", await show(owner))
    assert again.json["state"] == "done"
    for query, body in (("?name=b", LINES), ("?name=a", LINES + b"\n")):
        other = await owner("POST", IMPORTS + query, body, headers=KEYED)
        assert (other.status, other.json["code"]) == (409, "key_reused")
    assert [job["id"] for job in (await owner("GET", IMPORTS)).json["items"]] == [1]
    assert (await owner("POST", IMPORTS, LINES, headers={"idempotency-key": "a b"})).status == 400


async def test_a_key_is_known_for_a_day(server, owner, shop):
    await owner("POST", IMPORTS, LINES, headers=KEYED)
    await owner("POST", IMPORTS, LINES)
    server.clock.time += 86_401.0
    assert (await owner("POST", IMPORTS, LINES, headers=KEYED)).json["id"] == 3


async def test_what_a_crash_left_is_no_import_that_a_key_names(server, owner, shop):
    draft = ImportJob(wish=ImportWish(), created=server.clock.now(), key="spring", state=JobState.DRAFT)
    await server.import_jobs.add("shop", draft, whole_file(b"x"), 9)
    answer = await owner("POST", IMPORTS, LINES, headers=KEYED)
    assert (answer.json["id"], answer.json["state"]) == (2, "queued")


async def whole_file(content):
    yield content


async def test_records_are_imported_by_who_may_write_them(server, owner, worker):
    lines = b"".join(
        [
            b'{"sku":"R1","name":"Ring"}\n',
            b'{"kind":"client","id":2,"reference":"C-1"}\n',
            b'{"kind":"order","id":3,"reference":"O-1","client_id":9,"customer":"C-1"}\n',
            b'{"kind":"listing","id":1,"sku":"R1","channel":1}\n',
            b'{"kind":"gemstone","id":1,"code":"S","name":5,"type":"ruby"}\n',
        ]
    )
    key = await server.access_keys.create("shop", NewAccessKey(name="Feed", scopes=(Scope.WRITE, Scope.LISTINGS)))
    await start(KeyHolder(server, key.secret), lines)
    await finished(worker)
    rows = csv.DictReader(io.StringIO((await owner("GET", f"{IMPORTS}/1/rejected")).body.decode()))
    assert [(row["line"], row["sku"], row["reason"]) for row in rows] == [
        ("2", "client C-1", "must not be written with this key"),
        ("3", "order O-1", "must not be written with this key"),
        ("5", "gemstone S", "Expected `str`, got `int` - at `$.name`"),
    ]
    await start(owner, lines)
    await finished(worker)
    done = await show(owner, 2)
    assert (done["stored"], done["stored_new"], done["rejected"]) == (4, 2, 1)
    order = (await owner("GET", "/v2/orders/3")).json
    assert (order["reference"], order["client_id"]) == ("O-1", 2)


async def test_who_was_slower_gets_the_import_of_who_was_quicker(server, owner, shop):
    imports = Imports(server.import_jobs, server.store, server.clock, 1000)

    async def slow_file():
        yield b"ab"
        await imports.start_once("shop", ImportWish(), whole_file(b"abc"), "spring")
        yield b"c"

    job, is_repeat = await imports.start_once("shop", ImportWish(), slow_file(), "spring")
    assert (job.id, job.state, is_repeat) == (1, JobState.QUEUED, True)
    assert [one["id"] for one in (await owner("GET", IMPORTS)).json["items"]] == [1]
