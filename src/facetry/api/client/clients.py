"""The action on clients."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.api.client.action import Action, ActionCall, Category, Result
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.order_filters import CLIENT_FILTER, client_filter
from facetry.api.client.order_rendering import client_document
from facetry.api.client.record_exports import chosen
from facetry.api.client.record_fields import notes
from facetry.domain.order import Client
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Scope


class Clients:
    """Give clients out."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read these."""
        self._records = dependencies.records

    async def export(self, call: ActionCall) -> Result:
        """Give clients; none of them ever has a password."""
        found = await chosen(self._records, call.tenant, RecordKind.CLIENT, client_filter(call.data))
        return Result([client_document(client) for client in found if isinstance(client, Client)])


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the action on clients."""
    return [
        Action(
            name="clients_export",
            category=Category.CLIENTS,
            about="Gives clients, ascending by id; without data all. There are no passwords to give.",
            handler=Clients(dependencies).export,
            scope=Scope.ORDERS,
            aliases=("client_export",),
            fields=notes(CLIENT_FILTER),
            sample={"type": "regular", "updated_from": "2024-05-01"},
            answer=[{"client_id": 1, "type": "regular", "name": "Ada Lovelace", "email": "ada@example.com"}],
        )
    ]
