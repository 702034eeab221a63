"""Flows of the clients, driven without a server: what they send is kept, what they get is given."""

import json

from facetry.client.core import Core
from facetry.client.errors import ApiError, NoAnswerError
from facetry.client.exchange import Answer, Item, Pause, Send
from facetry.client.retrying import Retries


class Driven:
    """A flow or stream that was driven to its end, or to where the outcomes ended."""

    def __init__(self, flow, *outcomes):
        self.sent, self.pauses, self.items = [], [], []
        self.result = self.error = None
        pending = list(outcomes)
        try:
            action = next(flow)
            while True:
                match action:
                    case Item():
                        self.items.append(action.value)
                        action = next(flow)
                    case Pause():
                        self.pauses.append(action.seconds)
                        action = flow.send(None)
                    case Send():
                        self.sent.append(action.request)
                        if not pending:
                            flow.close()
                            return
                        outcome = pending.pop(0)
                        is_error = isinstance(outcome, Exception)
                        action = flow.throw(outcome) if is_error else flow.send(outcome)
        except StopIteration as end:
            self.result = end.value
        except (ApiError, ValueError) as error:
            self.error = error
        assert not pending, "not all outcomes were asked for"


def core(**retries):
    return Core({"authorization": "Bearer k"}, Retries(**retries))


def answer(document=None, status=200, **headers):
    """Return an answer with a JSON body."""
    body = b"" if document is None else json.dumps(document).encode()
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, body)


def lines(*documents, whole=True):
    """Return an answer of JSON lines, the last one cut off where it is not whole."""
    text = "".join(json.dumps(one) + "\n" for one in documents)
    return Answer(200, {}, text.encode() if whole else text[:-5].encode())


def lost(*, may_have_happened=True):
    return NoAnswerError("gone", may_have_happened=may_have_happened)


def kept(kind):
    """Return a part that keeps the flow of its last call, in place of doing it."""

    class Kept(kind):
        def __init__(self):
            self._core, self.flow = core(), None

        def _run(self, flow):
            self.flow = flow

        def _iterate(self, stream):
            self.flow = stream

    return Kept()
