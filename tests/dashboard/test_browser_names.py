"""Browsers by their names."""

from __future__ import annotations

import pytest

from facetry.dashboard.browser_names import browser_name

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0 Safari/537.36", "Chrome, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.5 Safari/605.1.15", "Safari, macOS"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} CriOS/126.0 Safari/604.1", "Chrome, iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("<script>" * 50, "<script>" * 7 + "<scr"),
        ("", ""),
    ],
)
def test_browsers_are_told_by_name(agent, name):
    assert browser_name(agent) == name
