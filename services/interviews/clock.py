"""What happens because time passed: an interview nobody spoke of a day after its end took place."""

from datetime import datetime

from services.interviews import domain, sql
from shared.kit.db import Connection
from shared.kit.people import lock_people
from shared.kit.say import say
from shared.kit.schedule import Schedule

schedule = Schedule()
AT_ONCE = 200


@schedule.every(seconds=30)
async def assume_completion(conn: Connection, now: datetime) -> int:
    """Judge again the interviews of everyone with one that ended a day ago."""
    people = await lock_people(conn, await sql.find_due(conn, now, AT_ONCE), skip_locked=True)
    interviews = domain.judge_all(await sql.load_heard(conn, people), now)
    await sql.save_interviews(conn, people, interviews)
    await say(conn, domain.assumptions(interviews), now)
    return len(people)
