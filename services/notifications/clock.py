"""What happens because time passed: a letter's hour comes, it grows too old, or what held it back ends."""

from datetime import datetime

from services.notifications import sql
from services.notifications.domain import letters, tasks
from shared.kit.db import Connection
from shared.kit.people import lock_people
from shared.kit.say import say
from shared.kit.schedule import Schedule

schedule = Schedule()
AT_ONCE = 200


@schedule.every(seconds=5)
async def plan_due_letters(conn: Connection, now: datetime) -> int:
    """Decide again about everyone with a letter that is due."""
    people = await lock_people(conn, await sql.find_due(conn, now, AT_ONCE), skip_locked=True)
    records = await sql.load_records(conn, people)
    planned = letters.plan(records, now)
    await sql.save_letters(conn, people, planned)
    await sql.save_tasks(conn, people, tasks.tasks(records, planned))
    await sql.save_waits(conn, people, tasks.waits(records))
    await say(conn, letters.sayings(planned), now)
    return len(people)
