"""The local issuer: the console signs people in there as at any other, and it gives nothing twice."""

import html
import json
import re
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cli.demo import cast
from local.identity import build
from local.issuer import ISSUER, make_keys
from local.provider import PEOPLE, IdentitySettings
from shared.settings.environment import SettingsError
from tests.console.alone import OURS, PUBLIC, Console, console
from tests.console.issuer import serving

pytestmark = pytest.mark.db
KEYS = make_keys()


@pytest.fixture
async def identity() -> AsyncIterator[str]:
    """Its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = IdentitySettings(talentloop_env="test", public_url=url, console_url=PUBLIC, issuer_key=KEYS.private)
    async with serving(build(settings), listening):
        yield url


@pytest.fixture
async def at_halden(identity, fresh_database) -> AsyncIterator[Console]:
    given = {
        "oidc_issuer": ISSUER,
        "oidc_jwks_url": f"{identity}/jwks.json",
        "oidc_configuration_url": f"{identity}/.well-known/openid-configuration",
    }
    async with console(await fresh_database("console"), **given) as one:
        yield one


def fields(page: str) -> dict[str, str]:
    """What the first form of a page carries."""
    form = page[page.index("<form") : page.index("</form>")]
    return {name: html.unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}


async def chosen(browser: httpx.AsyncClient, **who: Any) -> httpx.Response:
    """Somebody leaves for the local issuer and says who they are there."""
    left = await browser.get("/sign-in")
    async with httpx.AsyncClient() as outside:
        page = await outside.get(left.headers["location"])
        kept = {name: value for name, value in fields(page.text).items() if name != "person"}
        return await outside.post(page.url.copy_with(query=None), data={**kept, **who})


async def test_people_of_the_demo_sign_in_by_one_click(at_halden):
    async with at_halden.browser() as ines:
        left = await chosen(ines, person="ines")
        back = await ines.get(left.headers["location"])
        page = await ines.get("/counts")
        out = await ines.post("/sign-out", headers=OURS)
        async with httpx.AsyncClient() as outside:
            gone = await outside.post(re.search(r'action="([^"]+)"', out.text)[1], data=fields(out.text))

    assert (back.status_code, page.status_code) == (303, 200)
    assert gone.headers["location"] == f"{PUBLIC}/signed-out"


async def test_a_developer_signs_in_as_anybody(at_halden):
    async with at_halden.browser() as mia:
        left = await chosen(mia, user="mia", organization="acme", roles=["coordinator", "auditor"])
        await mia.get(left.headers["location"])
        nobody = await chosen(mia, user="", organization="acme")

    assert await at_halden.fetch('SELECT organization, "user" FROM sessions') == [
        {"organization": "acme", "user": "mia"}
    ]
    assert (nobody.status_code, "Say a user" in nobody.text) == (422, True)


async def test_whoever_does_not_sign_in_is_told_so_by_the_console(at_halden):
    async with at_halden.browser() as ines:
        left = await chosen(ines, decline="yes")
        back = await ines.get(left.headers["location"])

    assert (back.status_code, "You were not signed in" in back.text) == (403, True)


async def test_codes_and_refresh_tokens_are_taken_once_and_only_with_their_verifier(identity):
    asked = {
        "client_id": "talentloop-console", "redirect_uri": f"{PUBLIC}/signed-in", "response_type": "code", "state": "s",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    }  # fmt: skip
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # both of RFC 7636, B
    async with httpx.AsyncClient(base_url=identity) as client:

        async def code() -> str:
            answer = await client.post("/authorize", data={**asked, "person": "ines"})
            return str(httpx.URL(answer.headers["location"]).params["code"])

        async def tokens(**given: str) -> httpx.Response:
            return await client.post("/token", data={**asked, **given})

        guessed = await tokens(grant_type="authorization_code", code=await code(), code_verifier="guessed")
        held = await code()
        first, again = [
            await tokens(grant_type="authorization_code", code=held, code_verifier=verifier) for _ in range(2)
        ]
        renewed, replayed = [
            await tokens(grant_type="refresh_token", refresh_token=first.json()["refresh_token"]) for _ in range(2)
        ]
        access = await tokens(grant_type="refresh_token", refresh_token=first.json()["access_token"])
        other = await tokens(client_id="crm", grant_type="refresh_token", refresh_token=renewed.json()["refresh_token"])

    statuses = [one.status_code for one in (guessed, first, again, renewed, replayed, access, other)]
    assert statuses == [400, 200, 400, 200, 400, 400, 400]


async def test_nobody_is_led_anywhere_but_to_the_console(identity):
    async with httpx.AsyncClient(base_url=identity) as client:
        page = await client.get(
            "/authorize", params={"client_id": "talentloop-console", "redirect_uri": "https://evil"}
        )
        end = await client.get("/end-session", params={"post_logout_redirect_uri": "https://evil"})

    assert (page.status_code, end.status_code) == (400, 200)


def test_its_people_are_those_of_the_demo():
    known = {one.user: one for one in PEOPLE}

    assert {user: known[user].name for user in cast.USERS} == cast.USERS
    assert {m.user: m.role.value for m in cast.TEAM} == {m.user: known[m.user].roles[0] for m in cast.TEAM}


def test_it_does_not_start_in_production():
    with pytest.raises(SettingsError, match="TALENTLOOP_ENV"):
        IdentitySettings(
            talentloop_env="production", public_url="http://h", console_url=PUBLIC, issuer_key=KEYS.private
        )
    with pytest.raises(SettingsError, match="ISSUER_KEY"):
        IdentitySettings(talentloop_env="demo", public_url="http://h", console_url=PUBLIC, issuer_key=json.dumps({}))
