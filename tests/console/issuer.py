"""An issuer of another house, on a port of this machine: it does what it is told to, right and wrong."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "console at halden", "s%cret:"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def new_key(name: str = "k1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"})


class FakeIssuer:
    """Knows one person. `says`, `tokens` and `answer` are what a test bends."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.key = new_key()
        self.methods = ["client_secret_basic"]
        self.says: dict[str, Any] = {}  # of itself, instead of what is so
        self.id_claims: dict[str, Any] = {}
        self.access_claims: dict[str, Any] = {}
        self.lasts = 300
        self.answer: Response | None = None  # of the token endpoint, instead of tokens
        self.asked: list[dict[str, str]] = []  # of the token endpoint
        self.headers: list[str] = []
        self.refreshes = 0
        self.nonce = ""
        self.pause = 0.0

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        now = int(time.time())
        told = {"iss": self.url, "iat": now, "exp": now + self.lasts, "sub": "ines", **claims}
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid, **header}, told, self.key)

    def tokens(self) -> dict[str, Any]:
        """What it gives next; every refresh token is another one."""
        whose = {"organization": "halden", "roles": ["recruiter"], "aud": ["talentloop", "account"]}
        self.refreshes += 1
        return {
            "access_token": self.sign({**whose, **self.access_claims}),
            "token_type": "Bearer",
            "refresh_token": f"refresh-{self.refreshes}",
            "id_token": self.sign({"aud": CLIENT, "nonce": self.nonce, "sid": "session-1", **self.id_claims}),
        }

    def logout_token(self, **claims: Any) -> str:
        """What it sends when it ends a session."""
        return self.sign({"aud": CLIENT, "jti": "j1", "events": {LOGOUT: {}}, "sub": None, **claims}, typ="logout+jwt")

    def signed_in_at(self, address: str, code: str = "c1") -> str:
        """Somebody came by this address, and is sent back; what it asked for is held."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.nonce = asked["nonce"]
        return f"/signed-in?state={asked['state']}&code={code}&iss={self.url}"

    async def tell_itself(self, _: Request) -> Response:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?house=halden",
            "token_endpoint": f"{self.url}/token",
            "end_session_endpoint": f"{self.url}/end",
            "token_endpoint_auth_methods_supported": self.methods,
            "authorization_response_iss_parameter_supported": True,
            **self.says,
        }
        return JSONResponse({name: value for name, value in told.items() if value is not None})

    async def tell_keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def give_tokens(self, request: Request) -> Response:
        self.asked.append({name: str(value) for name, value in (await request.form()).items()})
        self.headers.append(request.headers.get("authorization", ""))
        await asyncio.sleep(self.pause)
        return self.answer or Response(json.dumps(self.tokens()), media_type="application/json")


@asynccontextmanager
async def an_issuer() -> AsyncIterator[FakeIssuer]:
    """It answers by HTTP until the test is over."""
    listening = socket.create_server(("127.0.0.1", 0))
    issuer = FakeIssuer(listening.getsockname()[1])
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", issuer.tell_itself),
            Route("/keys", issuer.tell_keys),
            Route("/token", issuer.give_tokens, methods=["POST"]),
        ]
    )
    async with serving(app, listening):
        yield issuer


@asynccontextmanager
async def serving(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """An app where somebody listens already: whoever comes before it does waits."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listening])  # without its main loop, which looks ten times a second whether to end
    yield
    await server.shutdown(sockets=[listening])
