"""Every message with which the code below the dashboard, or the dashboard, refuses something that a page can show.

They are read out of the source, so that one that is written tomorrow is found tomorrow. A text with values in it is
found as its template: ``must be at most {0}``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from facetry.application.interchange.record import Problem
from facetry.domain import account_errors, errors
from tests.support import SOURCE

AREAS = ("domain", "application", "dashboard", "worker/imports.py")
UNSEEN = {
    "domain/search/requests": "bodies and parameters of searches by the APIs",
    "domain/search/language/parsing.py": "filters as text, which only the APIs take",
    "domain/search/language/tokens.py": "filters as text, which only the APIs take",
    "domain/search/cursor.py": "cursors of the APIs",
    "domain/search/histogram.py": "facets of the APIs",
    "domain/search/text/semantics.py": "found when a server starts",
    "domain/as_read.py": "documents that an API has shown and gets back",
    "domain/derived.py": "documents that an API has shown and gets back",
    "domain/trade_terms/plain.py": "documents of the APIs",
    "domain/variations.py": "an action of the Client API",
    "domain/leaky_bucket.py": "an option of the command line",
    "domain/placement.py": "an option of the command line",
    "application/placing.py": "a command of the operator",
    "application/migrating.py": "a command of the operator",
    "application/moving.py": "a command of the operator",
    "application/maintenance.py": "a command of the operator",
    "application/secrets.py": "found when a server starts",
    "application/interchange/exporting.py": "a command",
    "dashboard/account_words.py": "words of its own",
    "dashboard/catalog/edit_words.py": "words of its own",
    "dashboard/problems.py": "words of its own",
    "dashboard/told_messages.py": "tells what others say",
    "application/interchange/importing.py": "a command: files of the server's own folders",
}
"""Modules whose messages no page shows, and why."""
_ARGUMENTS = ("message", "reason", "problem")
_PASSED_ON = {"message", "problem", "reason", "error"}
"""Names of messages that come from elsewhere, where they are found too."""


@cache
def domain_messages() -> dict[str, list[str]]:
    """Return where each message is raised, by its template."""
    found = defaultdict(list)
    for path in _modules():
        for line, message in _Module(path).messages():
            found[message].append(f"{path.relative_to(SOURCE)}:{line}")
    return dict(found)


def unread_messages() -> list[str]:
    """Return where a message is raised that is not found, as it is made in a way that is not known here."""
    return [f"{path.relative_to(SOURCE)}:{line}" for path in _modules() for line in _Module(path).unread()]


def _modules() -> Iterator[Path]:
    for area in AREAS:
        whole = SOURCE / area
        for path in sorted(whole.rglob("*.py")) if whole.is_dir() else [whole]:
            name = str(path.relative_to(SOURCE))
            if not any(name == unseen or name.startswith(f"{unseen}/") for unseen in UNSEEN):
                yield path


@cache
def _places() -> dict[str, int]:
    """Return at which place the errors that are given their message get it, by their names."""
    kinds = [value for module in (errors, account_errors) for value in vars(module).values() if inspect.isclass(value)]
    signatures = {kind.__name__: list(inspect.signature(kind).parameters) for kind in (*kinds, Problem)}
    return {kind: names.index(name) for kind, names in signatures.items() for name in _ARGUMENTS if name in names}


class _Module:
    """The messages of one module."""

    def __init__(self, path: Path) -> None:
        self._tree = ast.parse(path.read_text())
        self._name = ".".join(("facetry", *path.relative_to(SOURCE).with_suffix("").parts))
        self._is_of_errors = "errors" in self._name
        self._places = _places() | dict(_own_places(self._tree))
        functions = [node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        # Of functions in functions the inner one comes later, and stays.
        self._scopes = {inner: function for function in functions for inner in ast.walk(function)}

    def messages(self) -> Iterator[tuple[int, str]]:
        for line, one in self._told():
            message = _template(one)
            if message is not None and " " in message.strip("{}01 "):
                yield line, message

    def unread(self) -> Iterator[int]:
        for line, one in self._told():
            if _template(one) is None and not _is_passed_on(one):
                yield line

    def _told(self) -> Iterator[tuple[int, ast.expr]]:
        """Yield each expression that makes a message, with its line."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call):
                for argument in self._arguments(node):
                    for one in _choices(argument):
                        yield from ((node.lineno, made) for made in self._made(one))
            elif isinstance(node, ast.FunctionDef) and node.name == "__init__" and self._is_of_errors:
                yield from (
                    (node.lineno, default) for default in node.args.defaults if isinstance(_value(default), str)
                )
            elif isinstance(node, ast.FunctionDef) and node.name.endswith("problem"):
                yield from ((line, one) for line, one in _returned(node) if not _is_nothing(one))

    def _arguments(self, call: ast.Call) -> Iterator[ast.expr]:
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        place = self._places.get(name)
        if self._is_of_errors and name == "__init__":
            place = 0
        elif name == "error" and call.args:
            place = len(call.args) - 1
        if place is not None and place < len(call.args):
            yield call.args[place]
        yield from (one.value for one in call.keywords if one.arg == "message")

    def _made(self, one: ast.expr) -> Iterator[ast.expr]:
        """Yield what a name stands for: a constant of the module, or what is assigned to it; else the expression."""
        if not isinstance(one, ast.Name):
            yield one
            return
        scope = self._scopes.get(one, self._tree)
        values = [node.value for node in ast.walk(scope) if isinstance(node, ast.Assign) and _assigns(node, one)]
        constant = getattr(importlib.import_module(self._name), one.id, None) if one.id.isupper() else None
        if isinstance(constant, str):
            yield ast.Constant(constant)
        elif values and not all(map(_is_passed_on, values)):
            yield from (made for value in values for made in _choices(value))
        else:
            yield one


def _own_places(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield at which place functions of a module take the message of an error that they raise."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and re.match("_[a-z]", node.name):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            yield from ((node.name, names.index(name)) for name in (*_ARGUMENTS, "error") if name in names)


def _assigns(node: ast.Assign, name: ast.Name) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name.id for target in node.targets)


def _returned(function: ast.FunctionDef) -> Iterator[tuple[int, ast.expr]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from ((node.lineno, one) for one in _choices(node.value))


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression can become: both sides of a condition."""
    if isinstance(node, ast.IfExp):
        yield from _choices(node.body)
        yield from _choices(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _choices(value)
    else:
        yield node


def _template(node: ast.expr) -> str | None:
    """Return a text with numbered places for its values; None for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    places = iter(range(len(node.values)))
    return "".join(str(part.value) if isinstance(part, ast.Constant) else f"{{{next(places)}}}" for part in node.values)


def _is_passed_on(node: ast.expr) -> bool:
    """Return whether a message comes from elsewhere: of another error, of a function that says a problem."""
    if isinstance(node, ast.Attribute):
        return node.attr in _PASSED_ON
    if isinstance(node, ast.Name):
        return node.id in _PASSED_ON
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return name.endswith("problem") or name in {"Problem", "str", "gettext", "join", "replace"}
    return _is_nothing(node)


def _value(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _is_nothing(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value in {None, ""}) or isinstance(node, ast.Attribute)
