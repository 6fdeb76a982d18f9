"""The files that pages load: style, two scripts, an icon. Their content is in their address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.responses import Response

from services.console.api.rendering import address_of, asset
from services.console.calls.issuer import Issuer
from services.console.settings import ConsoleSettings
from shared.web.problems import NoSuchAddress

_TYPES = {
    "console.css": "text/css",
    "console.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def connect(app: FastAPI, client: httpx.AsyncClient) -> None:
    """What the console calls by: the services, and the issuer."""
    app.state.client = client
    app.state.issuer = Issuer(client, app.state.runtime.settings)


def client_of(settings: ConsoleSettings) -> httpx.AsyncClient:
    """One for all desks: connections to the services stay open between pages. A proxy is for the issuer only."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=3)  # the services': 10
    return httpx.AsyncClient(limits=limits, mounts=dict.fromkeys(settings.apis.values()))


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    """While it runs, it has a client."""
    async with client_of(app.state.runtime.settings) as client:
        connect(app, client)
        yield


routes = APIRouter(lifespan=connected, include_in_schema=False)


@routes.get("/static/{version}/{name}")
async def show_asset(version: str, name: str) -> Response:
    """A file, at the address of this content only."""
    if name not in _TYPES or address_of(name) != f"/static/{version}/{name}":
        raise NoSuchAddress
    return Response(asset(name), media_type=_TYPES[name], headers={"Cache-Control": _FOR_EVER})
