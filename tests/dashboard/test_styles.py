"""The styles: logical properties, colours from the tokens alone, contrast in both themes, nothing inline."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.support import SOURCE

DASHBOARD = SOURCE / "dashboard"
STYLES = DASHBOARD / "static" / "css"
TOKENS = STYLES / "tokens.css"
SHEETS = sorted(STYLES.rglob("*.css"))
TEMPLATES = sorted((DASHBOARD / "templates").rglob("*.html"))
DECLARATION = re.compile(r"(?:^|[{;])\s*(?P<name>[a-z-]+)\s*:\s*(?P<value>[^;{}]+?)\s*(?=[;}])")
TOKEN = re.compile(r"(--[a-z0-9-]+):\s*light-dark\(\s*(#[0-9a-f]{6})\s*,\s*(#[0-9a-f]{6})\s*\)")
SIDE = r"(?:left|right|top|bottom)"
PHYSICAL_NAME = re.compile(
    rf"{SIDE}|(?:margin|padding|border|scroll-margin|scroll-padding|inset)-{SIDE}(?:-\w+)?|(?:min-|max-)?(?:width|height)"
    r"|border-(?:top|bottom)-(?:left|right)-radius|overflow-anchor-(?:left|right)|float-(?:left|right)"
)
PHYSICAL_VALUE = re.compile(r"(?:text-align|float|clear|caption-side|justify-\w+|align-\w+)\s*:\s*(?:left|right)\b")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|light-dark)\("
    r"|(?<![\w-])(?:white|black|red|green|blue|grey|gray|silver|gold|orange|yellow|purple)(?![\w-])",
    re.IGNORECASE,
)
TEXT, LARGE = 4.5, 3.0
"""Ratios that AA asks for: of text, and of large text, signs and outlines of fields (WCAG 2.2, 1.4.3 and 1.4.11)."""
TEXT_PAIRS = [
    (f"--color-{text}", f"--color-{ground}")
    for text, grounds in {
        "text": ("canvas", "surface", "surface-sunken", "surface-hover", "accent-soft"),
        "text-muted": ("canvas", "surface", "surface-sunken", "surface-hover", "accent-soft"),
        "accent-text": ("canvas", "surface", "surface-sunken", "surface-hover", "accent-soft"),
        "gold-text": ("surface", "gold-soft"),
        "danger-text": ("surface", "canvas", "danger-soft"),
        "warning-text": ("surface", "canvas", "warning-soft"),
        "success-text": ("surface", "canvas", "success-soft"),
        "info-text": ("surface", "canvas", "info-soft"),
        "on-accent": ("accent", "accent-hover"),
        "on-danger": ("danger", "danger-hover"),
        "nav-text": ("nav", "nav-hover", "nav-current"),
        "nav-strong": ("nav", "nav-hover", "nav-current"),
        "nav-muted": ("nav",),
    }.items()
    for ground in grounds
]
SIGN_PAIRS = [
    (f"--color-{sign}", f"--color-{ground}")
    for sign, grounds in {
        "border-control": ("surface", "canvas", "surface-sunken"),
        "focus": ("canvas", "surface", "surface-sunken"),
        "accent": ("canvas", "surface"),
        "gold": ("surface", "canvas"),
        "danger": ("surface",),
        "warning": ("surface",),
        "success": ("surface",),
        "info": ("surface",),
        "nav-gold": ("nav", "nav-current"),
        **{f"chart-{place}": ("surface",) for place in (1, 2, 3, 4, 5, 6)},
    }.items()
    for ground in grounds
]


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def physical(text):
    """Return declarations that say left or right, top or bottom, width or height."""
    found = [f"{one['name']}: {one['value']}" for one in DECLARATION.finditer(without_comments(text))]
    return [line for line in found if PHYSICAL_NAME.fullmatch(line.partition(":")[0]) or PHYSICAL_VALUE.match(line)]


def colours(text):
    """Return colours that declarations write themselves; those of a selector or of an SVG in a URL are not meant."""
    values = (one["value"] for one in DECLARATION.finditer(without_comments(text)))
    return [match[0] for value in values for match in COLOUR.finditer(re.sub(r"var\([^)]*\)", "", value))]


@cache
def tokens():
    """Return the colours of the light theme and those of the dark one, by the name of the token."""
    found = TOKEN.findall(TOKENS.read_text("utf-8"))
    return {name: light for name, light, _ in found}, {name: dark for name, _, dark in found}


def brightness(colour):
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_style_says_left_or_right(path):
    assert physical(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", [path for path in SHEETS if path != TOKENS], ids=lambda path: path.name)
def test_colours_are_written_among_the_tokens_alone(path):
    assert colours(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", [path for path in SHEETS if path != TOKENS], ids=lambda path: path.name)
def test_every_token_that_is_used_is_there_and_every_sheet_has_its_layer(path):
    text = without_comments(path.read_text("utf-8"))
    known = set(re.findall(r"(--[a-z0-9-]+)\s*:", without_comments(TOKENS.read_text("utf-8")) + text))
    assert set(re.findall(r"var\(\s*(--[a-z0-9-]+)", text)) - known == set()
    assert text.strip().startswith("@layer ")


def test_what_breaks_the_rules_is_found():
    text = (
        ".a { margin-left: 1px; inset: 0; color: #fff } @media (width < 9px) { .b { width: 2px; text-align: right } }"
    )
    assert physical(text) == ["margin-left: 1px", "width: 2px", "text-align: right"]
    assert colours(".a { color: #fff; background: var(--color-gold) } #add { fill: currentcolor }") == ["#fff"]
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_text_can_be_read_in_both_themes(place):
    theme = tokens()[place]
    ratios = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_signs_and_outlines_can_be_seen_in_both_themes(place):
    theme = tokens()[place]
    ratios = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in SIGN_PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < LARGE} == {}


INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "handler": re.compile(r"<[^>]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "script as a link": re.compile(r"javascript:", re.IGNORECASE),
    "script in a value": re.compile(r"hx-(?:vals|headers|vars)\s*=\s*[\"'](?:js|javascript):", re.IGNORECASE),
    "data that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false"),
}


def inline(text):
    """Return what a template has that the policy of the pages refuses, or that could be somebody's script."""
    # What a template computes is no markup: a comparison in it would look like a tag.
    markup = re.sub(
        r"\{\{.*?\}\}|\{%.*?%\}", lambda match: match[0].replace(">", " ").replace("<", " "), text, flags=re.DOTALL
    )
    return [name for name, pattern in INLINE.items() if pattern.search(markup)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(DASHBOARD / "templates").as_posix())
def test_nothing_is_inline(path: Path):
    assert inline(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p style="color: red">', ["style attribute"]),
        ("<style>p {}</style>", ["style element"]),
        ("<script>go()</script>", ["inline script"]),
        ('<a onclick="go()">', ["handler"]),
        ('<a hx-on:click="go()">', ["handler"]),
        ('<a href="javascript:go()">', ["script as a link"]),
        ("<a hx-vals='js:{a: 1}'>", ["script in a value"]),
        ("{{ page.title|safe }}", ["data that is not escaped"]),
        ('<script src="a.js" type="module"></script><p {{ "a" if b > 1 }} class="on">online = 1</p>', []),
    ],
)
def test_what_is_inline_is_found(text, expected):
    assert inline(text) == expected


def test_every_icon_that_is_named_is_there():
    sprite = (DASHBOARD / "static" / "icons.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'\bicon\("([a-z-]+)"|picture="([a-z-]+)"', path.read_text("utf-8"))
    }
    assert {name for pair in named for name in pair if name} - known == set()
