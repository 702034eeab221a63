"""Changes as histories show them, and those of products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facetry.application.product_history import change_of
from facetry.dashboard.addresses import product_url
from facetry.dashboard.product_views.labels import label_of
from facetry.dashboard.product_views.value_texts import ValueTexts
from facetry.dashboard.texts import Texts
from facetry.domain.journal import HistoryLine
from facetry.domain.product import ProductContent
from facetry.domain.product_differences import ATTRIBUTES, Place, differing, values_of


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_ACTIONS = {
    "create": _("Created"),
    "delete": _("Deleted"),
    "update": _("Changed"),
    "stock": _("Stock changed"),
    "sale": _("Sold"),
    "order": _("Changed by an order"),
    "record": _("Changed with a gemstone"),
    "undo": _("Taken back"),
}
_ACTORS = {
    "operator": _("Operator"),
    "import": _("Import"),
    "api_key": _("API key"),
    "token": _("Catalog API"),
}
_USER = "user:"


@dataclass(frozen=True)
class FieldChange:
    """What became of one field; None for nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """One change of a product or record.

    Attributes:
        sku: Of the product; empty for a record.
        url: Its page.
        revision: Names the change.
        time: Unix time.
        by: Who made it.
        action: What kind it was, in the visitor's language.
        fields: What it changed; of one that was created or deleted nothing.
        undo_url: Where it is taken back; empty for one that was created: who wants that gone deletes it. Changes of
            records are not taken back.
    """

    sku: str
    url: str
    revision: int
    time: float
    by: str
    action: str
    reason: str
    fields: Sequence[FieldChange]
    undo_url: str


class Changes:
    """Tells changes to one visitor."""

    def __init__(self, texts: Texts, values: ValueTexts, currency: str) -> None:
        """Tell in these texts; ``currency`` is the tenant's."""
        self._texts = texts
        self._values = values
        self._currency = currency

    def change(self, line: HistoryLine) -> Change:
        """Return what a line tells."""
        noted = change_of(line)
        both = noted.before, noted.after
        return Change(
            sku=line.id,
            url=product_url(line.id),
            revision=line.revision,
            time=line.time,
            by=actor_name(self._texts, line.by),
            action=action_name(self._texts, line.action),
            reason=line.reason,
            fields=[] if None in both else self.fields(*both),  # type: ignore[arg-type]  # neither is None
            undo_url="" if noted.before is None else product_url(line.id, f"history/{line.revision}/undo"),
        )

    def fields(self, before: ProductContent, after: ProductContent) -> Sequence[FieldChange]:
        """Return in what a product differs from another state of it."""
        places = differing(values_of(before), values_of(after))
        return [self._field(place, before, after) for place in places]

    def meeting(self, base: ProductContent, now: ProductContent, wanted: ProductContent) -> Sequence[FieldChange]:
        """Return what somebody has made of a product, and what another one wants, wherever one of them changes it."""
        theirs = differing(values_of(base), values_of(now))
        places = dict.fromkeys([*theirs, *differing(values_of(now), values_of(wanted))])
        return [self._field(place, now, wanted) for place in places]

    def _field(self, place: Place, before: ProductContent, after: ProductContent) -> FieldChange:
        texts = [
            self._values.text(place[0], values_of(side).get(place), side.currency or self._currency)
            for side in (before, after)
        ]
        return FieldChange(self.label(place), *texts)

    def label(self, place: Place) -> str:
        """Return what a place of a product is called."""
        return place[1] if place[0] == ATTRIBUTES else label_of(self._texts, place[0])


def action_name(texts: Texts, action: str) -> str:
    """Return what a kind of change is called."""
    return texts.gettext(_ACTIONS.get(action, action))


def actor_name(texts: Texts, name: str) -> str:
    """Return what somebody is called who changes things."""
    known = _ACTORS.get(name)
    return texts.gettext(known) if known else name.removeprefix(_USER)
