"""The parts that pages are put together from: labels, descriptions, states, and texts that stay texts."""

import re

import pytest
from bs4 import BeautifulSoup

from facetry.dashboard.charts import Kind, Series, draw
from facetry.dashboard.formats import Formats
from facetry.dashboard.rendering import environment
from facetry.dashboard.texts import texts_in

HOSTILE = '"><script>hurt()</script>\u202e{{ 7*7 }}'
MACROS = {
    "charts": "chart, ranking",
    "data": "table, column, pagination, cursor_pagination, keys, picture, money, copyable, code, difference",
    "feedback": "notice, badge, empty, progress, dialog, waiting",
    "forms": "field, textarea, select, checkbox, radios, search_box, button, link_button, buttons, action, file_drop",
    "layout": "card, stat, breadcrumb, tabs, switch, disclosure, menu",
}
IMPORTS = "".join(f'{{% from "components/{file}.html" import {names} %}}' for file, names in MACROS.items())
CALLS = (
    'field("a", x, x, x, hint=x, id=x, placeholder=x, autocomplete=x, unit=x, optional=x, attributes={"data-x": x})',
    'textarea("a", x, x, x, hint=x, placeholder=x, optional=x)',
    'select("a", x, [(x, x), x], x, x, hint=x, empty=x)',
    'checkbox("a", x, true, x, x, hint=x, count=x)',
    'radios("a", x, [(x, x, x), ("b", x)], x, x, hint=x)',
    'search_box("a", x, x, placeholder=x, key=x)',
    'button(x, picture="plus", name="a", value=x, only_icon=true)',
    'link_button(x, x, picture="plus", only_icon=true)',
    "buttons(x, x, x)",
    'action(x, x, "", fields={"a": x}, attributes={"data-x": x})',
    'file_drop("a", x, x, x, x)',
    'notice(x, "danger", x)',
    "badge(x)",
    "empty(x, x)",
    "progress(x, 1, 2, x, x)",
    'waiting("a", x)',
    "stat(x, x, x, x)",
    "breadcrumb([(x, x)], x)",
    "tabs(x, [(x, x, true, x)])",
    'switch(x, [(x, x, true, "grid")])',
    'column(x, x, "ascending", attributes={"data-x": x})',
    "pagination(x, x, x, [(x, x, true), (x, x, false)])",
    "cursor_pagination(x, x, x)",
    "keys([(x, x)])",
    "picture(x, x)",
    "money(x)",
    "copyable(x, x)",
    "code(x, x)",
    "difference(x, x)",
    "ranking([(x, 1)], formats, {x: x})",
    "chart(drawn, formats, x, 3, x)",
)
BLOCKS = ("card(x, x, link=x, link_label=x)", "disclosure(x)", "menu(x)", 'dialog("a", x)', "table(x)", "notice()")


def written(text, **values):
    """Return the markup that a template makes of some macros."""
    formats = Formats(texts_in("en").locale, 0.0)
    return environment("en").from_string(IMPORTS + text).render(formats=formats, **values)


def shown(text, **values):
    """Return what a template makes of some macros."""
    return BeautifulSoup(written(text, **values), "html.parser")


@pytest.mark.parametrize("call", [call for call in CALLS if not call.startswith("chart(")])
def test_attributes_stand_apart(call):
    assert re.findall(r'"[a-z][a-z-]*="', written(f"{{{{ {call} }}}}", x="x")) == []


@pytest.mark.parametrize("call", CALLS)
def test_texts_stay_texts(call):
    drawn = draw(Kind.BARS, HOSTILE, [HOSTILE], [Series(HOSTILE, [1]), Series(HOSTILE, [2], 2)])
    page = shown("{{ " + call + " }}", x=HOSTILE, drawn=drawn)
    assert not page.select("script")
    assert "hurt()" in str(page)
    assert "49" not in page.get_text()


@pytest.mark.parametrize("call", BLOCKS)
def test_texts_of_blocks_stay_texts(call):
    page = shown("{% call " + call + " %}<tbody><tr><td>{{ x }}</td></tr></tbody>{% endcall %}", x=HOSTILE)
    assert not page.select("script")
    assert HOSTILE in page.get_text()


@pytest.mark.parametrize(
    "call",
    [
        'field("a", "Name", error="is empty", hint="short")',
        'textarea("a", "Name", error="is empty", hint="short")',
        'select("a", "Name", ["b"], error="is empty", hint="short")',
        'file_drop("a", "Name", error="is empty", hint="short")',
    ],
)
def test_fields_have_labels_and_tell_what_is_wrong_with_them(call):
    page = shown("{{ " + call + " }}")
    one = page.select_one("input, textarea, select")
    assert page.find("label", attrs={"for": one["id"]}).get_text(strip=True) == "Name"
    assert one["aria-invalid"] == "true"
    told = [page.find(id=name).get_text(strip=True) for name in one["aria-describedby"].split()]
    assert told == ["Is empty.", "short"]


def test_a_field_without_error_or_hint_is_described_by_nothing():
    one = shown('{{ field("a", "Name", "B", required=true, maxlength=5) }}').select_one("input")
    assert (one["value"], one["maxlength"], one.has_attr("required")) == ("B", "5", True)
    assert not {"aria-invalid", "aria-describedby", "readonly", "disabled"} & set(one.attrs)


def test_passwords_are_never_written_into_a_page():
    assert not shown('{{ field("a", "Password", "secret", type="password") }}').select_one("input").has_attr("value")


def test_what_several_lines_hold_comes_back_as_it_was():
    # A browser drops one line break behind the tag, so the first of the text must not be it.
    assert "<textarea" in str(page := shown('{{ textarea("a", "Text", x) }}', x="\n first\nsecond "))
    assert page.select_one("textarea").get_text() == "\n\n first\nsecond "


def test_choices_are_marked_that_are_chosen():
    page = shown(
        '{{ select("a", "A", [("1", "One"), "2"], "2", empty="None") }}'
        '{{ radios("b", "B", [("x", "X"), ("y", "Y")], "y") }}'
    )
    assert [(one["value"], one.has_attr("selected")) for one in page.select("option")] == [
        ("", False),
        ("1", False),
        ("2", True),
    ]
    assert [one.has_attr("checked") for one in page.select("input[type=radio]")] == [False, True]
    assert page.select_one("fieldset > legend").get_text() == "B"


def test_buttons_without_words_still_have_a_name():
    page = shown(
        '{{ button("Delete", "danger small", "trash", only_icon=true) }}{{ link_button("Edit", "/e", picture="edit") }}'
    )
    assert page.button["title"] == "Delete"
    assert page.button.get_text(strip=True) == "Delete"
    assert page.button["class"] == ["button", "button--danger", "button--small", "button--icon"]
    assert (page.a["href"], page.a.get_text(strip=True)) == ("/e", "Edit")
    assert {one["aria-hidden"] for one in page.select("svg")} == {"true"}


def test_an_action_is_a_form_of_its_own():
    page = shown('{{ action("Disable", "/d", token, "danger", fields={"version": 3}) }}', token="T")
    assert (page.form["method"], page.form["action"]) == ("post", "/d")
    assert page.select_one("input[type=hidden]")["value"] == "3"


def test_dangers_are_told_at_once_and_all_else_in_turn():
    page = shown('{{ notice("a", "danger") }}{{ notice("b") }}')
    assert [one["role"] for one in page.select(".notice")] == ["alert", "status"]


def test_a_progress_that_nobody_knows_has_no_value():
    page = shown('{{ progress("Import", 4, 10) }}{{ progress("Import") }}')
    assert [one.get("value") for one in page.select("progress")] == ["4", None]


def test_pages_that_are_not_there_are_no_links():
    page = shown('{{ pagination("1-2 of 3", "", "/2", [("1", "/1", true), ("…", "", false)]) }}')
    assert [one.get("href") for one in page.select(".pagination__page")] == [None, "/1", None, "/2"]
    assert page.select_one("[aria-current=page]").get_text() == "1"
    assert not shown('{{ pagination("1-2 of 2") }}{{ cursor_pagination("2") }}').select("a, .pagination__pages")
    assert [one["href"] for one in shown('{{ cursor_pagination("2", "/1", "/3") }}').select("a")] == ["/1", "/3"]


def test_values_that_are_missing_are_dashes():
    page = shown('{{ keys([("A", none), ("B", ""), ("C", 0)]) }}')
    assert [one.get_text(strip=True) for one in page.select("dd")] == ["–", "–", "0"]


def test_pictures_keep_their_room_and_say_what_they_show():
    page = shown('{{ picture("https://a.example/a.jpg", "A ring") }}{{ picture("", "No picture") }}')
    image = page.img
    assert (image["alt"], image["loading"], image["referrerpolicy"]) == ("A ring", "lazy", "no-referrer")
    assert page.select_one("svg[role=img]")["aria-label"] == "No picture"


def test_a_change_shows_both_sides_or_the_one_there_is():
    page = shown('{{ difference("1", "2") }}{{ difference(none, "2") }}{{ difference("1", none) }}')
    assert [one.get_text() for one in page.select("del")] == ["1", "1"]
    assert [one.get_text() for one in page.select("ins")] == ["2", "2"]


def test_columns_sort_where_they_can():
    page = shown(
        '<table><tr>{{ column("A", "/a", "descending", number=true) }}{{ column("B", hidden=true) }}</tr></table>'
    )
    first, second = page.select("th")
    assert (first["aria-sort"], first.a["href"], first["class"]) == ("descending", "/a", ["is-number"])
    assert second.select_one(".visually-hidden").get_text() == "B"


def test_a_chart_has_its_numbers_in_a_table():
    drawn = draw(Kind.LINES, "Calls", ["Mon", "Tue"], [Series("Fine", [1000, 2]), Series("Failed", [0, 3], 3)])
    page = shown('{{ chart(drawn, formats, "Day") }}', drawn=drawn)
    assert [one.get_text(" ", strip=True) for one in page.select("tr")] == ["Day Fine Failed", "Mon 1,000 0", "Tue 2 3"]
    assert page.select_one(".chart__frame")["aria-hidden"] == "true"
    assert [one.get_text(strip=True) for one in page.select(".chart__legend li")] == ["Fine", "Failed"]
    assert len(page.select("polyline")) == 2
