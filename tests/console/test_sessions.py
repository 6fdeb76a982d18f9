"""Sessions: how tokens are renewed and kept, when a session is over, and what becomes of what somebody was writing."""

import asyncio
import html
import re
import socket
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.console.api.routes import page_routes
from services.console.api.sessions import open_session
from services.console.domain.tokens import TokenBox, Tokens, Unreadable
from tests.console.alone import OURS, Console, console, known_to, sign_in
from tests.console.issuer import CLIENT, LOGOUT, FakeIssuer, new_key, serving

pytestmark = pytest.mark.db


@pytest.fixture
async def ines(at_halden, issuer) -> AsyncIterator[httpx.AsyncClient]:
    """Her browser, signed in with a token that lasts half a minute: it is due."""
    async with at_halden.browser() as browser:
        issuer.lasts = 30
        await sign_in(browser, issuer)
        issuer.lasts, issuer.asked = 300, []
        yield browser


def is_over(answer: httpx.Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")


async def test_two_tabs_renew_once_and_the_next_time_with_the_new_refresh_token(at_halden, issuer, ines):
    issuer.pause = 0.05
    tabs = await asyncio.gather(*(ines.get("/counts") for _ in range(5)))
    once = list(issuer.asked)
    await ines.get("/counts")
    issuer.lasts = 30
    await renew_soon(at_halden)
    await ines.get("/counts")

    assert [tab.status_code for tab in tabs] == [200] * 5
    assert [(one["grant_type"], one["refresh_token"]) for one in once] == [("refresh_token", "refresh-1")]
    assert [one["refresh_token"] for one in issuer.asked] == ["refresh-1", "refresh-2"]


async def renew_soon(at_halden: Console) -> None:
    """The clock of the machine moves on, as far as this session's tokens know."""
    box = TokenBox(["s" * 32])
    [kept] = await at_halden.fetch("SELECT tokens FROM sessions")
    tokens = box.open(kept["tokens"]).model_copy(update={"expires_at": int(time.time()) + 30})
    async with at_halden.database.transaction("*") as conn:
        await conn.execute("UPDATE sessions SET tokens = $1", box.close(tokens))


async def test_a_refused_refresh_ends_the_session(at_halden, issuer, ines):
    issuer.answer = JSONResponse({"error": "invalid_grant"}, 400)
    refused = await ines.get("/counts")

    assert is_over(refused)
    assert await at_halden.fetch("SELECT 1 FROM sessions") == []


async def test_while_the_issuer_is_away_what_is_held_goes_on_until_it_ends(at_halden, issuer, ines):
    issuer.answer = JSONResponse({}, 503)
    still = await ines.get("/counts")
    box = TokenBox(["s" * 32])
    [kept] = await at_halden.fetch("SELECT tokens FROM sessions")
    ended = box.open(kept["tokens"]).model_copy(update={"expires_at": 1, "access": issuer.sign({"exp": 1})})
    async with at_halden.database.transaction("*") as conn:
        await conn.execute("UPDATE sessions SET tokens = $1", box.close(ended))
    after = await ines.get("/counts")
    issuer.answer = None
    back = await ines.get("/counts")

    assert [one.status_code for one in (still, after, back)] == [200, 503, 200]
    assert "does not answer" in after.text


async def test_tokens_of_somebody_else_end_the_session(at_halden, issuer, ines):
    issuer.access_claims = {"sub": "tomas"}
    answer = await ines.get("/counts")

    assert is_over(answer)
    assert await at_halden.fetch("SELECT 1 FROM sessions") == []


async def test_a_token_without_a_refresh_token_ends_as_it_ends(at_halden, issuer):
    give = issuer.tokens
    issuer.tokens = lambda: {**give(), "refresh_token": None}  # type: ignore[method-assign]
    issuer.lasts = 30
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        issuer.lasts = 300
        assert (await ines.get("/counts")).status_code == 200
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(("idle", "old", "over"), [(61, 0, True), (59, 0, False), (0, 721, True)])
async def test_a_session_ends_after_an_hour_without_use_and_after_twelve(at_halden, ines, idle, old, over):
    async with at_halden.database.transaction("*") as conn:
        await conn.execute(
            "UPDATE sessions SET seen_at = seen_at - $1::interval, started_at = started_at - $2::interval",
            timedelta(minutes=idle),
            timedelta(minutes=old),
        )
    answer = await ines.get("/")

    assert is_over(answer) == over


async def test_a_script_of_a_page_is_told_that_the_session_is_over(at_halden, ines):
    await at_halden.fetch("DELETE FROM sessions RETURNING 1")
    asked = {"Sec-Fetch-Dest": "empty"}
    by_htmx = await ines.get("/letters?job=intern", headers={**asked, "HX-Request": "true"})
    by_ours = await ines.get("/counts", headers=asked)

    assert by_htmx.headers["hx-redirect"] == "/sign-in?next=%2Fletters%3Fjob%3Dintern"
    assert (by_ours.status_code, "location" in by_ours.headers) == (401, False)
    assert await at_halden.fetch("SELECT 1 FROM sign_ins") == []


async def test_a_service_that_refuses_new_tokens_leads_nobody_round_in_circles(issuer, fresh_database):
    refusing = socket.create_server(("127.0.0.1", 0))
    strict = Starlette(routes=[Route("/{path:path}", lambda _: JSONResponse({"status": 401}, 401))])
    where = {"interviews_api": f"http://127.0.0.1:{refusing.getsockname()[1]}"}
    async with (
        serving(strict, refusing),
        console(await fresh_database("console"), **known_to(issuer), **where) as at_halden,
        at_halden.browser() as ines,
    ):
        await sign_in(ines, issuer)
        at_once = await ines.get("/counts")
        await at_halden.fetch("UPDATE sessions SET started_at = started_at - interval '1 hour' RETURNING 1")
        later = await ines.get("/counts")

    assert (at_once.status_code, "does not hold" in at_once.text) == (502, True)
    assert is_over(later)


def test_tokens_open_by_any_key_and_close_by_the_first():
    tokens = Tokens(access="a", expires_at=1, refresh="r", id="i")
    old = TokenBox(["o" * 32]).close(tokens)
    both = TokenBox(["n" * 32, "o" * 32])

    assert both.open(old) == tokens
    assert TokenBox(["n" * 32]).open(both.close(tokens)) == tokens
    for wrong in (TokenBox(["n" * 32]).close(tokens), old[:-4] + "AAAA", "", "a.b.c.d.e"):
        with pytest.raises(Unreadable):
            TokenBox(["o" * 32]).open(wrong)


async def logs_out(at_halden: Console, token: str | None) -> httpx.Response:
    """The issuer speaks: from another machine, and no browser says where that is."""
    async with at_halden.browser() as nobody:
        return await nobody.post("/back-channel-logout", data={} if token is None else {"logout_token": token})


async def test_the_issuer_ends_the_session_it_names_and_no_other(at_halden, issuer, ines):
    issuer.id_claims = {"sid": "session-2"}
    async with at_halden.browser() as elsewhere:
        await sign_in(elsewhere, issuer)
        answer = await logs_out(at_halden, issuer.logout_token(sid="session-1", sub="ines"))

        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert is_over(await ines.get("/counts"))
        assert (await elsewhere.get("/counts")).status_code == 200


async def test_the_issuer_ends_all_sessions_of_somebody_and_of_nobody_else(at_halden, issuer, ines):
    issuer.access_claims = issuer.id_claims = {"sub": "tomas"}
    async with at_halden.browser() as tomas:
        await sign_in(tomas, issuer)
        await logs_out(at_halden, issuer.logout_token(sub="ines"))

        assert is_over(await ines.get("/counts"))
        assert (await tomas.get("/counts")).status_code == 200


async def test_a_logout_is_heard_once(at_halden, issuer, ines):
    token = issuer.logout_token(sub="ines")
    await logs_out(at_halden, token)
    await sign_in(ines, issuer)
    again = await logs_out(at_halden, token)

    assert (again.status_code, (await ines.get("/counts")).status_code) == (200, 200)


async def test_whatever_is_no_logout_of_this_issuer_and_of_now_ends_nothing(at_halden, issuer, ines):
    now = int(time.time())
    stranger = FakeIssuer(1)
    stranger.url = issuer.url
    stranger.key = new_key()
    tokens = {
        "none": None,
        "text": "logout",
        "another audience": issuer.logout_token(sub="ines", aud="crm"),
        "another issuer": issuer.logout_token(sub="ines", iss="https://else"),
        "an ID token": issuer.sign({"aud": CLIENT, "nonce": "n", "jti": "j"}),
        "with a nonce": issuer.logout_token(sub="ines", nonce="n"),
        "no event": issuer.logout_token(sub="ines", events={}),
        "events that are none": issuer.logout_token(sub="ines", events=[LOGOUT]),
        "nobody": issuer.logout_token(),
        "a list for somebody": issuer.logout_token(sub=["ines"]),
        "no jti": issuer.logout_token(sub="ines", jti=None),
        "kept for an hour": issuer.logout_token(sub="ines", iat=now - 3600),
        "a time that is none": issuer.logout_token(sub="ines", iat="yesterday"),
        "ended": issuer.logout_token(sub="ines", exp=now - 100),
        "a stranger's key": stranger.logout_token(sub="ines"),
    }
    found = {name: (await logs_out(at_halden, token)).status_code for name, token in tokens.items()}

    assert found == dict.fromkeys(tokens, 400)
    assert len(await at_halden.fetch("SELECT 1 FROM sessions")) == 1


def with_a_form(at_halden: Console) -> None:
    """A page that keeps what is sent, as pages with forms do."""
    routes = page_routes()

    @routes.post("/notes")
    async def keep(request: Request) -> HTMLResponse:
        await open_session(request)
        form = await request.form()
        return HTMLResponse("|".join(f"{name}={value}" for name, value in form.multi_items()))

    at_halden.app.router.routes.insert(0, routes.routes[0])


async def test_what_somebody_was_writing_comes_back_and_is_sent_again(at_halden, issuer, ines):
    with_a_form(at_halden)
    await at_halden.fetch("DELETE FROM sessions RETURNING 1")
    text = "\nA first line that is empty, <b>bold</b> & long enough to be seen again.\r\nLast."
    written = {"text": text, "id": ["a1", "b2"], "etag": '"v1"', "act": "keep"}
    page = await ines.post("/notes?job=an%20intern", data=written, headers={**OURS, "HX-Request": "true"})
    issuer.lasts = 300
    await sign_in(ines, issuer)
    form = page.text[page.text.index("<form") : page.text.index("</form>")]
    sent = await ines.post(re.search(r'action="([^"]+)"', form)[1], data=parsed(form), headers=OURS)

    assert (page.status_code, "Your session ended while you were writing" in page.text) == (401, True)
    assert 'action="/notes?job=an%20intern"' in form
    assert "<b>" not in page.text
    assert sent.text.replace("\r\n", "\n") == f'text={text}|id=a1|id=b2|etag="v1"|act=keep'.replace("\r\n", "\n")


async def test_a_file_is_chosen_again(at_halden, ines):
    with_a_form(at_halden)
    await at_halden.fetch("DELETE FROM sessions RETURNING 1")
    page = await ines.post("/notes", data={"act": "read"}, files={"list": ("people.csv", b"name")}, headers=OURS)

    assert 'enctype="multipart/form-data"' in page.text
    assert re.search(r'<input type="file" id="[^"]+" name="list">', page.text)
    assert 'name="act" value="read"' in page.text


def parsed(form: str) -> dict[str, list[str]]:
    """What a browser would send of a form: a line break right behind <textarea> is not part of its text."""
    found: dict[str, list[str]] = {}
    pattern = r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>|<input type="hidden" name="(\w+)" value="([^"]*)"'
    for area, text, name, value in re.findall(pattern, form, re.DOTALL):
        found.setdefault(area or name, []).append(html.unescape(text or value))
    return found


async def test_pages_are_in_ones_own_language_and_zone(at_halden, issuer):
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        before = await ines.get("/preferences")
        wanted = {"language": "de", "zone": "Asia/Tokyo"}
        kept = await ines.post("/preferences", data=wanted, headers=OURS)
        page = await ines.get("/")
        await ines.post(
            "/preferences", data={"language": "tlh", "zone": "../../etc/passwd", "keys": "on"}, headers=OURS
        )
        [stored] = await at_halden.fetch("SELECT * FROM preferences")

    assert ('<html lang="en">' in before.text, "UTC" in before.text, 'data-keys="on"' in before.text) == (True,) * 3
    for one in (kept, page):
        assert ('<html lang="de">' in one.text, "Asia/Tokyo" in one.text, 'data-keys="off"' in one.text) == (True,) * 3
    assert stored == {"organization": "halden", "user": "ines", "language": None, "zone": None, "keys_on": True}
