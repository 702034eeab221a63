"""The routes of the documentation: a page, the document it shows, and the files it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from litestar import HttpMethod, route
from litestar.handlers import HTTPRouteHandler

from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.respond import AnswerResponse

_FOLDER = Path(__file__).parent / "static"
_VENDORED = "swagger-ui-5.35.0"
_HTML = "text/html; charset=utf-8"
_SCRIPT, _STYLE = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
# Everything comes from this server alone; small pictures lie in the style sheet as data.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


def routes(catalog: Mapping[str, object], native: Mapping[str, object], client: str) -> list[HTTPRouteHandler]:
    """Return what a Litestar application registers to show the documentation.

    Args:
        catalog: The OpenAPI document of the Catalog API.
        native: That of ``/v2``.
        client: The page of the Client API, which has no such document.
    """
    about_client = Answer(body=client.encode(), media_type=_HTML, policy=CachePolicy.PUBLIC, headers=_HEADERS)
    shown = {
        "/docs/openapi.json": json_answer(catalog, policy=CachePolicy.PUBLIC),
        "/docs/v2.json": json_answer(native, policy=CachePolicy.PUBLIC),
    }
    return [
        _reading("/docs", lambda: _file("page.html", _HTML, CachePolicy.PUBLIC)),
        _reading("/docs/client", partial(_same, about_client)),
        *(_reading(path, partial(_same, answer)) for path, answer in shown.items()),
        _reading("/docs/static/page.js", lambda: _file("page.js", _SCRIPT, CachePolicy.PUBLIC)),
        _reading("/docs/static/client.css", lambda: _file("client.css", _STYLE, CachePolicy.PUBLIC)),
        _vendored("swagger-ui-bundle.js", _SCRIPT),
        _vendored("swagger-ui.css", _STYLE),
    ]


def _vendored(name: str, media_type: str) -> HTTPRouteHandler:
    """Return the handler of a file whose path names its version, so that it may be kept for good."""
    return _reading(
        f"/docs/static/{_VENDORED}/{name}",
        lambda: _file(f"vendor/{_VENDORED}/{name}", media_type, CachePolicy.IMMUTABLE),
    )


def _reading(path: str, answer: Callable[[], Answer]) -> HTTPRouteHandler:
    @route(path, http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=False, include_in_schema=False)
    def read() -> AnswerResponse:
        return AnswerResponse(answer())

    return read


def _same(answer: Answer) -> Answer:
    return answer


@cache
def _file(name: str, media_type: str, policy: CachePolicy) -> Answer:
    """Return a file of the package; read once, when it is first asked for."""
    return Answer(body=(_FOLDER / name).read_bytes(), media_type=media_type, policy=policy, headers=_HEADERS)
