"""Hold the licences of everything that is installed with Facetry, or used to build it, against what is allowed.

`make lint` runs it; it reads what is installed and asks nobody.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"

ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0"),
        *("MPL-2.0", "PSF-2.0", "Zlib"),
        "Apache-2.0 WITH LLVM-exception",
    }
)
"""Licences, by their SPDX names, of what a program under Apache-2.0 may use and be sold with."""
TOOLS = {
    "codespell": "GPL-2.0-only",
    "djlint": "GPL-3.0-or-later",
}
"""Programs that developers run; nothing of them is imported, linked or given to anybody."""
TOLD_BY_HAND = {
    "apsw": "Zlib",  # it says "any-OSI", and in its LICENSE that zlib's may be chosen
    "axe-playwright-python": "MIT AND MPL-2.0",  # it carries axe-core, which tests show to a browser as it is
    "events": "BSD-3-Clause",
    "granian": "BSD-3-Clause",
    "grimp": "BSD-2-Clause",
    "import-linter": "BSD-2-Clause",
    "jinja2": "BSD-3-Clause",
    "numba": "BSD-2-Clause",
    "protobuf": "BSD-3-Clause",
    "pystemmer": "MIT AND BSD-3-Clause",
    "rich-click": "MIT",
    "segno": "BSD-3-Clause",
    "uvloop": "MIT OR Apache-2.0",
    "wordllama": "MIT",
}
"""Licences of what does not tell them in a form that can be read, each looked up in its own files."""
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_NAME_OF_ALL = "License :: OSI Approved :: "


def main() -> int:
    """Print what is not allowed, and return the status to end with."""
    names = sorted({name for file in REQUIREMENTS.glob("*.txt") for name in pinned(file.read_text("utf-8"))})
    wrong = list(faults(installed(names)))
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong) or f"licences of {len(names)} packages are allowed\n")
    return 1 if wrong else 0


def pinned(requirements: str) -> list[str]:
    """Return the names that a list of requirements pins, as distributions spell them."""
    return [re.sub(r"[-_.]+", "-", name).lower() for name in _PIN.findall(requirements)]


def installed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield those of these packages that are installed here, with what each says of its licence."""
    for name in names:
        try:
            yield name, TOLD_BY_HAND.get(name) or licence(distribution(name))
        except PackageNotFoundError:  # Another system's.
            continue


def licence(package: Distribution) -> str:
    """Return the SPDX expression of a package's licence, or what it has in its place; empty for nothing."""
    told = package.metadata
    if expressions := told.get_all("License-Expression"):
        return str(expressions[0])
    classes = [text.removeprefix(_NAME_OF_ALL) for text in told.get_all("Classifier") or () if "License ::" in text]
    known = [_CLASSIFIERS[text] for text in classes if text in _CLASSIFIERS]
    return str((known or told.get_all("License") or [""])[0])


def faults(packages: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield a sentence about each package whose licence is not allowed."""
    for name, expression in packages:
        if TOOLS.get(name) != expression and not is_allowed(expression):
            yield f"{name}: its licence {expression!r} is not one of those that are allowed (tools/licences.py)"


def is_allowed(expression: str) -> bool:
    """Return whether an SPDX expression without parentheses can be met by what is allowed."""
    return any(all(part.strip() in ALLOWED for part in way.split(" AND ")) for way in expression.split(" OR "))


if __name__ == "__main__":
    sys.exit(main())
