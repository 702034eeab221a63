"""Pages of attributes: which there are, which type each seems to have, and the types that are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from facetry.application.search_settings import AttributeOverview, Preview, SearchSettings
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.forms import field_errors
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.dashboard.settings_forms import SETTINGS, Conflict, conflict_of, wish_of
from facetry.dashboard.settings_words import Choices, kind_names, kinds
from facetry.dashboard.values import Values
from facetry.domain.errors import InvalidValueError, OutdatedError, ValuesMisfitError
from facetry.domain.search.fields import AttributeDefinition, Attributes, Kind, full_name
from facetry.domain.user import Role
from facetry.http.answer import Answer

ATTRIBUTES = f"{SETTINGS}/attributes"
EDIT = f"{ATTRIBUTES}/edit"
PAGE_ATTRIBUTES = 50


@dataclass(frozen=True)
class AttributesPage:
    """The attributes of a catalog.

    Attributes:
        attributes: By name.
        query: What their names contain.
        total: How many there are.
        next_url: Of the next ones; empty where there are none.
        is_first: Whether these are the first.
        kinds: What types are called.
    """

    attributes: Sequence[AttributeOverview]
    query: str
    total: int
    next_url: str
    is_first: bool
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class AttributePage:
    """The form of an attribute's type.

    Attributes:
        definition: As it stands in the form.
        is_new: Whether its name is to be written too.
        is_set: Whether a type is set, which can be taken back.
        version: Of the settings that the form shows.
        kinds: The types that can be chosen.
        preview: What setting it would mean; None where nobody has asked.
        conflict: What somebody else has set meanwhile; None for nothing.
        errors: What is wrong, by field.
    """

    definition: AttributeDefinition
    is_new: bool
    is_set: bool
    version: int
    kinds: Choices
    preview: Preview | None
    conflict: Conflict | None
    errors: Mapping[str, str]


class AttributePages:
    """Handles attributes."""

    def __init__(self, settings: SearchSettings) -> None:
        """Show and change the types of attributes."""
        self._settings = settings

    async def list(self, call: PageCall) -> Answer:
        """Show which attributes there are."""
        query, start = call.query.text("q"), call.query.number("from")
        names = await self._settings.attribute_names(call.tenant, call.settings)
        wanted = [name for name in names if query.lower() in name.lower()]
        following = start + PAGE_ATTRIBUTES
        page = AttributesPage(
            attributes=await self._settings.overviews(call.tenant, call.settings, wanted[start:following]),
            query=query,
            total=len(wanted),
            next_url=f"{ATTRIBUTES}?q={quote(query)}&from={following}" if following < len(wanted) else "",
            is_first=start == 0,
            kinds=kind_names(call.texts),
        )
        return render(call, "settings/_attributes.html" if call.is_partial else "settings/attributes.html", page)

    async def edit(self, call: PageCall) -> Answer:
        """Show the form of an attribute's type, with a proposal where none is set; without a name that of a new one."""
        name = call.query.text("name")
        proposed = AttributeDefinition(name, _kind(call.query.text("type")) or Kind.KEYWORD)
        return self._page(call, _set(call.settings.attributes, name) or proposed)

    async def save(self, call: PageCall) -> Answer:
        """Set a type, take it back, or say what setting it would mean, as the button says that was pressed."""
        form = await call.form()
        definition = _read(form)
        others = tuple(one for one in call.settings.attributes if full_name(one.name) != full_name(definition.name))
        wanted = others if form.text("action") == "remove" else (*others, definition)
        try:
            if form.text("action") == "preview":
                settings = msgspec.structs.replace(call.settings, attributes=wanted)
                return self._page(call, definition, preview=await self._settings.preview(call.tenant, settings))
            await self._settings.set_attributes(call.tenant, wanted, wish_of(call, form))
        except InvalidValueError as error:
            return self._page(call, definition, errors=field_errors(error))
        except ValuesMisfitError as error:
            return self._page(call, definition, errors={"type": error.message})
        except OutdatedError as error:
            now = _set((await self._settings.get(call.tenant)).settings.attributes, definition.name)
            kind = kind_names(call.texts)[now.type.value] if now else call.texts.gettext("No type")
            return self._page(call, definition, conflict=conflict_of(error, {"type": kind}))
        return redirect(call, ATTRIBUTES, call.texts.gettext("The settings are saved"))

    def _page(
        self,
        call: PageCall,
        definition: AttributeDefinition,
        *,
        preview: Preview | None = None,
        errors: Mapping[str, str] | None = None,
        conflict: Conflict | None = None,
    ) -> Answer:
        page = AttributePage(
            definition=definition,
            is_new=not call.query.text("name"),
            is_set=_set(call.settings.attributes, definition.name) is not None,
            version=conflict.version if conflict else call.tenant_record.version,
            kinds=kinds(call.texts),
            preview=preview,
            conflict=conflict,
            errors=errors or {},
        )
        return render(call, "settings/attribute.html", page, status=409 if conflict else 422 if errors else 200)


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of attributes."""
    pages = AttributePages(dependencies.search_settings)
    return [
        Page("GET", ATTRIBUTES, pages.list, Role.OWNER),
        Page("GET", EDIT, pages.edit, Role.OWNER),
        Page("POST", EDIT, pages.save, Role.OWNER),
    ]


def _set(definitions: Attributes, name: str) -> AttributeDefinition | None:
    return next((one for one in definitions if full_name(one.name) == full_name(name)), None) if name else None


def _kind(name: str) -> Kind | None:
    return next((kind for kind in Kind if kind.value == name), None)


def _read(form: Values) -> AttributeDefinition:
    kind = _kind(form.text("type")) or Kind.ANY
    lines = (line.strip() for line in form.raw("scale").splitlines())
    return AttributeDefinition(
        name=form.text("name"),
        type=kind,
        scale=tuple(line for line in lines if line) if kind is Kind.SCALE else (),
        unit=form.text("unit"),
        identifier=form.flag("identifier"),
        facet=form.flag("facet"),
        sortable=form.flag("sortable"),
        searchable=form.flag("searchable"),
    )
