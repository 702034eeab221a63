"""Pictures of pages that are small enough to lie beside the documents: PNG with a palette."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

MOST_BYTES: Final = 200_000
_COLORS: Final = 256
_DECODE: Final = """async (picture) => {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const bytes = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [bitmap.width, bitmap.height, btoa(text)];
}"""

Pixels = NDArray[np.uint8]


def picture(page: Page) -> bytes:
    """Return what a page shows, as PNG with at most 256 colors."""
    shown = page.screenshot(animations="disabled", caret="hide")
    # A page of its own decodes it: the policy of the one that is shown refuses that.
    blank = page.context.new_page()
    width, height, text = blank.evaluate(_DECODE, f"data:image/png;base64,{base64.b64encode(shown).decode()}")
    blank.close()
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3]
    return _png(pixels)


def _png(pixels: Pixels) -> bytes:
    height, width, _ = pixels.shape
    colors, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    palette = _palette(colors, counts)
    rows = _nearest(colors, palette)[places].reshape(height, width)
    # Each row begins with the number of its filter: none, as fits palettes.
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _palette(colors: Pixels, counts: NDArray[np.intp]) -> Pixels:
    """Return the colors to use: boxes of colors are cut in two where they are widest, those of most pixels first."""
    boxes = [np.arange(len(colors))]
    while len(boxes) < min(_COLORS, len(colors)):
        spreads = [np.ptp(colors[box], axis=0).max() * np.sqrt(counts[box].sum()) for box in boxes]
        box = boxes.pop(int(np.argmax(spreads)))
        channel = int(np.ptp(colors[box], axis=0).argmax())
        order = box[np.argsort(colors[box, channel], kind="stable")]
        middle = int(np.searchsorted(np.cumsum(counts[order]), counts[order].sum() / 2))
        cut = min(max(middle, 1), len(order) - 1)
        boxes += [order[:cut], order[cut:]]
    means = [np.average(colors[box], axis=0, weights=counts[box]) for box in boxes]
    return np.rint(means).astype(np.uint8)


def _nearest(colors: Pixels, palette: Pixels) -> Pixels:
    """Return the place in the palette of what is nearest to each color."""
    found = np.empty(len(colors), np.uint8)
    for start in range(0, len(colors), 4096):
        part = colors[start : start + 4096].astype(np.int32)
        distances = ((part[:, None, :] - palette[None].astype(np.int32)) ** 2).sum(axis=2)
        found[start : start + 4096] = distances.argmin(axis=1)
    return found
