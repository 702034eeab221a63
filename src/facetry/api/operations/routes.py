"""The routes of operation: ``/healthz``, ``/readyz``, ``/metrics`` and the pictures of the demo catalog."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from litestar import Request, get, head
from litestar.handlers import HTTPRouteHandler

from facetry.application.demo.pictures import picture
from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.exchange import SCOPE_KEY
from facetry.http.respond import AnswerResponse


class Health(Enum):
    """What state a server is in."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
