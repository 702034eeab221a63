"""Sizes of rings and clothes in queries: ``size 6 1/2``, ``sz 7``, ``size M``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.folding import WORD

_FRACTIONS = {"1/4": ("25", "¼"), "1/2": ("5", "½"), "3/4": ("75", "¾")}
_DECIMALS = {"25": "1/4", "5": "1/2", "50": "1/2", "75": "3/4"}
# "queen size 2 drawers": these words say what kind of size it is, and it is none of a product's.
_OTHER_SIZES = frozenset(
    "king queen full twin travel family plus pocket life bite fun mini standard regular one actual large small medium "  # noqa: SIM905
    "file screen party sample double single any what which stone gem bead chip crib".split()
)
_SIZE = re.compile(
    rf"(?<![{WORD}-])(?:(?!us\s)(\w{{1,12}})\s)?((?:us\s)?(?:size|sz\.?|ringsize|ringgrosse|ringgroesse|grosse|groesse|taille"
    rf"|talla|misura|taglia)\s{{0,2}}[:#]?\s{{0,2}}(?:(?:us|usa|no\.?|number)\s)?"
    r"(?:(\d{1,2})(?:(?:\s{1,2}|-)(1/4|1/2|3/4)|\.(\d{1,2}))?|(?<=[\s:#])(xxs|xs|s|m|l|xl|xxl|[234]xl)))"
    # What counts something else, goes on to a second size, or is cut short.
    rf"(?![{WORD}+%\"']|[.,]\d|\s?[-/x]\s?[{WORD}]|\s\d/\d(?!\s?-?c)"
    r"|\s?-?(?:mm|cm|m|inch|inches|in|ft|oz|ml|l|g|gm|gr|kg|k|kt|ct|cts|ctw|carats?|karats?|pack|packs|pcs?|pieces?|sets?"
    r"|count|aa|aaa|drawers?|doors?)\b"
    r"|\s(?:to|or|and|&|through|thru)\s|,\s?\d)",
    re.ASCII,
)

_MENTION = re.compile(r"(?:size|sz\.?)\s{0,2}[:#]?\s{0,2}\d")


def sizes(text: str) -> Iterator[Finding]:
    """Yield the conditions on the size of the product that a folded query names; of several sizes, none."""
    if len(_MENTION.findall(text)) > 1:
        return
    for match in _SIZE.finditer(text):
        wanted = _wanted(match)
        if wanted and match[1] not in _OTHER_SIZES:
            yield Finding(match.start(2), match.end(2), f"size {wanted}", "size")


def _wanted(match: re.Match[str]) -> str:
    """Return what the size must be, in all the ways that shops write a half; empty for what is no size."""
    whole, fraction, decimals, letters = match.groups()[2:]
    if letters:
        return f"= {letters.upper()}"
    fraction = fraction or _DECIMALS.get(decimals or "")
    if fraction:
        digits, sign = _FRACTIONS[fraction]
        return f'IN ["{whole}.{digits}", "{whole} {fraction}", "{whole}{sign}"]'
    if (decimals or "").strip("0"):
        return ""
    return f'= "{whole}"' if whole.startswith("0") and whole != "0" else f"= {whole}"
