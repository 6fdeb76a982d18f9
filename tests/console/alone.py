"""The console alone, before an issuer: no service answers it, so its pages have holes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from local.databases import Addresses
from services.console.api.assets import connect
from services.console.main import SERVICE as CONSOLE
from shared.kit.db import EVERYONE, Database
from shared.running.runtime import Runtime
from tests.browser import KEY, assembled
from tests.console.issuer import CLIENT, SECRET, FakeIssuer
from tests.databases import opened

PUBLIC = "https://console.halden.example"
NOBODY = "http://127.0.0.1:1"  # nobody listens there
APIS = ("interviews_api", "candidates_api", "notifications_api", "insights_api")
OURS = {"Sec-Fetch-Site": "same-origin"}


class Console:
    """The console and its database."""

    def __init__(self, app: Any, database: Database, public: str) -> None:
        self.app = app
        self.database = database
        self.public = public

    def browser(self) -> httpx.AsyncClient:
        """A browser that never was here. It follows nothing by itself."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url=self.public, headers={"Sec-Fetch-Dest": "document", "Accept": "text/html"}
        )

    async def fetch(self, statement: str) -> list[dict[str, Any]]:
        """Rows of its tables."""
        async with self.database.transaction(EVERYONE) as conn:
            return [dict(row) for row in await conn.fetch(statement)]


def settings_of(public: str = PUBLIC, **settings: Any) -> Any:
    """The console's, with these."""
    return CONSOLE.settings(
        talentloop_env="test", database_url="postgresql://nobody@localhost/none", public_url=public, link_key=KEY,
        hash_key="h" * 32, **{"session_key": "s" * 32, **dict.fromkeys(APIS, NOBODY), **settings},
    )  # fmt: skip


@asynccontextmanager
async def console(addresses: Addresses, public: str = PUBLIC, **settings: Any) -> AsyncIterator[Console]:
    """The console with these settings, until the test is over."""
    given = settings_of(public, **settings)
    async with (
        opened(addresses.url, CONSOLE.name) as database,
        httpx.AsyncClient(verify=False) as client,  # noqa: S501 - nobody here speaks TLS, and trust takes long to read
    ):
        runtime = Runtime(CONSOLE.name, given, database, CONSOLE.router, CONSOLE.schedule, CONSOLE.holdings)
        with assembled(CONSOLE, runtime) as app:
            connect(app, client)
            yield Console(app, database, public)


def known_to(issuer: FakeIssuer) -> dict[str, Any]:
    """The settings of a console that this issuer knows."""
    return {
        "oidc_issuer": issuer.url,
        "oidc_jwks_url": f"{issuer.url}/keys",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }


async def sign_in(browser: httpx.AsyncClient, issuer: FakeIssuer, next: str = "/") -> httpx.Response:  # noqa: A002
    """There and back; what the console answers at the end."""
    left = await browser.get("/sign-in", params={"next": next})
    return await browser.get(issuer.signed_in_at(left.headers["location"]))
