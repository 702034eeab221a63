"""The collections beside the catalogs: journals, jobs of imports, uses of keys, users, leases, secrets.

In all of them ``t`` is the id of a tenant, and ``s`` a Unix time:

- ``journal_*``: a line has ``_id`` its number, ``i`` its id and ``f`` its other fields; a count has ``n`` its name and
  ``c0`` to ``c4`` its numbers. ``journal_numbers`` holds the last number of each kind of line.
- ``key_usage``: when the access key ``k`` was used last.
- ``import_jobs``: ``n`` the job's id, ``job`` the job, ``open`` whether it goes on, ``finished`` when it was
  over, of a draft when it was made, ``canceled`` whether somebody wants its end. ``import_ids`` holds the last id of
  each tenant.
- ``import_pieces``: ``j`` the job's ``_id``, ``f`` the name of a file, ``k`` the place of the piece in it, ``d`` bytes.
- ``import_drafts``: uploads that are on their way, by the ``_id`` that the job will have.
- ``users``: ``e`` e-mail, ``v`` version, ``l`` digest of a link, empty without one, ``d`` the user named by ``_id``.
- ``user_sessions``: ``u`` the id of the user, ``c``, ``s`` and ``x`` when it was begun, seen and will end, ``d`` the
  session whose digest is ``_id``.
- ``leases``: ``holder`` of the lease ``_id``, and ``until`` when, in milliseconds by the server's clock.
- ``secrets``: the master key of the service, and a mark that every rotation of it replaces.
"""

from __future__ import annotations

from facetry.domain.journal import COUNT_KINDS, LINE_KINDS
from facetry.engines.mongodb.collections import Index, Layout

KEY_USAGE, LEASES, SECRETS = "key_usage", "leases", "secrets"
USERS, USER_SESSIONS = "users", "user_sessions"
IMPORT_JOBS, IMPORT_IDS, IMPORT_PIECES, IMPORT_DRAFTS = "import_jobs", "import_ids", "import_pieces", "import_drafts"
JOURNAL_NUMBERS = "journal_numbers"
_WHOLE = ("int", "long")
_NUMBERS = {f"c{place}": _WHOLE for place in range(5)}


def journal_collection(kind: str) -> str:
    """Return the name of the collection of a kind of line or count."""
    return f"journal_{kind}"


def _lines(kind: str) -> Layout:
    types = {"_id": _WHOLE, "t": "string", "i": "string", "s": "double", "f": "object"}
    indexes = (Index("by_time", ("t", "s", "_id")), Index("by_name", ("t", "i", "s", "_id")))
    return Layout(journal_collection(kind), types, indexes)


def _counts(kind: str) -> Layout:
    types = {"t": "string", "s": _WHOLE, "n": "string", **_NUMBERS}
    # The second one is for the oldest of all tenants.
    indexes = (Index("by_name", ("t", "s", "n"), unique=True), Index("by_time", ("s",)))
    return Layout(journal_collection(kind), types, indexes)


SIDE_LAYOUTS: tuple[Layout, ...] = (
    *(_lines(line.kind) for line in LINE_KINDS),
    *(_counts(kind) for kind in COUNT_KINDS),
    Layout(JOURNAL_NUMBERS, {"last": _WHOLE}),
    Layout(
        KEY_USAGE,
        {"t": "string", "k": "string", "s": "double"},
        (Index("by_key", ("t", "k"), unique=True),),
    ),
    Layout(
        IMPORT_JOBS,
        {"t": "string", "n": _WHOLE, "job": "binData", "open": "bool", "finished": "double", "canceled": "bool"},
        (Index("by_number", ("t", "n"), unique=True), Index("by_state", ("open", "finished"))),
    ),
    Layout(IMPORT_IDS, {"last": _WHOLE}),
    Layout(
        IMPORT_PIECES,
        {"t": "string", "j": "objectId", "f": "string", "k": _WHOLE, "d": "binData"},
        (Index("by_place", ("t", "j", "f", "k"), unique=True),),
    ),
    Layout(IMPORT_DRAFTS, {"t": "string", "s": "double"}),
    Layout(
        USERS,
        {"_id": "string", "t": "string", "e": "string", "l": "binData", "v": _WHOLE, "d": "binData"},
        (Index("by_name", ("t", "e"), unique=True), Index("by_email", ("e", "t")), Index("by_link", ("l",))),
    ),
    Layout(
        USER_SESSIONS,
        {"_id": "binData", "u": "string", "c": "double", "s": "double", "x": "double", "d": "binData"},
        (Index("by_user", ("u", "c")), Index("by_expiry", ("x",)), Index("by_use", ("s",))),
    ),
    Layout(LEASES, {"holder": "string", "until": _WHOLE}),
    Layout(SECRETS, {"key": "binData"}),
)
