"""Hostile calls of the Client API: whatever is sent, the answer has the one form, and nothing of ours fails."""

import json

import pytest

from tests.api.client_actions import FORM, echoing_server, status_of
from tests.api.test_catalog_hostile import BODIES, OUR_OWN

pytestmark = pytest.mark.anyio

KEY = "access-key-of-shop"
URL = "/client/V1/"
START = f"auth={KEY}&action=echo_back&"
TYPES = [
    FORM,
    "application/json",
    "application/json; charset=utf-16",
    "application/problem+json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    'multipart/form-data; boundary="',
    "text/plain",
    "a" * 5000,
    "application/x-www-form-urlencoded; charset=utf-7",
    ";;;",
    "\xff\xfe",
    "",
]


@pytest.fixture
async def server(make_server, anyio_backend):
    server = make_server(kind=echoing_server)
    await server.add_tenant("Shop", id="shop", access_key=KEY)
    return server


async def sent(server, target=URL, content_type=FORM, body=b""):
    headers = {"content-type": content_type} if content_type else {}
    return await server.call("POST", target, headers=headers, body=body)


@pytest.mark.parametrize("content_type", TYPES)
async def test_bodies_of_every_kind(server, content_type):
    for body in BODIES:
        for target in (URL, f"{URL}?{START}"):
            answer = await sent(server, target, content_type, body)
            assert answer.status == 200
            assert status_of(answer)[0] in {100, 102, 301}, (body[:40], answer.body)


@pytest.mark.parametrize("text", OUR_OWN)
async def test_texts_in_every_parameter(server, text):
    for name, codes in [("auth", {102}), ("action", {200}), ("data", {100}), ("actions", {100, 303}), ("other", {100})]:
        fields = {"auth": KEY, "action": "echo_back", "data": [1], name: text}
        body = json.dumps(fields).encode()
        answer = await sent(server, content_type="application/json", body=body)
        expected = codes if text.strip() and text[0] not in "{[" else {*codes, 301}
        assert status_of(answer)[0] in expected, (name, answer.body)
        nested = {**fields, name: {"x": [text, {text: text}]}}
        answer = await sent(server, content_type="application/json", body=json.dumps(nested).encode())
        assert status_of(answer)[0] in {100, 102, 200}, (name, answer.body)


@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], {}, [1], {"a": 1}, 10**40])
async def test_values_that_are_no_texts_in_every_parameter(server, value):
    for name in ("auth", "action", "http_errors"):
        fields = {"auth": KEY, "action": "echo_back", name: value}
        answer = await sent(server, content_type="application/json", body=json.dumps(fields).encode())
        assert status_of(answer)[0] == {"auth": 102, "action": 200}.get(name, 100)


async def test_half_characters_are_not_taken(server):
    told = "a \\u escape stands for half a character"
    for text in (r'"\ud800"', r'{"\uD800":1}', r'"\ude00\ud83d"'):
        body = f'{{"auth":"{KEY}","action":"echo_back","data":{text}}}'.encode()
        answer = await sent(server, f"{URL}?auth={KEY}&action=echo_back", "application/json", body)
        assert status_of(answer) == (301, f"Data Decode Failed: {told}")
        answer = await sent(server, body=f"{START}data={text}".encode())
        assert status_of(answer) == (301, f"Data Decode Failed: data: {told}")
    whole = await sent(server, body=f'{START}data="\\ud83d\\ude00"'.encode())
    assert whole.json["data"][0]["data"] == "\U0001f600"


async def test_queries_of_every_kind(server):
    for query in (
        "&" * 5000,
        "=" * 5000,
        "%" * 5000,
        "a=b;c=d",
        "data",
        "auth",
        "%61uth=" + KEY,
        "auth%00=" + KEY,
        "auth[]=" + KEY,
        "\xff\xfe",
        "auth=" + "%f0%9f" * 100,
        "action=%ff",
    ):
        answer = await server.call("GET", f"{URL}?{query}")
        assert status_of(answer)[0] in {102, 200}, query


async def test_keys_with_blanks_around_are_those_keys(server):
    assert status_of(await server.call("GET", f"{URL}?auth=+{KEY}%0A&action=+echo_back+&data=1")) == (100, "OK")


async def test_what_a_call_is_told_cannot_break_its_form(server):
    """Messages show what was sent as ASCII alone, and never much of it."""
    for name in ('"}', "\r\nx-injected: 1", "</script>", "é" * 5000):
        body = json.dumps({"auth": KEY, "action": name}).encode()
        answer = await sent(server, content_type="application/json", body=body)
        code, message = status_of(answer)
        assert (code, message.isascii(), "\n" in message) == (200, True, False)
        assert len(message) < 700
        assert set(answer.headers) == {
            *("content-type", "content-length", "cache-control", "x-debug-uid", "x-request-id")
        }
