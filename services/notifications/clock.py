"""What happens because time passed: a letter's hour comes, what held it back ends, or a promise is broken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from services.notifications import sql
from services.notifications.domain import full_letters, new_links, planning, promise, tasks
from shared.kit.advice import located
from shared.kit.clock import Schedule
from shared.kit.db import Connection
from shared.kit.loops import by_halves
from shared.kit.people import Pair, lock_people
from shared.kit.say import say

log = structlog.get_logger()
schedule = Schedule()
AT_ONCE = 200
PUT_OFF = timedelta(hours=1)


@schedule.every(seconds=5, once_read=True)
async def plan_due_letters(conn: Connection, now: datetime) -> int:
    """Decide again about everyone with a letter that is due."""
    return await _decide_again(conn, await sql.find_due(conn, now, AT_ONCE), now)


@schedule.every(seconds=30, once_read=True)
async def keep_promises(conn: Connection, now: datetime) -> int:
    """Rule 7: say what was promised until now and is not there."""
    return await _decide_again(conn, await sql.find_promised(conn, now, AT_ONCE), now)


@schedule.every(seconds=5)
async def send_new_links(conn: Connection, now: datetime) -> int:
    """Plan a letter for everyone at whose address a new link was asked for; who it fails for may ask again."""
    requested = await sql.claim_link_requests(conn, AT_ONCE)
    readers = {(r.organization, candidate) for r in requested for candidate in r.candidates}

    async def ask(some: Sequence[Pair]) -> None:
        async with conn.savepoint():
            records = await sql.load_records(conn, await lock_people(conn, some))
            await say(conn, new_links.asked(records, now), now, publish=False)

    async def forget(one: Pair, error: Exception) -> None:
        log.error("no new link", organization=one[0], candidate=one[1], **located(error))

    if readers:
        await by_halves(sorted(readers), ask, forget)
    return len(requested)


async def _decide_again(conn: Connection, due: Sequence[Pair], now: datetime) -> int:
    """One that a mistake in the program fails on is put off alone."""

    async def decide(some: Sequence[Pair]) -> int:
        async with conn.savepoint():
            return await _decide(conn, some, now)

    async def put_off(one: Pair, error: Exception) -> int:
        log.error("not decided", organization=one[0], candidate=one[1], **located(error))
        await sql.put_off_person(conn, one, now, now + PUT_OFF)
        return 1

    return sum(await by_halves(due, decide, put_off)) if due else 0


async def _decide(conn: Connection, due: Sequence[Pair], now: datetime) -> int:
    people = await lock_people(conn, due, skip_locked=True)
    records = await sql.load_records(conn, people)
    planned = planning.plan(records, now)
    await sql.save_letters(conn, people, planned)
    await sql.save_tasks(conn, people, tasks.tasks(records, planned))
    await sql.save_waits(conn, people, promise.waits(records, planned, now))
    await say(conn, full_letters.releases(records, planned, now), now)
    await say(conn, [*planning.sayings(planned), *promise.overdue(records, planned, now)], now)
    return len(people)
