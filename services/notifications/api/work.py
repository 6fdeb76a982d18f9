"""What waits for people: tasks, everyone still without an answer, and the brake."""

from services.notifications.api.callers import Anybody, find_own_jobs
from services.notifications.sql.counts import count_work
from shared.contracts import Value
from shared.web.answers import MOST_COUNTED, Count
from shared.web.bodies import Routes

routes = Routes(tags=["work"])


class Work(Value):
    """How much waits: 1,000 of a kind are that many or more."""

    letters_to_approve: Count
    waiting: Count
    overdue: Count
    tasks: Count
    my_tasks: Count


@routes.get("/work")
async def read_work(caller: Anybody) -> Work:
    """Letters that wait for an approval, people who wait for an answer, and open tasks. Cheap to ask often.

    Hiring managers are told of their own jobs. `my_tasks` are those the caller owns.
    """
    async with caller.turn() as turn:
        jobs = await find_own_jobs(turn.conn, caller)
        found = await count_work(turn.conn, caller.organization, jobs, caller.user, turn.now, MOST_COUNTED)
    return Work(**found._asdict())
