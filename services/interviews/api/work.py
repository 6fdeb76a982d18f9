"""What waits for the caller, in numbers."""

from services.interviews.api.callers import Anybody, scope_of
from services.interviews.sql.work import count_work
from shared.contracts import Value
from shared.web.answers import MOST_COUNTED, Count
from shared.web.bodies import Routes

routes = Routes(tags=["work"])


class Work(Value):
    """How much waits: 1,000 of a kind are that many or more."""

    feedback_owed_by_me: Count
    feedback_owed: Count


@routes.get("/work")
async def read_work(caller: Anybody) -> Work:
    """Feedback that is owed: by the caller, and by anybody about what the caller may see. Cheap to ask often."""
    async with caller.turn() as turn:
        scope = await scope_of(turn.conn, caller)
        found = await count_work(turn.conn, caller.organization, scope, MOST_COUNTED)
    return Work(**found._asdict())
