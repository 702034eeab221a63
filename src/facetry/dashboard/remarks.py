"""What pages say of a value that is refused: a sentence in the visitor's language."""

from __future__ import annotations

from facetry.dashboard.problems import sentence
from facetry.dashboard.texts import Texts


def remark(texts: Texts, message: str) -> str:
    """Return what is wrong as a sentence, in English where it is not translated; nothing for nothing."""
    return sentence(texts.told(message)) if message else ""
