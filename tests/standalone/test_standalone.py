"""A service without Kafka is a service: it starts, is ready, ticks, and stops in order."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE

import asyncpg
import httpx
import pytest

from local.databases import drop_database, ensure_database
from local.issuer import issue_token, issuer_settings
from local.ports import free_port
from shared.settings.environment import SettingsError
from shared.settings.service import ServiceSettings
from tests.running import eventually
from tests.standalone.service import TABLE

NAMED = {"PUBLIC_URL": "http://localhost", "LINK_KEY": "l" * 32, "HASH_KEY": "h" * 32, "TALENTLOOP_ENV": "test"}


@pytest.fixture
async def database(postgres):
    """The kit's schema, and one table."""
    addresses = await ensure_database(postgres, "standalone")
    owner = await asyncpg.connect(addresses.owner_url)
    await owner.execute(TABLE)
    await owner.close()
    yield addresses
    await drop_database(postgres, addresses.name)


@pytest.mark.db
async def test_it_starts_is_ready_ticks_and_stops_without_a_broker_in_its_settings(database, postgres, tmp_path):
    port = free_port()
    told = NAMED | issuer_settings(tmp_path) | {"DATABASE_URL": database.url, "HTTP_PORT": str(port)}
    token = issue_token(tmp_path, user="ines", organization="acme", roles=["admin"])
    around = {name: value for name, value in os.environ.items() if not name.startswith("KAFKA")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.standalone.service", env=around | told, stderr=PIPE
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web:

            async def answers() -> bool:
                try:
                    return (await web.get("/ready")).is_success
                except httpx.TransportError:
                    return False

            async def ticks_twice() -> bool:
                return (await web.get("/ticks", headers={"Authorization": f"Bearer {token}"})).json() >= 2

            await eventually(answers)
            ready = (await web.get("/ready")).json()
            await eventually(ticks_twice)
        process.terminate()
        _, errors = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()

    assert ready["parts"] == {"database": "ok", "derive": "ok", "clock": "ok"}
    assert b"Application shutdown complete." in errors
    assert process.returncode == -signal.SIGTERM  # uvicorn ends by the signal it was told to stop by, all else done
    assert b"Traceback" not in errors
    assert b"afka" not in errors
    admin = await asyncpg.connect(postgres.url())
    assert await admin.fetchval("SELECT count(*) FROM pg_stat_activity WHERE usename = 'standalone'") == 0
    await admin.close()


@pytest.mark.parametrize("parts", ["consumer", "http,relay,clock"])
def test_it_has_no_part_that_needs_a_broker(monkeypatch, parts):
    settings = {"oidc_issuer": "http://localhost", "oidc_jwks_url": "https://localhost/keys", "parts": parts}
    monkeypatch.setattr(os, "environ", NAMED | {"DATABASE_URL": "postgresql://nobody@localhost/none"})

    with pytest.raises(SettingsError, match=r"^PARTS: this service has no (consumer|relay), leave it out$"):
        ServiceSettings(**settings)
