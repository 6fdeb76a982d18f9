"""Letters in a burst, while something in the program fails: each arrives once, counted by its bytes."""

import asyncio
from collections import Counter
from hashlib import sha256

import pytest

from services.notifications.clock import schedule
from services.notifications.domain import planning
from services.notifications.post.running import Post
from tests.notifications.conftest import settings_of
from tests.notifications.test_faults import decided_about
from tests.notifications.test_running_post import Server, impatient, until  # noqa: F401 - a fixture

pytestmark = pytest.mark.db


class Counting(Server):
    """Keeps what it took, and takes a moment for each. When it leaves, it drops whoever still talks to it."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes: Counter[str] = Counter()

    async def open(self) -> None:
        self.letters = 10**6
        await super().open()

    def leave(self) -> None:
        self.letters = 0
        self.close()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        await asyncio.sleep(0.02)
        self.hashes[sha256(envelope.content).hexdigest()] += 1
        return await super().handle_DATA(server, session, envelope)


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

    async def fails_for_one(turn, people) -> None:
        news = turn.take_news()
        if any(n.topic == "outreach-sent" and n.candidate == "fine-2" for n in news):
            raise KeyError("a mistake in the program")
        await react(turn, people, news)

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
    plan = planning.plan

    def fails_for_one(records, now):
        if any(record.candidate == "fine-1" for record in records):
            raise KeyError("a mistake in the program")
        return plan(records, now)

    [due_letters] = [every for every in schedule.entries if every.name == "plan_due_letters"]
    with monkeypatch.context() as patched:
        patched.setattr(planning, "plan", fails_for_one)
        await halden_stage.clock.once(due_letters)

    rows = await halden_stage.fetch("SELECT recipient, state FROM letters ORDER BY recipient")
    assert [row["state"] for row in rows] == ["ready", "planned", "ready"]
    await halden_stage.clock.run_due()
    rows = await halden_stage.fetch(
        "SELECT count(*) AS n FROM letters WHERE due_at <= '2026-11-16 07:00Z' AND state = 'planned'"
    )
    assert rows[0]["n"] == 0
