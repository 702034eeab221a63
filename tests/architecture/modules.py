"""The modules of the program as the rules see them: path, text and syntax tree."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from tests.support import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Module:
    """One source file.

    Attributes:
        path: Where it lies under ``src/facetry``, with slashes.
        text: What it holds.
    """

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return its syntax tree."""
        return ast.parse(self.text)

    @property
    def layer(self) -> str:
        """Return the package or module directly under ``facetry`` that it belongs to."""
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def lines(self) -> int:
        """Return its number of lines."""
        return self.text.count("\n")

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield every class of it."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and full name of every module that it imports, or imports from."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.lineno, node.module

    def run_at_import(self) -> Iterator[ast.AST]:
        """Yield every node that is evaluated when the module is imported.

        Bodies of functions are not, their decorators and defaults are. What stands under a test of ``__name__`` is
        left out.
        """
        waiting: list[ast.AST] = list(self.tree.body)
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                defaults = [default for default in node.args.kw_defaults if default is not None]
                waiting += [*node.decorator_list, *node.args.defaults, *defaults]
            elif isinstance(node, ast.Lambda):
                waiting += node.args.defaults
            elif not (isinstance(node, ast.If) and "__name__" in ast.dump(node.test)):
                waiting += ast.iter_child_nodes(node)


@cache
def all_modules() -> tuple[Module, ...]:
    """Return every module of the program."""
    paths = sorted(path for path in SOURCE.rglob("*.py") if "__pycache__" not in path.parts)
    return tuple(Module(path.relative_to(SOURCE).as_posix(), path.read_text("utf-8")) for path in paths)
