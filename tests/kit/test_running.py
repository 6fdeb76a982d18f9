"""The kit on a real broker: nothing is lost, nothing is said twice."""

import pytest

from tests.kit.conftest import feedback, router
from tests.running import count, eventually, make_topics, publish, read_topic, running, settings_for
from tests.stage import Log

pytestmark = [pytest.mark.db, pytest.mark.kafka]


@pytest.fixture
async def settings(kafka, fresh_database, tmp_path):
    prefix = await make_topics(kafka)
    return settings_for(kafka, await fresh_database("candidates"), prefix, tmp_path)


async def pooled(runtime) -> int:
    return await count(runtime, "SELECT count(*) FROM facts WHERE topic = 'candidate-pooled' AND partition IS NOT NULL")


async def test_a_fact_on_kafka_becomes_a_saying_on_kafka(kafka, settings):
    records = [Log().append(feedback(f"f{n}", f"person-{n}")) for n in range(20)]

    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, records * 2)
        await eventually(lambda: _is(pooled(runtime), 20))

    said = await read_topic(kafka, settings.topic_prefix, "candidate-pooled")
    assert len({r.key for r in said}) == len(said) == 20
    assert dict(said[0].headers)["ce_source"] == b"talentloop/candidates"


async def _is(figure, wanted: int) -> bool:
    return await figure == wanted
