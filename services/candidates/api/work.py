"""What waits for the caller, in numbers."""

from services.candidates.api.callers import Anybody, find_own_jobs
from services.candidates.sql.work import count_work
from shared.contracts import Value
from shared.web.answers import MOST_COUNTED, Count
from shared.web.bodies import Routes

routes = Routes(tags=["work"])


class Work(Value):
    """How much waits: 1,000 of a kind are that many or more."""

    matches_to_review: Count
    memberships_to_confirm: Count
    mentorships_to_answer: Count


@routes.get("/work")
async def read_work(caller: Anybody) -> Work:
    """Proposals nobody has looked at, members who are held, and mentorships the caller is asked for.

    Hiring managers are told of their own jobs. Cheap to ask often.
    """
    async with caller.turn() as turn:
        jobs = await find_own_jobs(turn.conn, caller)
        found = await count_work(turn.conn, caller.organization, jobs, caller.user, MOST_COUNTED)
    return Work(**found._asdict())
