"""The protocol of the Client API: where parameters come from, the envelope, and which code comes first."""

import gzip
import io
import json
from urllib.parse import quote, urlencode

import pytest

from facetry.domain.errors import (
    ActionNotFoundError,
    FacetryError,
    IndexBehindError,
    InsufficientStockError,
    InvalidFieldsError,
    InvalidValueError,
    MissingFieldsError,
    StoreError,
    StoreFullError,
    TenantNotFoundError,
)
from facetry.domain.tenant import HttpsRule, Scope
from facetry.telemetry.line_writer import LineWriter
from facetry.telemetry.request_log import RequestLog
from tests.api.client_actions import FORM, action_of, echo, echoing_server, raising, status_of

pytestmark = pytest.mark.anyio

KEY = "access-key-of-shop"
URL = "/client/V1/"


@pytest.fixture
async def server(make_server, anyio_backend):
    server = make_server(kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    return server


async def get(server, query, **options):
    return await server.call("GET", f"{URL}?{query}", **options)


async def post(server, body, content_type=FORM, target=URL, **options):
    return await server.call("POST", target, headers={"content-type": content_type}, body=body, **options)


def echoed(answer):
    assert status_of(answer) == (100, "OK")
    return answer.json["data"][0]["data"]


@pytest.mark.parametrize("target", ["/client/V1", "/client/V1/"])
async def test_both_paths_take_get_and_post(server, target):
    query = f"auth={KEY}&action=echo_back&data=%5B1%5D"
    assert echoed(await server.call("GET", f"{target}?{query}")) == [1]
    assert echoed(await post(server, query.encode(), target=target)) == [1]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ('{"sku":"N1","list":[1,2],"title":"Node+ring+2"}', {"sku": "N1", "list": [1, 2], "title": "Node ring 2"}),
        ("{%22sku%22:%22A%26B%23C%2B%22}", {"sku": "A&B#C+"}),
        ("5", 5),
        ("1,2,3", "1,2,3"),
        ("+1+,+2", " 1 , 2"),
        ("%22text%22", "text"),
        ("", None),
        ("++", None),
        ("null", None),
        ("false", False),
        ("%EF%BB%BF[1]", [1]),
        ("{%22n%22:%22%C3%A9%F0%9F%92%8D%22}", {"n": "é💍"}),
    ],
)
async def test_data_in_a_url_is_read_as_clients_send_it(server, text, data):
    assert echoed(await get(server, f"auth={KEY}&action=echo_back&data={text}")) == data


async def test_parameters_come_in_every_kind_of_body(server):
    data = {"sku": "é", "n": [1, {"a": None}]}
    text = json.dumps(data)
    assert echoed(await post(server, urlencode({"auth": KEY, "action": "echo_back", "data": text}).encode())) == data
    whole = {"auth": KEY, "action": "echo_back"}
    for given in (data, text):
        body = json.dumps({**whole, "data": given}).encode()
        assert echoed(await post(server, body, "application/json; charset=utf-8")) == data
    parts = "".join(
        f'--xx\r\ncontent-disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, value, more in [
            ("auth", KEY, ""),
            ("action", "echo_back", ""),
            ("data", text, '; filename="data.json"'),
        ]
    )
    assert echoed(await post(server, f"{parts}--xx--\r\n".encode(), "multipart/form-data; boundary=xx")) == data


@pytest.mark.parametrize(
    ("given", "data"),
    [
        ("ABC", "ABC"),
        ("5", "5"),
        ("1,2", "1,2"),
        (" [1]", [1]),
        (" ", None),
        ("", None),
        (None, None),
        (0, 0),
        ([], []),
    ],
)
async def test_a_text_in_a_json_body_is_one_unless_it_is_json_itself(server, given, data):
    body = json.dumps({"auth": KEY, "action": "echo_back", "data": given}).encode()
    assert echoed(await post(server, body, "application/json")) == data


async def test_a_body_without_a_type_is_a_form(server):
    body = f"auth={KEY}&action=echo_back&data=7".encode()
    assert echoed(await server.call("POST", URL, body=body)) == 7


async def test_a_parameter_of_the_body_wins(server):
    target = f"{URL}?auth=wrong&action=nothing&data=1"
    body = f"auth={KEY}&action=echo_back&data=2".encode()
    assert echoed(await post(server, body, target=target)) == 2
    assert echoed(await post(server, b"data=2", target=f"{URL}?auth={KEY}&action=echo_back&data=1")) == 2
    assert echoed(await post(server, b"", target=f"{URL}?auth={KEY}&action=echo_back&data=1")) == 1


async def test_the_last_of_a_repeated_parameter_counts(server):
    assert echoed(await get(server, f"auth=x&auth={KEY}&action=echo_back&data=1&data=2&other=3&data")) is None
    assert echoed(await get(server, f"auth=x&auth={KEY}&action=echo_back&data=1&data=2")) == 2


async def test_the_key_may_stand_in_a_header(server):
    headers = {"authorization": f"bearer  {KEY}"}
    assert echoed(await get(server, "action=echo_back&data=1", headers=headers)) == 1
    basic = {"authorization": f"Basic {KEY}"}
    assert status_of(await get(server, "action=echo_back", headers=basic))[0] == 102
    both = await get(server, "auth=wrong&action=echo_back", headers=headers)
    assert status_of(both)[0] == 102


async def test_actions_are_decoded_too(server):
    actions = quote('{"metals": "APPEND", "images": 1}')
    answer = await get(server, f"auth={KEY}&action=echo_back&data=1&actions={actions}")
    assert answer.json["data"] == [{"data": 1, "actions": {"metals": "append", "images": 1}}]
    refused = await get(server, f"auth={KEY}&action=echo_back&data=1&actions=[1]")
    assert (status_of(refused)[0], refused.json["data"]) == (
        303,
        {"errors": [{"path": "actions", "message": "must be a JSON object"}]},
    )
    unread = await get(server, f"auth={KEY}&action=echo_back&data=1&actions=oops")
    assert status_of(unread)[1].startswith(
        "Data Decode Failed: actions: malformed JSON: expecting value at character 0"
    )


@pytest.mark.parametrize("name", ["echo_needed_data", "echo_neededdata", "echo_must"])
async def test_names_without_underscores_and_aliases_are_known(server, name):
    assert echoed(await get(server, f"auth={KEY}&action={name}&data=1")) == 1


async def test_an_unknown_action_tells_near_names(server):
    for name, told in [
        ("echo_bak", "there is no action 'echo_bak'; did you mean echo_back?"),
        ("ECHO_BACK", "there is no action 'ECHO_BACK'; did you mean echo_back?"),
        ("zzz", "there is no action 'zzz'"),
        ("%00%ff", "there is no action '\\x00\\ufffd'"),
        ("x" * 200, f"there is no action '{'x' * 80}'"),
        ("", "no action is named; send one as action"),
    ]:
        answer = await get(server, f"auth={KEY}&action={name}")
        assert status_of(answer) == (200, f"Action Not Found: {told}")
        assert answer.json["data"] == []


@pytest.mark.parametrize("data", ["", "%20", "null", "[]", "{}", "%22%22"])
async def test_mandatory_data_that_is_missing_or_empty(server, data):
    answer = await get(server, f"auth={KEY}&action=echo_needed_data&data={data}")
    assert status_of(answer) == (300, "Data Not Specified: echo_needed_data needs data")
    assert answer.json["data"] == []


async def test_zero_and_false_are_data(server):
    for text, data in [("0", 0), ("false", False)]:
        assert echoed(await get(server, f"auth={KEY}&action=echo_needed_data&data={text}")) == data


async def test_data_is_not_looked_at_by_actions_without(server):
    assert echoed(await get(server, f"auth={KEY}&action=echo_nothing&data=oops")) is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{oops", "data: malformed JSON: expecting property name enclosed in double quotes at character 1"),
        ("ABC", "data: malformed JSON: expecting value at character 0"),
        ('{"a":1,"a":2}', 'data: malformed JSON: key "a" stands twice in one object'),
        ("[NaN]", "data: malformed JSON: NaN is no JSON number"),
        ("[1e999]", "data: malformed JSON: number 1e999 is out of range"),
        ("%ff", "data: not UTF-8 at byte 0"),
        ("%22ab%c3%22", "data: not UTF-8 at byte 3"),
        ("[" * 70 + "]" * 70, "data: JSON is nested more than 64 deep"),
        ("1" * 5000, "data: malformed JSON: a number has too many digits"),
    ],
)
async def test_data_that_cannot_be_decoded_says_where(server, data, told):
    hint = "; a & or # in a URL ends the value: percent-encode it, or send a POST"
    assert status_of(await get(server, f"auth={KEY}&action=echo_back&data={data}")) == (
        301,
        f"Data Decode Failed: {told}{hint}",
    )
    body = f"auth={KEY}&action=echo_back&data={data}".encode()
    assert status_of(await post(server, body)) == (301, f"Data Decode Failed: {told}")


async def test_json_that_an_ampersand_cuts_says_what_to_do(server):
    answer = await get(server, f'auth={KEY}&action=echo_back&data={{"title":"A & B"}}')
    code, message = status_of(answer)
    assert code == 301
    assert message.endswith("at character 9; a & or # in a URL ends the value: percent-encode it, or send a POST")


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        (
            "application/json",
            b"{oops",
            "malformed JSON: expecting property name enclosed in double quotes at character 1",
        ),
        ("application/json", b"[1]", "the JSON body must be an object"),
        ("application/json", b"\xff", "the body: not UTF-8 at byte 0"),
        ("multipart/form-data", b"--x", "malformed multipart form: empty boundary"),
        ("text/csv", b"a,b", "content type 'text/csv' is not read; send application/x-www-form-urlencoded, "),
    ],
)
async def test_a_body_that_cannot_be_read(server, content_type, body, told):
    answer = await post(server, body, content_type, f"{URL}?auth={KEY}&action=echo_back")
    code, message = status_of(answer)
    assert code == 301
    assert message.startswith(f"Data Decode Failed: {told}")
    code, message = status_of(await post(server, body, content_type))
    assert code == 102
    assert message.startswith(f"Authentication Failed: no access key could be read: {told}")


async def test_a_long_url_is_refused_after_all_else(server):
    query = f"auth={KEY}&action=echo_back&data=1&pad="
    longest = "x" * (8192 - len(f"{URL}?{query}"))
    assert echoed(await get(server, query + longest)) == 1
    answer = await get(server, f"{query}{longest}x")
    assert status_of(answer)[0] == 303
    assert answer.json["data"] == {
        "errors": [{"path": "data", "message": "a URL of more than 8192 bytes is not read; send a POST"}]
    }
    for query, code in [
        ("auth=x&action=zzz", 102),
        (f"auth={KEY}&action=zzz", 200),
        (f"auth={KEY}&action=echo_must", 300),
        (f"auth={KEY}&action=echo_must&data=oops", 301),
    ]:
        assert status_of(await get(server, f"{query}&pad={'x' * 9000}"))[0] == code
    assert echoed(await post(server, b"data=1", target=f"{URL}?auth={KEY}&action=echo_back&pad={'x' * 9000}")) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"])
async def test_other_methods_are_refused(server, method):
    answer = await server.call(method, f"{URL}?auth={KEY}&action=echo_back")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
    if method != "HEAD":
        assert status_of(answer) == (303, "Invalid Data: only GET and POST are served")


@pytest.mark.parametrize("path", ["/client/V1/x", "/client/V1//", "/client/V12", "/client/V1/%2F"])
async def test_other_paths_are_not_there(server, path):
    answer = await server.call("GET", f"{path}?auth={KEY}&action=echo_back")
    assert answer.status == 404
    if not path.endswith("2"):
        assert status_of(answer) == (200, "Action Not Found: there is nothing at this path, only at /client/V1/")


async def test_each_answer_has_an_id_of_its_own(server):
    ids = {(await get(server, "")).headers["x-debug-uid"] for _ in range(50)}
    assert len(ids) == 50
    assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)


async def test_a_body_that_is_too_long(server):
    declared = await server.call("POST", URL, headers={"content-length": str((16 << 20) + 1)}, body=b"")
    sent = await post(server, b"x" * ((16 << 20) + 1))
    for answer in (declared, sent):
        assert answer.status == 200
        assert status_of(answer) == (
            303,
            "Invalid Data: the body is longer than 16 MiB, which is the most that is taken",
        )
    text = json.dumps({"auth": KEY, "action": "echo_back", "data": "x" * (1 << 20)}).encode()
    assert len(echoed(await post(server, text, "application/json"))) == 1 << 20


async def test_a_body_that_is_compressed(server):
    text = gzip.compress(json.dumps({"auth": KEY, "action": "echo_back"}).encode())
    answer = await server.call("POST", URL, headers={"content-encoding": "gzip"}, body=text)
    assert (answer.status, status_of(answer)) == (
        200,
        (301, "Data Decode Failed: the body is compressed, send it without Content-Encoding"),
    )


async def test_too_many_fields_are_left_out(server):
    body = f"auth={KEY}&action=echo_back&".encode() + b"&" * 5000 + b"data=1"
    assert echoed(await post(server, body)) is None


ERRORS = [
    (
        InvalidValueError("price", "must be a number"),
        303,
        "must be a number",
        {"errors": [("price", "must be a number")]},
    ),
    (
        InvalidFieldsError((("a", "x"), ("b.0", "y"))),
        303,
        "a x; b.0 y",
        {"errors": [("a", "x"), ("b.0", "y")]},
    ),
    (MissingFieldsError(("title", "type")), 302, "missing: title, type", {"missing": ["title", "type"]}),
    (ActionNotFoundError("gone"), 200, "gone", []),
    (IndexBehindError(7), 201, "stored as revision 7, not yet searchable", {"revision": 7}),
    (StoreError("disk /dev/sda"), 201, "the store could not do this; nothing was changed, please try again", []),
    (StoreFullError("x"), 201, "there is no room left to store this; nothing was changed", []),
    (FacetryError("secret"), 201, "something went wrong on our side, please try again", []),
    (TenantNotFoundError("shop"), 102, "the key is not valid any more", []),
]


@pytest.mark.parametrize(("error", "code", "detail", "data"), ERRORS)
async def test_errors_of_actions_become_codes(make_server, error, code, detail, data):
    server = make_server(action_of(raising(error), "fail_now"), kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    answer = await get(server, f"auth={KEY}&action=fail_now")
    assert answer.status == 200
    assert status_of(answer) == (code, f"{status_of(answer)[1].partition(':')[0]}: {detail}")
    if isinstance(data, dict) and "errors" in data:
        data = {"errors": [{"path": path, "message": message} for path, message in data["errors"]]}
    assert answer.json["data"] == data


async def test_stock_that_does_not_suffice_is_told(make_server, anyio_backend):
    server = make_server(action_of(raising(InsufficientStockError("R1", 3, 2)), "fail_now"), kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    message = "product with SKU R1 has 2 in stock, 3 are wanted"
    assert (await get(server, f"auth={KEY}&action=fail_now")).json == {
        "status": {"code": 303, "message": f"Invalid Data: {message}"},
        "data": {"errors": [{"path": "quantity", "message": message}], "sku": "R1", "left": 2},
    }


async def test_a_failure_that_nobody_foresaw(make_server, anyio_backend):
    server = make_server(action_of(raising(RuntimeError("secret")), "fail_now"), kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    answer = await get(server, f"auth={KEY}&action=fail_now")
    assert answer.status == 200
    assert status_of(answer) == (201, "Action Failed: something went wrong on our side, please try again")


HTTP_CODES = [
    ("auth=x&action=echo_back", 102, 401),
    (f"auth={KEY}&action=zzz", 200, 404),
    (f"auth={KEY}&action=echo_must", 300, 400),
    (f"auth={KEY}&action=echo_must&data=oops", 301, 400),
    (f"auth={KEY}&action=miss_it", 302, 400),
    (f"auth={KEY}&action=wrong_it", 303, 400),
    (f"auth={KEY}&action=fail_now", 201, 500),
    (f"auth={KEY}&action=echo_back", 100, 200),
]


@pytest.mark.parametrize(("query", "code", "status"), HTTP_CODES)
async def test_http_errors_gives_failures_a_status(make_server, query, code, status):
    server = make_server(
        action_of(raising(StoreError("x")), "fail_now"),
        action_of(raising(MissingFieldsError(("sku",))), "miss_it"),
        action_of(raising(InvalidValueError("a", "b")), "wrong_it"),
        kind=echoing_server,
    )
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    for suffix, expected in [
        ("", 200),
        ("&http_errors=0", 200),
        ("&http_errors=1", status),
        ("&http_errors=yes", status),
    ]:
        answer = await get(server, query + suffix)
        assert (status_of(answer)[0], answer.status) == (code, expected)
    in_body = await post(server, f"{query}&http_errors=true".encode())
    assert (status_of(in_body)[0], in_body.status) == (code, status)


async def test_codes_come_in_their_order(make_server, anyio_backend):
    """Of all that is wrong with a call the first one is told, and each that is put right shows the next."""
    slow = action_of(echo, "echo_slow", Scope.LISTINGS, is_limited=True)
    server = make_server(slow, kind=echoing_server, https=HttpsRule.ALWAYS)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    pad = "x" * 9000
    base = f"pad={pad}&data=oops&actions=[1]"
    plain = await get(server, base)
    assert status_of(plain) == (101, "Non HTTPS call: send the call over HTTPS")
    steps = [("", 102), ("auth=wrong&", 102), (f"auth={KEY}&", 200), (f"auth={KEY}&action=echo_must&", 301)]
    for query, code in steps:
        assert status_of(await get(server, query + base, scheme="https"))[0] == code
    empty = f"auth={KEY}&action=echo_must&pad={pad}&actions=[1]"
    assert status_of(await get(server, empty, scheme="https"))[0] == 300
    long = f"auth={KEY}&action=echo_must&pad={pad}&actions={{}}&data=1"
    assert status_of(await get(server, long, scheme="https"))[0] == 303


async def test_no_key_and_no_data_reach_a_log(make_server, anyio_backend, caplog):
    output = io.BytesIO()
    writer = LineWriter(output)
    log = RequestLog(writer)
    server = make_server(action_of(raising(RuntimeError("x")), "fail_now"), kind=echoing_server, log=log)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    for query in (
        f"auth={KEY}&action=echo_back&data=secret-data",
        f"auth={KEY}&action=secret-action",
        "auth=secret-key",
    ):
        await get(server, query)
        await post(server, query.encode())
        await server.call("PUT", f"{URL}?{query}")
        await server.call("GET", f"{URL}secret-path?{query}")
    await get(server, f"auth={KEY}&action=fail_now&data=%22secret%22", headers={"authorization": "Bearer secret"})
    log.flush()
    writer.close()
    text = output.getvalue().decode() + caplog.text
    assert "secret" not in text
    assert KEY not in text
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert {line["route"] for line in lines} == {
        *("/client/V1", "/client/V1 echo_back", "/client/V1 fail_now", "unmatched")
    }
