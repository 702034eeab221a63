"""What an action is: its name, what it needs, what it does, and how it is documented."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from facetry.api.client.codes import Code
from facetry.domain.journal import SearchNote
from facetry.domain.tenant import Scope, TenantSettings


class Category(Enum):
    """The chapters of the documentation."""

    PRODUCTS = "Products"
    GEMSTONES = "Gemstones"
    LISTINGS = "Listings"
    ORDERS = "Orders"
    CLIENTS = "Clients"


class DataNeed(Enum):
    """Whether an action reads ``data``."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FieldNote:
    """How a field of ``data`` or of the answer is documented."""

    name: str
    type: str
    about: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class ActionCall:
    """One call whose key, scope, limit and data are in order.

    Attributes:
        tenant: Who calls.
        settings: The tenant's.
        data: The decoded ``data``: a JSON value, or the text of a bare ``1,2,3``; None where there is none.
        actions: What to do with the arrays of products, by their names; empty where nothing is said.
        request_id: The answer's ``X-DEBUG-UID``.
    """

    tenant: str
    settings: TenantSettings
    data: object
    actions: Mapping[str, object] = field(default_factory=dict)
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a call.

    Attributes:
        data: What stands in ``data``: of list actions one entry a record in their order.
        code: What became of it.
        detail: Follows the code's published message.
        extra: Further top-level keys (``product``, ``gemstone``).
        searches: What was searched, for the journal.
    """

    data: object
    code: Code = Code.OK
    detail: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)
    searches: tuple[SearchNote, ...] = ()


Handler = Callable[[ActionCall], Awaitable[Result]]


@dataclass(frozen=True, slots=True)
class Action:
    """An action.

    Attributes:
        name: As published.
        handler: Does it; may raise any ``FacetryError``, which ``errors.result_of`` translates.
        scope: What a key must be allowed.
        aliases: Other names that clients use; names without underscores between the words after the first are known
            by themselves.
        is_limited: Whether its calls fill a bucket.
        fields: Of ``data``.
        sample: A ``data`` that works.
        answer: What its answer's ``data`` looks like.
    """

    name: str
    category: Category
    about: str
    handler: Handler
    scope: Scope
    need: DataNeed = DataNeed.OPTIONAL
    aliases: tuple[str, ...] = ()
    is_limited: bool = False
    fields: Sequence[FieldNote] = ()
    sample: object = None
    answer: object = None
