"""A service whose database is younger than what it said reads that first: it says nothing that is on its topics."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import pytest

from bench.facts import START, candidate_round, job, record
from local.databases import LISTENING
from services.candidates.main import SERVICE as CANDIDATES
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from shared.contracts import EVENTS, CandidateRegistered, InterviewCompleted
from shared.kafka.backlog import find_ends, lag
from shared.kafka.positions import Reach
from shared.kit.db import EVERYONE
from shared.kit.offsets import load_offsets
from shared.kit.say import owned_topics
from shared.running.runtime import Runtime
from shared.web.caller import Caller
from tests.running import count, eventually, make_topics, publish, read_topic, running, settings_for

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka]

SERVICES = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)
LATER = START + timedelta(days=100)
HOUR = timedelta(hours=1)
LEFT = "SELECT (SELECT count(*) FROM waiting WHERE failed_at IS NULL) + (SELECT count(*) FROM outbox)"


class OwnTopicsLast:
    """Whoever starts hears its own topics only after all others."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held = []
        seek = Reach.seek

        def hold(reach: Reach, assigned, offsets) -> None:
            seek(reach, assigned, offsets)
            own = [tp for tp in assigned if reach.position_of(tp)[0] in owned_topics(reach.database.service)]
            reach.client().pause(*own)
            self.held.append((reach.client(), own))

        monkeypatch.setattr(Reach, "seek", hold)

    def let_go(self) -> None:
        for client, own in self.held:
            client.resume(*own)


@pytest.fixture
def world(kafka, fresh_database, tmp_path):
    """Every service in this process, on databases of its own that nobody had before."""

    @asynccontextmanager
    async def begin(prefix: str, now: datetime) -> AsyncIterator[list[Runtime]]:
        async with AsyncExitStack() as stack:
            runtimes = []
            for service in SERVICES:
                settings = settings_for(kafka, await fresh_database(service.name), prefix, tmp_path)
                started = running(service.name, settings, service.router, service.schedule)
                runtimes.append(await stack.enter_async_context(started))
            await move(runtimes, now)
            yield runtimes

    return begin


async def move(runtimes: list[Runtime], now: datetime) -> None:
    for runtime in runtimes:
        async with runtime.database.transaction(EVERYONE) as conn:
            await runtime.time.move(conn, now)


async def unread(runtime: Runtime, *, own: bool) -> int:
    """How much of its own topics, or of the others, it has not read."""
    ends = await find_ends(runtime.settings.kafka, runtime.settings.topic_prefix, runtime.name)
    async with runtime.database.transaction(()) as conn:
        offsets = await load_offsets(conn)
    return lag({at: end for at, end in ends.items() if (at[0] in owned_topics(runtime.name)) == own}, offsets)


async def are_at_rest(runtimes: list[Runtime]) -> bool:
    """Everything is read, derived and said, and nothing is due."""
    for runtime in runtimes * 2:  # what the last of them said, the first has heard
        if runtime.waiting or await runtime.run_due() or await count(runtime, LEFT):
            return False
        if await unread(runtime, own=True) + await unread(runtime, own=False):
            return False
    return True


async def have_heard_others(runtimes: list[Runtime]) -> bool:
    return not any([await unread(runtime, own=False) for runtime in runtimes])


async def said(kafka, prefix: str) -> list[tuple[str, str, bytes]]:
    records = await read_topic(kafka, prefix, *(event.topic for event in EVENTS))
    heads = [(r.topic.removeprefix(prefix), dict(r.headers), r.value) for r in records if r.value is not None]
    return sorted((topic, head["ce_id"].decode(), value) for topic, head, value in heads)


async def test_whoever_lost_its_database_says_nothing_that_is_on_its_topics(kafka, world, monkeypatch):
    prefix = await make_topics(kafka)
    facts = [*job(), *(event for number in range(8) for event in candidate_round(number))]
    assumed = ("i0-1", "i0-2")  # nobody says that these took place
    told = [f for f in facts if not isinstance(f, InterviewCompleted) or f.interview not in assumed]
    async with world(prefix, LATER) as runtimes:
        await publish(kafka, prefix, [record(fact) for fact in told])
        await eventually(lambda: are_at_rest(runtimes))
        await move(runtimes, LATER + HOUR)  # when rounds are summed up
        await eventually(lambda: are_at_rest(runtimes))
    before = await said(kafka, prefix)
    own = {"interview-completed", "candidate-pooled", "interview-returned", "round-summed-up"}
    assert own <= {topic for topic, event, _ in before if not event.startswith(topic)}

    own_last = OwnTopicsLast(monkeypatch)
    async with world(prefix, LATER + HOUR) as runtimes:
        assert {runtime.name for runtime in runtimes} == set(LISTENING)
        await eventually(lambda: have_heard_others(runtimes))
        again = CandidateRegistered(candidate="c0", name="Candidate 0", language="en")
        caller = Caller(next(r for r in runtimes if r.name == CANDIDATES.name), "bench", "ines")
        async with caller.turn() as turn:  # over HTTP, meanwhile
            await caller.record(turn, again)
        own_last.let_go()
        await eventually(lambda: are_at_rest(runtimes))
        await move(runtimes, LATER + 2 * HOUR)
        await eventually(lambda: are_at_rest(runtimes))

    after = await said(kafka, prefix)
    [profile] = [record for record in after if record not in before]
    assert profile[0] == again.topic
    assert [record for record in after if record != profile] == before
