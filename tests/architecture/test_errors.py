"""The error tree of the domain: each error with a code of its own."""

from __future__ import annotations

import ast

from facetry.domain import errors
from tests.architecture.modules import all_modules


def error_codes():
    """Return the code of each error class of the domain by its name, None where it sets none."""
    codes = {}
    for module in all_modules():
        if not module.path.startswith("domain/errors/"):
            continue
        for node in module.classes():
            assigned = {
                target.id: statement.value.value
                for statement in node.body
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            codes[node.name] = assigned.get("code")
    return codes


def test_every_error_has_a_code_of_its_own():
    codes = error_codes()
    assert codes
    assert [name for name, code in codes.items() if not code] == []
    assert len(set(codes.values())) == len(codes)


def test_the_root_names_every_error():
    assert sorted(error_codes()) == sorted(errors.__all__)
    assert {name: getattr(errors, name).code for name in errors.__all__} == error_codes()
