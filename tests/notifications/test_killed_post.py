"""A post killed with -9 in a burst: nothing is lost, and no more leaves twice than was answered and not settled."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from services.notifications.post.running import Post
from shared.kit.people import lock_organizations
from tests.notifications.posting import in_a_burst
from tests.notifications.test_burst import Counting
from tests.notifications.test_faults import decided_about
from tests.notifications.test_restarts import LETTERS
from tests.programs import started
from tests.running import eventually

pytestmark = pytest.mark.db

AT_MOST = 16  # as README promises
KILLS = LETTERS // 300  # beside the worst: each takes the lease of so many with it


class Holding(Counting):
    """It begins to take letters when it is told to, and may be told again."""

    def __init__(self) -> None:
        super().__init__()
        self.hold()

    def hold(self) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.asked.set()
        await self.go_on.wait()
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
async def server():
    opened = Holding()
    await opened.open()
    yield opened
    opened.close()


@asynccontextmanager
async def killed(addresses, server: Holding):
    """A post at work while the block runs, then killed."""
    arguments = addresses.url, f"smtp://127.0.0.1:{server.port}"
    process = started("tests.notifications.posting", *arguments, environment={})
    try:
        yield
    finally:
        process.kill()
        await asyncio.to_thread(process.join)


async def has_taken(server: Holding, letters: int) -> None:
    async def enough() -> bool:
        return len(server.taken) >= letters

    await eventually(enough)


async def unsettled(stage, server: Holding) -> int:
    """What has arrived, also just after the kill, and nobody has kept: it will leave once more."""
    await asyncio.sleep(0.2)
    return len(server.taken) - len(await stage.fetch("SELECT 1 FROM letters WHERE state = 'sent'"))


async def end(stage, addresses, server: Holding) -> None:
    """All leases are over, and another post sends what is left."""
    async with stage.database.transaction("*") as conn:
        await conn.execute("UPDATE letters SET leased_until = clock_timestamp() WHERE state = 'sending'")
    stage.post = Post(stage.runtime, in_a_burst(addresses.url, f"smtp://127.0.0.1:{server.port}"), lease=0)
    await stage.post.run_due()


async def test_a_kill_loses_nothing_and_doubles_as_many_as_promised(halden_stage, addresses, server, record_property):
    await decided_about(halden_stage, [f"fine-{n}" for n in range(LETTERS)])
    twice = []

    for _ in range(KILLS):
        async with killed(addresses, server):
            server.go_on.set()
            await has_taken(server, len(server.taken) + 50)
        twice.append(await unsettled(halden_stage, server) - sum(twice))
    server.hold()
    async with AsyncExitStack() as held, killed(addresses, server):
        await asyncio.wait_for(server.asked.wait(), 60)
        conn = await held.enter_async_context(halden_stage.database.transaction(["acme"]))
        await lock_organizations(conn, {"acme": True})  # and nothing can be settled
        server.go_on.set()
        await has_taken(server, len(server.taken) + AT_MOST)
        await asyncio.sleep(0.5)  # long enough for more
    twice.append(await unsettled(halden_stage, server) - sum(twice))
    await end(halden_stage, addresses, server)

    record_property("letters twice by each kill -9 of the post in a burst", f"{twice} of {LETTERS}")
    assert Counter(server.hashes.values()) == {1: LETTERS - sum(twice), 2: sum(twice)}
    assert twice[-1] == AT_MOST == max(twice)
