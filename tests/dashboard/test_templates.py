"""What no template may do: have data pass for markup."""

from __future__ import annotations

import pytest
from jinja2 import Environment, nodes

from tests.support import SOURCE

TEMPLATES = SOURCE / "dashboard" / "templates"
PATHS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
TRANSLATES = {"_", "gettext", "ngettext"}
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def faults_of(source):
    """Return the lines in which a template takes something for markup that may be data."""
    tree = ENVIRONMENT.parse(source)
    translated = [
        call.lineno
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in TRANSLATES
        # What is translated passes for markup, so it has to stand in the template itself.
        and not all(isinstance(one, nodes.Const) for one in call.args[: 2 if call.node.name == "ngettext" else 1])
    ]
    raw = [one.lineno for one in tree.find_all(nodes.Filter) if one.name == "safe"]
    raw += [one.lineno for one in tree.find_all(nodes.MarkSafe)]
    return sorted({*translated, *raw})


@pytest.mark.parametrize("path", PATHS)
def test_only_texts_of_the_template_itself_are_markup(path):
    assert faults_of((TEMPLATES / path).read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source", ["{{ _(page.name) }}", "{{ page.name|safe }}", '{{ ngettext(page.one, "%(num)s things", 2) }}']
)
def test_what_is_data_is_found(source):
    assert faults_of(source) == [1]


def test_texts_with_values_in_them_are_no_fault():
    assert faults_of('{{ _("Hello %(name)s", name=page.name) }}{{ ngettext("one", "many", page.count) }}') == []
