"""Tokens of forms, and what browsers say of where a request began."""

import pytest

from facetry.dashboard.forgery import is_genuine, is_own_site, new_token


def test_a_token_is_good_for_its_own_secret_alone_and_different_each_time():
    first, second = new_token("secret"), new_token("secret")
    assert first != second
    assert is_genuine(first, "secret")
    assert is_genuine(second, "secret")
    assert not is_genuine(first, "another")
    assert not is_genuine(first, "")


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 86, "A" * 300, "====", "\ud800"])
def test_what_is_no_token_is_not_genuine(token):
    assert not is_genuine(token, "secret")


@pytest.mark.parametrize(
    ("site", "origin", "host", "is_own"),
    [
        ("same-origin", "https://a.example", "a.example", True),
        ("none", None, "a.example", True),
        (None, None, "a.example", True),
        (None, "http://a.example:8080", "a.example:8080", True),
        ("cross-site", None, "a.example", False),
        ("same-site", None, "a.example", False),
        ("same-origin", "https://b.example", "a.example", False),
        (None, "null", "a.example", False),
        (None, "https://a.example", None, False),
        (None, "https://[", "a.example", False),
    ],
)
def test_where_a_request_began(site, origin, host, is_own):
    assert is_own_site(site, origin, host) is is_own
