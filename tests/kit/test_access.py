"""Who asks: tokens, roles, and who they are to a route."""

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from local.issuer import AUDIENCE, ISSUER, issue_token, issuer_settings
from shared.web.access import Access, NotSignedIn, TokenIdentity
from shared.web.jwks import IssuerKeys, IssuerUnreachable
from shared.web.roles import Role


def _access(keys: IssuerKeys) -> Access:
    return Access(keys, issuer=ISSUER, audience=AUDIENCE)


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """Trusts the local issuer of a home."""
    return _access(IssuerKeys(issuer_settings(tmp_path)["OIDC_JWKS_URL"]))


def _signed(home: Path, **changed: object) -> str:
    """A token of the local issuer with other claims; None leaves one out."""
    key = ECKey.import_key(json.loads((home / "issuer.json").read_text()))
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ines", "organization": "acme", "roles": ["admin"]}
    claims = {**claims, "exp": now + 600, **changed}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, {k: v for k, v in claims.items() if v is not None}, key)


async def test_a_token_says_who_asks(access, tmp_path):
    token = issue_token(tmp_path, user="ines", organization="acme", roles=["recruiter", "cook"])

    assert await access.identify(token) == TokenIdentity("ines", "acme", frozenset({Role.RECRUITER}))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example.org"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 86_400},
        {"sub": None},
        {"sub": 7},
        {"organization": None},
        {"organization": "*"},
        {"organization": "acme,halden"},
        {"organization": ["acme"]},
    ],
)
async def test_a_token_that_does_not_hold_is_refused(access, tmp_path, changed):
    with pytest.raises(NotSignedIn) as refused:
        await access.identify(_signed(tmp_path, **changed))

    assert refused.value.headers["WWW-Authenticate"].startswith("Bearer")


async def test_clocks_may_differ_by_a_minute(access, tmp_path):
    now = int(time.time())

    assert await access.identify(_signed(tmp_path, exp=now - 30, nbf=now + 30))


@pytest.mark.parametrize("roles", [None, "admin", [], [7, None, {}], {"admin": True}])
async def test_roles_we_cannot_read_are_no_roles(access, tmp_path, roles):
    assert (await access.identify(_signed(tmp_path, roles=roles))).roles == frozenset()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "e30.e30.", "Zm9v.YmFy.YmF6"])
async def test_what_is_no_token_is_refused(access, token):
    with pytest.raises(NotSignedIn):
        await access.identify(token)


async def test_a_token_signed_with_another_key_is_refused(access, tmp_path):
    kid = json.loads((tmp_path / "jwks.json").read_text())["keys"][0]["kid"]
    stranger = ECKey.generate_key("P-256", {"kid": kid})
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "organization": "acme", "exp": int(time.time()) + 60}

    with pytest.raises(NotSignedIn):
        await access.identify(jwt.encode({"alg": "ES256", "kid": kid}, claims, stranger))


async def test_a_public_key_is_no_shared_secret(access, tmp_path):
    public = json.loads((tmp_path / "jwks.json").read_text())["keys"][0]
    secret = OctKey.import_key(json.dumps(public))
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "eve", "organization": "acme", "exp": int(time.time()) + 60}

    with pytest.raises(NotSignedIn):
        await access.identify(jwt.encode({"alg": "HS256", "kid": public["kid"]}, claims, secret))


async def test_new_keys_are_fetched_when_a_token_names_one(tmp_path):
    now = [0.0]
    access = _access(IssuerKeys(issuer_settings(tmp_path)["OIDC_JWKS_URL"], clock=lambda: now[0]))
    await access.identify(_signed(tmp_path))
    (tmp_path / "issuer.json").unlink()
    issuer_settings(tmp_path)

    with pytest.raises(NotSignedIn):
        await access.identify(_signed(tmp_path))  # fetched a moment ago: a stranger's ids do not hammer the issuer
    now[0] = 11.0

    assert await access.identify(_signed(tmp_path))


async def test_keys_are_kept_when_the_issuer_goes_away(tmp_path):
    now = [0.0]
    access = _access(IssuerKeys(issuer_settings(tmp_path)["OIDC_JWKS_URL"], clock=lambda: now[0]))
    token = _signed(tmp_path)
    await access.identify(token)
    (tmp_path / "jwks.json").unlink()
    now[0] = 4000.0

    assert await access.identify(token)


@pytest.mark.parametrize("content", [None, "no json", "[]", '{"keys": []}', '{"keys": [{"kty": "EC"}]}'])
async def test_without_any_key_nobody_can_be_checked(tmp_path, content):
    keys = tmp_path / "keys.json"
    if content is not None:
        keys.write_text(content)

    issuer_settings(tmp_path)
    with pytest.raises(IssuerUnreachable):
        await _access(IssuerKeys(keys.as_uri())).identify(_signed(tmp_path))


async def test_keys_come_over_http(tmp_path):
    issuer_settings(tmp_path)

    class Issuer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write((tmp_path / "jwks.json").read_bytes())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    identity = await _access(IssuerKeys(f"http://127.0.0.1:{server.server_port}/keys")).identify(_signed(tmp_path))
    await asyncio.to_thread(server.shutdown)
    server.server_close()

    assert identity.user == "ines"
