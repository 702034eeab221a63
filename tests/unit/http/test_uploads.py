"""Files of multipart forms as they arrive."""

import pytest

from facetry.domain.errors import MalformedBodyError
from facetry.http.body import Unread
from facetry.http.uploads import MAX_FIELDS_BYTES, Upload

pytestmark = pytest.mark.anyio

TYPE = 'multipart/form-data; boundary="XX"'


def field(name, value):
    return f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file(content, name="a.csv"):
    head = f'--XX\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def sent(body, size=7, end=None):
    for start in range(0, len(body), size):
        yield body[start : start + size]
    if end is not None:
        yield end


async def read(body, content_type=TYPE, **sending):
    async with Upload(content_type, sent(body, **sending)) as upload:
        return upload.fields, upload.file_name, b"".join([piece async for piece in upload.content()])


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_fields_and_a_file_are_read(size):
    content = b"\r\n--X\r\n" * 500
    body = field("csrf", "tökén") + field("a", "") + file(content) + field("late", "x") + b"--XX--\r\n"
    assert await read(body, size=size) == ({"csrf": "tökén", "a": ""}, "a.csv", content)


async def test_a_form_without_a_file_has_none():
    assert await read(field("csrf", "t") + b"--XX--\r\n") == ({"csrf": "t"}, "", b"")
    assert await read(file(b"", name="") + b"--XX--\r\n") == ({}, "", b"")


async def test_the_file_is_not_read_ahead():
    asked = []

    async def pieces():
        yield field("a", "b") + file(b"start")[:-2]
        asked.append(1)
        yield b"more\r\n--XX--"

    async with Upload(TYPE, pieces()) as upload:
        assert (upload.fields, upload.file_name, asked) == ({"a": "b"}, "a.csv", [])
        assert b"".join([piece async for piece in upload.content()]) == b"startmore"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"nonsense", "malformed multipart form"),
        (file(b"abc"), "malformed multipart form"),
        (field("a", "x" * (MAX_FIELDS_BYTES + 1)) + b"--XX--", "the fields before the file are too long"),
        (b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--XX--', "a field is not valid utf-8"),
    ],
)
async def test_what_is_damaged_is_refused(body, reason):
    with pytest.raises(MalformedBodyError, match=reason):
        await read(body)


@pytest.mark.parametrize(
    ("end", "reason"),
    [(Unread.GONE, "the body ends before it is whole"), (Unread.TOO_SLOW, "the body took too long to arrive")],
)
async def test_a_body_that_breaks_off_is_refused(end, reason):
    with pytest.raises(MalformedBodyError, match=reason):
        await read(file(b"abc")[:-3], end=end)


@pytest.mark.parametrize("content_type", ["", "text/csv", "multipart/form-data", "application/x-www-form-urlencoded"])
async def test_another_type_is_refused(content_type):
    with pytest.raises(MalformedBodyError):
        await read(b"", content_type)
