"""What happens because time passed: a day after its end, an interview nobody spoke of is assumed to have been."""

from datetime import datetime

from services.interviews import domain, sql
from shared.kit.clock import Schedule
from shared.kit.db import Connection
from shared.kit.people import lock_people
from shared.kit.say import say

schedule = Schedule()
AT_ONCE = 200


@schedule.every(seconds=30)
async def assume_completion(conn: Connection, now: datetime) -> int:
    """Interviews that ended a day ago without a completion, cancellation or absence."""
    people = await lock_people(conn, await sql.find_due(conn, now, AT_ONCE), skip_locked=True)
    heard = await sql.load_heard_interviews(conn, people)
    kept = await sql.load_interviews(conn, people)
    await sql.save_interviews(conn, domain.differences(kept, [domain.interview_state(h, now) for h in heard]))
    await say(conn, domain.assumptions(heard, now), now)
    return len(people)
