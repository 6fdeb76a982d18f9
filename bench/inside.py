"""A service put together in this process: it takes what it is given, and nothing of it runs by itself."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fastapi import FastAPI

from bench.facts import record
from shared.contracts import Event
from shared.kit.db import EVERYONE
from shared.running.runtime import Runtime
from shared.running.start import S, Service, assemble

AT_ONCE = 500
_HERE = "http://localhost"
_SETTINGS = {
    "talentloop_env": "test",
    "kafka_bootstrap_servers": "127.0.0.1:1",
    **dict.fromkeys(
        ("public_url", "interviews_url", "candidates_url", "notifications_url", "insights_url", "oidc_issuer"), _HERE
    ),
    "oidc_jwks_url": f"{_HERE}/jwks.json",
    **{f"{name}_api": f"http://{name}" for name in ("interviews", "candidates", "notifications", "insights")},
    **dict.fromkeys(("link_key", "hash_key", "session_key"), "bench" * 8),
    "log_level": "WARNING",
    "smtp_url": "smtp://127.0.0.1:1",
    "mail_domain": "mail.bench.example",
    "mails_per_minute": 0,
    "mails_per_minute_and_domain": 0,
}


async def start(service: Service[S], now: datetime, database_url: str, **given: Any) -> tuple[FastAPI, Runtime]:
    """The service on its database, its clock standing still. `given`: settings that differ from those of the bench."""
    settings = service.settings(**{**_SETTINGS, "database_url": database_url, **given})
    app, runtime = await assemble(service, settings)
    async with runtime.database.transaction(EVERYONE) as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('bench') ON CONFLICT DO NOTHING")
    await move(runtime, now)
    return app, runtime


async def take(runtime: Runtime, events: Iterable[Event]) -> None:
    """As the consumer takes them: batch by batch."""
    rest = iter(events)
    while some := [record(event) for event in itertools.islice(rest, AT_ONCE)]:
        await runtime.inbox.take(some)
        await runtime.drain.exhaust()


async def move(runtime: Runtime, instant: datetime) -> None:
    """The clock to this instant."""
    async with runtime.database.transaction(EVERYONE) as conn:
        await runtime.time.move(conn, instant)
