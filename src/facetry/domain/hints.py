"""What somebody may have meant by a name that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence


def near(name: str, names: Iterable[str], found: Sequence[str] = ()) -> str:
    """Return a question that names what is near, to end a message with; empty where nothing is.

    Args:
        name: What was written.
        names: What there is.
        found: What was meant, where that is known already.
    """
    if found:
        return f"; did you mean {' or '.join(found)}?"
    by_form = {one.casefold().rpartition(".")[2]: one for one in names} | {one.casefold(): one for one in names}
    matches = difflib.get_close_matches(name[:100].casefold(), by_form, 1)
    return f"; did you mean {by_form[matches[0]]}?" if matches else ""
