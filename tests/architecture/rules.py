"""The project's rules about one module; each yields a sentence for every place that breaks it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.architecture.modules import Module

LONGEST_FILE: Final = 600
DRIVERS: Final = frozenset(
    {
        "Stemmer",
        "apsw",
        "elasticsearch",
        "llvmlite",
        "numba",
        "opensearchpy",
        "opentelemetry",
        "pymongo",
        "redis",
        "safetensors",
        "sqlite3",
        "tokenizers",
        "wordllama",
    }
)
# Pure computation that the domain may call, not a way to reach anything outside the process.
DRIVER_EXCEPTIONS: Final = frozenset({("Stemmer", "domain")})
# What other people's programs import, by one short name; and the errors, which all layers know as one tree.
PUBLISHED_ROOTS: Final = frozenset({"client/__init__.py", "domain/errors/__init__.py"})
EMPTY_NAMES: Final = frozenset({"common", "helper", "helpers", "misc", "util", "utils"})
EMPTY_CLASS_NAME: Final = re.compile(r"^I[A-Z][a-z]|^Abstract|(Helper|Impl|Manager|Utils?)$")
EFFECT_CALLS: Final = frozenset({"__import__", "exec", "eval", "input", "open", "print"})
EFFECT_METHODS: Final = frozenset(
    {
        "connect",
        "exists",
        "getenv",
        "iterdir",
        "makedirs",
        "mkdir",
        "open",
        "popen",
        "Popen",
        "read_bytes",
        "read_text",
        "system",
        "unlink",
        "urandom",
        "urlopen",
        "write_bytes",
        "write_text",
    }
)
# Ports that touch no tenant's catalog, and methods of the others that speak of all tenants, find one, or of none.
TENANTLESS_PORTS: Final = frozenset({"Accounts", "Clock", "Leases"})
TENANTLESS_METHODS: Final = frozenset(
    {
        "close",
        "dropped",
        "listen",
        "mend_shared",
        "open_jobs",
        "revisions",
        "shared_faults",
        "tenant_by_key",
        "tenant_by_token_key",
        "tenants",
        "trim",
    }
)


def has_docstring(module: Module) -> Iterator[str]:
    """Every module says in one sentence what it is."""
    if not ast.get_docstring(module.tree):
        yield "it has no docstring"


def is_not_too_long(module: Module) -> Iterator[str]:
    """No file grows for ever."""
    if module.lines > LONGEST_FILE:
        yield f"it has {module.lines} lines, more than {LONGEST_FILE}"


def prints_in_cli_only(module: Module) -> Iterator[str]:
    """Only the command line prints."""
    if module.layer == "cli":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"line {node.lineno} prints"


def does_nothing_at_import(module: Module) -> Iterator[str]:
    """Importing a module reads and changes nothing outside it."""
    for node in module.run_at_import():
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) if name in EFFECT_CALLS:
                    yield f"line {node.lineno} calls {name} at import"
                case ast.Attribute(attr=name) if name in EFFECT_METHODS:
                    yield f"line {node.lineno} calls {name} at import"
        elif isinstance(node, ast.Attribute) and node.attr == "environ":
            yield f"line {node.lineno} reads the environment at import"


def has_telling_names(module: Module) -> Iterator[str]:
    """Modules are named after what they define, classes after what they are."""
    for part in module.path.removesuffix(".py").split("/"):
        if part in EMPTY_NAMES:
            yield f"{part} says nothing about what is in it"
    for node in module.classes():
        if EMPTY_CLASS_NAME.search(node.name):
            yield f"line {node.lineno}: {node.name} says nothing about what it is"


def errors_end_in_error(module: Module) -> Iterator[str]:
    """Classes of errors are called so."""
    for node in module.classes():
        bases = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
        if any(base.endswith(("Error", "Exception")) for base in bases) and not node.name.endswith("Error"):
            yield f"line {node.lineno}: {node.name} does not end in Error"


def package_roots_are_empty(module: Module) -> Iterator[str]:
    """A name is imported from the module that defines it, so a package's root imports nothing of ours."""
    if not module.path.endswith("__init__.py") or module.path in PUBLISHED_ROOTS:
        return
    for line, name in module.imports():
        if name.split(".")[0] == "facetry":
            yield f"line {line} imports {name}"


def drivers_stay_in_engines(module: Module) -> Iterator[str]:
    """Only an engine imports a driver."""
    if module.layer == "engines":
        return
    for line, name in module.imports():
        driver = name.split(".")[0]
        if driver in DRIVERS and (driver, module.layer) not in DRIVER_EXCEPTIONS:
            yield f"line {line} imports {driver}"


def domain_knows_no_http(module: Module) -> Iterator[str]:
    """What an error means to a client is the surface's to say."""
    if module.layer != "domain":
        return
    for line, name in module.imports():
        if name.split(".")[0] == "http":
            yield f"line {line} imports {name}"
    for node in ast.walk(module.tree):
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
        if isinstance(name, str) and name.casefold() in {"http_status", "httpstatus", "status_code"}:
            yield f"line {getattr(node, 'lineno', 0)} speaks of {name}"
        is_error_code = module.path.startswith("domain/errors/") and isinstance(node, ast.Constant)
        if is_error_code and type(node.value) is int and node.value in range(100, 600):
            yield f"line {node.lineno} looks like an HTTP status: {node.value}"


def ports_take_the_tenant_first(module: Module) -> Iterator[str]:
    """No method of a port that touches data can be called without saying whose."""
    if module.layer != "ports":
        return
    for node in module.classes():
        is_port = any("Protocol" in ast.unparse(base) for base in node.bases)
        if not is_port or node.name in TENANTLESS_PORTS:
            continue
        for method in node.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if method.name.startswith("_") or method.name in TENANTLESS_METHODS:
                continue
            arguments = [argument.arg for argument in [*method.args.posonlyargs, *method.args.args]]
            if arguments[1:2] != ["tenant"]:
                yield f"line {method.lineno}: the first parameter of {node.name}.{method.name} is not the tenant"
            elif len(method.args.defaults) >= len(arguments) - 1:
                yield f"line {method.lineno}: the tenant of {node.name}.{method.name} has a default"


RULES: Final[tuple[Callable[[Module], Iterator[str]], ...]] = (
    has_docstring,
    is_not_too_long,
    prints_in_cli_only,
    does_nothing_at_import,
    has_telling_names,
    errors_end_in_error,
    package_roots_are_empty,
    drivers_stay_in_engines,
    domain_knows_no_http,
    ports_take_the_tenant_first,
)
