"""What happens because time passed: consents and memberships end, nobody answers, a time to look again comes."""

from services.candidates import sql
from services.candidates.domain import keeping
from services.candidates.handlers import keep_or_erase, look_again, pair_with_mentors, place_in_pool
from shared.kit.clock import Schedule
from shared.kit.people import People
from shared.kit.turn import Turn


async def erase(turn: Turn, people: People) -> None:
    """Rule 11: legal holds that end, and people whom nothing keeps any more: the organisation asks for them."""
    found = await keep_or_erase(turn, people)
    await turn.say(keeping.requests(found, turn.now))


schedule = Schedule()
schedule.deadline("reconsider_members", sql.find_due_members, place_in_pool)
schedule.deadline("reconsider_matches", sql.find_due_matches, look_again)
schedule.deadline("erase_people", sql.find_due_keeping, erase)
schedule.deadline("end_mentorships", sql.find_due_mentorships, pair_with_mentors)
