"""Which surface a path belongs to, and answers outside any exchange."""

from __future__ import annotations

import pytest

from facetry.http.answer import Answer, json_answer
from facetry.http.respond import AnswerResponse
from facetry.http.surface import Surface, Surfaces


def surface(*prefixes):
    return Surface(prefixes=prefixes, refusal=lambda status, _: Answer(status=status))


API, INNER, PAGES = surface("/api", "/other"), surface("/api/inner"), surface()
SURFACES = Surfaces([API, INNER], PAGES)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api", API),
        ("/api/x", API),
        ("/other/x", API),
        ("/api/inner/x", INNER),
        ("/", PAGES),
        ("/API", PAGES),
        ("/elsewhere/api", PAGES),
        ("*", PAGES),
    ],
)
def test_the_longest_prefix_decides(path, expected):
    assert SURFACES.of(path) is expected


@pytest.mark.anyio
async def test_an_answer_needs_no_exchange():
    sent = []

    async def send(message):
        sent.append(message)

    await AnswerResponse(json_answer([1], status=404))({"method": "GET", "headers": []}, None, send)
    assert [(message.get("status"), message.get("body")) for message in sent] == [(404, None), (None, b"[1]")]
