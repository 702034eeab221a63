"""Who is acting: set where a call is let in, asked where something is written, and never handed from hand to hand."""

from __future__ import annotations

from contextvars import ContextVar

from facetry.domain.actor import OPERATOR, Actor

_acting: ContextVar[Actor] = ContextVar("acting", default=OPERATOR)


def act_as(actor: Actor) -> None:
    """Have all that is written in this task, and in those that it starts from now on, be written by an actor."""
    _acting.set(actor)


def acting() -> Actor:
    """Return who acts in this task: the operator where nobody was named."""
    return _acting.get()
