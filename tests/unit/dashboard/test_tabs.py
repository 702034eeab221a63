"""Pages that belong together."""

from facetry.dashboard.tabs import Tab, tabs_at, url_in

PLACES = (("Home", "/a"), ("Rules", "/a/rules"))


def test_the_deepest_page_is_the_current_one():
    for path, current in (("/a", "Home"), ("/a/rulesets", "Home"), ("/a/rules", "Rules"), ("/a/rules/3", "Rules")):
        assert tabs_at(path, PLACES) == [Tab(label, url, label == current) for label, url in PLACES]


def test_values_that_are_empty_are_left_out():
    assert url_in("/a", "", {}) == url_in("/a", "", {"q": ""}) == "/a"
    assert url_in("/a", "b", {"q": "ü &", "from": ""}) == "/a/b?q=%C3%BC+%26"
