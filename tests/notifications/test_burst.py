"""Letters in a burst, while what they need goes away and comes back: each arrives once, counted by its bytes."""

import asyncio
import os
from collections import Counter
from hashlib import sha256

import pytest

from local.postgres import Postgres
from services.notifications import clock
from services.notifications.domain import letters
from services.notifications.post.running import Post
from shared.kit.db import Database
from tests.databases import Databases
from tests.notifications.conftest import Halden, settings_of
from tests.notifications.test_faults import decided_about
from tests.notifications.test_running_post import Server, impatient, until  # noqa: F401 - a fixture

pytestmark = pytest.mark.db

LETTERS = int(os.environ.get("TALENTLOOP_BURST", "60"))
RESTARTS = 10 if LETTERS >= 1000 else 3


class Counting(Server):
    """Keeps what it took, and takes a moment for each."""

    def __init__(self) -> None:
        super().__init__(letters=10**6)
        self.hashes: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        await asyncio.sleep(0.02)
        self.hashes[sha256(envelope.content).hexdigest()] += 1
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
async def own_stage(own_home):
    """A stage on a database server of its own, which may be restarted."""
    postgres = Postgres(own_home)
    postgres.start()
    addresses = await Databases(postgres).lend("notifications")
    database = await Database.connect(addresses.url, "notifications")
    async with database.transaction("*") as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
    yield Halden(database, settings_of(addresses.url, "smtp://127.0.0.1:1")), postgres, addresses
    await database.close()
    postgres.stop()


async def restarted(postgres: Postgres, server: Counting, letters: int, times: int) -> None:
    """Restart the database again and again while letters leave; drop the mail server in between."""
    for number in range(1, times + 1):
        taken = len(server.taken)

        async def some_left(share: int = taken + (letters - taken) // (times + 2)) -> bool:
            return len(server.taken) >= min(share, letters - 1)

        await until(some_left)
        await asyncio.to_thread(postgres.stop)
        if number % 2:
            server.close()
        await asyncio.to_thread(postgres.start)
        if number % 2:
            await server.open()


async def test_no_letter_is_lost_or_leaves_twice_while_the_database_restarts(own_stage, record_property):
    stage, postgres, addresses = own_stage
    server = Counting()
    await server.open()
    await decided_about(stage, [f"fine-{n}" for n in range(LETTERS)])
    url = f"smtp://127.0.0.1:{server.port}"
    post = Post(stage.runtime, settings_of(addresses.url, url, mails_per_minute=0, mails_per_minute_and_domain=0))
    working = asyncio.create_task(post.run())

    async def all_left() -> bool:
        rows = await stage.fetch("SELECT count(*) AS n FROM letters WHERE state = 'sent'")
        return rows[0]["n"] == LETTERS

    await restarted(postgres, server, LETTERS, RESTARTS)
    await until(all_left)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    server.close()

    record_property("letters in a burst over restarts of the database", f"{LETTERS} over {RESTARTS}")
    assert len(server.hashes) == LETTERS
    assert set(server.hashes.values()) == {1}
    assert len(await stage.said("outreach-sent")) == LETTERS


async def test_a_stop_hands_nothing_more_in_and_keeps_what_was_answered(halden_stage, addresses):
    server = Counting()
    await server.open()
    await decided_about(halden_stage, [f"fine-{n}" for n in range(40)])
    halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, f"smtp://127.0.0.1:{server.port}"))
    working = asyncio.create_task(halden_stage.post.run())

    async def some_left() -> bool:
        return len(server.taken) >= 4

    await until(some_left)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    at_the_stop = Counter(row["state"] for row in await halden_stage.fetch("SELECT state FROM letters"))
    server.close()

    assert at_the_stop == {"sent": len(server.taken), "ready": 40 - len(server.taken)}


async def test_a_loop_that_raises_stops_no_letter_and_is_named(halden_stage, addresses, monkeypatch):
    server = Counting()
    await server.open()
    await decided_about(halden_stage, [f"fine-{n}" for n in range(8)])
    post = Post(halden_stage.runtime, settings_of(addresses.url, f"smtp://127.0.0.1:{server.port}"))

    async def fails() -> int:
        raise KeyError("a mistake in the program")

    monkeypatch.setattr(post.forwarding, "forward_some", fails)
    working = asyncio.create_task(post.run())

    async def all_left() -> bool:
        return len(server.taken) == 8

    await until(all_left)
    trouble = post.trouble
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    server.close()

    assert trouble == "forwarding failed: KeyError"
    assert set(server.hashes.values()) == {1}


async def test_an_answer_is_kept_though_what_follows_from_it_fails(halden_stage, addresses, monkeypatch):
    server = Counting()
    await server.open()
    await decided_about(halden_stage, [f"fine-{n}" for n in range(4)])
    halden_stage.post = Post(halden_stage.runtime, settings_of(addresses.url, f"smtp://127.0.0.1:{server.port}"))
    react = halden_stage.runtime.router.react

    async def fails_for_one(conn, people, news, now) -> None:
        if any(n.topic == "outreach-sent" and n.candidate == "fine-2" for n in news):
            raise KeyError("a mistake in the program")
        await react(conn, people, news, now)

    with monkeypatch.context() as patched:
        patched.setattr(halden_stage.runtime.router, "react", fails_for_one)
        await halden_stage.post.run_due()
    await halden_stage.post.close()
    server.close()

    assert set(server.hashes.values()) == {1}
    assert {row["state"] for row in await halden_stage.fetch("SELECT state FROM letters")} == {"sent"}
    assert len(await halden_stage.said("outreach-sent")) == 4


async def test_somebody_nobody_can_decide_about_holds_up_nobody_else(halden_stage, monkeypatch):
    await decided_about(halden_stage, ["fine-0", "fine-1", "fine-2"])
    async with halden_stage.database.transaction("*") as conn:
        await conn.execute("UPDATE letters SET state = 'planned', due_at = '2026-11-16 06:00Z'")
    plan = letters.plan

    def fails_for_one(records, now):
        if any(record.candidate == "fine-1" for record in records):
            raise KeyError("a mistake in the program")
        return plan(records, now)

    with monkeypatch.context() as patched:
        patched.setattr(letters, "plan", fails_for_one)
        await halden_stage.clock.once(clock.plan_due_letters)

    rows = await halden_stage.fetch("SELECT recipient, state FROM letters ORDER BY recipient")
    assert [row["state"] for row in rows] == ["ready", "planned", "ready"]
    await halden_stage.clock.run_due()
    rows = await halden_stage.fetch(
        "SELECT count(*) AS n FROM letters WHERE due_at <= '2026-11-16 07:00Z' AND state = 'planned'"
    )
    assert rows[0]["n"] == 0
