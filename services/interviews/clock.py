"""What happens because time passed: a day after its end, an interview nobody spoke of is assumed to have been."""

from services.interviews.domain.interviews import assumptions
from services.interviews.handlers import save_outcomes
from services.interviews.sql.interviews import find_due
from shared.kit.clock import DueWork
from shared.kit.people import People
from shared.kit.turn import Turn


async def assume(turn: Turn, people: People) -> None:
    """Interviews that ended a day ago without a completion, cancellation or absence."""
    heard = await save_outcomes(turn, people)
    await turn.say(assumptions(heard, turn.now))


schedule = DueWork()
schedule.deadline("assume_completion", find_due, assume)
