"""What tests of every folder share: where the real data lies and which missing things may be skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "facetry"
KINDS: Final = frozenset({"browser", "data", "servers"})


def required_kinds(text: str) -> frozenset[str]:
    """Return the kinds that a value of ``FACETRY_REQUIRE`` names: a list of them, or ``all``."""
    names = frozenset(text.replace(",", " ").split())
    if unknown := names - KINDS - {"all"}:
        message = f"FACETRY_REQUIRE names {', '.join(sorted(unknown))}; it knows all, {', '.join(sorted(KINDS))}"
        raise ValueError(message)
    return KINDS if "all" in names else names


def require(kind: str, present: object, missing: str) -> None:
    """Skip the test by name where something it needs is missing, or fail it where ``FACETRY_REQUIRE`` asks for that.

    Args:
        kind: ``servers``, ``browser`` or ``data``.
        present: Whether it is there.
        missing: What to say when it is not.
    """
    if kind not in KINDS:
        message = f"{kind} is none of {', '.join(sorted(KINDS))}"
        raise ValueError(message)
    if present:
        return
    if kind in required_kinds(os.environ.get("FACETRY_REQUIRE", "")):
        pytest.fail(f"{kind} required: {missing}", pytrace=False)
    pytest.skip(f"{kind}: {missing}")


def data_folder() -> Path:
    """Return the folder of real catalogs: ``FACETRY_TEST_DATA``, or ``shared/data`` beside the project."""
    return Path(os.environ.get("FACETRY_TEST_DATA") or ROOT.parent / "shared" / "data")


def data_path(*parts: str) -> Path:
    """Return a path in the folder of real catalogs; the test is skipped by name where it does not exist."""
    path = data_folder().joinpath(*parts)
    require("data", path.exists(), f"{'/'.join(parts)} is not in the data folder")
    return path
