"""What the headers of a refusal say."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from facetry.client.errors import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0),
        ("0", 0.0),
        ("0.5", 0.5),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_so_many_seconds_are_to_be_waited(text, seconds):
    assert seconds_of(text) == seconds


def test_a_date_is_as_far_off_as_it_is():
    found = seconds_of(formatdate(time.time() + 60, usegmt=True))
    assert found is not None
    assert 58 <= found <= 60
