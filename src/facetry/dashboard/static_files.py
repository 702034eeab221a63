"""Styles, scripts and pictures of the dashboard, at paths that name their content, to be kept for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from facetry.http.answer import Answer, CachePolicy

STATIC = "/dashboard/static"
_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class StaticFiles:
    """All files, read once.

    Attributes:
        version: Digest of all of them: scripts import each other, so they change their paths together.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        """Read the files of a folder."""
        found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        self._answers = {name: _answer(path) for name, path in found.items() if path.suffix in _TYPES}
        digest = hashlib.blake2b(digest_size=8)
        for name, answer in self._answers.items():
            digest.update(name.encode() + b"\0" + answer.body)
        self.version = digest.hexdigest()

    def url(self, name: str) -> str:
        """Return the path of a file.

        Raises:
            KeyError: There is none with this name.
        """
        self._answers[name]
        return f"{STATIC}/{self.version}/{name}"

    def answer(self, path: str) -> Answer | None:
        """Return what a path below ``STATIC`` gets; None where there is no such file."""
        version, _, name = path.removeprefix(f"{STATIC}/").partition("/")
        answer = self._answers.get(name)
        if answer is None or version == self.version:
            return answer
        # A page from before an update asks for what it knew; what it gets must not be kept under that name.
        return msgspec.structs.replace(answer, policy=CachePolicy.NO_STORE)


@cache
def static_files() -> StaticFiles:
    """Return the files of the dashboard; read when they are first asked for."""
    return StaticFiles()


def _answer(path: Path) -> Answer:
    return Answer(body=path.read_bytes(), media_type=_TYPES[path.suffix], policy=CachePolicy.IMMUTABLE)
