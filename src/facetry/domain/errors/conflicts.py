"""Errors about others' writes: what a caller has read, or asks for, is not the catalog's state any more, or not yet."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class OutdatedError(FacetryError):
    """Say that what a caller wants to replace is not any more what it has read."""

    code = "outdated"

    def __init__(self, version: int) -> None:
        """Name the version that is there now."""
        super().__init__(f"changed meanwhile: it has version {version} now, read it again")
        self.version = version


class ChangedMeanwhileError(FacetryError):
    """Say that a thing is not any more what the writer has read; nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, tag: str) -> None:
        """Name the tag that it has now."""
        super().__init__(f"changed meanwhile: its tag is {tag} now, read it again")
        self.tag = tag


class ChangedSinceError(FacetryError):
    """Say that what a change has changed was changed again; nothing was taken back."""

    code = "changed_since"

    def __init__(self, pointers: tuple[str, ...]) -> None:
        """Name the fields by JSON pointers; an empty one is the whole product."""
        named = ", ".join(pointer or "the product as a whole" for pointer in pointers)
        super().__init__(f"changed again since then: {named}")
        self.pointers = pointers


class KeyReusedError(FacetryError):
    """Say that the key of a write is that of another write."""

    code = "key_reused"

    def __init__(self, key: str) -> None:
        """Name the key."""
        super().__init__("the idempotency key was used for another request")
        self.key = key


class RevisionTooOldError(FacetryError):
    """Say that what changed since a revision is not known any more, or was never here: start again."""

    code = "revision_too_old"

    def __init__(self, revision: int, oldest: int, last: int) -> None:
        """Name the revision, the oldest one from which changes are known, and the last one that there is."""
        super().__init__(f"changes since revision {revision} are not known, those since {oldest} to {last} are")
        self.revision = revision
        self.oldest = oldest
        self.last = last


class RevisionNotReachedError(FacetryError):
    """Say that a search was to see a revision that nothing has been written at yet."""

    code = "revision_not_reached"

    def __init__(self, revision: int, last: int) -> None:
        """Name the revision and the last one that there is."""
        super().__init__(f"revision {revision} is not reached, the last one is {last}")
        self.revision = revision
