"""The search studio: searches tried out, what is searched, and rules that are changed."""

from urllib.parse import quote

import msgspec
import pytest

from facetry.application.search_settings import Wish
from facetry.domain.journal import DAY_SECONDS, SEARCH_COUNTS, Count, search_counts
from facetry.domain.search.rules import Boost, Pin, SearchRules, StopWords, Synonym
from facetry.domain.user import Role
from tests.api.server import product
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

STUDIO = "/dashboard/search"
PAGES = ("", "/queries", "/synonyms", "/pins", "/ranking", "/versions", "/versions/1")
HOSTILE = ('<script>alert("x")</script>', "'\"><img src=x onerror=alert(1)>", "\u202eabc\u202c", "W" * 300)
RING_TO_BROOCH = Synonym(("ring",), source="brooch")


async def add(shop, sku, name, **fields):
    texts = {"name": name, "description": name, "category": ["Jewelry"], "searchKeywords": ["sale"]}
    added = await shop.post(product(sku, sku.lower(), **{**texts, **fields}))
    assert added.json["success"], added.json


def form_of(shown):
    return shown.values("main form[method=post]")


@pytest.fixture
async def rings(shop):
    """Return a shop with some jewelry."""
    for sku, name in {"BAND": "Gold wedding band", "RING": "Gold ring", "RINGS": "Rings for a queen"}.items():
        await add(shop, sku, name)
    return shop


async def rules(server):
    return (await server.store.tenant("shop")).settings.rules


async def set_rules(server, **changes):
    await server.pages.search_settings.set_rules("shop", SearchRules(**changes), Wish(by="user:before"))


def hits(shown, where="ol.hits"):
    return [one.get_text() for one in shown.page.select(f"{where} .hit .is-code")]


async def search(visitor, query):
    return await visitor.get(f"{STUDIO}?q={quote(query)}")


# --- Every page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR, Role.VIEWER])
async def test_every_page_of_an_empty_catalog_is_there(server, shop, page, role):
    shown = await (await visitor(server, "shop", role)).get(STUDIO + page)
    assert shown.status == 200, shown.words
    assert shown.texts(".tabs__tab") == [
        "Try a search",
        "What is searched",
        "Synonyms",
        "Pinned and hidden",
        "Ranking",
        "History",
    ]
    assert len(shown.texts(".tabs__tab[aria-current]")) == 1


async def test_nobody_sees_it_who_may_not(guest, operator):
    assert (await guest.get(STUDIO)).status == 303
    assert (await operator.get(STUDIO)).status == 403


@pytest.mark.parametrize("page", PAGES)
async def test_a_viewer_has_nothing_to_change(server, viewer, rings, page):
    await set_rules(server, synonyms=(RING_TO_BROOCH,), pins=(Pin("ring", ("rings",), ("ring",)),))
    shown = await viewer.get(f"{STUDIO}{page}")
    assert [one["action"] for one in shown.page.select("main form[method=post]") if one.select("button")] == []
    assert "Pin first" not in shown.words
    assert "Add a synonym" not in shown.words


@pytest.mark.parametrize("page", ["/synonyms", "/synonyms/remove", "/pins", "/ranking", "/versions/1"])
async def test_a_viewer_changes_nothing(server, viewer, rings, page):
    before = await server.store.tenant("shop")
    sent = {"do": "save", "version": before.version, "source": "a", "phrases": "b", "q": "ring", "first": "ring"}
    assert (await viewer.post(STUDIO + page, sent)).status == 403
    assert await server.store.tenant("shop") == before


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_texts_are_shown_as_texts(server, owner, rings, hostile):
    name = hostile[:200]
    await add(rings, "X", name, description=hostile, category=[hostile], groupID="x" + hostile[:20])
    query = hostile[:60]
    await set_rules(
        server,
        synonyms=(Synonym(("ring", f"a{query}"[:60]), source=f"b{query}"[:60]),),
        pins=(Pin(query, (hostile[:40],), (hostile[:30],)),),
        stop_words=(query,),
        boosts=(Boost(query[:50]),),
    )
    server.journal.count("shop", Count(SEARCH_COUNTS, server.clock.now() // DAY_SECONDS * DAY_SECONDS, query, (1, 1)))
    pages = [f"{STUDIO}{page}" for page in PAGES]
    asked = [f"{page}?q={quote(query)}&find={quote(query)}&source={quote(query)}" for page in pages]
    for path in (*pages, *asked, f"{STUDIO}/synonyms?edit=1", f"{STUDIO}?q=ring"):
        shown = await owner.get(path)
        assert shown.status == 200, (path, shown.words)
        assert "<script>alert" not in shown.text
        assert "<img src=x" not in shown.text
        assert shown.page.select("[onerror]") == []


# --- A search is tried out -----------------------------------------------------------------------------------------


async def test_a_search_is_shown_with_how_it_was_understood(viewer, rings):
    shown = await search(viewer, "golden ring under 50 usd")
    lines = shown.texts("table tbody tr")
    assert any(line.startswith(("ring Word Ring as typed", "ring Word ring as typed")) for line in lines)
    assert any(line.startswith("under 50 usd Condition price < 50") for line in lines)
    assert "Jewelry terms understood" in shown.words


async def test_each_hit_tells_why_it_is_where_it_is(viewer, rings):
    shown = await search(viewer, "ring")
    assert hits(shown) == ["rings", "ring"]
    first = shown.page.select_one(".hit")
    assert [one.get_text() for one in first.select("mark")] == ["Rings"]
    assert first.select_one(".is-strong")["href"] == "/dashboard/groups/rings"
    assert "$10.00" in first.get_text(" ")
    cells = [" ".join(cell.get_text().split()) for cell in first.select("tbody tr")[0].select("th, td")]
    assert cells[:2] == ["ring", "2"]
    assert float(cells[4]) > 0


async def test_a_hit_without_a_name_that_matches_shows_where_its_words_are(viewer, rings):
    await add(rings, "C", "Circle", description="A ring for Ann & Bob", currency="EUR")
    (line,) = [one for one in (await search(viewer, "ring")).page.select(".hit") if "Circle" in one.get_text()]
    assert "A ring for Ann & Bob" in line.get_text()
    assert [one.get_text() for one in line.select("mark")] == ["ring"]
    assert line.select(".money") == []


async def test_a_misspelt_word_leads_to_what_may_be_meant(viewer, rings):
    shown = await search(viewer, "weding")
    assert "Taken as misspelt" in shown.words
    assert "wedding typo" in shown.words
    assert [one["href"] for one in shown.page.select(".notice a")] == [f"{STUDIO}?q=wedding"]


async def test_synonyms_stop_words_and_pins_are_told(server, editor, rings):
    await set_rules(server, synonyms=(RING_TO_BROOCH,), pins=(Pin("the brooch", ("band",), ("rings",)),))
    shown = await search(editor, "the brooch")
    assert hits(shown) == ["band", "ring"]
    assert "also means ring" in shown.words
    assert "ring synonym" in shown.words.lower()
    assert "the Stop word need not be found" in shown.words
    assert "A rule hides 1 group for this search." in shown.words
    assert len(shown.page.select(".badge--gold")) == 2


async def test_where_nothing_is_found_a_synonym_is_offered(editor, viewer, rings):
    shown = await search(editor, "tiara")
    assert "Nothing is found" in shown.words
    assert shown.page.select_one("a.button--primary")["href"] == f"{STUDIO}/synonyms?source=tiara"
    assert (await search(viewer, "tiara")).page.select("a.button--primary") == []


async def test_a_part_is_answered_while_somebody_types(viewer, rings):
    shown = await viewer.get(f"{STUDIO}?q=ring", htmx=True)
    assert shown.page.find("html") is None
    assert hits(shown) == ["rings", "ring"]


async def test_only_the_first_letters_of_a_long_text_are_searched(viewer, rings):
    assert (await search(viewer, "x" * 1000)).status == 200


# --- What is searched ----------------------------------------------------------------------------------------------


@pytest.fixture
def asked(server, shop):
    today = int(server.clock.now() // DAY_SECONDS * DAY_SECONDS)
    for time, *counted in ((today, "tiara", (7, 7, 0)), (today - 5 * DAY_SECONDS, "ring", (20, 0, 60, 4, 1))):
        for count in search_counts(time, *counted):
            server.journal.count("shop", count)


async def test_searches_are_ranked_by_period(viewer, asked):
    shown = await viewer.get(f"{STUDIO}/queries")
    empty, most = shown.page.select("table")
    assert [" ".join(one.get_text(" ").split()) for one in empty.select("tbody tr")] == ["tiara 7 7"]
    assert [" ".join(one.get_text(" ").split()) for one in most.select("tbody tr")] == [
        "ring 20 0 3 4 1",
        "tiara 7 7 0 0 0",
    ]
    assert shown.texts(".switch__part") == ["24 hours", "7 days", "30 days", "90 days"]
    assert shown.texts(".switch__part[aria-current]") == ["30 days"]
    today = await viewer.get(f"{STUDIO}/queries?days=1")
    assert "tiara 7" in today.words
    assert "ring 20" not in today.words
    assert (await viewer.get(f"{STUDIO}/queries?days=5")).texts(".switch__part[aria-current]") == ["30 days"]


async def test_a_search_without_results_becomes_a_synonym_in_two_clicks(server, editor, rings, asked):
    page = await editor.get(f"{STUDIO}/queries")
    form = await editor.get(next(one["href"] for one in page.page.select("a.button") if "synonym" in one["href"]))
    values = form.values("#synonym")
    assert values["source"] == ["tiara"]
    sent = {**values, "phrases": "ring"}
    preview = await editor.post(f"{STUDIO}/synonyms", sent, htmx=True)
    assert hits(preview, "section:nth-of-type(2)") == ["ring", "rings"]
    assert preview.texts(".badge--success") == ["New", "New"]
    assert await rules(server) == SearchRules()
    saved = await editor.post(f"{STUDIO}/synonyms", {**sent, "do": "save"})
    assert "The synonym is saved" in (await editor.follow(saved)).words
    assert (await rules(server)).synonyms == (Synonym(("ring",), source="tiara"),)
    assert hits(await search(editor, "tiara")) == ["ring", "rings"]
    (newest, _) = await server.pages.search_settings.versions("shop", "search")
    assert newest.by == f"user:{editor.user.email}"


# --- Synonyms ------------------------------------------------------------------------------------------------------


async def test_synonyms_are_listed_found_and_paged(server, viewer, shop):
    many = tuple(Synonym((f"word{number}", "other")) for number in range(51))
    await set_rules(server, synonyms=(RING_TO_BROOCH, *many))
    first = await viewer.get(f"{STUDIO}/synonyms")
    assert first.texts("tbody tr")[:2] == ["brooch ring", "word0 other"]
    assert len(first.texts("tbody tr")) == 50
    assert "52 synonyms" in first.words
    second = await viewer.get(first.page.select_one("a[rel=next]")["href"])
    assert second.texts("tbody th") == ["word49", "word50"]
    assert second.page.select_one("a[rel=prev]")["href"] == f"{STUDIO}/synonyms?page=1"
    assert (await viewer.get(f"{STUDIO}/synonyms?find=Word49")).texts("tbody th") == ["word49"]
    assert "No synonym has these words" in (await viewer.get(f"{STUDIO}/synonyms?find=zzz")).words


async def test_a_synonym_of_both_ways_is_added(server, editor, shop):
    values = (await editor.get(f"{STUDIO}/synonyms")).values("#synonym")
    sent = {**values, "source": "band", "phrases": "ring, hoop\r\nhoop", "direction": "two-ways", "do": "save"}
    assert (await editor.post(f"{STUDIO}/synonyms", sent)).status == 303
    assert (await rules(server)).synonyms == (Synonym(("band", "ring", "hoop")),)


async def test_a_synonym_is_changed_in_its_place(server, editor, shop):
    await set_rules(server, synonyms=(Synonym(("a", "b", "c")), RING_TO_BROOCH))
    values = (await editor.get(f"{STUDIO}/synonyms?edit=1")).values("#synonym")
    assert (values["source"], values["phrases"], values["direction"]) == (["a"], ["b\nc"], ["two-ways"])
    sent = {**values, "phrases": "b\nd", "do": "save"}
    assert (await editor.post(f"{STUDIO}/synonyms", sent)).status == 303
    assert (await rules(server)).synonyms == (Synonym(("a", "b", "d")), RING_TO_BROOCH)
    one_way = (await editor.get(f"{STUDIO}/synonyms?edit=2")).values("#synonym")
    assert (one_way["source"], one_way["phrases"], one_way["direction"]) == (["brooch"], ["ring"], ["one-way"])


async def test_a_synonym_is_removed(server, editor, shop):
    await set_rules(server, synonyms=(Synonym(("a", "b")), RING_TO_BROOCH))
    values = (await editor.get(f"{STUDIO}/synonyms")).values("tbody form")
    assert "removed" in (await editor.follow(await editor.post(f"{STUDIO}/synonyms/remove", values))).words
    assert (await rules(server)).synonyms == (RING_TO_BROOCH,)
    outdated = await editor.post(f"{STUDIO}/synonyms/remove", values)
    assert outdated.status == 409
    assert (await rules(server)).synonyms == (RING_TO_BROOCH,)


@pytest.mark.parametrize(
    ("source", "phrases", "wrong"),
    [
        ("", "ring", ["source"]),
        ("!!", "", ["source", "phrases"]),
        ("brooch", "?", ["phrases"]),
        ("one two three four five six seven eight nine", "ring", ["source"]),
        ("brooch", "ring, one two three four five six seven eight nine", ["phrases"]),
    ],
)
async def test_what_is_wrong_with_a_synonym_stands_beside_the_field(server, editor, shop, source, phrases, wrong):
    sent = {"version": 1, "source": source, "phrases": phrases, "do": "save"}
    shown = await editor.post(f"{STUDIO}/synonyms", sent)
    assert shown.status == 422
    assert [one["name"] for one in shown.page.select("[aria-invalid=true]")] == wrong
    assert shown.values("#synonym")["phrases"] == [phrases]
    assert await rules(server) == SearchRules()


async def test_a_lost_race_is_shown_and_nothing_is_overwritten(server, editor, rings):
    values = (await editor.get(f"{STUDIO}/synonyms?source=tiara")).values("#synonym")
    await set_rules(server, synonyms=(RING_TO_BROOCH,))
    sent = {**values, "phrases": "ring", "do": "save"}
    lost = await editor.post(f"{STUDIO}/synonyms", sent)
    assert lost.status == 409
    assert "Somebody else changed the settings meanwhile" in lost.words
    assert (await rules(server)).synonyms == (RING_TO_BROOCH,)
    again = {**lost.values("#synonym"), "do": "save"}
    assert (await editor.post(f"{STUDIO}/synonyms", again)).status == 303
    assert (await rules(server)).synonyms == (RING_TO_BROOCH, Synonym(("ring",), source="tiara"))


async def test_before_and_after_are_shown_without_scripts_too(server, editor, rings):
    sent = {"version": 1, "source": "tiara", "phrases": "ring", "do": "compare", "q": "gold tiara"}
    shown = await editor.post(f"{STUDIO}/synonyms", sent)
    assert shown.status == 200
    assert shown.texts("h3") == ["As it is 2 groups", "With your changes 1 group"]
    assert shown.values("#synonym")["phrases"] == ["ring"]
    assert await rules(server) == SearchRules()


async def test_a_draft_that_is_half_typed_is_no_error(editor, rings):
    shown = await editor.post(f"{STUDIO}/synonyms", {"source": "tiara", "phrases": ""}, htmx=True)
    assert shown.status == 200
    assert "There is nothing to compare yet" in shown.words
    nothing = await editor.post(f"{STUDIO}/synonyms", {}, htmx=True)
    assert "Type a search above" in nothing.words


@pytest.mark.parametrize("old", ["{", "[]", '{"phrases": 1}', "\ud800"])
async def test_a_form_that_was_tampered_with_is_refused(server, editor, shop, old):
    sent = {"version": 1, "source": "a", "phrases": "b", "old": old.encode("utf-8", "replace"), "do": "save"}
    assert (await editor.post(f"{STUDIO}/synonyms", sent)).status in {400, 422}
    assert (await editor.post(f"{STUDIO}/synonyms/remove", sent)).status in {400, 422}
    assert await rules(server) == SearchRules()


async def test_to_remove_nothing_changes_nothing(server, editor, shop):
    await set_rules(server, synonyms=(RING_TO_BROOCH,))
    version = (await server.store.tenant("shop")).version
    assert (await editor.post(f"{STUDIO}/synonyms/remove", {"version": version})).status == 303
    assert (await rules(server)).synonyms == (RING_TO_BROOCH,)


# --- Ranking -------------------------------------------------------------------------------------------------------


async def test_the_rules_of_ranking_are_saved_as_they_stand_in_the_form(server, editor, shop):
    pins = (Pin("ring", ("a",)),)
    await set_rules(server, synonyms=(RING_TO_BROOCH,), pins=pins)
    values = form_of(await editor.get(f"{STUDIO}/ranking"))
    assert (values["weight_name"], values["relax_below"], values["language_stop_words"]) == ([""], ["10"], ["on"])
    del values["language_stop_words"], values["understanding"]
    sent = {
        **values,
        "weight_name": "2,5",
        "weight_description": "0",
        "boost_field": ["quantity", ""],
        "boost_weight": ["1.5", ""],
        "boost_pivot": ["100", ""],
        "stop_words": "shop  ring\nshop",
        "relax_below": "3",
        "do": "save",
    }
    assert "The rules are saved" in (await editor.follow(await editor.post(f"{STUDIO}/ranking", sent))).words
    assert await rules(server) == SearchRules(
        synonyms=(RING_TO_BROOCH,),
        pins=pins,
        weights={"name": 2.5, "description": 0.0},
        boosts=(Boost("quantity", 1.5, 100.0),),
        stop_words=("shop", "ring"),
        language_stop_words=StopWords.NONE,
        relax_below=3,
        understanding=False,
    )
    again = form_of(await editor.get(f"{STUDIO}/ranking"))
    assert (again["weight_name"], again["weight_description"], again["boost_pivot"]) == (
        ["2.5"],
        ["0"],
        ["100", "", ""],
    )
    assert "understanding" not in again


async def test_a_boost_may_name_any_field_of_the_catalog(editor, rings):
    await add(rings, "S", "Sold", attributes={"sold": "3"})
    offered = [one["value"] for one in (await editor.get(f"{STUDIO}/ranking")).page.select("#boost-fields option")]
    assert offered == ["attributes.sold", "price", "promotion_price", "quantity", "regular_price"]


async def test_a_form_that_nobody_changed_changes_nothing(server, editor, shop):
    before = SearchRules(
        weights={"brand": 0.25},
        boosts=(Boost("price", 3.0, 0.001), Boost("attributes.sold")),
        stop_words=("shop",),
        understanding=False,
    )
    await server.pages.search_settings.set_rules("shop", before)
    values = form_of(await editor.get(f"{STUDIO}/ranking"))
    assert (await editor.post(f"{STUDIO}/ranking", {**values, "do": "save"})).status == 303
    assert await rules(server) == before


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("weight_name", "101", "weights"),
        ("weight_brand", "many", "weights"),
        ("weight_brand", "nan", "weights"),
        ("boost_weight", "-1", "boosts"),
        ("boost_pivot", "0", "boosts"),
        ("boost_pivot", "inf", "boosts"),
        ("relax_below", "-1", "relax_below"),
        ("relax_below", "9999999", "relax_below"),
        ("semantic", "0.5", "semantic"),
        ("semantic", "2", "semantic"),
    ],
)
async def test_numbers_that_are_not_allowed_are_refused_with_what_was_typed(server, editor, shop, field, text, wrong):
    values = form_of(await editor.get(f"{STUDIO}/ranking"))
    sent = {**values, "boost_field": "price", "boost_weight": "1", "boost_pivot": "1", field: text, "do": "save"}
    shown = await editor.post(f"{STUDIO}/ranking", sent)
    assert shown.status == 422
    assert any(one.startswith(f"{wrong}:") for one in shown.texts(".notice--danger li"))
    assert form_of(shown)[field][0] == text
    assert await rules(server) == SearchRules()


async def test_other_weights_are_compared_before_they_are_saved(server, editor, rings):
    await add(rings, "Z", "Zirconia", description="ring ring ring ring", groupID="zirconia")
    values = form_of(await editor.get(f"{STUDIO}/ranking"))
    sent = {**values, "weight_description": "0", "q": "ring"}
    part = await editor.post(f"{STUDIO}/ranking", sent, htmx=True)
    assert hits(part, "section:nth-of-type(1)") == ["rings", "ring", "zirconia"]
    assert hits(part, "section:nth-of-type(2)") == ["rings", "ring"]
    assert part.texts(".hit--gone .is-code") == ["zirconia"]
    whole = await editor.post(f"{STUDIO}/ranking", sent)
    assert form_of(whole)["weight_description"] == ["0"]
    assert "1 change among the first hits" in whole.words
    assert await rules(server) == SearchRules()


async def test_a_viewer_reads_the_rules(server, viewer, shop):
    await set_rules(server, weights={"name": 7.0})
    shown = await viewer.get(f"{STUDIO}/ranking")
    assert shown.page.select_one("[name=weight_name]")["value"] == "7"
    assert [one["name"] for one in shown.page.select("main input:not([type=hidden]):not([disabled])")] == []


async def test_rules_that_somebody_else_changed_are_not_overwritten(server, editor, shop):
    values = form_of(await editor.get(f"{STUDIO}/ranking"))
    await set_rules(server, weights={"name": 7.0})
    lost = await editor.post(f"{STUDIO}/ranking", {**values, "weight_name": "2", "do": "save"})
    assert lost.status == 409
    assert form_of(lost)["weight_name"] == ["2"]
    assert (await rules(server)).weights == {"name": 7.0}


# --- Pins ----------------------------------------------------------------------------------------------------------


async def test_searches_with_pins_are_listed(server, viewer, shop):
    many = tuple(Pin(f"query {number}", ("a",)) for number in range(50))
    await set_rules(server, pins=(Pin("gold ring", ("a", "b"), ("c",)), *many))
    shown = await viewer.get(f"{STUDIO}/pins")
    assert shown.texts("tbody tr")[0] == "gold ring 2 1"
    assert "51 searches" in shown.words
    assert (await viewer.get(shown.page.select_one("a[rel=next]")["href"])).texts("tbody tr") == ["query 49 1 0"]
    assert (await viewer.get(f"{STUDIO}/pins?find=GOLD")).texts("tbody tr") == ["gold ring 2 1"]
    assert "No search has these words" in (await viewer.get(f"{STUDIO}/pins?find=zz")).words


async def test_groups_are_put_first_and_hidden_for_a_search(server, editor, rings):
    tried = await search(editor, "ring")
    (link,) = [one["href"] for one in tried.page.select("a.button") if one["href"].endswith("first%3Aring")]
    page = await editor.get(link)
    assert "This is not saved yet." in page.words
    draft = page.values("form[hx-get]")
    assert (draft["first"], "hide" in draft) == (["ring"], False)
    query = "&".join(f"{name}={quote(value)}" for name, values in draft.items() for value in values)
    page = await editor.get(f"{STUDIO}/pins?{query}&do=hide:rings")
    assert page.texts("h3") == ["As it is 2 groups", "With your changes 1 group"]
    assert await rules(server) == SearchRules()
    saved = await editor.post(f"{STUDIO}/pins", form_of(page))
    assert "Saved" in (await editor.follow(saved)).words
    assert (await rules(server)).pins == (Pin("ring", ("ring",), ("rings",)),)
    assert hits(await search(editor, "ring")) == ["ring"]


@pytest.mark.parametrize(
    ("change", "first", "hide"),
    [
        ("do=up:b", ["b", "a", "c"], ["h"]),
        ("do=up:a", ["a", "b", "c"], ["h"]),
        ("do=down:a", ["b", "a", "c"], ["h"]),
        ("do=down:c", ["a", "b", "c"], ["h"]),
        ("do=up:z", ["a", "b", "c"], ["h"]),
        ("do=drop:b", ["a", "c"], ["h"]),
        ("do=drop:h", ["a", "b", "c"], []),
        ("do=hide:b", ["a", "c"], ["h", "b"]),
        ("do=first:h", ["a", "b", "c", "h"], []),
        ("add=new", ["a", "b", "c", "new"], ["h"]),
        ("do=first:x%3Ay", ["a", "b", "c", "x:y"], ["h"]),
        ("do=other:b", ["a", "b", "c"], ["h"]),
        ("do=first:", ["a", "b", "c"], ["h"]),
    ],
)
async def test_each_button_changes_the_draft(editor, shop, change, first, hide):
    draft = "q=ring&draft=1&first=a&first=b&first=c&first=a&hide=h"
    values = (await editor.get(f"{STUDIO}/pins?{draft}&{change}", htmx=True)).values("form[method=post]")
    assert (values.get("first", []), values.get("hide", [])) == (first, hide)


async def test_groups_that_are_not_there_are_told(server, editor, rings):
    await set_rules(server, pins=(Pin("ring", ("rings", "gone")),))
    shown = await editor.get(f"{STUDIO}/pins?q=Ring")
    assert shown.texts("form .hit p .is-strong")[:2] == ["Rings for a queen", "gone"]
    assert "There is no such group" in shown.words


async def test_many_pinned_groups_are_all_kept(server, editor, rings):
    groups = tuple(f"g{number}" for number in range(60))
    await set_rules(server, pins=(Pin("ring", groups),))
    shown = await editor.get(f"{STUDIO}/pins?q=ring&do=drop:g0")
    assert form_of(shown)["first"] == list(groups[1:])


async def test_pins_that_somebody_else_changed_are_not_overwritten(server, editor, rings):
    values = form_of(await editor.get(f"{STUDIO}/pins?q=ring&do=first:band"))
    await set_rules(server, pins=(Pin("ring", ("ring",)),))
    lost = await editor.post(f"{STUDIO}/pins", values)
    assert lost.status == 409
    assert form_of(lost)["first"] == ["band"]
    assert (await rules(server)).pins == (Pin("ring", ("ring",)),)


async def test_pins_for_no_search_are_refused(server, editor, rings):
    version = (await server.store.tenant("shop")).version
    shown = await editor.post(f"{STUDIO}/pins", {"version": version, "q": "!!", "first": "ring"})
    assert shown.status == 422
    assert await rules(server) == SearchRules()


# --- History -------------------------------------------------------------------------------------------------------


async def test_earlier_rules_are_listed_compared_and_brought_back(server, editor, rings):
    await set_rules(server, synonyms=(RING_TO_BROOCH,))
    await server.pages.search_settings.set_rules("shop", SearchRules(weights={"name": 9.0}), Wish(by="user:later"))
    listed = await editor.get(f"{STUDIO}/versions")
    links = [one["href"] for one in listed.page.select("tbody a")]
    assert links == [f"{STUDIO}/versions/{number}" for number in (3, 2, 1)]
    assert listed.texts("tbody tr:nth-of-type(1) td") == ["user:later", "3"]
    assert listed.texts("tbody tr:nth-of-type(3) th") == ["From the beginning"]
    earlier = await editor.get(f"{STUDIO}/versions/2?q=brooch")
    assert earlier.texts("tbody th") == ["weights", "synonyms"]
    assert hits(earlier, "section:nth-of-type(2)") == ["ring", "rings"]
    part = await editor.get(f"{STUDIO}/versions/2?q=brooch", htmx=True)
    assert hits(part, "section:nth-of-type(2)") == ["ring", "rings"]
    saved = await editor.post(f"{STUDIO}/versions/2", form_of(earlier))
    assert "The earlier rules count again." in (await editor.follow(saved)).words
    assert await rules(server) == SearchRules(synonyms=(RING_TO_BROOCH,))


async def test_the_rules_that_count_cannot_be_brought_back(editor, shop):
    shown = await editor.get(f"{STUDIO}/versions/1")
    assert "These are the rules that count now." in shown.words
    assert shown.page.select("main form[method=post]") == []


@pytest.mark.parametrize("version", ["0", "2", "x", "9" * 40, "-1", "²"])
async def test_a_version_that_never_was_is_not_there(editor, shop, version):
    assert (await editor.get(f"{STUDIO}/versions/{quote(version)}")).status == 404


async def test_going_back_after_somebody_elses_change_is_refused(server, editor, shop):
    await set_rules(server, weights={"name": 2.0})
    values = form_of(await editor.get(f"{STUDIO}/versions/1"))
    await set_rules(server, weights={"name": 3.0})
    lost = await editor.post(f"{STUDIO}/versions/1", values)
    assert lost.status == 409
    assert (await rules(server)).weights == {"name": 3.0}


async def test_of_very_many_changes_the_first_are_shown(server, editor, shop):
    words = tuple(f"word{number}" for number in range(300))
    await set_rules(server, synonyms=tuple(Synonym((word, "x" * 250)) for word in words))
    await set_rules(server, synonyms=tuple(Synonym((f"a{word}", "x")) for word in words))
    shown = await editor.get(f"{STUDIO}/versions/2")
    assert len(shown.texts("tbody tr")) == 200
    assert "There are more changes than are shown." in shown.words


async def test_a_tenant_sees_and_changes_its_own_rules_only(server, rival_owner, rings):
    await set_rules(server, synonyms=(RING_TO_BROOCH,))
    assert "brooch" not in (await rival_owner.get(f"{STUDIO}/synonyms")).words
    assert hits(await search(rival_owner, "ring")) == []
    old = msgspec.json.encode(RING_TO_BROOCH).decode()
    await rival_owner.post(f"{STUDIO}/synonyms/remove", {"version": 1, "old": old})
    assert (await rules(server)).synonyms == (RING_TO_BROOCH,)
