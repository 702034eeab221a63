"""Who has something written."""

from __future__ import annotations

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """Who has something written, as histories tell it.

    Attributes:
        name: The id of an access key, ``user:`` and the e-mail of a user of the dashboard, or ``api_key``, ``token``,
            ``import`` or ``operator``.
    """

    name: str = ""


OPERATOR = Actor("operator")
"""Who runs the server, by its commands."""
IMPORT = Actor("import")
"""An import in the background."""
