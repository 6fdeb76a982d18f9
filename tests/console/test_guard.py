"""Who sends a form, what a page may do, and what the browser holds of a session."""

import pytest

from services.console.domain.ways import own_page
from services.console.settings import ConsoleSettings
from shared.settings.environment import SettingsError
from tests.console.alone import OURS, PUBLIC, console, known_to, sign_in
from tests.console.issuer import an_issuer

SENDERS = {
    "our own page": ({"Sec-Fetch-Site": "same-origin"}, True),
    "an older browser, from our own page": ({"Origin": PUBLIC}, True),
    "another site": ({"Sec-Fetch-Site": "cross-site"}, False),
    "a neighbour under the same domain": ({"Sec-Fetch-Site": "same-site"}, False),
    "an address that was typed": ({"Sec-Fetch-Site": "none"}, False),
    "another site that claims our origin": ({"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC}, False),
    "a program that says nothing": ({}, False),
    "an older browser, from elsewhere": ({"Origin": "https://evil.example"}, False),
    "an older browser, from our host by http": ({"Origin": PUBLIC.replace("https", "http")}, False),
    "an older browser, from another port": ({"Origin": f"{PUBLIC}:8443"}, False),
    "a host that begins as ours": ({"Origin": f"{PUBLIC}.evil.example"}, False),
    "a page that hides where it is": ({"Origin": "null"}, False),
    "a page that says where by Referer alone": ({"Referer": f"{PUBLIC}/"}, False),
}


@pytest.mark.db
async def test_only_our_own_pages_send_forms(fresh_database):
    found = {}
    async with (
        an_issuer() as issuer,
        console(await fresh_database("console"), **known_to(issuer)) as at_halden,
        at_halden.browser() as ines,
    ):
        await sign_in(ines, issuer)
        for who, (headers, _) in SENDERS.items():
            found[who] = (await ines.post("/preferences", headers=headers)).status_code
            assert len(await at_halden.fetch("SELECT 1 FROM sessions")) == 1
        others = [await ines.request(method, "/sign-out") for method in ("PUT", "DELETE", "PATCH", "GET", "HEAD")]
        foreign = await ines.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

        assert len(await at_halden.fetch("SELECT 1 FROM sessions")) == 1
    assert {who: status != 403 for who, status in found.items()} == {who: ours for who, (_, ours) in SENDERS.items()}
    assert {one.status_code for one in others} <= {404, 405}
    assert foreign.status_code == 403


@pytest.mark.db
async def test_pages_run_and_load_only_what_is_ours_and_nobody_frames_them(fresh_database, caplog, capfd):
    async with (
        an_issuer() as issuer,
        console(await fresh_database("console"), **known_to(issuer)) as at_halden,
        at_halden.browser() as ines,
    ):
        left = await ines.get("/sign-in")
        await ines.get(issuer.signed_in_at(left.headers["location"], code="secret-code"))
        pages = [await ines.get(path) for path in ("/", "/signed-in", "/signed-out", "/nowhere")]
        pages.append(await ines.post("/sign-out", headers=OURS))
        held = ines.cookies.get("__Host-tl-way")

    for page in pages:
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
        assert policy.pop("form-action") in ("'self'", f"'self' {issuer.url}/end")
        assert policy == {
            "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self'",
            "connect-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
        }  # fmt: skip
        assert page.headers["cross-origin-opener-policy"] == "same-origin"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
    logged = caplog.text + "".join(capfd.readouterr())
    assert "/signed-in" in logged
    assert [secret for secret in ("secret-code", "refresh-", "eyJ", held, "ines") if secret in logged] == []


@pytest.mark.db
async def test_a_plain_address_has_a_plain_cookie_and_is_refused_in_production(fresh_database):
    async with (
        an_issuer() as issuer,
        console(await fresh_database("console"), "http://localhost", **known_to(issuer)) as plain,
        plain.browser() as ines,
    ):
        back = await sign_in(ines, issuer)
    cookie = next(one for one in back.headers.get_list("set-cookie") if one.startswith("tl="))

    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "SameSite=lax", "Path=/"}
    with pytest.raises(SettingsError, match="PUBLIC_URL: people sign in to the console by https only"):
        ConsoleSettings(
            database_url="postgresql://h/d", public_url="http://console.halden.example", link_key="l" * 32,
            hash_key="h" * 32, session_key="s" * 32, oidc_issuer="https://id", oidc_jwks_url="https://id/keys",
            interviews_api="http://i", candidates_api="http://c", notifications_api="http://n", insights_api="http://s",
        )  # fmt: skip


@pytest.mark.parametrize(
    "asked", ["/", "/letters", "/letters?job=a%2Fb&next=//x", "/people/ä%20b", "/people/a%3Fb", "/jobs/i-1#top"]
)
def test_a_link_leads_on_to_a_page_of_ours(asked):
    assert own_page(asked) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "", "letters", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/%5Cevil.example",
        "/%2Fevil.example", "/%252Fevil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)",
        "/\t/evil.example", "/\n/evil.example", "/%09/evil.example", "/%0A/evil.example", " /letters", "/let ters",
        "/\x00", "/a\u2028b", "/\x85/evil.example", "http:///evil.example",
        "/sign-out", "/sign-in?next=/sign-in", "/signed-in",
        "/" + "a" * 2001,
    ],
)  # fmt: skip
def test_any_other_link_leads_to_the_first_page(asked):
    assert own_page(asked) == "/"
