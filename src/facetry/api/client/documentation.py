"""The documentation page of the Client API, made from the table of actions."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from html import escape

from facetry.api.client.action import Action, Category, DataNeed, FieldNote
from facetry.api.client.actions import Actions
from facetry.api.client.codes import MESSAGES, Code
from facetry.api.client.envelope import http_status, status_of
from facetry.api.client.protocol import MOUNT
from facetry.application.client_limits import DEFAULT_BUCKET
from facetry.domain.leaky_bucket import Bucket

_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="description" content="Reference of the Client API">
    <meta name="keywords" content="Facetry, Client API, reference">
    <title>Facetry Client API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/static/swagger-ui-5.35.0/swagger-ui.css">
    <link rel="stylesheet" href="/docs/static/client.css">
  </head>
  <body>
    <nav class="swagger-ui">
      <div class="wrapper">
        <a class="link" href="/docs">Catalog API</a> |
        <a class="link" href="/docs/client">Client API</a> |
        <a class="link" href="/docs?api=v2">Facetry API (/v2)</a>
      </div>
    </nav>
    <main class="swagger-ui">
      <div class="wrapper">
        <div class="info">
          <h1 class="title">Client API</h1>
          <p>One address, <code>{mount}/</code>, by GET or POST over HTTPS. Each call names its access key in
            <code>auth</code> (or in <code>Authorization: Bearer</code>), an <code>action</code>, and its
            <code>data</code> as JSON: in the query, in a form, or in a JSON body. What is long goes by POST; what
            stands in a URL is percent-encoded. Each answer has <code>status</code> and <code>data</code>, and the
            header <code>X-DEBUG-UID</code>, by which the call is found in the log.</p>
        </div>
        {contents}
        {categories}
        <h2 class="opblock-tag" id="codes">Codes</h2>
        {codes}
      </div>
    </main>
  </body>
</html>
"""
_CODE = re.compile(r"`([^`]+)`")
_CLASSES = {DataNeed.MANDATORY: "post", DataNeed.OPTIONAL: "get", DataNeed.NONE: "get"}


def page(actions: Actions, buckets: Mapping[str, Bucket]) -> str:
    """Return the page as HTML: actions by category, each with fields, limits and samples; then the codes.

    Args:
        actions: What is documented.
        buckets: The server's, by the action's name.
    """
    by_category = {category: [one for one in actions if one.category is category] for category in Category}
    held = {category: found for category, found in by_category.items() if found}
    return _PAGE.format(
        mount=MOUNT,
        contents=_contents(held),
        categories="\n".join(_section(category, found, buckets) for category, found in held.items()),
        codes=_codes(),
    )


def curl_of(action: Action, *, url: str = "$URL", key: str = "$KEY") -> str:
    """Return a call of an action as a shell command: what changes something by POST, all else by GET.

    Args:
        action: Which.
        url: Where the server is; a name with a dollar is left to the shell.
        key: The access key; likewise.
    """
    data = [] if action.sample is None else [f"--data-urlencode data={_quoted(json.dumps(action.sample))}"]
    parameters = [f'--data-urlencode "auth={key}"', f"-d action={action.name}", *data]
    get = "-G " if action.need is not DataNeed.MANDATORY else ""
    return " \\\n  ".join([f'curl {get}"{url}{MOUNT}/"', *parameters])


def _quoted(text: str) -> str:
    return shlex.quote(text)


def _contents(held: Mapping[Category, list[Action]]) -> str:
    rows = (
        f"<li>{escape(category.value)}: "
        + ", ".join(f'<a class="link" href="#{one.name}">{one.name}</a>' for one in found)
        + "</li>"
        for category, found in held.items()
    )
    return f'<ul class="contents">{"".join(rows)}<li><a class="link" href="#codes">Codes</a></li></ul>'


def _section(category: Category, actions: Iterable[Action], buckets: Mapping[str, Bucket]) -> str:
    blocks = "\n".join(_block(action, buckets) for action in actions)
    return f'<h2 class="opblock-tag">{escape(category.value)}</h2>\n{blocks}'


def _block(action: Action, buckets: Mapping[str, Bucket]) -> str:
    kind = _CLASSES[action.need]
    return f"""<details class="opblock opblock-{kind}" id="{action.name}" open>
<summary class="opblock-summary opblock-summary-{kind}">
<span class="opblock-summary-method">{kind.upper()}</span>
<span class="opblock-summary-path">{action.name}</span>
<span class="opblock-summary-description">{_text(action.about)}</span>
</summary>
<div class="opblock-body">
{_facts(action, buckets)}
{_fields(action.fields)}
{_samples(action)}
</div>
</details>"""


def _facts(action: Action, buckets: Mapping[str, Bucket]) -> str:
    """Return what is to be known of an action beside its fields."""
    facts = [
        f"<code>data</code>: {action.need.value}",
        f"scope: <code>{action.scope.value}</code>",
        _limit(action, buckets),
    ]
    if action.aliases:
        facts.append("also called " + ", ".join(f"<code>{name}</code>" for name in action.aliases))
    return f"<p>{'; '.join(facts)}.</p>"


def _limit(action: Action, buckets: Mapping[str, Bucket]) -> str:
    bucket = buckets.get(action.name) or (DEFAULT_BUCKET if action.is_limited else None)
    if bucket is None:
        return "not limited"
    return f"limited: {bucket.size} calls at once, then {bucket.leak:g} a second"


def _fields(fields: Iterable[FieldNote]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one.name)}</code>{' <b>required</b>' if one.is_required else ''}</td>"
        f"<td>{escape(one.type)}</td><td>{_text(one.about)}</td></tr>"
        for one in fields
    )
    return (
        f"<table><thead><tr><th>Field</th><th>Type</th><th>About</th></tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else ""
    )


def _samples(action: Action) -> str:
    parts = []
    if action.sample is not None:
        parts.append(("data", _json(action.sample)))
    parts.append(("Call", curl_of(action)))
    if action.answer is not None:
        parts.append(("Answer", _json({"status": status_of(Code.OK), "data": action.answer})))
    return "\n".join(f"<h4>{title}</h4><pre>{escape(text)}</pre>" for title, text in parts)


def _codes() -> str:
    rows = "".join(
        f"<tr><td>{int(code)}</td><td>{escape(text)}</td><td>{http_status(code)}</td></tr>"
        for code, text in MESSAGES.items()
    )
    head = "<tr><th>Code</th><th>Message</th><th>HTTP status with http_errors=1; 200 without</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _text(text: str) -> str:
    """Return a text as HTML; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
