"""Signing in: to the issuer and back, and what is told where that does not lead in."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import JSONResponse

from tests.console.alone import OURS, PUBLIC, console, known_to, sign_in
from tests.console.issuer import CLIENT, FakeIssuer, new_key

pytestmark = pytest.mark.db


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def test_somebody_signs_in_and_their_browser_holds_no_token(at_halden, issuer):
    async with at_halden.browser() as ines:
        left = await ines.get("/sign-in", params={"next": "/letters?job=intern"})
        back = await ines.get(issuer.signed_in_at(left.headers["location"]))
        counts = await ines.get("/counts")
        held = ines.cookies["__Host-tl"]

    told = asked(left.headers["location"])
    assert told | {"client_id": CLIENT, "response_type": "code", "house": "halden", "scope": "openid"} == told
    assert (told["redirect_uri"], told["code_challenge_method"]) == (f"{PUBLIC}/signed-in", "S256")
    verifier = hashlib.sha256(issuer.asked[0]["code_verifier"].encode()).digest()
    assert unpadded(verifier) == told["code_challenge"]
    assert issuer.headers == ["Basic " + base64.b64encode(b"console+at+halden:s%25cret%3A").decode()]
    assert (back.status_code, back.headers["location"]) == (303, "/letters?job=intern")
    cookie = next(one for one in back.headers.get_list("set-cookie") if one.startswith("__Host-tl="))
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} == {part.strip() for part in cookie.split(";")[1:]}
    [kept] = await at_halden.fetch('SELECT id, organization, "user", sid, tokens FROM sessions')
    assert kept["id"] == hashlib.sha256(held.encode()).digest()  # who reads the table cannot be anybody
    assert (kept["organization"], kept["user"], kept["sid"]) == ("halden", "ines", "session-1")
    assert "refresh-1" not in kept["tokens"]
    assert await at_halden.fetch("SELECT 1 FROM sign_ins") == []
    assert counts.status_code == 200


@pytest.mark.parametrize(
    ("by_id", "by_access", "name"),
    [
        ({"name": " Ines\tCalder "}, {"name": "ines@halden"}, "Ines Calder"),
        ({"preferred_username": "i.calder"}, {"name": "Ines Calder"}, "Ines Calder"),
        ({"preferred_username": "i.calder"}, {}, "i.calder"),
        ({"name": ["Ines"]}, {"name": "<b>Ines"}, "&lt;b&gt;Ines"),
        ({}, {}, "ines"),
    ],
)
async def test_pages_call_somebody_as_their_tokens_do(at_halden, issuer, by_id, by_access, name):
    issuer.id_claims, issuer.access_claims = by_id, by_access
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        page = await ines.get("/preferences")

    assert f'<p class="who"><b>{name}</b>halden</p>' in page.text


async def test_a_session_that_somebody_laid_in_a_browser_is_not_the_one_it_signs_in_with(at_halden, issuer):
    async with at_halden.browser() as ines, at_halden.browser() as mallory:
        await sign_in(mallory, issuer)
        laid = mallory.cookies["__Host-tl"]
        ines.cookies.set("__Host-tl", laid, domain="console.halden.example")
        await sign_in(ines, issuer)
        await_over = await mallory.get("/counts")

        assert ines.cookies["__Host-tl"] != laid
        assert await_over.headers["location"].startswith("/sign-in")
        assert (await ines.get("/counts")).status_code == 200


async def test_two_tabs_sign_in_side_by_side(at_halden, issuer):
    async with at_halden.browser() as ines:
        first = await ines.get("/sign-in", params={"next": "/jobs"})
        second = await ines.get("/sign-in", params={"next": "/pool"})
        back = [
            (await ines.get(issuer.signed_in_at(one.headers["location"]))).headers["location"]
            for one in (first, second)
        ]

    assert back == ["/jobs", "/pool"]


async def test_what_came_back_once_is_over(at_halden, issuer):
    async with at_halden.browser() as ines:
        left = await ines.get("/sign-in")
        address = issuer.signed_in_at(left.headers["location"])
        await ines.get(address)
        again = await ines.get(address)
        never = await ines.get("/signed-in", params={"state": "made-up", "code": "c"})

    assert (again.status_code, never.status_code) == (400, 400)
    assert "This sign-in is over" in again.text
    assert len(issuer.asked) == 1


async def test_a_sign_in_that_took_longer_than_ten_minutes_is_over(at_halden, issuer):
    async with at_halden.browser() as ines:
        left = await ines.get("/sign-in")
        await at_halden.fetch("UPDATE sign_ins SET started_at = started_at - interval '11 minutes' RETURNING 1")
        late = await ines.get(issuer.signed_in_at(left.headers["location"]))

    assert (late.status_code, issuer.asked) == (400, [])


async def test_the_way_of_another_browser_leads_nowhere_and_is_over(at_halden, issuer):
    async with at_halden.browser() as mallory, at_halden.browser() as ines:
        left = await mallory.get("/sign-in")
        await ines.get("/sign-in")
        address = issuer.signed_in_at(left.headers["location"])
        lured = await ines.get(address)
        himself = await mallory.get(address)

    assert "This sign-in began in another browser" in lured.text
    assert (lured.status_code, himself.status_code, issuer.asked) == (400, 400, [])


def forged(issuer: FakeIssuer, algorithm: str) -> str:
    """Without a signature, or with the public key as a secret."""
    claims = issuer.sign({"aud": CLIENT, "nonce": issuer.nonce}).split(".")[1]
    header = json.dumps({"alg": algorithm}).encode()
    head = f"{unpadded(header)}.{claims}"
    mac = hmac.digest(issuer.key.as_pem(private=False), head.encode(), "sha256")
    return f"{head}.{unpadded(mac) if algorithm == 'HS256' else ''}"


def unpadded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


WRONG: dict[str, Callable[[FakeIssuer], dict[str, Any]]] = {
    "another nonce": lambda i: {"id_token": i.sign({"aud": CLIENT, "nonce": "another"})},
    "no nonce": lambda i: {"id_token": i.sign({"aud": CLIENT})},
    "another audience": lambda i: {"id_token": i.sign({"aud": "crm", "nonce": i.nonce})},
    "two audiences without azp": lambda i: {"id_token": i.sign({"aud": [CLIENT, "crm"], "nonce": i.nonce})},
    "another azp": lambda i: {"id_token": i.sign({"aud": CLIENT, "azp": "crm", "nonce": i.nonce})},
    "another issuer": lambda i: {"id_token": i.sign({"aud": CLIENT, "nonce": i.nonce, "iss": "https://else"})},
    "ended": lambda i: {"id_token": i.sign({"aud": CLIENT, "nonce": i.nonce, "exp": 1})},
    "another person": lambda i: {"id_token": i.sign({"aud": CLIENT, "nonce": i.nonce, "sub": "tomas"})},
    "none": lambda _: {"id_token": None},
    "not signed": lambda i: {"id_token": forged(i, "none")},
    "signed by the public key as a secret": lambda i: {"id_token": forged(i, "HS256")},
    "no organisation": lambda i: {"access_token": i.sign({"aud": "talentloop", "roles": ["recruiter"]})},
    "an access token for others": lambda i: {"access_token": i.sign({"aud": "crm", "organization": "halden"})},
    "an opaque access token": lambda _: {"access_token": "opaque"},
}


async def test_tokens_that_do_not_hold_sign_nobody_in(at_halden, issuer):
    give, found = issuer.tokens, {}
    async with at_halden.browser() as ines:
        for wrong, changed in WRONG.items():
            issuer.tokens = lambda changed=changed: {**give(), **changed(issuer)}  # type: ignore[method-assign]
            back = await sign_in(ines, issuer)
            found[wrong] = (back.status_code, "gave an answer that does not hold" in back.text)

    assert found == dict.fromkeys(WRONG, (502, True))
    assert await at_halden.fetch("SELECT 1 FROM sessions") == []


async def test_keys_that_the_issuer_changed_are_fetched(at_halden, issuer):
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        issuer.key = new_key("k2")
        at_halden.app.state.access.issued._keys._fetched_at -= 60  # as strangers' keys are asked for every ten seconds
        back = await sign_in(ines, issuer)

    assert back.status_code == 303


async def test_what_the_issuer_answers_instead_is_told_in_our_words(at_halden, issuer):
    refusals = {"error": "server_error", "error_description": "<b>call 555</b>"}
    told = ({"error": "access_denied"}, refusals, {"iss": "https://evil.example"}, {"iss": ""})
    pages = []
    async with at_halden.browser() as ines:
        for one in told:
            state = asked((await ines.get("/sign-in")).headers["location"])["state"]
            query = {"iss": issuer.url, "state": state, "code": "c", **one}
            pages.append(await ines.get("/signed-in", params={name: value for name, value in query.items() if value}))

    assert [page.status_code for page in pages] == [403, 502, 502, 502]
    assert "You were not signed in" in pages[0].text
    assert ["does not hold" in page.text for page in pages[1:]] == [True, True, True]
    assert "555" not in pages[1].text
    assert issuer.asked == []


async def test_a_code_that_is_not_taken_signs_nobody_in(at_halden, issuer):
    answers = {
        "used": (JSONResponse({"error": "invalid_grant"}, 400), 400),
        "client": (JSONResponse({"error": "invalid_client"}, 401), 502),
        "unreadable": (JSONResponse({"access_token": 7}), 502),
        "broken": (JSONResponse([], 500), 503),
        "elsewhere": (JSONResponse({}, 302, {"location": "http://127.0.0.1:1/"}), 503),
    }
    found = {}
    async with at_halden.browser() as ines:
        for name, (issuer.answer, _) in answers.items():
            found[name] = (await sign_in(ines, issuer)).status_code

        assert "__Host-tl" not in ines.cookies
    assert found == {name: status for name, (_, status) in answers.items()}


async def test_whoever_has_no_role_is_told_so(at_halden, issuer):
    issuer.access_claims = {"roles": ["cook"]}
    async with at_halden.browser() as ines:
        back = await sign_in(ines, issuer)

        assert (back.status_code, "has no role" in back.text, "__Host-tl" in ines.cookies) == (403, True, False)
        anew = await ines.get(re.search(r'href="(/sign-in\?[^"]+)"', back.text)[1])

    assert asked(anew.headers["location"])["prompt"] == "login"


async def test_an_issuer_that_tells_what_cannot_be_is_a_page_that_says_so(at_halden, issuer):
    told = ({"issuer": "https://evil.example"}, {"token_endpoint": None}, {"authorization_endpoint": "javascript:x"})
    pages = []
    async with at_halden.browser() as ines:
        for issuer.says in told:
            at_halden.app.state.issuer._failed_at = float("-inf")  # it is asked again after five seconds
            pages.append(await ines.get("/sign-in"))

    assert [(page.status_code, "does not answer" in page.text) for page in pages] == [(503, True)] * 3


async def test_the_secret_is_sent_as_the_issuer_takes_it(at_halden, issuer):
    found = []
    async with at_halden.browser() as ines:
        for issuer.methods in (["client_secret_post"], ["private_key_jwt"]):
            at_halden.app.state.issuer._fetched_at = float("-inf")  # an hour later
            found.append((await sign_in(ines, issuer)).status_code)

    assert found == [303, 502]
    assert [one["client_secret"] for one in issuer.asked] == ["s%cret:"]


async def test_a_console_without_a_secret_names_itself(issuer, fresh_database):
    settings = {**known_to(issuer), "oidc_client_secret": None}
    async with console(await fresh_database("console"), **settings) as public, public.browser() as ines:
        back = await sign_in(ines, issuer)

    assert (back.status_code, issuer.asked[0]["client_id"], issuer.headers) == (303, CLIENT, [""])


async def test_signing_out_ends_the_session_here_and_leads_to_the_issuers_end(at_halden, issuer):
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        held = ines.cookies["__Host-tl"]
        page = await ines.post("/sign-out", headers=OURS)
        cookie = page.headers["set-cookie"]
        ines.cookies.set("__Host-tl", held, domain="console.halden.example")
        after = await ines.get("/counts")
        twice = await ines.post("/sign-out", headers=OURS)

    assert f'action="{issuer.url}/end"' in page.text
    assert "id_token_hint" in page.text
    assert f"form-action 'self' {issuer.url}/end;" in page.headers["content-security-policy"]
    assert "__Host-tl=" in cookie
    assert "Max-Age=0" in cookie
    assert after.headers["location"] == "/sign-in?next=%2Fcounts"
    assert (twice.status_code, twice.headers["location"]) == (303, "/signed-out")
    assert await at_halden.fetch("SELECT 1 FROM sessions") == []


async def test_an_issuer_without_an_end_of_its_own_is_not_asked_for_it(at_halden, issuer):
    issuer.says = {"end_session_endpoint": None}
    async with at_halden.browser() as ines:
        await sign_in(ines, issuer)
        page = await ines.post("/sign-out", headers=OURS)
        told = await ines.get(page.headers["location"])

    assert "You are signed out" in told.text
