"""The pictures of the demo catalog: what their names mean, and the SVG that each stands for."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from facetry.application.demo.drawing import bands, cuts, earrings, links, loose, neckwear, rings, wrists
from facetry.application.demo.drawing.palette import METALS, STONES

JEWELED: dict[str, tuple[str, Callable[[str, str, str, str], bytes]]] = {
    "solitaire": ("Solitaire ring", rings.solitaire),
    "halo": ("Halo ring", rings.halo),
    "trilogy": ("Three-stone ring", rings.trilogy),
    "eternity": ("Eternity ring", bands.eternity),
    "strand": ("Necklace", neckwear.strand),
    "pendant": ("Pendant", neckwear.pendant),
    "pendant-halo": ("Halo pendant", neckwear.cluster),
    "stud": ("Stud earrings", earrings.stud),
    "stud-halo": ("Halo earrings", earrings.cluster),
    "drop": ("Drop earrings", earrings.drop),
    "hoop-pave": ("Jeweled hoops", earrings.pave),
    "tennis": ("Tennis bracelet", wrists.tennis),
}
"""Title and drawing of the kinds that are named by metal, shape and stone: ``halo-rose-oval-ruby``."""

PLAIN: dict[str, tuple[str, Callable[[str, str, str], bytes], tuple[str, ...]]] = {
    "band": ("Wedding band", bands.band, tuple(bands.WALLS)),
    "signet": ("Signet ring", rings.signet, tuple(rings.PLATES)),
    "chain": ("Chain", neckwear.chain, tuple(links.WEAVES)),
    "charm": ("Pendant", neckwear.charm, tuple(neckwear.CHARMS)),
    "hoop": ("Hoop earrings", earrings.hoop, tuple(earrings.HOOPS)),
    "bracelet": ("Bracelet", wrists.bracelet, tuple(links.WEAVES)),
    "bangle": ("Bangle", wrists.bangle, tuple(wrists.BANGLES)),
}
"""Title, drawing and styles of the kinds that are named by style and metal: ``chain-rope-yellow``."""

WITH_PEARLS = ("strand", "pendant", "stud", "drop")
"""The kinds that are made with pearls as well."""


class Piece(NamedTuple):
    """What a picture shows; what a kind does not have is empty."""

    kind: str
    style: str = ""
    metal: str = ""
    shape: str = ""
    gem: str = ""

    @property
    def name(self) -> str:
        """The picture's name."""
        return "-".join(part for part in self if part)


@lru_cache(maxsize=256)
def picture(name: str) -> bytes | None:
    """Return the SVG of a name such as ``stud-white-round-pearl``, or None if no picture is called so."""
    piece = _parse(name)
    if piece is None:
        return None
    if piece.kind == "stone":
        return loose.stone(_title("Loose stone", piece), piece.shape, piece.gem)
    if piece.style:
        title, draw_plain, _ = PLAIN[piece.kind]
        return draw_plain(_title(title, piece), piece.style, piece.metal)
    title, draw = JEWELED[piece.kind]
    return draw(_title(title, piece), piece.metal, piece.shape, piece.gem)


def picture_names() -> list[str]:
    """Return the name of every picture there is."""
    return [piece.name for piece in _pieces()]


def _title(kind: str, piece: Piece) -> str:
    metal = METALS[piece.metal].name if piece.metal else ""
    stone = f"{piece.shape} {STONES[piece.gem].name}" if piece.gem else ""
    return ", ".join(part for part in (kind, piece.style, metal, stone) if part)


def _parse(name: str) -> Piece | None:
    """Read a name; whatever the grammar does not allow to the letter is None."""
    match name.split("-"):
        case ["stone", shape, gem] if _is_cut("stone", shape, gem):
            return Piece("stone", shape=shape, gem=gem)
        case [*words, metal, shape, gem] if metal in METALS and "-".join(words) in JEWELED:
            kind = "-".join(words)
            return Piece(kind, metal=metal, shape=shape, gem=gem) if _is_cut(kind, shape, gem) else None
        case [kind, style, metal] if metal in METALS and kind in PLAIN and style in PLAIN[kind][2]:
            return Piece(kind, style=style, metal=metal)
    return None


def _is_cut(kind: str, shape: str, gem: str) -> bool:
    """Return whether a stone comes in a shape; a pearl is round, and not in every kind of piece."""
    if gem == "pearl":
        return shape == "round" and kind in WITH_PEARLS
    return gem in STONES and shape in cuts.SHAPES


def _pieces() -> Iterator[Piece]:
    for kind in (*JEWELED, "stone"):
        for metal, shape, gem in product(METALS if kind in JEWELED else ("",), cuts.SHAPES, STONES):
            if _is_cut(kind, shape, gem):
                yield Piece(kind, metal=metal, shape=shape, gem=gem)
    for kind, (_, _, styles) in PLAIN.items():
        for style, metal in product(styles, METALS):
            yield Piece(kind, style=style, metal=metal)
