import time

import pytest

from facetry.application.interchange.plain_text import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("Gold  ring\n with stone ", "Gold ring with stone"),
        ("<p>Gold ring</p>", "Gold ring"),
        ("<p>Gold</p>\n<p>ring<br/>two</p>", "Gold\nring\ntwo"),
        ("<ul><li>18&nbsp;K</li><li>1 &lt; 2 &amp; 3</li></ul>", "18 K\n1 < 2 & 3"),
        ("bold <b>wor</b>d", "bold word"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<script>alert('<p>x</p>')</script>seen<style>p {}</style>", "seen"),
        ("<!-- <p>hidden</p> --> seen", "seen"),
        ("seen<!-- never closed <b>x</b>", "seen"),
        ("<SCRIPT>x</SCRIPT>a --> b", "a  b".replace("  ", " ")),
        ('<a href="x" title="y">link</a>', "link"),
        ("&eacute;&#8364;&unknown;", "é€&unknown;"),
        ("</p>a</script>b<script/>c", "ab"),
    ],
)
def test_text_is_what_a_reader_sees(markup, text):
    assert plain_text(markup) == text


@pytest.mark.parametrize("piece", ["<script>", "<!--", "<a", "<", "&", "<p>", "-->", " \n", "</"])
def test_hostile_markup_costs_no_more_than_its_length(piece):
    start = time.perf_counter()
    plain_text(piece * 100_000)
    assert time.perf_counter() - start < 2
