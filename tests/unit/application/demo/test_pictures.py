import hashlib
from xml.etree import ElementTree as ET

import pytest

from facetry.application.demo.drawing.svg import number
from facetry.application.demo.pictures import JEWELED, PLAIN, picture, picture_names

SVG = "{http://www.w3.org/2000/svg}"
DIGEST = "39c77b2a8c3fe67e"
HREF = "href"


@pytest.fixture(scope="module")
def names():
    return picture_names()


@pytest.fixture(scope="module")
def drawn(names):
    """Pictures of every kind; the stride meets all metals, shapes and stones."""
    kinds = {name.split("-", 1)[0]: name for name in names}
    return {name: picture(name) for name in [*names[::13], *kinds.values()]}


def test_names_are_many_and_distinct(names):
    assert len(names) == len(set(names)) == 7042
    assert {name.split("-", 1)[0] for name in names} == {kind.split("-")[0] for kind in (*JEWELED, *PLAIN)} | {"stone"}


def test_they_are_the_same_everywhere(drawn):
    assert hashlib.sha256(b"".join(drawn[name] for name in sorted(drawn))).hexdigest()[:16] == DIGEST


def test_every_picture_is_small(drawn):
    assert max(map(len, drawn.values())) < 6000


def test_every_picture_is_a_square_drawing_with_a_title(drawn):
    for name, content in drawn.items():
        root = ET.fromstring(content)
        assert root.tag == f"{SVG}svg", name
        assert root.get("viewBox") == "0 0 480 480"
        assert root.findtext(f"{SVG}title")


def test_no_picture_runs_or_loads_anything(drawn):
    allowed = {
        "svg", "title", "defs", "radialGradient", "linearGradient", "stop", "filter", "feGaussianBlur", "clipPath",
        "g", "path", "rect", "circle", "ellipse", "use",
    }  # fmt: skip
    for name, content in drawn.items():
        root = ET.fromstring(content)
        ids = {element.get("id") for element in root.iter()} - {None}
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in allowed, name
            for key, value in element.attrib.items():
                assert not key.startswith("on")
                if key == HREF:
                    assert value[0] == "#"
                    assert value[1:] in ids, (name, value)
                elif "url(" in value:
                    assert value.removeprefix("url(#").removesuffix(")") in ids, (name, value)
                else:
                    assert ":" not in value


def test_ids_are_given_once(drawn):
    for name, content in drawn.items():
        ids = [element.get("id") for element in ET.fromstring(content).iter() if element.get("id")]
        assert len(ids) == len(set(ids)), name


def test_titles_say_what_is_seen():
    title = ET.fromstring(picture("halo-rose-oval-pinksapphire")).findtext(f"{SVG}title")
    assert title == "Halo ring, rose gold, oval pink sapphire"
    assert ET.fromstring(picture("chain-rope-silver")).findtext(f"{SVG}title") == "Chain, rope, silver"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "stone",
        "stone-round",
        "stone-round-diamond-",
        "stone-round-pearl",
        "Stone-round-diamond",
        "stone-round-diamond.svg",
        "stone-white-round-diamond",
        "solitaire-yellow-round",
        "solitaire-yellow-round-pearl",
        "solitaire-tin-round-diamond",
        "solitaire-yellow-square-diamond",
        "solitaire-yellow-round-glass",
        "stud--white-round-diamond",
        "halo-stud-white-round-diamond",
        "chain-yellow-rope",
        "chain-rope-yellow-round-diamond",
        "charm-heart",
        "../../etc/passwd",
        "stone-round-diamond/../x",
        "stone-round-\u0000diamond",
        "-".join(["stone"] * 10_000),
    ],
)
def test_a_name_outside_the_grammar_is_no_picture(name):
    assert picture(name) is None


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.0, 1, "1"),
        (0.5, 1, ".5"),
        (-0.5, 1, "-.5"),
        (0.25, 1, ".3"),
        (-0.04, 1, "0"),
        (12.3456, 3, "12.346"),
        (0, 2, "0"),
    ],
)
def test_numbers_are_written_short(value, digits, text):
    assert number(value, digits) == text
