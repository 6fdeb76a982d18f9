"""A backfill on real servers: published once, read by every service, and harmless the second time."""

import asyncio
import csv
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import typer
from aiokafka import AIOKafkaConsumer, TopicPartition
from openpyxl import Workbook

from cli import catching_up, where
from cli.backfill.command import backfill
from cli.backfill.facts import ORDER
from cli.errors import Failed, ServerUnreachable, UserMistake
from local.databases import LISTENING
from shared.contracts import BY_TOPIC
from shared.kafka import topics
from shared.kafka.backlog import Backlog
from shared.kafka.consumer import Consumer
from shared.kafka.relay import partition_of
from shared.kit import cloudevents
from shared.kit.db import Database
from shared.kit.drain import Drain
from shared.kit.inbox import Inbox
from shared.kit.router import Router
from shared.kit.time import Time
from shared.kit.turn import Turns
from tests.cli.backfill_files import ANA, BEN, a_file

pytestmark = [pytest.mark.kafka, pytest.mark.db]

MAPPING = """
[columns]
date = "When"
client = "Firm"
position = "Role"
person = "Person"
attended = "Came"

[ids]
job = "{client}-{position}"
candidate = "{person}"

[when]
column = "date"
formats = ["%d.%m.%Y"]

[attendance]
column = "attended"
completed = ["yes"]
missed = ["no"]

[job]
title = "{position}"

[candidate]
name = "{person}"
"""

_numbers = itertools.count()


@pytest.fixture
async def deployment(kafka, fresh_database, monkeypatch):
    """Topics and three databases that the command finds by its environment; the value is the topics' prefix."""
    prefix = f"backfill{next(_numbers)}-"
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("TOPIC_PREFIX", prefix)
    for service in LISTENING:
        monkeypatch.setenv(f"{service.upper()}_DATABASE_URL", (await fresh_database(service)).url)
    async with topics.administration(where.kafka()) as admin:
        await topics.apply(admin, topics.wanted(prefix, partitions=2), replication=1)
    return prefix


@pytest.fixture
def records(tmp_path):
    """FILE and MAPPING with two good rows and one that cannot be read."""
    file, mapping = tmp_path / "records.csv", tmp_path / "mapping.toml"
    file.write_text("".join(a_file(ANA, BEN, ",,,,,male")))
    mapping.write_text(MAPPING)
    return file, mapping


@asynccontextmanager
async def readers(prefix) -> AsyncIterator[dict[str, Database]]:
    """Every service's way into its database, without the services' own rules."""
    async with AsyncExitStack() as stack:
        databases = {}
        for service in LISTENING:
            database = await Database.connect(where.setting(f"{service.upper()}_DATABASE_URL"), service, size=2)
            stack.push_async_callback(database.close)
            router = Router()
            turns = Turns(database, Time("test"), router.react)
            inbox, backlog = Inbox(turns, router), Backlog(database, where.kafka(), prefix)
            await backlog.measure()  # before anything is published: what comes is no backlog
            consumer = Consumer(inbox, backlog, where.kafka(), prefix)
            reading = asyncio.gather(consumer.run(), Drain(turns, router, inbox.redrive).run())
            stack.push_async_callback(_end, reading)
            databases[service] = database
        yield databases


async def _end(task):
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def published(prefix, topic):
    async with AIOKafkaConsumer(**where.kafka()) as consumer:
        partitions = [TopicPartition(prefix + topic, partition) for partition in range(2)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        left = sum((await consumer.end_offsets(partitions)).values())
        return [await asyncio.wait_for(consumer.getone(), 20) for _ in range(left)]


async def count(database, statement):
    async with database.transaction("*") as conn:
        return await conn.fetchval(statement)


async def run(file, mapping, **options):
    """With the records of these tests a row is always rejected: exit 3, after everything else was done."""
    with pytest.raises(typer.Exit) as left:
        await asyncio.to_thread(backfill, file, mapping, "acme", as_json=True, **options)
    assert left.value.exit_code == 3


async def test_every_service_has_read_the_facts_when_the_command_ends(deployment, records, capsys):
    async with readers(deployment) as databases:
        await run(*records)

        summary = json.loads(capsys.readouterr().out)
        assert summary["changed"] == {"interviews": 10, "candidates": 10, "notifications": 10, "insights": 8}
        assert [summary[key] for key in ("rows", "completed", "missed", "rejected", "facts")] == [3, 1, 1, 1, 10]
        for service, facts in summary["changed"].items():
            assert await count(databases[service], "SELECT count(*) FROM facts WHERE historical") == facts
            assert not await count(databases[service], "SELECT count(*) FROM dead_letters")


async def test_the_same_file_again_is_no_news(deployment, records, capsys):
    async with readers(deployment):
        await run(*records)
        capsys.readouterr()

        await run(*records)

        assert json.loads(capsys.readouterr().out)["changed"] == dict.fromkeys(LISTENING, 0)


async def test_a_record_is_a_historical_cloudevent_in_its_subjects_partition(deployment, records):
    async with readers(deployment):
        await run(*records)

    for record in await published(deployment, "interview-completed"):
        event = cloudevents.read("interview-completed", record.value, record.headers)
        assert event.historical
        assert event.organization == "acme"
        assert record.key == b"acme/ana-ruiz/ana-ruiz-halden-data-analyst-2026-02-03"
        assert record.partition == partition_of(record.key, 2)
        BY_TOPIC["interview-completed"].model_validate_json(event.data)


async def test_live_facts_are_not_historical(deployment, records):
    async with readers(deployment):
        await run(*records, live=True)

    [record] = await published(deployment, "interview-completed")
    assert not cloudevents.read("interview-completed", record.value, record.headers).historical


async def test_no_column_that_is_not_mapped_reaches_kafka_or_the_rejected_file(deployment, records, capsys):
    async with readers(deployment):
        await run(*records)

    rejected = Path(json.loads(capsys.readouterr().out)["rejected_file"])
    said = [record.value for topic in ORDER for record in await published(deployment, topic)]
    assert len(said) == 10
    assert not [value for value in said if b"male" in value]
    assert "male" not in await asyncio.to_thread(rejected.read_text)


async def test_a_missing_topic_is_named_with_the_command_that_mends_it(deployment, records, monkeypatch):
    monkeypatch.setenv("TOPIC_PREFIX", "elsewhere-")

    with pytest.raises(Failed, match="run `talentloop topics apply`"):
        await run(*records)


async def test_a_rate_holds_the_backfill_back(deployment, records):
    async with readers(deployment):
        started = asyncio.get_running_loop().time()
        await run(*records, rate=9)

    assert asyncio.get_running_loop().time() - started > 0.8


async def test_a_rehearsal_needs_no_server(records, capsys, monkeypatch):
    for name in ("KAFKA_BOOTSTRAP_SERVERS", *(f"{service.upper()}_DATABASE_URL" for service in LISTENING)):
        monkeypatch.setenv(name, "")

    await run(*records, dry_run=True)

    summary = json.loads(capsys.readouterr().out)
    assert (summary["completed"], summary["missed"], summary["rejected"], summary["changed"]) == (1, 1, 1, {})
    assert summary["jobs_closed"] == 1


@pytest.mark.parametrize("name", ["records.rejected.csv", "corrected.xlsx"])
async def test_rejected_rows_corrected_and_given_again_do_not_say_when_a_job_was_over(records, tmp_path, name, capsys):
    await run(*records, dry_run=True)
    capsys.readouterr()
    [headings, _] = csv.reader((tmp_path / "records.rejected.csv").read_text("utf-8-sig").splitlines())
    rows = [headings, ["4", "", "01.02.2026", "Halden", "Data Analyst", "'=Ana Ruiz", "yes"]]
    if name.endswith(".xlsx"):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
    else:
        (tmp_path / name).write_text("\n".join(map(",".join, rows)), "utf-8-sig")

    await asyncio.to_thread(backfill, tmp_path / name, records[1], "acme", as_json=True, dry_run=True)

    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["completed"], summary["jobs_closed"]) == (1, 1, 0)


async def test_an_impossible_organization_and_a_missing_file_are_the_users_mistake(records, tmp_path):
    file, mapping = records

    with pytest.raises(UserMistake, match="--organization"):
        backfill(file, mapping, "no spaces please")
    with pytest.raises(UserMistake, match="cannot read"):
        backfill(tmp_path / "missing.csv", mapping, "acme")


async def test_a_service_that_does_not_read_is_named_and_the_facts_stay_on_kafka(deployment, records, monkeypatch):
    monkeypatch.setattr(catching_up, "STALLED_AFTER_SECONDS", 1)

    with pytest.raises(ServerUnreachable, match=r"has made no progress for 1 s .* records to read"):
        await run(*records)

    assert len(await published(deployment, "interview-scheduled")) == 2
