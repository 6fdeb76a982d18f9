"""The kit on a real broker: nothing is lost, nothing is said twice."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from prometheus_client import REGISTRY

from shared.kafka import backlog, consumer, topics
from shared.kit import offsets, outbox
from tests.databases import opened
from tests.heard import Log
from tests.kit.conftest import feedback, router
from tests.running import count, eventually, make_topics, publish, read_topic, running, settings_for

pytestmark = [pytest.mark.db, pytest.mark.kafka]


@pytest.fixture
async def settings(kafka, fresh_database, tmp_path):
    prefix = await make_topics(kafka)
    return settings_for(kafka, await fresh_database("candidates"), prefix, tmp_path)


FEEDBACK = "SELECT count(*) FROM facts WHERE topic = 'feedback-submitted'"
REACHED = "SELECT coalesce(max(next_offset), 0) FROM offsets WHERE topic = 'feedback-submitted'"


@pytest.fixture
def watchful(monkeypatch):
    """A service that looks after itself every half second instead of every five, and for topics five times in one."""
    monkeypatch.setattr(consumer, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(topics, "LOOK_SECONDS", 0.1)


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


async def test_a_header_that_is_no_text_harms_only_its_own_record(kafka, settings):
    log = Log()
    good, bad = log.append(feedback("f1", "ana")), log.append(feedback("f2", "bo"))

    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, [good, bad._replace(headers=[("ce_id", b"\xff\xfe")])])
        await eventually(lambda: _is(pooled(runtime), 1))
        await eventually(lambda: _is(count(runtime, "SELECT count(*) FROM dead_letters"), 1))


async def test_a_rewound_service_reads_everything_again_and_says_nothing(kafka, settings):
    records = [Log().append(feedback(f"f{n}", f"person-{n}")) for n in range(10)]
    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, records)
        await eventually(lambda: _is(pooled(runtime), 10))

        async with runtime.database.transaction("*") as conn:
            dropped = await offsets.rewind(conn)
        await publish(kafka, settings.topic_prefix, [Log().append(feedback("f99", "person-99"))])
        await eventually(lambda: _is(pooled(runtime), 11))

        assert dropped > 0
        assert await count(runtime, "SELECT sum(next_offset) FROM offsets WHERE topic = 'feedback-submitted'") == 11
    assert len(await read_topic(kafka, settings.topic_prefix, "candidate-pooled")) == 11


async def test_a_service_at_rest_notices_that_it_was_rewound(kafka, settings, watchful):
    records = [Log().append(feedback(f"f{n}", f"person-{n}")) for n in range(10)]
    heard = "SELECT coalesce(sum(next_offset), 0) FROM offsets WHERE topic = 'feedback-submitted'"
    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, records)
        await eventually(lambda: _is(pooled(runtime), 10))

        async with runtime.database.transaction("*") as conn:
            await offsets.rewind(conn)
        assert await count(runtime, heard) == 0

        await eventually(lambda: _is(count(runtime, heard), 10))


async def test_a_log_that_was_cut_or_made_anew_is_read_from_its_start(kafka, settings):
    """Kafka lost its newest records with the power, or a topic was deleted: what comes then is not taken for read."""
    told, log = [f"f{n}" for n in range(6)], Log()
    await publish(kafka, settings.topic_prefix, [log.append(feedback(told[0], "ana"))])
    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, FEEDBACK), 1))
        async with runtime.database.transaction("*") as conn:
            await conn.execute("UPDATE offsets SET next_offset = 4 WHERE topic = 'feedback-submitted'")

    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, REACHED), 1))
    await publish(kafka, settings.topic_prefix, [log.append(feedback(feedback_id, "ana")) for feedback_id in told[1:]])

    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, FEEDBACK), len(told)))


async def test_a_log_that_is_found_shorter_while_it_is_read_is_read_from_its_start(kafka, settings, watchful):
    """Then, too, what comes when nobody reads is not taken for read later."""
    log = Log()
    await publish(kafka, settings.topic_prefix, [log.append(feedback("f0", "ana"))])
    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, REACHED), 1))

        async with runtime.database.transaction("*") as conn:
            await conn.execute("UPDATE offsets SET next_offset = 4 WHERE topic = 'feedback-submitted'")
            await conn.execute("UPDATE log_position SET epoch = epoch + 1")
        await eventually(lambda: _is(count(runtime, REACHED), 1))

        await publish(kafka, settings.topic_prefix, [log.append(feedback("f1", "ana"))])
        await eventually(lambda: _is(count(runtime, REACHED), 2))
        assert await count(runtime, FEEDBACK) == 2


async def test_two_who_find_the_same_log_shorter_begin_it_anew_once(fresh_database):
    position = ("feedback-submitted", 0)
    url = (await fresh_database("candidates")).url
    async with opened(url, "candidates") as database, database.transaction("*") as conn:
        await offsets.load_cluster(conn, "ours")
        await offsets.save_offsets(conn, {position: 100}, 0)
        assert await offsets.start_over(conn, {position: 7})
        await offsets.save_offsets(conn, {position: 3}, 1)
        assert not await offsets.start_over(conn, {position: 7})

        assert (await offsets.load_offsets(conn), await offsets.load_epoch(conn)) == ({position: 3}, 1)


async def test_a_database_that_lost_its_newest_day_works_off_what_it_missed(kafka, settings):
    records = [Log().append(feedback(f"f{n}", f"person-{n}")) for n in range(10)]
    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, records)
        await eventually(lambda: _is(pooled(runtime), 10))
        async with runtime.database.transaction("*") as conn:
            for table in ("facts", "people", "offsets", "outbox"):
                await conn.execute(f"DELETE FROM {table}")  # noqa: S608

    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(pooled(runtime), 10))
        await asyncio.sleep(0.5)
    said = await read_topic(kafka, settings.topic_prefix, "candidate-pooled")
    assert len(said) == 10


async def test_a_long_backlog_is_saved_first_and_derived_once(kafka, settings, monkeypatch):
    monkeypatch.setattr(backlog, "LONG", 10)
    records = [Log().append(feedback(f"f{n}-{k}", f"person-{n}")) for k in range(10) for n in range(5)]
    await publish(kafka, settings.topic_prefix, records)

    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(pooled(runtime), 5))

    assert len(await read_topic(kafka, settings.topic_prefix, "candidate-pooled")) == 5


async def test_what_waits_for_the_backlog_says_how_much_is_left_and_is_ready(kafka, settings):
    await publish(kafka, settings.topic_prefix, [Log().append(feedback(f"f{n}", "ana")) for n in range(3)])
    clock_only = settings.model_copy(update={"parts": frozenset({"clock"})})

    async with running("candidates", clock_only, router) as runtime:
        await eventually(lambda: _tells(runtime, "clock", "waits for the backlog: 3 records"))
        assert (await runtime.health()).ready
        assert REGISTRY.get_sample_value("talentloop_backlog_left") == 3

        async with running("candidates", settings, router):
            await eventually(lambda: _tells(runtime, "clock", "ok"))
    assert REGISTRY.get_sample_value("talentloop_backlog_left") == 0


async def _tells(runtime, part: str, state: str) -> bool:
    return (await runtime.health()).told.get(part) == state


async def _gave_up(runtime) -> bool:
    return runtime.fatal is not None


async def test_another_cluster_refuses_to_start(kafka, settings):
    async with running("candidates", settings, router) as runtime:
        async with runtime.database.transaction("*") as conn:
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('another')")
        await eventually(lambda: _gave_up(runtime))

    assert "talentloop rewind candidates --accept-cluster" in str(runtime.fatal)


async def test_a_cluster_that_is_not_ours_takes_nothing_for_cut(settings):
    """Whoever names the wrong Kafka by mistake goes on where they were once it is the right one."""
    async with opened(settings.database_url.get_secret_value(), "candidates") as database:
        async with database.transaction("*") as conn:
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('ours')")
            await conn.execute(
                "INSERT INTO offsets (topic, partition, next_offset) VALUES ('feedback-submitted', 0, 9)"
            )

        await backlog.Backlog(database, settings.kafka, settings.topic_prefix).measure()

        async with database.transaction("*") as conn:
            assert await offsets.load_offsets(conn) == {("feedback-submitted", 0): 9}


async def test_a_cluster_that_is_another_after_a_rebalance_is_not_read(kafka, settings, watchful):
    """As when Kafka lost its volume and came back before anybody was disconnected for long."""
    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, [Log().append(feedback("f1", "ana"))])
        await eventually(lambda: _is(pooled(runtime), 1))
        async with runtime.database.transaction("*") as conn:
            await conn.execute("UPDATE log_position SET cluster = 'the-lost-one'")
        group = f"{settings.topic_prefix}candidates"
        topic = f"{settings.topic_prefix}feedback-submitted"
        another = AIOKafkaConsumer(
            topic,
            bootstrap_servers=kafka.bootstrap,
            group_id=group,
            enable_auto_commit=False,
            partition_assignment_strategy=(RangePartitionAssignor,),
        )
        await another.start()
        try:
            await eventually(lambda: _gave_up(runtime))
        finally:
            await another.stop()

    assert "talentloop rewind candidates --accept-cluster" in str(runtime.fatal)


async def test_missing_topics_refuse_to_start(kafka, settings, watchful):
    unprepared = settings.model_copy(update={"topic_prefix": "nobody-made-these."})

    async with running("candidates", unprepared, router) as runtime:
        await eventually(lambda: _gave_up(runtime))

    assert "talentloop topics apply" in str(runtime.fatal)


async def test_a_parked_record_that_is_redriven_is_settled(kafka, settings):
    record = Log().append(feedback("f1", "cursed"))
    async with running("candidates", settings, router) as runtime:
        await publish(kafka, settings.topic_prefix, [record])
        await eventually(lambda: _is(count(runtime, "SELECT count(*) FROM dead_letters"), 1))

        async with runtime.database.transaction("*") as conn:
            await conn.execute("UPDATE dead_letters SET state = 'redriving'")
        again = "SELECT count(*) FROM dead_letters WHERE state = 'parked' AND attempts = 2"
        await eventually(lambda: _is(count(runtime, again), 1))


async def test_two_replicas_share_the_work_and_say_everything_once(kafka, settings):
    records = [Log().append(feedback(f"f{n}", f"person-{n}")) for n in range(200)]

    async with running("candidates", settings, router) as one, running("candidates", settings, router):
        await publish(kafka, settings.topic_prefix, records * 2)
        await eventually(lambda: _is(pooled(one), 200))
        await eventually(lambda: _is(count(one, "SELECT count(*) FROM outbox"), 0))

    said = await read_topic(kafka, settings.topic_prefix, "candidate-pooled")
    assert len({r.key for r in said}) == len(said) == 200


async def test_a_stop_after_kafka_took_the_outbox_says_nothing_twice(kafka, settings, monkeypatch):
    taken, delete = asyncio.Event(), outbox.delete

    async def delete_late(*arguments):
        taken.set()
        await asyncio.sleep(0.3)  # in here comes the stop
        await delete(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "delete", delete_late)
        async with running("candidates", settings, router):
            await publish(kafka, settings.topic_prefix, [Log().append(feedback("f1", "ana"))])
            await taken.wait()
    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: _is(count(runtime, "SELECT count(*) FROM outbox"), 0))

    assert len(await read_topic(kafka, settings.topic_prefix, "candidate-pooled")) == 1
