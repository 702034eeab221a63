"""What every page does: who may see it, where it leads, how it refuses, and what it sends along."""

import pytest

from facetry.dashboard.cookies import GUEST, NOTICE, SESSION
from facetry.domain.user import Role
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(guest):
    shown = await guest.get("/dashboard/catalog?q=gold%20ring&f.metal=Gold")
    assert shown.status == 303
    expected = "/dashboard/sign-in?next=%2Fdashboard%2Fcatalog%3Fq%3Dgold%2520ring%26f.metal%3DGold"
    assert shown.headers["location"] == expected
    part = await guest.get("/dashboard/catalog?q=ring", htmx=True)
    assert (part.status, part.headers["hx-redirect"]) == (204, "/dashboard/sign-in?next=%2Fdashboard")
    for address, wanted in (
        ("http://catalog.example/dashboard/catalog?q=gold#x", "%2Fdashboard%2Fcatalog%3Fq%3Dgold"),
        ("http://catalog.example//evil.example/dashboard", "%2Fdashboard"),
        ("nonsense", "%2Fdashboard"),
    ):
        part = await guest.get("/dashboard/catalog?q=go", htmx=True, headers={"hx-current-url": address})
        assert part.headers["hx-redirect"] == f"/dashboard/sign-in?next={wanted}"


async def test_a_page_that_is_not_there_is_told_in_the_visitors_language(server, shop, guest):
    german = await visitor(server, "shop", Role.VIEWER, language="de-CH,de;q=0.9,en;q=0.5")
    for who, heading in ((guest, "There is nothing here"), (german, "Hier ist nichts")):
        shown = await who.get("/dashboard/no-such-page")
        assert shown.status == 404
        assert shown.texts("h1") == [heading]
        assert shown.headers["x-request-id"] in shown.words


async def test_a_method_that_a_page_does_not_take_is_refused(viewer):
    shown = await viewer.send("PUT", "/dashboard/account", b"")
    assert shown.status == 405
    assert "GET" in shown.headers["allow"].split(", ")


async def test_every_answer_carries_the_headers_that_protect_it(guest, viewer):
    for who in (guest, viewer):
        for target in ("/dashboard", "/dashboard/sign-in", "/dashboard/nowhere"):
            shown = await who.get(target)
            policy = shown.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert shown.headers["x-frame-options"] == "DENY"
            assert shown.headers["x-content-type-options"] == "nosniff"
            assert shown.headers["referrer-policy"] == "same-origin"


async def test_files_are_kept_for_good_by_what_is_in_them(guest):
    shown = await guest.get("/dashboard/sign-in")
    paths = [one["href"] for one in shown.page.select("link[rel=stylesheet]")]
    paths += [one["src"] for one in shown.page.select("script[src]")]
    assert paths
    for path in paths:
        file = await guest.get(path)
        assert (file.status, file.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    old = await guest.get("/dashboard/static/0000000000000000/" + paths[0].split("/", 4)[4])
    assert (old.status, old.headers["cache-control"]) == (200, "no-store")
    for missing in ("nothing.css", "../routes.py", "%2e%2e/routes.py", "css", ""):
        assert (await guest.get(f"/dashboard/static/0/{missing}")).status == 404


async def test_a_form_without_the_visitors_own_token_changes_nothing(editor, viewer):
    foreign = (await viewer.get("/dashboard/account")).token
    for token in ("", "x", foreign, foreign[:-4] + "AAAA"):
        shown = await editor.post("/dashboard/sign-out", {"csrf": token})
        assert shown.status == 403, token
    assert (await editor.get("/dashboard/account")).status == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
    ids=str,
)
async def test_a_form_that_another_site_sends_changes_nothing(editor, headers):
    shown = await editor.post("/dashboard/sign-out", headers=headers)
    assert shown.status == 403
    assert (await editor.get("/dashboard/account")).status == 200


async def test_a_notice_is_shown_once_and_only_if_it_was_left_here(editor):
    editor.cookies[NOTICE] = "UGF5IGhlcmU=.0000"
    assert "Pay here" not in (await editor.get("/dashboard/account")).words
    assert NOTICE not in editor.cookies


async def test_cookies_are_for_this_server_alone(guest):
    shown = await guest.get("/dashboard/sign-in")
    (header,) = [value for name, value in shown.all_headers if name == "set-cookie"]
    assert header.startswith(f"{GUEST}=")
    assert header.endswith("; Path=/dashboard; HttpOnly; SameSite=Lax")
    assert SESSION not in guest.cookies
