"""Long lists in answers, written as JSON without holding up other calls."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from facetry.application.turns import Turns


async def written_list(records: Iterable[object]) -> msgspec.Raw:
    """Return records as the JSON list of them; those of an iterator are made one by one."""
    turns = Turns()
    written = []
    for record in records:
        written.append(msgspec.json.encode(record))
        await turns.give()
    return msgspec.Raw(b"[%b]" % b",".join(written))
