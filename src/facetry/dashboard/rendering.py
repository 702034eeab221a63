"""From a template and its context to an answer."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from facetry.application.interchange.workbook_writing import writes_workbooks
from facetry.dashboard.addresses import group_url, product_url
from facetry.dashboard.call import PageCall
from facetry.dashboard.navigation import navigation
from facetry.dashboard.problems import Problem
from facetry.dashboard.remarks import remark
from facetry.dashboard.static_files import static_files
from facetry.dashboard.texts import LANGUAGES, texts_in
from facetry.domain.user import Role
from facetry.http.answer import Answer, CachePolicy

HTML = "text/html; charset=utf-8"
_TEMPLATES = Path(__file__).parent / "templates"
_VARY = (b"vary", b"Cookie, Accept-Language, HX-Request")
_NO_CONTENT, _SEE_OTHER = 204, 303


def render(call: PageCall, template: str, page: object = None, *, status: int = 200) -> Answer:
    """Return a page.

    Args:
        call: For whom.
        template: Its name; that of a part begins with ``_``.
        page: The context, in the template ``page``.
        status: HTTP status.
    """
    body = environment(call.language).get_template(template).render(_shell(call, template), page=page)
    # What a page repeats of a request may have lone surrogates.
    written = body.encode("utf-8", "replace")
    return Answer(status=status, body=written, media_type=HTML, policy=CachePolicy.PRIVATE, headers=(_VARY,))


def secret_page(call: PageCall, template: str, page: object, *, status: int = 200) -> Answer:
    """Return a page with a secret on it, which nothing may keep: a key, a link, what is shared with a phone."""
    return msgspec.structs.replace(render(call, template, page, status=status), policy=CachePolicy.NO_STORE)


def redirect(call: PageCall, url: str, notice: str = "") -> Answer:
    """Return what leads a visitor on, to a path of the dashboard, after a form was taken.

    Args:
        call: The request.
        url: The path, with characters escaped that it cannot have.
        notice: What the next page says.
    """
    if notice:
        call.leave_notice(notice)
    if call.is_partial:
        return Answer(status=_NO_CONTENT, policy=CachePolicy.NO_STORE, headers=((b"hx-redirect", url.encode()),))
    return Answer(status=_SEE_OTHER, policy=CachePolicy.NO_STORE, headers=((b"location", url.encode()),))


def problem_answer(call: PageCall, problem: Problem) -> Answer:
    """Return the page that tells of a problem; for HTMX the part that takes the place of messages."""
    if not call.is_partial:
        return render(call, "problem.html", problem, status=problem.status)
    answer = render(call, "_problem.html", problem, status=problem.status)
    swapping = ((b"hx-retarget", b"#messages"), (b"hx-reswap", b"innerHTML"))
    return msgspec.structs.replace(answer, headers=(*answer.headers, *swapping))


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language."""
    made = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        # A template never changes while a server runs.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    texts = texts_in(language)
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["asset"] = static_files().url
    made.globals["languages"] = LANGUAGES
    made.globals["product_url"] = product_url
    made.globals["group_url"] = group_url
    made.globals["writes_workbooks"] = writes_workbooks
    made.filters["told"] = texts.told
    made.filters["remark"] = partial(remark, texts)
    return made


def _shell(call: PageCall, template: str) -> dict[str, object]:
    """Return what every template has beside its own context."""
    visitor = call.visitor
    is_part = template.rpartition("/")[2].startswith("_")
    return {
        "call": call,
        "user": visitor.user if visitor else None,
        "tenant_name": visitor.tenant.name if visitor and visitor.tenant else "",
        "is_editor": call.may(Role.EDITOR),
        "is_owner": call.may(Role.OWNER),
        "formats": call.formats,
        "language": call.language,
        "direction": call.texts.direction,
        "theme": visitor.user.theme if visitor else "",
        "path": call.path,
        # A part takes no notice: it is for the next whole page.
        "left_notice": "" if is_part else call.take_notice(),
        "nav": () if is_part else navigation(call),
        "csrf_token": call.csrf_token,
        "csrf": lambda: Markup('<input type="hidden" name="csrf" value="{}">').format(call.csrf_token()),
    }
