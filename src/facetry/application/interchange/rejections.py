"""Rejected rows as files: CSV for who mends them in a spreadsheet, JSON lines for programs."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import msgspec

from facetry.application.interchange.formulas import shown_as_text
from facetry.application.interchange.report import Rejection

COLUMNS = ("line", "sku", "field", "column", "value", "reason")


async def rejected_csv(pages: AsyncIterator[Sequence[Rejection]]) -> AsyncGenerator[bytes, None]:
    """Yield a header, and a row for each problem."""
    yield _csv([COLUMNS])
    async for page in pages:
        yield _csv([[shown_as_text(str(getattr(one, name))) for name in COLUMNS] for one in page])
        await asyncio.sleep(0)


async def rejected_lines(pages: AsyncIterator[Sequence[Rejection]]) -> AsyncGenerator[bytes, None]:
    """Yield a line of JSON for each problem."""
    encoder = msgspec.json.Encoder()
    async for page in pages:
        yield encoder.encode_lines(page)
        await asyncio.sleep(0)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")
