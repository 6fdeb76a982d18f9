"""What time brings about happens once, however many replicas look."""

import asyncio

import pytest

from services.interviews.main import SERVICE
from shared.kit.schedule import Clock
from tests.candidates.sentences import NOW, applied, opened, scheduled

pytestmark = pytest.mark.db


async def test_two_replicas_assume_each_interview_once(stage):
    people = [f"p{n}" for n in range(40)]
    later = {"starts_at": "2026-11-22T14:00:00Z", "ends_at": "2026-11-22T15:00:00Z"}
    await stage.deliver(opened(), *(applied(p) for p in people), *(scheduled(p, **later) for p in people))
    async with stage.database.transaction("*") as conn:
        await stage.time.move(conn, NOW.replace(day=24))
    replicas = [Clock(SERVICE.schedule, stage.database, SERVICE.router, stage.time, asyncio.Event()) for _ in range(2)]

    await asyncio.gather(*(clock.run_due() for clock in replicas))
    await asyncio.gather(*(clock.run_due() for clock in replicas))

    said = await stage.fetch("SELECT key FROM outbox WHERE topic = 'interview-completed' AND value IS NOT NULL")
    assert len(said) == len({row["key"] for row in said}) == 40
    assert await stage.fetch("SELECT DISTINCT state, basis FROM interviews") == [
        {"state": "completed", "basis": "assumed"}
    ]
