"""Imports on pages: from a dropped file to products, with all that can be wrong on the way."""

import csv
import gzip
import io
import json

import msgspec
import pytest
from openpyxl import Workbook

from facetry.application.interchange.report import NOTES
from facetry.dashboard.import_words import notes
from facetry.dashboard.texts import texts_in
from facetry.domain.import_job import JobState
from facetry.domain.user import Role
from facetry.worker.imports import ImportWorker
from tests.api.server import scope_of
from tests.dashboard.server import visitor
from tests.support import data_path

pytestmark = pytest.mark.anyio

IMPORTS = "/dashboard/imports"
SHEET = b"Nr;Bezeichnung;Preis;Laenge\n1;Ring;1,50;4\n2;;x;5\n3;Kette;2,00;6\n"
HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "\u202eabc\u2066", "w" * 300)


@pytest.fixture
def worker(server, shop):
    return ImportWorker(server.import_jobs, server.catalog, server.store, server.clock, 1e9)


async def finish(worker):
    await worker.look()
    await worker.idle()


def multipart(token, content, name="list.csv"):
    """Return a form as a browser sends it."""
    shown = name.replace('"', "%22")
    head = (
        f'--XX\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{token}\r\n'
        f'--XX\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n\r\n'
    )
    return head.encode() + content + b"\r\n--XX--\r\n"


async def upload(visitor, content=SHEET, name="list.csv", *, token=None, htmx=False, **headers):
    """Send a file, and return the answer."""
    if token is None:
        token = (await visitor.get(IMPORTS)).token
    headers = {"content-type": "multipart/form-data; boundary=XX", **headers}
    return await visitor.send("POST", IMPORTS, multipart(token, content, name), htmx=htmx, headers=headers)


async def draft(visitor, content=SHEET, name="list.csv"):
    """Send a file and return the page of the draft."""
    return await visitor.follow(await upload(visitor, content, name))


async def press(visitor, page, action, **changes):
    """Send the form of a draft with a button."""
    values = {**page.values('form[hx-indicator="#reading"]'), **changes, "action": action}
    return await visitor.post(f"{IMPORTS}/1", values)


async def test_a_file_with_bad_rows_from_end_to_end(server, shop, editor, worker):
    sent = await upload(editor)
    assert (sent.status, sent.headers["location"]) == (303, f"{IMPORTS}/1")
    page = await editor.follow(sent)
    assert page.texts("h1") == ["list.csv"]
    assert page.values('form[hx-indicator="#reading"]') | {"csrf": [""]} == {
        "csrf": [""],
        "format": ["mapped"],
        "encoding": [""],
        "numbers": ["comma"],
        "currency": [""],
        "column-0": ["sku"],
        "column-1": ["name"],
        "column-2": ["regularPrice"],
        "column-3": ["attribute-number"],
    }
    rows = page.texts("tbody tr")
    assert "2 Ring 1 1 – $1.50 0" in rows
    assert any("Will be rejected" in row and "regularPrice must be a decimal number" in row for row in rows)

    watched = await editor.follow(await press(editor, page, "try"))
    assert "Waits for its turn" in watched.words
    assert watched.page.select_one("#job")["hx-trigger"] == "every 1s"
    await finish(worker)
    told = await editor.get(f"{IMPORTS}/1", htmx=True)
    assert (told.status, told.headers["hx-redirect"]) == (204, f"{IMPORTS}/1")
    tried = await editor.get(f"{IMPORTS}/1")
    assert "The whole file was checked" in tried.words
    assert tried.texts(".stat__value") == ["2", "1"]
    assert (await server.store.counts("shop")) == (0, 0)

    await editor.follow(await press(editor, tried, "begin"))
    await finish(worker)
    done = await editor.get(f"{IMPORTS}/1")
    assert done.texts(".stat__value")[:3] == ["2", "2", "1"]
    assert done.texts("p[role=status]") == ["Done"]
    assert [text.split()[:2] for text in done.texts("tbody tr")] == [["3", "2"], ["3", "2"]]
    assert "hx-trigger" not in done.text
    assert (await server.store.product("shop", "3")).attributes == {"laenge": 6}
    assert editor.user.email in (await editor.get("/dashboard/products/3/history")).words
    rejected = await editor.get(f"{IMPORTS}/1/rejected.csv")
    assert rejected.headers["content-disposition"] == 'attachment; filename="import-1-rejected.csv"'
    assert rejected.text.splitlines()[:2] == [
        "line,sku,field,column,value,reason",
        "3,2,regularPrice,Preis,x,must be a decimal number such as 5.99",
    ]
    lines = (await editor.get(f"{IMPORTS}/1/rejected.ndjson")).text.splitlines()
    assert [json.loads(line)["field"] for line in lines] == ["regularPrice", "name"]
    history = await editor.get(IMPORTS)
    assert history.texts("tbody tr") == [f"list.csv Done 2 1 {history.texts('tbody time')[0]} {editor.user.email}"]


async def test_columns_are_chosen_and_kept(server, shop, editor, worker):
    page = await draft(editor)
    changed = await editor.follow(
        await press(editor, page, "change", **{"column-3": "size", "column-2": "", "negative_is_no_stock": "on"})
    )
    values = changed.values('form[hx-indicator="#reading"]')
    assert (values["column-2"], values["column-3"]) == ([""], ["size"])
    assert values["negative_is_no_stock"] == ["on"]
    await press(editor, changed, "begin")
    await finish(worker)
    product = await server.store.product("shop", "1")
    assert (product.size, product.regular_price) == ("4", None)


async def test_a_change_shows_the_part_anew(editor):
    page = await draft(editor)
    values = {**page.values('form[hx-indicator="#reading"]'), "column-3": "size"}
    part = await editor.post(f"{IMPORTS}/1", values, htmx=True)
    assert part.status == 200
    assert part.page.select_one("#draft") is not None
    assert part.page.select_one("html") is None
    assert part.page.select_one("#field-column-3 option[selected]")["value"] == "size"


async def test_without_a_column_for_the_sku_nothing_is_changed(editor):
    page = await draft(editor)
    refused = await press(editor, page, "begin", **{"column-0": ""})
    assert refused.status == 422
    assert "Every product needs a column for its SKU and one for its name." in refused.words
    assert (await editor.get(f"{IMPORTS}/1")).values('form[hx-indicator="#reading"]')["column-0"] == ["sku"]


async def test_a_mapping_is_written_as_text(server, editor, worker):
    await draft(editor)
    mapping = '[product]\nsku = "Nr"\nname = { value = "Ring" }\n'
    given = {"format": "mapped", "encoding": "", "action": "mapping", "mapping": mapping}
    page = await editor.follow(await editor.post(f"{IMPORTS}/1", given))
    assert page.texts("textarea") == [" ".join(mapping.split())]
    bad = await editor.post(f"{IMPORTS}/1", {**given, "mapping": "[product]\nsku = 1 <b>"})
    assert bad.status == 422
    assert "<b>" in bad.page.select_one("textarea").get_text()
    assert bad.page.select_one("details[open]") is not None
    pattern = '[product]\nsku = { column = "Nr", pattern = "(a+)+$" }\nname = "Nr"\n'
    slow = await editor.post(f"{IMPORTS}/1", {**given, "mapping": pattern})
    assert "A mapping with patterns is for the command" in slow.words


async def test_the_currency_of_all_prices_is_chosen(server, editor, worker):
    page = await draft(editor)
    after = await editor.follow(await press(editor, page, "change", currency="CHF"))
    assert after.values('form[hx-indicator="#reading"]')["currency"] == ["CHF"]
    assert any("CHF1.50" in row for row in after.texts("tbody tr"))
    own = await editor.follow(await press(editor, after, "change", currency=""))
    assert any("$1.50" in row for row in own.texts("tbody tr"))
    column = await editor.follow(await press(editor, after, "change", **{"column-3": "currency"}))
    assert column.values('form[hx-indicator="#reading"]')["currency"] == [""]
    assert any("Will be rejected" in row for row in column.texts("tbody tr"))


@pytest.mark.parametrize("number", ["plain", "point", "comma"])
async def test_how_prices_are_written_is_chosen(editor, number):
    page = await draft(editor)
    after = await editor.follow(await press(editor, page, "change", numbers=number))
    assert after.values('form[hx-indicator="#reading"]')["numbers"] == [number]


async def test_a_known_table_is_read_as_any_other(editor):
    page = await draft(editor, b"sku,name,foo\n1,Ring,x\n")
    assert page.texts("tbody tr")[:3] == ["sku 1 SKU", "name Ring Name", "foo x Not imported"]
    after = await editor.follow(await press(editor, page, "change", format="mapped"))
    values = after.values('form[hx-indicator="#reading"]')
    assert (values["column-0"], values["column-2"]) == (["sku"], ["attribute"])
    back = await editor.follow(await press(editor, after, "change", format="csv"))
    assert "column-0" not in back.values('form[hx-indicator="#reading"]')


async def test_stones_are_shown_as_what_they_become(server, editor, worker):
    page = await draft(editor, data_path("diamonds", "diamonds.csv.gz").read_bytes()[:400_000], "diamonds.csv.gz")
    assert page.values('form[hx-indicator="#reading"]')["format"] == ["gemstones"]
    assert any("0.23 ct Diamond, E SI2" in row and "Gemstone" in row for row in page.texts("tbody tr"))
    both = await editor.follow(await press(editor, page, "change", stones_as="products", code_prefix="D"))
    assert any("D-2" in row and "Loose Stones>Diamonds" in row for row in both.texts("tbody tr"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\x1f\x8b\x00" * 9, "The file is damaged"),
        (b"[1]", "The file is one JSON array"),
        (bytes(range(256)) * 50, "The file cannot be read like this"),
    ],
)
async def test_what_cannot_be_read_is_told(editor, content, words):
    page = await draft(editor, content)
    assert page.status == 200
    assert words in page.words
    if page.texts("button[value=begin]"):
        assert page.page.select_one("button[value=begin]").has_attr("disabled")


async def test_a_workbook_is_taken_as_the_table_in_it(editor):
    book = Workbook()
    for row in (("sku", "name", "regularPrice"), ("R-1", "Ring", 19.9)):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    page = await draft(editor, file.getvalue(), "Preise.xlsx")
    assert page.texts("h1") == ["Preise.xlsx"]
    assert any("Ring R-1" in row and "$19.90" in row for row in page.texts("tbody tr"))
    editor.language = "de"
    refused = await upload(editor, b"PK\x03\x04 xlsx", "Preise.xlsx")
    assert refused.status == 422
    told = "Die Datei ist keine lesbare Arbeitsmappe (.xlsx): speichern Sie sie als CSV (UTF-8)."
    assert told in refused.words
    assert told in (await upload(editor, b"PK\x03\x04 xlsx", htmx=True)).words


async def test_what_is_wrong_with_rows_is_told_in_the_visitors_language(editor, worker):
    editor.language = "de"
    page = await draft(editor, b"sku,name,quantity\nA,a,many\n" + b"B" * 60 + b",b,1\nC,,1\nD,d,1,2\n")
    wrong = {
        "muss eine ganze Zahl sein",
        "muss 1 bis 50 Zeichen haben",
        "name fehlt",
        "hat 4 Zellen, die Kopfzeile aber 3: fehlt ein Anführungszeichen?",
    }
    assert {one for one in wrong if one not in page.words} == set()
    tried = await press(editor, page, "try")
    await finish(worker)
    rejected = (await editor.follow(tried)).words
    assert {one for one in wrong if one.removeprefix("name ") not in rejected} == set()
    assert "Die Datei ist leer." in (await editor.follow(await upload(editor, b""))).words


@pytest.mark.parametrize("hostile", [*HOSTILE, "../../etc/passwd", "\x7f\x01"])
async def test_hostile_names_and_values_are_shown_as_they_are(editor, worker, hostile):
    quoted = '"' + hostile.replace('"', '""') + '"'
    content = f"Nr,Titel,{quoted}\n1,{quoted},{quoted}\n{quoted},,\n".encode()
    page = await draft(editor, content, hostile.replace("\n", ""))
    tried = await press(editor, page, "try")
    await finish(worker)
    for shown in (page, await editor.follow(tried), await editor.get(IMPORTS)):
        assert shown.status == 200
        assert shown.page.select("script:not([src]), img[src=x], [onerror]") == []
    await press(editor, page, "begin")
    await finish(worker)
    assert (await editor.get(f"{IMPORTS}/1")).page.select("script:not([src]), [onerror]") == []


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(editor):
    body = b"sku,name\n" + b"x" * (1 << 20)
    early = await upload(editor, body, **{"content-length": str(len(body) + 300_000)})
    assert early.status == 413
    assert early.texts(".field__error") == ["The file is larger than 1 MB."]
    assert (await upload(editor, body, **{"content-length": "9" * 5000})).status == 413
    late = await upload(editor, body)
    assert late.status == 413
    part = await upload(editor, body, htmx=True)
    assert (part.status, part.headers["hx-retarget"]) == (413, "#messages")
    assert (await editor.get(IMPORTS)).texts("tbody tr") == []


async def test_an_upload_that_is_cut_off_leaves_nothing(server, editor):
    token = (await editor.get(IMPORTS)).token
    body = multipart(token, SHEET)[:-20]
    headers = {"content-type": "multipart/form-data; boundary=XX"}
    cut = await editor.send("POST", IMPORTS, body, headers=headers)
    assert (cut.status, cut.texts("h1")) == (400, ["This cannot be read"])
    cookies = "; ".join(f"{name}={value}" for name, value in editor.cookies.items())
    messages = []
    pending = [
        {"type": "http.request", "body": body[:300], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive():
        return pending.pop(0) if pending else {"type": "http.disconnect"}

    async def send(message):
        messages.append(message)

    scope = scope_of("POST", IMPORTS, {**headers, "cookie": cookies, "host": "catalog.example"})
    await server.app(scope, receive, send)
    assert messages[0]["status"] == 400
    assert (await editor.get(IMPORTS)).texts("tbody tr") == []


async def test_a_form_without_a_file_asks_for_one(editor):
    token = (await editor.get(IMPORTS)).token
    empty = multipart(token, b"", name="")
    headers = {"content-type": "multipart/form-data; boundary=XX"}
    page = await editor.send("POST", IMPORTS, empty, headers=headers)
    assert (page.status, page.texts(".field__error")) == (422, ["Choose a file."])
    part = await editor.send("POST", IMPORTS, empty, headers=headers, htmx=True)
    assert (part.status, part.headers["hx-retarget"]) == (422, "#messages")


@pytest.mark.parametrize("token", ["", "x" * 86])
async def test_a_file_without_the_visitors_token_is_not_kept(editor, token):
    refused = await upload(editor, token=token)
    assert (refused.status, refused.texts("h1")) == (403, ["This did not come from a page of yours"])
    assert (await editor.get(IMPORTS)).texts("tbody tr") == []


async def test_the_token_may_come_as_a_header(editor):
    token = (await editor.get(IMPORTS)).token
    sent = await upload(editor, token="", htmx=True, **{"x-csrf-token": token})
    assert (sent.status, sent.headers["hx-redirect"]) == (204, f"{IMPORTS}/1")


async def test_a_viewer_looks_and_changes_nothing(server, editor, viewer):
    await draft(editor)
    page = await viewer.get(IMPORTS)
    assert page.page.select_one("input[type=file]") is None
    assert len(page.texts("tbody tr")) == 1
    shown = await viewer.get(f"{IMPORTS}/1")
    assert shown.texts("main button") == []
    assert shown.page.select_one("fieldset").has_attr("disabled")
    for target in (IMPORTS, f"{IMPORTS}/1", f"{IMPORTS}/1/cancel"):
        assert (await viewer.post(target, {"action": "begin"})).status == 403
    assert (await server.import_jobs.job("shop", 1)).state is JobState.DRAFT


async def test_another_tenant_sees_nothing_of_it(editor, rival_owner):
    await draft(editor)
    assert (await rival_owner.get(IMPORTS)).texts("tbody tr") == []
    for end in ("", "/rejected.csv", "/rejected.ndjson"):
        assert (await rival_owner.get(f"{IMPORTS}/1{end}")).status == 404
    assert (await rival_owner.post(f"{IMPORTS}/1", {"action": "begin", "format": "csv"})).status == 404
    assert (await rival_owner.post(f"{IMPORTS}/1/cancel")).status == 404


@pytest.mark.parametrize("name", ["0", "99", "x", "-1", "1" * 40, "%F0%9F%92%8D"])
async def test_an_import_that_is_not_there_is_not_found(editor, name):
    assert (await editor.get(f"{IMPORTS}/{name}")).status == 404


async def test_two_at_once_wait_for_each_other(server, editor, worker):
    await draft(editor, SHEET)
    second = await draft(editor, b"sku,name\nS,Second\n", "second.csv")
    for number in (1, 2):
        page = await editor.get(f"{IMPORTS}/{number}")
        values = {**page.values('form[hx-indicator="#reading"]'), "action": "begin"}
        assert (await editor.post(f"{IMPORTS}/{number}", values)).status == 303
    history = await editor.get(IMPORTS)
    assert history.texts("tbody .badge") == ["Waits for its turn"] * 2
    assert history.page.select_one("#history")["hx-trigger"] == "every 3s"
    part = await editor.get(IMPORTS, htmx=True)
    assert part.page.select_one("html") is None
    await finish(worker)
    assert "one begins as soon as it is its turn" in (await editor.get(f"{IMPORTS}/2")).words
    await finish(worker)
    assert second.status == 200
    assert (await editor.get(IMPORTS)).texts("tbody .badge") == ["Done", "Done"]


async def test_a_draft_that_somebody_else_has_begun_is_a_conflict(editor, worker):
    page = await draft(editor)
    await press(editor, page, "begin")
    lost = await press(editor, page, "try")
    assert (lost.status, lost.texts("h1")) == (409, ["Somebody else changed this meanwhile"])
    await finish(worker)
    assert (await editor.get(f"{IMPORTS}/1")).texts("p[role=status]") == ["Done"]


async def test_a_draft_is_given_up_and_a_run_is_canceled(server, editor, worker):
    await draft(editor)
    gone = await editor.post(f"{IMPORTS}/1/cancel")
    assert gone.headers["location"] == IMPORTS
    assert (await editor.follow(gone)).texts("tbody .badge") == ["Canceled"]
    page = await draft(editor)
    values = {**page.values('form[hx-indicator="#reading"]'), "action": "begin"}
    await editor.post(f"{IMPORTS}/2", values)
    await server.import_jobs.cancel("shop", 2)
    await finish(worker)
    assert (await editor.post(f"{IMPORTS}/2/cancel")).headers["location"] == f"{IMPORTS}/2"
    shown = await editor.get(f"{IMPORTS}/2")
    assert shown.texts("p[role=status]") == ["Canceled"]
    assert (await server.store.counts("shop")) == (0, 0)


async def test_a_failure_is_told(editor, worker):
    page = await draft(editor, b"sku,name\n" + "ü".encode() * 10, "a.csv")
    values = page.values('form[hx-indicator="#reading"]')
    await editor.post(f"{IMPORTS}/1", {**values, "format": "shopify", "action": "begin"})
    await finish(worker)
    told = await editor.get(f"{IMPORTS}/1")
    assert told.texts(".notice--danger") == [
        "The file could not be imported The file has no columns Handle and Title, so it is none of Shopify's."
    ]


async def test_a_page_of_the_history_leads_to_the_next(server, editor):
    for number in range(27):
        await upload(editor, b"sku,name\n", f"{number}.csv")
    first = await editor.get(IMPORTS)
    assert len(first.texts("tbody tr")) == 25
    following = await editor.get(first.page.select_one("a[rel=next]")["href"])
    assert [row.split()[0] for row in following.texts("tbody tr")] == ["1.csv", "0.csv"]
    assert following.page.select_one("a[rel=next]") is None


async def test_what_was_rejected_is_no_formula_in_a_spreadsheet(editor, worker):
    page = await draft(editor, b"sku,name,regularPrice\n@A,Ring,=1+cmd|' /C calc'!A0\n", "a.csv")
    await press(editor, page, "begin")
    await finish(worker)
    (row,) = csv.DictReader(io.StringIO((await editor.get(f"{IMPORTS}/1/rejected.csv")).text))
    assert (row["sku"], row["value"]) == ("'@A", "'=1+cmd|' /C calc'!A0")
    (line,) = (await editor.get(f"{IMPORTS}/1/rejected.ndjson")).text.splitlines()
    assert json.loads(line)["value"] == "=1+cmd|' /C calc'!A0"


async def test_many_rejected_rows_are_shown_in_part(editor, worker):
    page = await draft(editor, b"sku,name\n" + b"".join(b"S%d,\n" % n for n in range(60)), "a.csv")
    await press(editor, page, "begin")
    await finish(worker)
    shown = await editor.get(f"{IMPORTS}/1")
    assert len(shown.texts("tbody tr")) == 50
    assert "There are more; the files hold all of them." in shown.words
    assert len((await editor.get(f"{IMPORTS}/1/rejected.csv")).text.splitlines()) == 61


async def test_running_work_tells_how_far_it_is(server, editor):
    await draft(editor)
    job = await server.import_jobs.job("shop", 1)
    running = msgspec.structs.replace(
        job, state=JobState.RUNNING, started=1.0, bytes_read=30, stored=7, rate=12.4, seconds_left=61.0
    )
    await server.import_jobs.save("shop", running)
    page = await editor.get(f"{IMPORTS}/1")
    bar = page.page.select_one("progress")
    assert (bar["value"], bar["max"]) == ("30", str(len(SHEET)))
    assert page.texts(".progress__text") == ["30 B 61 seconds left"]
    assert page.texts("form[action$=cancel]") == ["Cancel"]
    await server.import_jobs.save("shop", msgspec.structs.replace(running, seconds_left=600.0))
    assert "10 minutes left" in (await editor.get(f"{IMPORTS}/1", htmx=True)).words


async def test_letters_of_another_encoding_are_found(server, editor, worker):
    content = "Größe;Bezeichnung;Artikel\n52;Süße Ringe;7\n".encode("cp1252")
    page = await draft(editor, content)
    values = page.values('form[hx-indicator="#reading"]')
    assert (values["encoding"], values["column-0"]) == (["cp1252"], ["size"])
    other = await editor.follow(await press(editor, page, "change", encoding="mac-roman"))
    assert other.values('form[hx-indicator="#reading"]')["column-2"] == ["sku"]
    back = await editor.follow(await press(editor, other, "change", encoding="cp1252"))
    await press(editor, back, "begin")
    await finish(worker)
    assert (await server.store.product("shop", "7")).name == "Süße Ringe"
    unknown = await press(editor, page, "change", encoding="klingon")
    assert unknown.status == 422
    assert "There is no encoding klingon." in unknown.words


async def test_a_packed_file_is_seen(editor):
    page = await draft(editor, gzip.compress(b'{"sku":"A","name":"Ring"}\n'), "a.ndjson.gz")
    assert page.values('form[hx-indicator="#reading"]')["format"] == ["ndjson"]
    assert any("Ring A" in row for row in page.texts("tbody tr"))


def test_every_note_has_words():
    german = texts_in("de")
    for kind, words in NOTES.items():
        assert notes(texts_in("en"), {kind: 3}) == [(words, 3)]
        assert notes(german, {kind: 3})[0][0] != words


async def test_everything_is_there_in_german(server, shop, worker):
    editor = await visitor(server, "shop", Role.EDITOR, language="de")
    page = await draft(editor)
    assert "So wird" not in page.words
    assert page.texts("h2")[:2] == ["Wie die Datei gelesen wird", "Spalten"]
    assert (await editor.get(IMPORTS)).texts("h1") == ["Import"]
