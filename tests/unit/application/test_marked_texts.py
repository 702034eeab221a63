import pytest

from facetry.application.marked_texts import Run, runs


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("", ()),
        ("plain", (Run("plain"),)),
        ("<mark>Ring</mark>", (Run("Ring", is_marked=True),)),
        ("A <mark>ring</mark> of gold", (Run("A "), Run("ring", is_marked=True), Run(" of gold"))),
        (
            "<mark>a</mark><mark>b</mark>",
            (Run("a", is_marked=True), Run("b", is_marked=True)),
        ),
        (
            "&lt;mark&gt;x&lt;/mark&gt; <mark>R&amp;B &quot;ring&quot;</mark>",
            (Run("<mark>x</mark> "), Run('R&B "ring"', is_marked=True)),
        ),
    ],
)
def test_a_marked_text_falls_into_runs_as_they_were_written(marked, expected):
    assert runs(marked) == expected
