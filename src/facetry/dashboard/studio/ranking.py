"""The page of ranking: weights of fields, boosts, stop words, and how strict a search is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import msgspec

from facetry.application.search import Search
from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.studio.drafts import Attempt, Drafts
from facetry.dashboard.studio.frame import NO_COMPARISON, ShownComparison, tabs, url_of
from facetry.dashboard.studio.numbers import decimal, written
from facetry.dashboard.tabs import Tab
from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError
from facetry.domain.search.ranking import WEIGHTS
from facetry.domain.search.rules import MAX_WEIGHT, TEXT_FIELDS, Boost, SearchRules, StopWords
from facetry.http.answer import Answer

BUILT_IN = ("price", "quantity", "regular_price", "promotion_price")
"""Fields with numbers that every catalog has."""
MOST_FIELDS = 200
SPARE_BOOSTS = 2
"""So many empty lines for further boosts stand in the form."""


class WeightLine(msgspec.Struct, frozen=True):
    """The weight of a field as it stands in the form; empty for the usual one."""

    field: str
    label: str
    value: str
    usual: str


class BoostLine(msgspec.Struct, frozen=True):
    """A boost as it stands in the form; all empty for none."""

    field: str = ""
    weight: str = ""
    pivot: str = ""


class RankingForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form, as it was typed."""

    weights: list[WeightLine]
    boosts: list[BoostLine]
    stop_words: str
    uses_language_stop_words: bool
    relax_below: str
    understands: bool
    semantic: str
    q: str


class RankingPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows; ``fields`` are those that a boost may well name."""

    tabs: list[Tab]
    form: RankingForm
    attempt: Attempt
    fields: list[str]
    is_semantic: bool
    comparison: ShownComparison = NO_COMPARISON
    highest: str = f"{MAX_WEIGHT:g}"


class Rankings:
    """Shows and changes how hits are ranked."""

    def __init__(self, drafts: Drafts, search: Search) -> None:
        """Compare and save drafts; ``search`` knows the fields of the catalog."""
        self._drafts = drafts
        self._search = search

    async def show(self, call: PageCall) -> Answer:
        """Show the rules as they are."""
        form = form_of_rules(call, call.settings.rules)
        return await self._rendered(call, form, Attempt(version=call.tenant_record.version))

    async def change(self, call: PageCall) -> Answer:
        """Save the rules of the form, or only show what they would change."""
        values = await call.form()
        version = values.number("version")

        def draft(rules: SearchRules) -> SearchRules:
            return rules_of(values, rules)

        if values.text("do") != "save":
            comparison = await self._drafts.compared(call, values.text("q"), draft)
            if call.is_partial:
                return render(call, "search_studio/_comparison.html", comparison)
            return await self._rendered(call, _form_of(call, values), Attempt(version=version), comparison)
        attempt = await self._drafts.save(call, version, draft)
        if attempt.is_saved:
            notice = call.texts.gettext("The rules are saved; they count from the next search on.")
            return redirect(call, url_of("ranking"), notice)
        return await self._rendered(call, _form_of(call, values), attempt)

    async def _rendered(
        self, call: PageCall, form: RankingForm, attempt: Attempt, comparison: ShownComparison = NO_COMPARISON
    ) -> Answer:
        page = RankingPage(
            tabs=tabs(call),
            form=form,
            attempt=attempt,
            fields=sorted({*BUILT_IN, *await self._search.known_fields(call.tenant)})[:MOST_FIELDS],
            is_semantic=self._drafts.is_semantic,
            comparison=comparison,
        )
        return render(call, "search_studio/ranking.html", page, status=attempt.status)


def form_of_rules(call: PageCall, rules: SearchRules) -> RankingForm:
    """Return the form of rules as they are."""
    boosts = [BoostLine(one.field, written(one.weight), written(one.pivot)) for one in rules.boosts]
    weights = {field: written(weight) for field, weight in rules.weights.items()}
    return RankingForm(
        weights=_weights(call, [weights.get(field, "") for field in TEXT_FIELDS]),
        boosts=[*boosts, *[BoostLine()] * SPARE_BOOSTS],
        stop_words="\n".join(rules.stop_words),
        uses_language_stop_words=rules.language_stop_words is StopWords.LANGUAGE,
        relax_below=str(rules.relax_below),
        understands=rules.understanding,
        semantic=written(rules.semantic),
        q=call.query.text("q"),
    )


def rules_of(values: Values, rules: SearchRules) -> SearchRules:
    """Return rules with what a form says; what it does not tell of stays.

    Raises:
        InvalidValueError: A number is none; names the rule.
    """
    weights = {field: text for field in TEXT_FIELDS if (text := values.text(f"weight_{field}"))}
    whole = values.text("relax_below", str(rules.relax_below))
    if not (whole.isascii() and whole.isdigit() and len(whole) <= len("1000000")):
        raise InvalidValueError("relax_below", "must be a whole number")
    return msgspec.structs.replace(
        rules,
        weights={field: decimal("weights", text) for field, text in weights.items()},
        boosts=tuple(_boost(one) for one in _boosts(values) if one.field),
        stop_words=tuple(dict.fromkeys(values.text("stop_words").split())),
        language_stop_words=StopWords.LANGUAGE if values.flag("language_stop_words") else StopWords.NONE,
        relax_below=int(whole),
        understanding=values.flag("understanding"),
        semantic=decimal("semantic", values.text("semantic") or "0"),
    )


def _form_of(call: PageCall, values: Values) -> RankingForm:
    """Return a form as it was sent."""
    boosts = [one for one in _boosts(values) if one != BoostLine()]
    return RankingForm(
        weights=_weights(call, [values.text(f"weight_{field}") for field in TEXT_FIELDS]),
        boosts=[*boosts, *[BoostLine()] * SPARE_BOOSTS],
        stop_words=values.text("stop_words"),
        uses_language_stop_words=values.flag("language_stop_words"),
        relax_below=values.text("relax_below"),
        understands=values.flag("understanding"),
        semantic=values.text("semantic"),
        q=values.text("q"),
    )


def _weights(call: PageCall, values: Sequence[str]) -> list[WeightLine]:
    message = call.texts.gettext
    labels = {
        "name": message("Name"),
        "brand": message("Brand"),
        "category": message("Category"),
        "keywords": message("Keywords"),
        "variants": message("Variants"),
        "description": message("Description"),
    }
    lines = zip(TEXT_FIELDS, values, strict=True)
    return [WeightLine(field, labels[field], value, written(WEIGHTS[field])) for field, value in lines]


def _boosts(values: Values) -> list[BoostLine]:
    columns = (values.texts(name) for name in ("boost_field", "boost_weight", "boost_pivot"))
    return [BoostLine(*(one.strip() for one in line)) for line in zip_longest(*columns, fillvalue="")]


def _boost(line: BoostLine) -> Boost:
    return Boost(line.field, decimal("boosts", line.weight or "1"), decimal("boosts", line.pivot or "1"))
