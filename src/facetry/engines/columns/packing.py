"""Packing documents one by one, each by what it has in common with many others.

Documents are JSON, or zstandard frames made with a template: a dictionary of what the documents of a segment have in
common, without which small documents hardly pack at all. A segment has one template for all its frames. It is handed
on when segments merge and to the next ones that are saved, so that frames are copied as they are, until there are so
many new documents that it is worth making another one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import zstandard
from numpy.typing import NDArray

from facetry.engines.columns.strings import Bytes, Strings

Template = zstandard.ZstdCompressionDict | None
_Change = Callable[[zstandard.BufferWithSegments], zstandard.BufferWithSegmentsCollection]
NO_TEMPLATE: Bytes = np.empty(0, np.uint8)
"""The frames of a segment with too few documents to make a template of."""
GROWTH = 8
"""A template is made anew where there are so many times the documents that it was made of."""
_MAGIC = b"\x28\xb5\x2f\xfd"
_TEMPLATE_BYTES = 32 << 10
_SAMPLES = 2000
_SAMPLE_BYTES = 4 << 20


def plain_document(document: bytes, template: Template) -> bytes:
    """Return a document's JSON."""
    if document[:4] != _MAGIC:
        return document
    return _decompressor(threading.get_ident(), template).decompress(document)


def opened_template(template: Bytes) -> Template:
    """Return a template, ready for use."""
    return zstandard.ZstdCompressionDict(template.tobytes()) if len(template) else None


def packed(lists: Sequence[Strings], template: Bytes, known: Bytes) -> tuple[list[Strings], Bytes]:
    """Return documents, all of them packed, and what they are packed with.

    Args:
        lists: Documents.
        template: What those are packed with that are packed.
        known: What could be used for documents none of which are packed yet.
    """
    framed = sum(map(_framed, lists))
    if framed * GROWTH < sum(map(len, lists)):
        lists, template = [unpacked(documents, template) for documents in lists], known
        if not len(template):
            template = _made_of(lists)
    own = opened_template(template)
    # Neither is needed: files have checksums, and a segment has one template.
    compressor = zstandard.ZstdCompressor(dict_data=own, write_checksum=False, write_dict_id=False)
    return [_framed_by(documents, compressor) for documents in lists], template


def unpacked(documents: Strings, template: Bytes) -> Strings:
    """Return documents as JSON."""
    if not _framed(documents):
        return documents
    own = opened_template(template)
    return _changed(documents, zstandard.ZstdDecompressor(dict_data=own).multi_decompress_to_buffer, are_framed=True)


def _framed(documents: Strings) -> int:
    """Return how many documents are packed."""
    return int(np.count_nonzero(_are_framed(documents)))


def _are_framed(documents: Strings) -> NDArray[np.bool_]:
    # JSON never begins so.
    return np.asarray(documents.blob[documents.starts[:-1]] == _MAGIC[0])


def _framed_by(documents: Strings, compressor: zstandard.ZstdCompressor) -> Strings:
    return _changed(documents, compressor.multi_compress_to_buffer, are_framed=False)


def _changed(documents: Strings, change: _Change, *, are_framed: bool) -> Strings:
    """Return documents, those that are framed, or those that are not, changed.

    All are handed over together: each call would let go of the interpreter and take it back from other threads.
    """
    places = np.flatnonzero(_are_framed(documents) == are_framed)
    if not len(places):
        return documents
    spans = np.stack([documents.starts[places], documents.starts[places + 1] - documents.starts[places]], axis=1)
    changed = change(zstandard.BufferWithSegments(documents.blob.data, spans.astype(np.uint64).tobytes()))
    items = [changed[i].tobytes() for i in range(len(places))]
    if len(places) == len(documents):
        return Strings.of(items)
    every = [documents[i] for i in range(len(documents))]
    for place, item in zip(places.tolist(), items, strict=True):
        every[place] = item
    return Strings.of(every)


def _made_of(lists: Sequence[Strings]) -> Bytes:
    """Return a template made of some plain documents of each list."""
    samples: list[bytes | bytearray | memoryview[int]] = [
        sample for documents in lists for sample in _samples(documents)
    ]
    try:
        template = zstandard.train_dictionary(_TEMPLATE_BYTES, samples)
    except zstandard.ZstdError:
        # They are too few.
        return NO_TEMPLATE
    return np.frombuffer(template.as_bytes(), np.uint8).copy()


def _samples(documents: Strings) -> list[bytes]:
    if not len(documents):
        return []
    most = max(1, _SAMPLE_BYTES * len(documents) // max(1, len(documents.blob)))
    step = -(-len(documents) // min(_SAMPLES, most))
    return [documents[i] for i in range(0, len(documents), step)]


@lru_cache(maxsize=32)
def _decompressor(_thread: int, template: Template) -> zstandard.ZstdDecompressor:
    """Return the thread's own decompressor: making one costs more than what it does here."""
    return zstandard.ZstdDecompressor(dict_data=template)
