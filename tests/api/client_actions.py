"""Actions made for tests of the protocol, and a server that has them."""

from facetry.api.client.action import Action, Category, DataNeed, Result
from facetry.domain.tenant import Scope
from tests.api.server import Server

FORM = "application/x-www-form-urlencoded"


def action_of(handler, name="echo_back", scope=Scope.READ, **wish):
    """Return an action that a handler does."""
    return Action(name=name, category=Category.PRODUCTS, about="", handler=handler, scope=scope, **wish)


async def echo(call):
    """Answer with what was understood."""
    return Result([{"data": call.data, "actions": dict(call.actions)}])


def raising(error):
    """Return a handler that ends in an error."""

    async def handler(call):
        raise error

    return handler


def echoing_server(*further, **options):
    """Return a server whose actions give back what they understood."""
    actions = [
        action_of(echo),
        action_of(echo, "echo_needed_data", Scope.WRITE, need=DataNeed.MANDATORY, aliases=("echo_must",)),
        action_of(echo, "echo_nothing", Scope.LISTINGS, need=DataNeed.NONE),
        action_of(echo, "echo_slowly", Scope.LISTINGS, is_limited=True),
        *further,
    ]
    return Server(further_actions=actions, **options)


def status_of(answer):
    """Return code and message of an answer, which has the form that all have."""
    body = answer.json
    assert set(body) >= {"status", "data"}, body
    assert set(body["status"]) == {"code", "message"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-debug-uid"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    return body["status"]["code"], body["status"]["message"]
