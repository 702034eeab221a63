"""Escapes of a form stand for the bytes that any other decoder finds."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.api.client.request import Parameters

PIECES = [b"%", b"=", b"+", b"4", b"F", b"\n", b"\r", b" ", b"\t", b"%41", b"%3D", b"%0A", b"%e2%82%ac", b"\xff"]


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join))
def test_escapes_are_read_as_elsewhere(text):
    # A key is shown as text, without blanks at its ends.
    wanted = unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8", "replace").strip()
    assert Parameters(b"auth=" + text).auth == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"%41%42", "AB"),
        (b"100%", "100%"),
        (b"%%41", "%A"),
        (b"%4", "%4"),
        (b"%=41", "%=41"),
        (b"%\n41", "%\n41"),
        (b"%41\n%42", "A\nB"),
        (b"%zz%41", "%zzA"),
    ],
)
def test_a_percent_sign_that_escapes_nothing_is_one(text, wanted):
    assert Parameters(b"auth=" + text).auth == wanted
