"""Raw paths and their segments."""

from __future__ import annotations

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.http.paths import decode_segment, routed_path


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/", "/"),
        (b"/a", "/a"),
        (b"/a/", "/a"),
        (b"/a//", "/a/"),
        (b"/a%2F", "/a%2F"),
        (b"/a%2F/", "/a%2F"),
        (b"/a%2fb", "/a%2fb"),
        (b"/..", "/.."),
        (b"*", "*"),
        (b"/\xc3\xa9", "/\u00c3\u00a9"),
    ],
)
def test_a_path_stays_encoded_and_loses_one_slash(raw, path):
    assert routed_path(raw) == path


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ("abc", "abc"),
        ("a%2Fb", "a/b"),
        ("a%2fb", "a/b"),
        ("%252F", "%2F"),
        ("a+b", "a+b"),
        ("%C3%A9", "é"),
        ("\u00c3\u00a9", "é"),
        ("%00", "\0"),
        ("..", ".."),
        ("", ""),
        ("%F0%9F%92%8D", "💍"),
    ],
)
def test_a_segment_is_decoded_once(segment, text):
    assert decode_segment(segment) == text


@pytest.mark.parametrize("segment", ["%", "a%", "%2", "%G0", "%2G", "%%32"])
def test_a_bad_escape_is_refused(segment):
    with pytest.raises(InvalidValueError) as caught:
        decode_segment(segment)
    assert (caught.value.field, caught.value.message) == (
        "path",
        "must have two hexadecimal digits after each percent sign",
    )


@pytest.mark.parametrize("segment", ["%FF", "%C3", "%ED%A0%80", "\u00ff", "\u20ac"])
def test_bytes_that_are_no_utf8_are_refused(segment):
    with pytest.raises(InvalidValueError) as caught:
        decode_segment(segment)
    assert caught.value.message == "must be UTF-8"
