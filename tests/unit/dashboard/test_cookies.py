"""Cookies, read and written."""

import pytest

from facetry.dashboard.cookies import cookie, cookies_of


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, {}),
        ("", {}),
        ("a=1; b=x-y_z.~", {"a": "1", "b": "x-y_z.~"}),
        ("a=first; a=second", {"a": "first"}),
        ("a; =b; c=; d = e; f=1", {"c": "", "f": "1"}),
        ('a="q"; b=é; c=ok', {"c": "ok"}),
    ],
)
def test_cookies_are_read(header, found):
    assert cookies_of(header) == found


def test_a_cookie_is_for_the_dashboard_and_no_script():
    assert cookie("a", "1", is_secure=False) == (b"set-cookie", b"a=1; Path=/dashboard; HttpOnly; SameSite=Lax")
    assert cookie("a", "", is_secure=True, seconds=0)[1] == (
        b"a=; Path=/dashboard; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
    )
