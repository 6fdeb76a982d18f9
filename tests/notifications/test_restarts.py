"""A burst of letters while the database, Kafka and the mail server restart: each arrives once, counted by its bytes.

`TALENTLOOP_BURST=1000` makes the burst as large, over ten restarts.
"""

import asyncio
import os
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import pytest

from local.kafka import Kafka
from local.postgres import Postgres
from services.notifications.clock import schedule
from services.notifications.handlers import router
from services.notifications.post.running import Post
from services.notifications.settings import NotificationsSettings
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.running.runtime import Runtime
from tests.databases import Databases
from tests.notifications.conftest import Halden
from tests.notifications.posting import in_a_burst
from tests.notifications.test_burst import Counting
from tests.notifications.test_faults import decided_about
from tests.notifications.test_running_post import impatient  # noqa: F401 - a fixture
from tests.running import eventually, make_topics, publish, read_topic

pytestmark = [pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(900)]

LETTERS = int(os.environ.get("TALENTLOOP_BURST", "60"))
RESTARTS = 10 if LETTERS >= 1000 else 2
PATIENCE_SECONDS = 120  # parts that fail often are started again after 30 s


class Live(Halden):
    """The whole service at work by itself: facts come over Kafka, and what it says leaves over Kafka."""

    def __init__(self, database: Database, settings: NotificationsSettings, kafka: Kafka) -> None:
        super().__init__(database, settings)
        self.kafka = kafka
        self.runtime = Runtime("notifications", settings, database, router, schedule)
        self.runtime.post = Post(self.runtime, settings)

    async def take(self, records: Iterable[ConsumedRecord]) -> None:
        await publish(self.kafka, self.settings.topic_prefix, records)

    async def move(self, instant: datetime) -> None:
        async with self.database.transaction(EVERYONE) as conn:
            await self.time.move(conn, instant)

    async def has_sent(self, letters: int) -> bool:
        """So many letters, and Kafka was told of all of them."""
        sent = await self.fetch("SELECT 1 FROM letters WHERE state = 'sent'")
        return len(sent) == letters and not await self.fetch("SELECT 1 FROM outbox")


class Servers(NamedTuple):
    """All that the service needs."""

    postgres: Postgres
    kafka: Kafka
    mail: Counting

    async def restart(self, number: int) -> None:
        """The database, and with it the mail server or Kafka by turns."""
        await asyncio.to_thread(self.postgres.stop)
        if number % 2:
            self.mail.leave()
        else:
            await asyncio.to_thread(self.kafka.stop)
        await asyncio.to_thread(self.postgres.start)
        if number % 2:
            await self.mail.open()
        else:
            await asyncio.to_thread(self.kafka.start)


@pytest.fixture
async def servers(own_home):
    own = Servers(Postgres(own_home), Kafka(own_home), Counting())
    own.postgres.start()
    own.kafka.start()
    await own.mail.open()
    yield own
    own.mail.close()
    own.kafka.stop()
    own.postgres.stop()


@pytest.fixture
async def live(servers):
    """The service on servers of its own, at work."""
    addresses = await Databases(servers.postgres).lend("notifications")
    url, prefix = f"smtp://127.0.0.1:{servers.mail.port}", await make_topics(servers.kafka)
    settings = in_a_burst(addresses.url, url, kafka_bootstrap_servers=servers.kafka.bootstrap, topic_prefix=prefix)
    stage = Live(await Database.connect(addresses.url, "notifications"), settings, servers.kafka)
    async with stage.runtime.supervised():
        yield stage


async def test_no_letter_is_lost_or_leaves_twice_while_all_around_restarts(servers, live, record_property):
    mail = servers.mail
    await decided_about(live, [f"fine-{n}" for n in range(LETTERS)])

    async def some_left() -> bool:
        return len(mail.taken) >= min(number * LETTERS // (RESTARTS + 2), LETTERS - 1)

    for number in range(1, RESTARTS + 1):
        await eventually(some_left, PATIENCE_SECONDS)
        await servers.restart(number)
    await eventually(lambda: live.has_sent(LETTERS), PATIENCE_SECONDS)

    twice, lost = mail.hashes.total() - len(mail.hashes), LETTERS - len(mail.hashes)
    record_property("letters in a burst", f"{LETTERS}, {RESTARTS} restarts of all around: {twice} twice, {lost} lost")
    assert (twice, lost) == (0, 0)
    assert len(await live.said("outreach-sent")) == LETTERS
    assert len({r.key for r in await read_topic(servers.kafka, live.settings.topic_prefix, "outreach-sent")}) == LETTERS
