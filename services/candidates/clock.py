"""What happens because time passed: consents and memberships end, nobody answers, a time to look again comes."""

from datetime import datetime

from services.candidates import sql
from services.candidates.domain import candidacies, findable, keeping, mentoring, pool
from shared.kit.clock import Schedule
from shared.kit.db import Connection
from shared.kit.people import lock_people
from shared.kit.say import say

schedule = Schedule()
AT_ONCE = 200


@schedule.every(seconds=30)
async def reconsider_members(conn: Connection, now: datetime) -> int:
    """Places in the pool that time alone may have changed."""
    people = await lock_people(conn, await sql.find_due_members(conn, now, AT_ONCE), skip_locked=True)
    records = await sql.load_records(conn, people)
    places = pool.place(records, now)
    changed = await sql.save_members(conn, people, places)
    members = findable.placed(places, people.pairs)
    await sql.save_descriptions(conn, people, findable.describe(members, await sql.load_texts(conn, people)))
    await sql.save_skills(conn, people, findable.skills(members, await sql.load_rated(conn, people)))
    await say(conn, [*pool.sayings(changed), *pool.farewells(records)], now)
    return len(people)


@schedule.every(seconds=30)
async def reconsider_matches(conn: Connection, now: datetime) -> int:
    """Matches whose blockers time alone may have changed."""
    people = await lock_people(conn, await sql.find_due_matches(conn, now, AT_ONCE), skip_locked=True)
    kept = await sql.load_kept_of_people(conn, people)
    found = await sql.load_candidacies(conn, people)
    looked = candidacies.look(found.candidacies, kept, found.openings, now)
    await sql.save_matches(conn, looked, now)
    await say(conn, looked.sayings, now)
    return len(people)


@schedule.every(seconds=30)
async def erase_people(conn: Connection, now: datetime) -> int:
    """Rule 11: legal holds that end, and people whom nothing keeps any more."""
    people = await lock_people(conn, await sql.find_due_keeping(conn, now, AT_ONCE), skip_locked=True)
    terms = await sql.load_terms(conn, {organization for organization, _ in people.pairs})
    kept = await sql.load_kept(conn, people)
    found = keeping.due(kept, terms)
    await sql.save_keeping(conn, people, found, now)
    await say(conn, [*keeping.erasures(kept, terms, now), *keeping.requests(found, now)], now)
    return len(people)


@schedule.every(seconds=30)
async def end_mentorships(conn: Connection, now: datetime) -> int:
    """Rule 12: mentorships whose last day is over."""
    people = await lock_people(conn, await sql.find_due_mentorships(conn, now.date(), AT_ONCE), skip_locked=True)
    found = mentoring.judge(await sql.load_relations(conn, people), now.date())
    await sql.save_mentorships(conn, people, found)
    await say(conn, mentoring.sayings(found), now)
    return len(people)
