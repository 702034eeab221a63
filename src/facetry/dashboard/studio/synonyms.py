"""The page of synonyms: a list that is searched, and a form that shows what a synonym would change."""

from __future__ import annotations

import re

import msgspec

from facetry.dashboard.call import PageCall
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.studio.drafts import Attempt, Draft, Drafts
from facetry.dashboard.studio.frame import NO_COMPARISON, ShownComparison, tabs, url_of
from facetry.dashboard.tabs import Tab
from facetry.dashboard.values import Values
from facetry.domain.analysis import words
from facetry.domain.errors import InvalidFieldsError, InvalidValueError
from facetry.domain.search.rule_edits import with_synonym, without_synonym
from facetry.domain.search.rules import MAX_PHRASE_WORDS, SearchRules, Synonym
from facetry.http.answer import Answer

ON_A_PAGE = 50
TWO_WAYS = "two-ways"
_SEPARATORS = re.compile(r"[,;\n]")


class ListedSynonym(msgspec.Struct, frozen=True):
    """A synonym of the list, and the JSON by which it is found again when it is removed."""

    synonym: Synonym
    as_json: str
    edit_url: str


class SynonymForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form.

    Attributes:
        source: The word or phrase that somebody types.
        phrases: What it means, one a line.
        goes_two_ways: Whether each of them means all others.
        old: The synonym that is replaced, as JSON; empty for a new one.
        q: The search that is compared.
    """

    source: str = ""
    phrases: str = ""
    goes_two_ways: bool = False
    old: str = ""
    q: str = ""


class SynonymsPage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    tabs: list[Tab]
    form: SynonymForm
    attempt: Attempt
    listed: list[ListedSynonym]
    total: int
    found: int
    find: str
    previous: str
    next: str
    comparison: ShownComparison = NO_COMPARISON


class Synonyms:
    """Shows and changes synonyms."""

    def __init__(self, drafts: Drafts) -> None:
        """Compare and save drafts."""
        self._drafts = drafts

    async def show(self, call: PageCall) -> Answer:
        """Show the list, and the form for a new synonym or for one of the list."""
        form = _form_of_query(call.query, call.settings.rules)
        attempt = Attempt(version=call.tenant_record.version)
        return render(call, "search_studio/synonyms.html", await self._page(call, form, attempt))

    async def change(self, call: PageCall) -> Answer:
        """Save the synonym of the form, or only show what it would change."""
        values = await call.form()
        form = _form_of(values)
        if values.text("do") != "save":
            comparison = await self._drafts.compared(call, form.q or form.source, _draft(form))
            if call.is_partial:
                return render(call, "search_studio/_comparison.html", comparison)
            attempt = Attempt(version=values.number("version"))
        else:
            attempt = await self._drafts.save(call, values.number("version"), _draft(form))
            if attempt.is_saved:
                notice = call.texts.gettext("The synonym is saved; it counts from the next search on.")
                return redirect(call, url_of("synonyms"), notice)
        page = await self._page(call, form, attempt)
        return render(call, "search_studio/synonyms.html", page, status=attempt.status)

    async def remove(self, call: PageCall) -> Answer:
        """Remove a synonym."""
        values = await call.form()
        old = _old(values.raw("old"))

        def draft(rules: SearchRules) -> SearchRules:
            return without_synonym(rules, old) if old else rules

        attempt = await self._drafts.save(call, values.number("version"), draft)
        if attempt.is_saved:
            return redirect(call, url_of("synonyms"), call.texts.gettext("The synonym is removed."))
        page = await self._page(call, SynonymForm(), attempt)
        return render(call, "search_studio/synonyms.html", page, status=attempt.status)

    async def _page(self, call: PageCall, form: SynonymForm, attempt: Attempt) -> SynonymsPage:
        rules = call.settings.rules
        find, number = call.query.text("find"), max(1, call.query.number("page", 1))
        found = _found(rules, find)
        first = (number - 1) * ON_A_PAGE
        comparison = NO_COMPARISON
        if form.source and form.phrases and not attempt.errors:
            comparison = await self._drafts.compared(call, form.q or form.source, _draft(form))
        return SynonymsPage(
            tabs=tabs(call),
            form=form,
            attempt=attempt,
            listed=[_listed(rules, at) for at in found[first : first + ON_A_PAGE]],
            total=len(rules.synonyms),
            found=len(found),
            find=find,
            previous=url_of("synonyms", find=find, page=str(number - 1)) if first else "",
            next=url_of("synonyms", find=find, page=str(number + 1)) if first + ON_A_PAGE < len(found) else "",
            comparison=comparison,
        )


def _found(rules: SearchRules, find: str) -> list[int]:
    """Return the places of the synonyms with all words of a text, folded."""
    wanted = words(find)
    if not wanted:
        return [*range(len(rules.synonyms))]
    texts = (" ".join(words(_text(one))) for one in rules.synonyms)
    return [at for at, text in enumerate(texts) if all(word in text for word in wanted)]


def _listed(rules: SearchRules, at: int) -> ListedSynonym:
    synonym = rules.synonyms[at]
    return ListedSynonym(synonym, _json(synonym), url_of("synonyms", edit=str(at + 1)))


def _text(synonym: Synonym) -> str:
    others = ", ".join(synonym.phrases)
    return f"{synonym.source}, {others}" if synonym.source else others


def _json(synonym: Synonym) -> str:
    return msgspec.json.encode(synonym).decode()


def _form_of_query(query: Values, rules: SearchRules) -> SynonymForm:
    """Return the form that a link asks for: for a synonym of the list, or for a word."""
    at = query.number("edit") - 1
    if 0 <= at < len(rules.synonyms):
        return _form_for(rules.synonyms[at])
    return SynonymForm(source=query.text("source"), phrases=query.text("phrases"), q=query.text("q"))


def _form_for(synonym: Synonym) -> SynonymForm:
    source, *others = (synonym.source, *synonym.phrases) if synonym.source else synonym.phrases
    return SynonymForm(
        source=source,
        phrases="\n".join(others),
        goes_two_ways=not synonym.source,
        old=_json(synonym),
    )


def _form_of(values: Values) -> SynonymForm:
    return SynonymForm(
        source=values.text("source"),
        phrases=values.text("phrases").replace("\r\n", "\n"),
        goes_two_ways=values.text("direction") == TWO_WAYS,
        old=values.raw("old"),
        q=values.text("q"),
    )


def _draft(form: SynonymForm) -> Draft:
    """Return what makes rules with the synonym of a form; it raises what is wrong with that."""

    def draft(rules: SearchRules) -> SearchRules:
        return with_synonym(rules, _synonym(form), _old(form.old))

    return draft


def _synonym(form: SynonymForm) -> Synonym:
    phrases = tuple(dict.fromkeys(one.strip() for one in _SEPARATORS.split(form.phrases) if one.strip()))
    faults: list[tuple[str, str]] = []
    if not _is_phrase(form.source):
        faults.append(("source", f"must have 1 to {MAX_PHRASE_WORDS} words"))
    if not phrases or not all(map(_is_phrase, phrases)):
        faults.append(("phrases", f"must be phrases of 1 to {MAX_PHRASE_WORDS} words each"))
    if faults:
        raise InvalidFieldsError(tuple(faults))
    return Synonym((form.source, *phrases)) if form.goes_two_ways else Synonym(phrases, source=form.source)


def _is_phrase(text: str) -> bool:
    return 0 < len(words(text)) <= MAX_PHRASE_WORDS


def _old(text: str) -> Synonym | None:
    """Return the synonym that a form was made for, None for a new one.

    Raises:
        InvalidValueError: It is no synonym.
    """
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Synonym)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise InvalidValueError("old", "must be a synonym of the list") from error
