"""Certificates in queries: ``GIA certified``, ``GIA 2141438167``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from facetry.domain.jewelry import scales
from facetry.domain.jewelry.findings import Finding
from facetry.domain.jewelry.folding import WORD
from facetry.domain.jewelry.spellings import alternatives
from facetry.domain.jewelry.tables import table

_PAPER = r"(?:certificates?|certs?\.?|certification|reports?|dossiers?|grading\sreports?)"
_NUMBER = r"\s{0,2}(?:no\.?|nr\.?|num\.?|number)?\s{0,2}[:#]?\s{0,2}((?:lg)?\d{7,12})"


def certificates(text: str) -> Iterator[Finding]:
    """Yield the conditions on a stone's certificate that a folded query names."""
    for match in _pattern().finditer(text):
        number = match[1] or match[2]
        if number:
            field, value = "gemstones.certificate_number", number.upper()
        else:
            field, value = "gemstones.certificate_lab", scales.laboratory(match[3] or match[4] or match[5]) or ""
        yield Finding(match.start(), match.end(), f"{field} = {value}", field)


@cache
def _pattern() -> re.Pattern[str]:
    labs = alternatives(name.lower() for name in table("labs"))
    return re.compile(
        rf"(?<![{WORD}])(?:{labs}(?:\s{_PAPER})?{_NUMBER}|{_PAPER}{_NUMBER}"
        rf"|({labs})[\s-]{{1,2}}(?:certified|graded|lab\scertified|{_PAPER})"
        rf"|(?:certified|graded)\sby\s(?:the\s)?({labs})|({labs})(?=\s(?:[a-z-]{{1,9}}\s)?diamonds?))(?![{WORD}])"
    )
