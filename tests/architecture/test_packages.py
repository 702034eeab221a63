"""Packages are whole: nothing hides from the checks because a file of it is missing."""

from __future__ import annotations

from tests.support import ROOT, SOURCE


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in SOURCE.rglob("*.py")}
    with_parents = {
        parent for folder in folders for parent in [folder, *folder.parents] if SOURCE in [parent, *parent.parents]
    }
    assert [
        str(folder.relative_to(ROOT)) for folder in sorted(with_parents) if not (folder / "__init__.py").exists()
    ] == []


def test_the_package_is_marked_as_typed():
    assert (SOURCE / "py.typed").exists()
