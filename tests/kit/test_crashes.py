"""Killed at the worst moments, a service goes on where it was: nothing lost, nothing said twice in effect."""

import asyncio
import signal

import pytest

from tests.heard import Log
from tests.kit.conftest import feedback, router
from tests.kit.crashing import POINTS
from tests.programs import started
from tests.running import count, eventually, make_topics, publish, read_topic, running, settings_for

pytestmark = [pytest.mark.db, pytest.mark.kafka]

PEOPLE = 30
POOLED = "SELECT count(*) FROM facts WHERE topic = 'candidate-pooled' AND partition IS NOT NULL"


def environment(settings) -> dict[str, str]:
    return {
        "TALENTLOOP_ENV": settings.env,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOPIC_PREFIX": settings.topic_prefix,
        "PUBLIC_URL": settings.public_url,
        "OIDC_ISSUER": settings.oidc_issuer,
        "OIDC_JWKS_URL": settings.oidc_jwks_url,
        "LINK_KEY": settings.link_key.get_secret_value(),
        "HASH_KEY": settings.hash_key.get_secret_value(),
    }


async def crash(settings, point: str) -> int | None:
    """Run the service in a process of its own until it kills itself; its exit code, None where it does not."""
    process = started("tests.kit.crashing", point, environment=environment(settings))
    await asyncio.to_thread(process.join, 60)
    died = process.exitcode
    process.kill()
    return died


async def test_killed_at_any_point_it_goes_on_where_it_was(kafka, fresh_database, tmp_path):
    async with asyncio.TaskGroup() as group:  # at once: most of it is Kafka's wait for who died
        for point in POINTS.keys() - {"nowhere"}:
            database = await fresh_database("candidates")
            group.create_task(_killed_at(point, kafka, database, tmp_path), name=point)


async def _killed_at(point: str, kafka, database, tmp_path) -> None:
    prefix = await make_topics(kafka)
    settings = settings_for(kafka, database, prefix, tmp_path)
    log = Log()
    await publish(kafka, prefix, [log.append(feedback(f"f{n}", f"person-{n}")) for n in range(PEOPLE)])

    died = await crash(settings, point)

    assert died == -signal.SIGKILL
    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, POOLED), PEOPLE))
        await eventually(lambda: _is(count(runtime, "SELECT count(*) FROM outbox"), 0))
        known = await count(runtime, "SELECT count(*) FROM facts WHERE topic = 'feedback-submitted'")
    said = await read_topic(kafka, prefix, "candidate-pooled")
    assert known == PEOPLE
    assert len({r.key for r in said}) == PEOPLE
    assert len({dict(r.headers)["ce_id"] for r in said}) == PEOPLE


async def _is(figure, wanted: int) -> bool:
    return await figure == wanted
