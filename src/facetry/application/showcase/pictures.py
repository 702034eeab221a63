"""The pictures of the demo catalog: what their names mean, and the SVG that each stands for."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from facetry.application.showcase import hanging, rings
from facetry.application.showcase.cuts import SHAPES
from facetry.application.showcase.palette import METALS, STONES
from facetry.application.showcase.parts import Drawing, Look
from facetry.application.showcase.svg import document

_CHOICES = {"metal": tuple(METALS), "shape": SHAPES, "stone": tuple(STONES)}
_SET = ("metal", "shape", "stone")
_ROW = ("metal", "stone")
_METAL = ("metal",)


class Form(NamedTuple):
    """A kind of piece: what it is called, what its name goes on with, and how it is drawn."""

    title: str
    parts: tuple[str, ...]
    draw: Callable[[Look], Drawing]


FORMS = {
    "ring-solitaire": Form("solitaire ring", _SET, rings.solitaire),
    "ring-halo": Form("halo ring", _SET, rings.haloed),
    "ring-threestone": Form("three-stone ring", _SET, rings.three_stone),
    "ring-eternity": Form("eternity ring", _ROW, rings.eternity),
    "ring-signet": Form("signet ring", _METAL, rings.signet),
    "ring-band": Form("wedding band", _METAL, rings.wedding_band),
    "bangle-slim": Form("slim bangle", _METAL, rings.bangle),
    "bangle-cuff": Form("hammered bangle", _METAL, rings.cuff),
    "bracelet-tennis": Form("tennis bracelet", _ROW, rings.tennis),
    "bracelet-link": Form("link bracelet", _METAL, rings.link_bracelet),
    "chain-cable": Form("cable chain", _METAL, hanging.cable),
    "chain-curb": Form("curb chain", _METAL, hanging.curb),
    "chain-rope": Form("rope chain", _METAL, hanging.rope),
    "chain-box": Form("box chain", _METAL, hanging.box),
    "necklace-riviere": Form("riviere necklace", _ROW, hanging.riviere),
    "necklace-strand": Form("pearl strand", _METAL, hanging.strand),
    "pendant-solitaire": Form("solitaire pendant", _SET, hanging.pendant),
    "pendant-halo": Form("halo pendant", _SET, hanging.pendant_halo),
    "pendant-heart": Form("heart pendant", _METAL, hanging.pendant_heart),
    "pendant-cross": Form("cross pendant", _METAL, hanging.pendant_cross),
    "pendant-disc": Form("disc pendant", _METAL, hanging.pendant_disc),
    "earrings-studs": Form("stud earrings", _SET, hanging.studs),
    "earrings-drops": Form("drop earrings", _SET, hanging.drops),
    "earrings-hoops": Form("hoop earrings", _METAL, hanging.hoops),
    "stone": Form("loose stone", ("shape", "stone"), hanging.loose),
}
"""The kinds of pieces by the beginning of their pictures' names."""

_LONGEST_NAME = 64


@lru_cache(maxsize=256)
def picture(name: str) -> bytes | None:
    """Return the SVG of a name such as ``ring-halo-rose-oval-ruby``, or None where the name is none of a picture."""
    if len(name) > _LONGEST_NAME:
        return None
    words = name.split("-")
    for length in (2, 1):
        form = FORMS.get("-".join(words[:length]))
        if form is not None:
            look = _look(form, words[length:])
            return None if look is None else _drawn(form, look)
    return None


def _look(form: Form, words: list[str]) -> Look | None:
    """Return what the rest of a name asks for, None unless every word is known and in its place."""
    if len(words) != len(form.parts):
        return None
    said = dict(zip(form.parts, words, strict=True))
    if not all(word in _CHOICES[part] for part, word in said.items()) or not _exists(said):
        return None
    plain = Look()
    return Look(
        said.get("metal", plain.metal_name), said.get("shape", plain.shape), said.get("stone", plain.stone_name)
    )


def _exists(said: dict[str, str]) -> bool:
    """Return whether there is such a stone: a pearl is round and not faceted, so it is in no row of small stones."""
    return said.get("stone") != "pearl" or said.get("shape") == "round"


def _drawn(form: Form, look: Look) -> bytes:
    drawing = form.draw(look)
    words = [look.metal.name] if "metal" in form.parts else []
    if "shape" in form.parts:
        words.append(look.shape)
    if "stone" in form.parts:
        words.append(look.stone.name)
    return document(f"{form.title}, {' '.join(words)}", drawing.definitions, drawing.body)


def picture_names() -> list[str]:
    """Return the name of every picture there is."""
    return list(_names())


def _names() -> Iterator[str]:
    for start, form in FORMS.items():
        for words in product(*(_CHOICES[part] for part in form.parts)):
            if _exists(dict(zip(form.parts, words, strict=True))):
                yield "-".join((start, *words))
