"""Replicas join, leave, are replaced and killed while facts arrive: nothing is lost, nothing counted or said twice."""

import asyncio

import pytest

from local.databases import SERVICES
from tests.deployment.figures import report_use

pytestmark = pytest.mark.timeout(900)

GROWING = {
    "interviews": "interviews",
    "candidates": "members",
    "notifications": "letters",
    "insights": "rounds",
    "console": "sessions",
}


async def test_replicas_that_join_in_a_flood_lose_and_double_nothing(deployment, platform, calm):
    flood = asyncio.create_task(platform.tell_everything("scaled", pause=0.4))
    await asyncio.sleep(2)
    await asyncio.to_thread(
        deployment.do, "up", "--detach", "--scale", "candidates=3", "--scale", "notifications=2", "--no-recreate"
    )
    await asyncio.to_thread(report_use, deployment, "in a flood")
    count = await flood

    assert await platform.outcome("scaled") == calm
    assert await platform.said_twice("scaled") == {}
    assert count == max(calm.facts.values())
    assert [len(deployment.containers(service)) for service in SERVICES] == [1, 3, 2, 1, 1]


async def test_replicas_restarted_one_after_the_other_lose_and_double_nothing(deployment, platform, calm):
    flood = asyncio.create_task(platform.tell_everything("rolled", pause=0.8))
    for service in SERVICES:
        await asyncio.to_thread(deployment.restart_each, service)
    await flood

    assert await platform.outcome("rolled") == calm
    assert await platform.said_twice("rolled") == {}


async def test_a_schema_that_grows_and_replicas_replaced_in_a_flood_lose_and_double_nothing(deployment, platform, calm):
    """As a release is rolled out: the old program runs on the next schema, then new containers take its place."""
    flood = asyncio.create_task(platform.tell_everything("upgraded", pause=1.2))
    await asyncio.sleep(2)
    for service, table in GROWING.items():
        deployment.query(service, "INSERT INTO schema_migrations (version) VALUES ('199')")
        deployment.query(service, f"ALTER TABLE {table} ADD COLUMN of_the_next_release text")
    for service in SERVICES:
        await asyncio.to_thread(deployment.replace, service)
    await flood

    assert await platform.outcome("upgraded") == calm
    assert await platform.said_twice("upgraded") == {}
    assert {deployment.ready(service)["schema"] for service in SERVICES} == {"199"}


def test_fewer_replicas_and_the_schema_of_before_are_enough_again(deployment):
    for service, table in GROWING.items():
        deployment.query(service, "DELETE FROM schema_migrations WHERE version = '199'")
        deployment.query(service, f"ALTER TABLE {table} DROP COLUMN of_the_next_release")
    deployment.do("up", "--detach", "--wait", "--no-recreate")

    assert [len(deployment.containers(service)) for service in SERVICES] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("killed", [*SERVICES, "kafka", "postgres"])
async def test_a_container_killed_in_a_flood_comes_back_and_nothing_is_lost(deployment, platform, calm, killed):
    """Who is killed between Kafka's acknowledgement and its commit says the same event once more; nobody else does."""
    organization = f"killed-{killed}"
    flood = asyncio.create_task(platform.tell_everything(organization, pause=0.2))
    await asyncio.sleep(1.5)
    await asyncio.to_thread(deployment.kill, killed)
    await flood
    await asyncio.to_thread(deployment.wait_until_healthy)

    assert await platform.outcome(organization) == calm
    again = await platform.said_twice(organization)
    assert set(again.values()) <= ({2} if killed != "kafka" else set())


def test_nobody_got_a_mail_of_all_that_history(deployment, story, calm):
    assert len(deployment.mails()) == story["delivered"] + story["digests"]
