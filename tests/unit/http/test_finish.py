"""What is sent of an answer, by the request's method, conditions and codings."""

from __future__ import annotations

import gzip
import hashlib

import pytest
import zstandard

from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.finish import THREAD_BYTES, Prepared, finish, ready_variant

SMALL = Answer(body=b'{"a":1}')
LARGE = Answer(body=b'{"name":"ring"}' * 200)
DIGEST = hashlib.blake2b(LARGE.body, digest_size=8).hexdigest()
VARY = (b"vary", b"x-access-token, Authorization, Accept-Encoding")
PRIVATE = (b"cache-control", b"private, no-cache")


def test_a_small_answer_is_sent_as_it_is():
    tag = b'"%s"' % hashlib.blake2b(SMALL.body, digest_size=8).hexdigest().encode()
    assert finish(SMALL, "GET", {b"accept-encoding": b"gzip"}) == (
        200,
        [
            (b"content-type", b"application/json"),
            (b"content-length", b"7"),
            (b"etag", tag),
            PRIVATE,
            VARY,
        ],
        b'{"a":1}',
    )


@pytest.mark.parametrize(
    ("coding", "decode"), [("gzip", gzip.decompress), ("zstd", lambda b: zstandard.ZstdDecompressor().decompress(b))]
)
def test_a_large_answer_is_coded(coding, decode):
    reply = finish(LARGE, "GET", {b"accept-encoding": coding.encode()})
    assert decode(reply.body) == LARGE.body
    assert len(reply.body) < 200
    assert reply.headers == [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(reply.body)).encode()),
        (b"content-encoding", coding.encode()),
        (b"etag", f'"{DIGEST}-{coding}"'.encode()),
        PRIVATE,
        VARY,
    ]


@pytest.mark.parametrize("size", [1023, 1024])
def test_coding_begins_at_one_kibibyte(size):
    headers = dict(finish(Answer(body=b"x" * size), "GET", {b"accept-encoding": b"gzip"}).headers)
    assert (b"content-encoding" in headers) == (size == 1024)


def test_pictures_are_not_coded_again():
    reply = finish(Answer(body=LARGE.body, media_type="image/png"), "GET", {b"accept-encoding": b"gzip"})
    assert reply.body == LARGE.body


def test_a_variant_is_made_once():
    prepared = Prepared(LARGE)
    assert prepared.ready("gzip") is None
    variant = prepared.variant("gzip")
    assert prepared.variant("gzip") is variant
    assert prepared.ready("gzip") is variant


def test_a_reply_is_ready_once_its_variant_is_made():
    prepared = Prepared(LARGE)
    headers = {b"accept-encoding": b"gzip"}
    assert prepared.reply("GET", headers) is None
    variant = prepared.variant("gzip")
    assert prepared.reply("GET", headers) is variant.full
    assert prepared.reply("HEAD", headers) is variant.bare
    assert prepared.reply("GET", headers | {b"if-none-match": variant.tag}) is variant.unchanged
    assert prepared.reply("GET", headers | {b"if-none-match": b'"other"'}) is variant.full
    assert prepared.reply("GET", {}) is None


def test_a_small_body_has_one_variant_for_all_codings():
    prepared = Prepared(SMALL)
    variant = prepared.variant("identity")
    assert prepared.reply("GET", {b"accept-encoding": b"gzip"}) is variant.full


@pytest.mark.anyio
async def test_large_bodies_are_coded_in_a_thread_once():
    prepared = Prepared(Answer(body=b"x" * THREAD_BYTES))
    variant = await ready_variant(prepared, "gzip")
    assert gzip.decompress(variant.full.body) == b"x" * THREAD_BYTES
    assert await ready_variant(prepared, "gzip") is variant


def test_the_size_leaves_room_for_every_variant():
    prepared = Prepared(LARGE)
    total = sum(len(prepared.variant(coding).full.body) for coding in ("identity", "gzip", "zstd"))
    assert total < prepared.size == len(LARGE.body) * 2 + 2048
    assert Prepared(SMALL).size == 7 + 2048


@pytest.mark.parametrize(
    "condition",
    [
        '"%s"',
        'W/"%s"',
        '"other", "%s"',
        '"other",W/"%s" , "more"',
        "*",
        '"x", *',
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_it_already_gets_304(condition, method):
    condition = condition.replace("%s", DIGEST).encode()
    assert finish(LARGE, method, {b"if-none-match": condition}) == (
        304,
        [(b"etag", f'"{DIGEST}"'.encode()), PRIVATE, VARY],
        b"",
    )


@pytest.mark.parametrize("condition", [b"", b'"other"', b'W/"other"', DIGEST.encode(), b'"%s-gzip"' % DIGEST.encode()])
def test_who_has_another_gets_the_answer(condition):
    assert finish(LARGE, "GET", {b"if-none-match": condition}).status == 200


def test_the_tag_of_a_coding_is_held_against_that_coding():
    condition = b'"%s-gzip"' % DIGEST.encode()
    reply = finish(LARGE, "GET", {b"if-none-match": condition, b"accept-encoding": b"gzip"})
    assert (reply.status, dict(reply.headers)[b"etag"]) == (304, condition)


@pytest.mark.parametrize("coding", [b"identity", b"gzip", b"zstd"])
def test_head_has_the_headers_of_get(coding):
    full = finish(LARGE, "GET", {b"accept-encoding": coding})
    bare = finish(LARGE, "HEAD", {b"accept-encoding": coding})
    assert bare == (200, full.headers, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_answers_to_writes_have_no_tag_and_no_condition(method):
    reply = finish(SMALL, method, {b"if-none-match": b"*"})
    assert (reply.status, [name for name, _ in reply.headers]) == (
        200,
        [b"content-type", b"content-length", b"cache-control", b"vary"],
    )


def test_answers_that_are_no_success_have_no_tag():
    reply = finish(json_answer({}, status=404), "GET", {b"if-none-match": b"*"})
    assert reply.status == 404
    assert b"etag" not in dict(reply.headers)


def test_what_must_not_be_stored_has_neither_tag_nor_coding():
    answer = Answer(body=LARGE.body, policy=CachePolicy.NO_STORE)
    assert finish(answer, "GET", {b"accept-encoding": b"gzip", b"if-none-match": b"*"}) == (
        200,
        [(b"content-type", b"application/json"), (b"content-length", b"3000"), (b"cache-control", b"no-store")],
        LARGE.body,
    )


def test_public_answers_vary_by_coding_only():
    answer = Answer(body=b"body{}", media_type="text/css", policy=CachePolicy.PUBLIC, headers=((b"x-more", b"1"),))
    assert finish(answer, "GET", {}).headers[-3:] == [
        (b"cache-control", b"public, max-age=3600"),
        (b"vary", b"Accept-Encoding"),
        (b"x-more", b"1"),
    ]
