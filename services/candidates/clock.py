"""What happens because time passed: consents and memberships end, nobody answers, a time to look again comes."""

from services.candidates.domain import keeping
from services.candidates.handlers import keep_or_erase, look_again, pair_with_mentors, place_in_pool
from services.candidates.sql.keeping import find_due_keeping
from services.candidates.sql.matches import find_due_matches
from services.candidates.sql.mentoring import find_due_mentorships
from services.candidates.sql.pool import find_due_members
from shared.kit.clock import DueWork
from shared.kit.people import People
from shared.kit.turn import Turn


async def erase(turn: Turn, people: People) -> None:
    """Rule 11: legal holds that end, and people whom nothing keeps any more: the organisation asks for them."""
    found = await keep_or_erase(turn, people)
    await turn.say(keeping.requests(found, turn.now))


schedule = DueWork()
schedule.deadline("reconsider_members", find_due_members, place_in_pool)
schedule.deadline("reconsider_matches", find_due_matches, look_again)
schedule.deadline("erase_people", find_due_keeping, erase)
schedule.deadline("end_mentorships", find_due_mentorships, pair_with_mentors)
