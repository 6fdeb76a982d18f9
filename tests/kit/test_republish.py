"""A Kafka that lost its log is filled again from what the owners of its topics hold."""

import pytest

from services.interviews.main import SERVICE
from shared.contracts import CandidateErased
from shared.kit import offsets, outbox
from shared.kit.cloudevents import read
from shared.kit.db import Database
from shared.kit.republish import FIRST, republish
from tests.candidates.sentences import NOW, an_interviewed_candidate, opened
from tests.stage import Stage

pytestmark = pytest.mark.db


@pytest.fixture
async def stage(fresh_database):
    """Interviews, with the facts of two people and an outbox that was emptied."""
    database = await Database.connect((await fresh_database("interviews")).url, "interviews")
    async with database.transaction("*") as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('lost')")
    stage = Stage(database, SERVICE.router, SERVICE.schedule)
    await stage.move(NOW)
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes"), *an_interviewed_candidate("bo", "no"))
    await stage.deliver(CandidateErased(candidate="bo", erased_at=NOW))
    async with database.transaction("*") as conn:
        await conn.execute("DELETE FROM outbox")
    yield stage
    await database.close()


async def everything_again(stage: Stage, at_once: int) -> list[tuple[str, str, str]]:
    """(topic, event id, fact) of all that is to be published."""
    after, count = FIRST, at_once
    while count == at_once:
        async with stage.database.transaction("*") as conn:
            count, after = await republish(conn, after, at_once)
    async with stage.database.transaction("*") as conn:
        rows = await outbox.read(conn, 1000)
    envelopes = [read(row.topic, row.value, row.headers) for row in rows]
    return sorted((e.type, e.id, e.subject) for e in envelopes)


@pytest.mark.parametrize("at_once", [2, 1000])
async def test_every_fact_of_the_services_topics_is_said_again_with_its_id(stage, at_once):
    held = await stage.fetch(
        "SELECT topic, event, fact FROM facts WHERE topic NOT LIKE 'candidate-%' AND topic <> 'erasure-completed'"
    )

    said = await everything_again(stage, at_once)

    assert [row for row in said if row[0] != "erasure-completed"] == sorted(tuple(row.values()) for row in held)
    assert "candidate-erased" not in {topic for topic, _, _ in said}
    assert len(held) > 4


async def test_on_an_accepted_new_cluster_old_places_are_forgotten(stage):
    async with stage.database.transaction("*") as conn:
        await offsets.rewind(conn, "new")

    assert await stage.fetch('SELECT fact FROM facts WHERE "offset" IS NOT NULL') == []
    assert await stage.fetch("SELECT cluster FROM log_position") == [{"cluster": "new"}]
