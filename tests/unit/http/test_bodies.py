"""Bodies: three encodings of the same fields, and everything that cannot be read."""

import encodings
import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.errors import MalformedBodyError
from facetry.http import bodies
from facetry.http.bodies import (
    FORM,
    JSON,
    MAX_DEPTH,
    MAX_FIELDS,
    MULTIPART,
    decode_fields,
    decode_json,
    decode_pairs,
    listed,
)


def multipart(*pairs, boundary="edge"):
    parts = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in pairs)
    return f"{parts}--{boundary}--\r\n".encode()


PAIRS = [("sku", "a/ b&c"), ("images", "http://x/1"), ("images", "http://x/2"), ("name", "Café 💍"), ("empty", "")]
FIELDS = {"sku": "a/ b&c", "images": ["http://x/1", "http://x/2"], "name": "Café 💍", "empty": ""}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, urlencode(PAIRS).encode()),
        (f"{FORM}; charset=UTF-8", urlencode(PAIRS).encode()),
        ("Application/X-WWW-Form-Urlencoded", urlencode(PAIRS).encode()),
        (None, urlencode(PAIRS).encode()),
        (f"{MULTIPART}; boundary=edge", multipart(*PAIRS)),
        (f'{MULTIPART}; boundary="two words"', multipart(*PAIRS, boundary="two words")),
        (JSON, json.dumps(FIELDS).encode()),
        ("application/vnd.shop+json", json.dumps(FIELDS, ensure_ascii=False).encode()),
        (f"{JSON}; charset=utf-8", b"\xef\xbb\xbf" + json.dumps(FIELDS).encode()),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_every_encoding_gives_the_same_fields(content_type, body):
    assert decode_fields(content_type, body) == FIELDS


@pytest.mark.parametrize("content_type", [None, FORM, JSON, MULTIPART, "text/plain", "garbage"])
def test_an_empty_body_has_no_fields(content_type):
    assert decode_fields(content_type, b"") == {}


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", b"name=Caf\xc3\xa9"),
        ("iso-8859-1", b"name=Caf\xe9"),
        ("latin1", b"name=Caf%E9"),
        ("ISO_8859-1", b"name=Caf%E9"),
        ("Windows-1252", b"name=Caf\xe9"),
        ("cp1252", b"name=Caf\xe9"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_form_may_name_its_charset(charset, body):
    assert decode_fields(f"{FORM}; charset={charset}", body) == {"name": "Café"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"images[]=a", {"images": ["a"]}),
        (b"images[]=a&images[]=b", {"images": ["a", "b"]}),
        (b"images=a&images[]=b", {"images": ["a", "b"]}),
        (b"images[0]=a&images[1]=b", {"images": ["a", "b"]}),
        (b"images[1]=a", {"images": {"1": "a"}}),
        (b"attributes[stone]=ruby&attributes[cut]=oval", {"attributes": {"stone": "ruby", "cut": "oval"}}),
        (b"attributes[a]=1&attributes[a]=2", {"attributes": {"a": ["1", "2"]}}),
        (b"attributes[a][]=1", {"attributes": {"a": ["1"]}}),
        (b"attributes%5Ba%5D=1", {"attributes": {"a": "1"}}),
        (b"attributes[__proto__]=1", {"attributes": {"__proto__": "1"}}),
        (b"a[b][c]=1", {"a[b][c]": "1"}),
        (b"[]=1&[a]=2", {"[]": "1", "[a]": "2"}),
        (b"a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        (b"a&=b&&", {"a": "", "": "b"}),
        (b"a=%zz+%41", {"a": "%zz A"}),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_names_of_a_form(body, fields):
    assert decode_fields(FORM, body) == fields


def test_a_query_string_takes_brackets_as_they_are():
    assert listed(decode_pairs("apiKey[$ne]=&q=a&q=b")) == {"apiKey[$ne]": "", "q": ["a", "b"]}


def test_a_file_is_no_field():
    body = multipart(("sku", "1")).replace(
        b"--edge--", b'--edge\r\nContent-Disposition: form-data; name="images"; filename="a.png"\r\n\r\nPNG\r\n--edge--'
    )
    assert decode_fields(f"{MULTIPART}; boundary=edge", body) == {"sku": "1"}


def test_an_unknown_charset_is_not_remembered():
    with pytest.raises(MalformedBodyError, match="is not accepted"):
        decode_fields(f"{FORM}; charset=of-nobody", b"a=1")
    assert "of_nobody" not in encodings._cache


def test_a_part_may_name_its_charset():
    head = b'--edge\r\nContent-Disposition: form-data; name="n"\r\nContent-Type: text/plain; charset=latin1'
    part = head + b"\r\n\r\n\xe9\r\n--edge--\r\n"
    assert decode_fields(f"{MULTIPART}; boundary=edge", part) == {"n": "é"}


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        (JSON, b"{", "malformed JSON: expecting property name enclosed in double quotes at character 1"),
        (JSON, b'{"a" 1}', "malformed JSON: expecting ':' delimiter at character 5"),
        (JSON, b"{} {}", "malformed JSON: extra data at character 3"),
        (JSON, b'{"a":1,"a":2}', 'malformed JSON: key "a" stands twice in one object'),
        (JSON, b'{"b":{"a":1,"a":2}}', 'malformed JSON: key "a" stands twice in one object'),
        (JSON, b'{"\\ud800":1,"\\ud800":2}', 'malformed JSON: key "\\ud800" stands twice in one object'),
        (JSON, b"[1]", "the JSON body must be an object"),
        (JSON, b"null", "the JSON body must be an object"),
        (JSON, b'"text"', "the JSON body must be an object"),
        (JSON, b'{"a":NaN}', "malformed JSON: NaN is no JSON number"),
        (JSON, b'{"a":-Infinity}', "malformed JSON: -Infinity is no JSON number"),
        (JSON, b'{"a":1e999}', "malformed JSON: number 1e999 is out of range"),
        (JSON, b'{"a":' + b"1" * 5000 + b"}", "malformed JSON: a number has too many digits"),
        (JSON, b'{"a":"\xff"}', "the body is not valid utf-8"),
        (JSON, b"{" * 20_000, "malformed JSON: expecting property name enclosed in double quotes at character 1"),
        (JSON, b"[" * 200_000, f"JSON is nested more than {MAX_DEPTH} deep"),
        (JSON, b'{"a":' * 200_000, f"JSON is nested more than {MAX_DEPTH} deep"),
        (JSON, b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", f"JSON is nested more than {MAX_DEPTH} deep"),
        (FORM, b"name=%FF", "a percent-encoded text is not valid utf-8"),
        (FORM, b"name=\xff", "the body is not valid utf-8"),
        (FORM, b"&".join([b"a=1"] * (MAX_FIELDS + 1)), f"more than {MAX_FIELDS} fields"),
        (FORM, b"a=1&a[b]=2", '"a" is given both with and without keys in brackets'),
        (FORM, b"a[b]=2&a=1", '"a" is given both with and without keys in brackets'),
        (f"{FORM}; charset=utf-7", b"a=1", 'charset "utf-7" is not accepted; send utf-8'),
        (f"{FORM}; charset=nothing", b"a=1", 'charset "nothing" is not accepted; send utf-8'),
        (f"{JSON}; charset=utf-16", b"{}", 'charset "utf-16" is not accepted; send utf-8'),
        (MULTIPART, b"x", "malformed multipart form: empty boundary"),
        (
            f"{MULTIPART}; boundary=x",
            b"no parts",
            "malformed multipart form: unexpected end of multipart stream (parser closed)",
        ),
        (f"{MULTIPART}; boundary=edge", multipart(("a", "é")).replace(b"\xc3", b"\xff"), "the body is not valid utf-8"),
        (
            "text/plain",
            b"sku=1",
            f'content type "text/plain" is not accepted; send {FORM}, {MULTIPART} or {JSON}',
        ),
        ("\xe9", b"sku=1", f'content type "\\u00e9" is not accepted; send {FORM}, {MULTIPART} or {JSON}'),
        ("", b"\xff", "the body is not valid utf-8"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_cannot_be_read(content_type, body, message):
    with pytest.raises(MalformedBodyError) as caught:
        decode_fields(content_type, body)
    assert caught.value.message == message
    assert message.isascii()


def test_lists_side_by_side_are_not_deep():
    text = "[" + ",".join(["[]"] * 100) + "]"
    assert decode_json(text) == [[]] * 100


def test_the_deepest_json_is_read():
    assert decode_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1),
        st.text(st.characters(codec="utf-8")),
        max_size=6,
    )
)
def test_form_and_json_agree_on_any_text(fields):
    form = decode_fields(FORM, urlencode(fields).encode())
    assert form == decode_fields(JSON, json.dumps(fields).encode()) == fields


@given(st.binary(), st.sampled_from([FORM, JSON, f"{MULTIPART}; boundary=x", f"{JSON}; charset=latin1"]))
def test_any_bytes_are_read_or_refused(body, content_type):
    with suppress(MalformedBodyError):
        assert isinstance(decode_fields(content_type, body), dict)


def no_constant(name):
    raise ValueError(name)


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_json_or_refused(text):
    try:
        expected = json.loads(text, parse_constant=no_constant)
    except ValueError:
        with pytest.raises(MalformedBodyError):
            decode_json(text)
    else:
        assert decode_json(text) == expected


KEYS = st.sampled_from(["a", "b", "a:", 'a"', ' a ":', "é"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
    | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(VALUES, st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]), st.booleans())
def test_json_is_read_quickly_as_it_is_read_closely(value, separators, is_ascii):
    text = json.dumps(value, separators=separators, ensure_ascii=is_ascii)
    quickly = bodies._decoded_quickly(text)
    assert decode_json(text) == value
    assert quickly is bodies._UNSURE or repr(quickly) == repr(bodies._DECODER.decode(text))


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ('{"a":1,"b":[{"a":2}]}', True),
        ('{"a":"b\\":c"}', False),
        ('{"a":1,"a":2}', False),
        ('{"a":1,"a" :2}', False),
        ('{"a":1,"a"\n:"x\\":"}', False),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, True),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), False),
        ("[" * 100_000, False),
        ("1e999", False),
        ("-0", True),
    ],
)
def test_what_is_unsure_is_looked_at_closely(text, is_sure):
    assert (bodies._decoded_quickly(text) is not bodies._UNSURE) == is_sure
