"""Pages of the console with a million people behind them: from the request to the last byte, every service in it.

All services run in this process, so that a page's processor time is that of all of them; nothing lies between them but
HTTP in memory. Members are stored by SQL as for `pool`, each with a profile, since a page shows names.
"""

import itertools
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
from fastapi import FastAPI, Request, Response

from bench.inside import start
from bench.pool import FAMILIES, ORGANIZATION, p95, store_members, timed
from bench.servers import Servers
from bench.stored import cpu_of
from local.issuer import issue_token, issuer_settings
from services.candidates.main import SERVICE as CANDIDATES
from services.console.api.sessions import begin_session
from services.console.domain.tokens import Tokens
from services.console.main import SERVICE as CONSOLE
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS

BEHIND = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PAGES, WARM = 100, 10
_YEAR = 365 * 24 * 3600


class ConsoleRun(NamedTuple):
    """Milliseconds, kilobytes as they leave, and calls of one page of fifty rows."""

    p95: float
    cpu: float
    kilobytes: float
    calls: int


async def run(servers: Servers, members: int) -> ConsoleRun:
    """Pages of the talent pool by family, one after the other."""
    async with AsyncExitStack() as stack:
        client, asked = await stack.enter_async_context(_signed_in(servers, members))
        addresses = itertools.cycle([f"/pool?family={family}" for family in FAMILIES])
        sizes = [len(await _page(client, next(addresses))) for _ in range(WARM)]
        asked.clear()
        before = time.process_time() + cpu_of(servers)
        times = [await timed(_page(client, next(addresses))) for _ in range(PAGES)]
        cpu = (time.process_time() + cpu_of(servers) - before) / PAGES * 1000
        return ConsoleRun(p95(times), cpu, max(sizes) / 1000, round(len(asked) / PAGES))


async def _page(client: httpx.AsyncClient, address: str) -> bytes:
    answer = await client.get(address)
    if answer.status_code != 200 or b"Person " not in answer.content:
        raise SystemExit(f"{address} shows nobody ({answer.status_code}): nothing is measured.")
    return answer.content


@asynccontextmanager
async def _signed_in(servers: Servers, members: int) -> AsyncIterator[tuple[httpx.AsyncClient, list[httpx.Request]]]:
    """A recruiter's browser at the console, and what the console asks of the services meanwhile."""
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        issuer = {name.lower(): value for name, value in issuer_settings(home).items()}
        apps = {s.name: await _started(stack, servers, s, issuer, members) for s in (*BEHIND, CONSOLE)}
        asked: list[httpx.Request] = []

        async def note(request: httpx.Request) -> None:
            asked.append(request)

        mounts = {f"http://{s.name}": httpx.ASGITransport(apps[s.name]) for s in BEHIND}
        console = apps[CONSOLE.name]
        console.state.client = await stack.enter_async_context(
            httpx.AsyncClient(mounts=mounts, event_hooks={"request": [note]})
        )
        held = await _session(console, issue_token(home, user="ines", organization=ORGANIZATION, roles=["recruiter"]))
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(console), base_url="http://localhost", cookies=held)
        yield await stack.enter_async_context(browser), asked


async def _started(
    stack: AsyncExitStack, servers: Servers, service: Any, issuer: dict[str, str], members: int
) -> FastAPI:
    database = await stack.enter_async_context(servers.database(service.name))
    if service is CANDIDATES:
        await _store(database.owner_url, members)
    app, runtime = await start(service, NOW, database.url, **issuer)
    stack.push_async_callback(runtime.database.close)
    return app


async def _store(owner_url: str, members: int) -> None:
    owner = await asyncpg.connect(owner_url, server_settings={"app.organizations": "*"})
    try:
        await store_members(owner, members)
        await owner.execute(_PROFILES)
        await owner.execute("VACUUM ANALYZE facts")
    finally:
        await owner.close()


async def _session(console: FastAPI, token: str) -> dict[str, str]:
    response = Response()
    request = Request({"type": "http", "app": console, "headers": []})
    await begin_session(request, response, Tokens(access=token, expires_at=int(time.time()) + _YEAR))
    name, _, held = response.headers["set-cookie"].partition(";")[0].partition("=")
    return {name: held}


_PROFILES = """
    INSERT INTO facts (organization, fact, topic, candidate, time, event, source, body)
    SELECT organization, candidate, 'candidate-registered', candidate, now(), 'r' || candidate, 'bench',
           jsonb_build_object('candidate', candidate, 'name', 'Person ' || candidate, 'email', candidate || '@a.test')
    FROM (SELECT DISTINCT organization, candidate FROM members) m
"""
