"""What happens because time passed: a letter's hour comes, what held it back ends, or a promise is broken."""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from services.notifications.domain import new_links
from services.notifications.domain.survey_batches import close_batches, said_batches
from services.notifications.handlers import plan_letters
from services.notifications.sql.letters import find_due, find_promised, put_off_person
from services.notifications.sql.new_links import claim_link_requests, find_link_requests
from services.notifications.sql.organizations import load_openings
from services.notifications.sql.records import load_records
from services.notifications.sql.survey import load_known_names, load_unsaid, load_waiting, save_batches
from shared.kit.advice import located
from shared.kit.clock import AT_ONCE, DueWork
from shared.kit.loops import by_halves
from shared.kit.people import Pair, lock_people
from shared.kit.turn import Turn

log = structlog.get_logger()
schedule = DueWork()
PUT_OFF = timedelta(hours=1)


@schedule.every(seconds=5, once_read=True, find_due=find_due)
async def plan_due_letters(turn: Turn) -> int:
    """Decide again about everyone with a letter that is due."""
    return await _decide_again(turn, await find_due(turn.conn, turn.now, AT_ONCE))


@schedule.every(seconds=30, once_read=True, find_due=find_promised)
async def keep_promises(turn: Turn) -> int:
    """Rule 7: say what was promised until now and is not there."""
    return await _decide_again(turn, await find_promised(turn.conn, turn.now, AT_ONCE))


@schedule.every(seconds=5, find_due=find_link_requests)
async def send_new_links(turn: Turn) -> int:
    """Plan a letter for everyone at whose address a new link was asked for; who it fails for may ask again."""
    requested = await claim_link_requests(turn.conn, AT_ONCE)
    readers = {(r.organization, candidate) for r in requested for candidate in r.candidates}

    async def ask(some: Sequence[Pair]) -> None:
        async with turn.savepoint():
            records = await load_records(turn.conn, await lock_people(turn.conn, some))
            await turn.say(new_links.asked(records, turn.now), publish=False)

    async def forget(one: Pair, error: Exception) -> None:
        log.error("no new link", organization=one[0], candidate=one[1], **located(error))

    if readers:
        await by_halves(sorted(readers), ask, forget)
    return len(requested)


@schedule.every(seconds=3600, once_read=True)
async def show_surveys(turn: Turn) -> int:
    """Rule 10: close the batches of answers that are full, and say so."""
    waiting = await load_waiting(turn.conn)
    openings = await load_openings(turn.conn, {(a.organization, a.job) for a in waiting})
    fresh = [answer for answer in waiting if answer.said is None]
    batches = [*said_batches(waiting), *close_batches(fresh, openings, turn.now)]
    if batches:
        jobs = {(answer.organization, answer.job) for batch in batches for answer in batch.answers}
        await save_batches(turn.conn, batches, await load_known_names(turn.conn, jobs))
    await turn.say(await load_unsaid(turn.conn))
    return len(batches)


async def _decide_again(turn: Turn, due: Sequence[Pair]) -> int:
    """One that a mistake in the program fails on is put off alone."""

    async def decide(some: Sequence[Pair]) -> int:
        async with turn.savepoint():
            people = await lock_people(turn.conn, some, skip_locked=True)
            await plan_letters(turn, people.told({}))
            return len(people)

    async def put_off(one: Pair, error: Exception) -> int:
        log.error("not decided", organization=one[0], candidate=one[1], **located(error))
        await put_off_person(turn.conn, one, turn.now, turn.now + PUT_OFF)
        return 1

    return sum(await by_halves(due, decide, put_off)) if due else 0
