"""Every module keeps the project's rules, and every rule can be broken."""

from __future__ import annotations

import warnings

import pytest

from tests.architecture import rules
from tests.architecture.modules import Module, all_modules

LONG_FILE = 400

# (rule, path, text that breaks it, text that keeps it)
CASES = [
    (rules.has_docstring, "domain/a.py", "x = 1\n", '"""Say it."""\n'),
    (rules.is_not_too_long, "domain/a.py", "x = 1\n" * 601, "x = 1\n" * 600),
    (rules.prints_in_cli_only, "http/a.py", "def f():\n    print(1)\n", "def f():\n    pprint(1)\n"),
    (rules.does_nothing_at_import, "http/a.py", "X = open('f').read()\n", "def f():\n    open('f')\n"),
    (rules.does_nothing_at_import, "http/a.py", "X = Path('f').read_text()\n", "X = Path('f')\n"),
    (rules.does_nothing_at_import, "http/a.py", "import os\nX = os.environ['A']\n", "import os\n"),
    (
        rules.does_nothing_at_import,
        "http/a.py",
        "def f(a=os.getenv('A')): ...\n",
        "if __name__ == '__main__':\n    print(1)\n",
    ),
    (rules.does_nothing_at_import, "http/a.py", "class A:\n    x = open('f')\n", "f = lambda: open('f')\n"),
    (rules.has_telling_names, "http/utils.py", "", "class Managers: ...\n"),
    (rules.has_telling_names, "http/a.py", "class StoreManager: ...\n", "class Index: ...\n"),
    (rules.has_telling_names, "http/a.py", "class IStore: ...\n", "class Item: ...\n"),
    (rules.errors_end_in_error, "http/a.py", "class Bad(ValueError): ...\n", "class BadError(ValueError): ...\n"),
    (rules.errors_end_in_error, "http/a.py", "class Bad(x.FacetryError): ...\n", "class Bad(Mapping): ...\n"),
    (
        rules.package_roots_are_empty,
        "http/__init__.py",
        "from facetry.http.a import A\n",
        "from importlib import metadata\n",
    ),
    (rules.drivers_stay_in_engines, "application/a.py", "import apsw.ext\n", "import base64\n"),
    (rules.drivers_stay_in_engines, "cli/a.py", "def f():\n    from numba import njit\n", "import typer\n"),
    (rules.domain_knows_no_http, "domain/a.py", "from http import HTTPStatus\n", "fineness = 585\n"),
    (rules.domain_knows_no_http, "domain/a.py", "error.status_code = 1\n", "order.status = 1\n"),
    (rules.domain_knows_no_http, "domain/errors/a.py", "status = 404\n", "code = 'not_found'\n"),
    (
        rules.ports_take_the_tenant_first,
        "ports/a.py",
        "class A(Protocol):\n    def get(self, sku, tenant): ...\n",
        "class A(Protocol):\n    def get(self, tenant, sku=''): ...\n",
    ),
    (
        rules.ports_take_the_tenant_first,
        "ports/a.py",
        "class A(Protocol[T]):\n    async def get(self, tenant='x'): ...\n",
        "class A:\n    def get(self, sku): ...\n",
    ),
]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule):
    broken = [f"{module.path}: {fault}" for module in all_modules() for fault in rule(module)]
    assert not broken, "\n".join([str(rule.__doc__), *broken])


@pytest.mark.parametrize(("rule", "path", "bad", "good"), CASES)
def test_a_rule_tells_bad_from_good(rule, path, bad, good):
    good_path = "http/a.py" if rule is rules.has_telling_names else path
    assert list(rule(Module(path, bad)))
    assert list(rule(Module(good_path, good))) == []


def test_every_rule_has_a_case():
    assert {case[0] for case in CASES} == set(rules.RULES)


@pytest.mark.filterwarnings("default::UserWarning")
def test_long_files_are_named():
    modules = all_modules()
    assert modules
    for module in modules:
        if module.lines > LONG_FILE:
            warnings.warn(f"{module.path} has {module.lines} lines: is it two modules?", UserWarning, stacklevel=1)
