"""What candidates said of the letters that interviewers' words went into."""

from services.notifications.api.callers import UsefulnessReader
from services.notifications.domain import usefulness
from services.notifications.sql.usefulness import load_ratings
from shared.contracts import Id, Value
from shared.web.bodies import Routes
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.roles import READERS

routes = Routes(tags=["letters"])


class Useful(Value):
    """How useful candidates found letters with an interviewer's words, 0 to 5: the first five, ten, fifteen ratings."""

    interviewer: Id
    ratings: int
    mean: float
    counts: list[int]


@routes.get("/usefulness")
async def read_usefulness(
    caller: UsefulnessReader, interviewer: Id | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Useful]:
    """What candidates said of the letters that interviewers' words went into, from five ratings on.

    In the order of interviewers' ids; an interviewer sees their own. `interviewer`: of one only.
    """
    whose = (interviewer, None if caller.roles & {*READERS} else caller.user)
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        found = usefulness.shown(await load_ratings(turn.conn, caller.organization))
    page = [u for u in found if {None, u.interviewer}.issuperset(whose) and u.interviewer > after][:limit]
    more = following(page, limit, lambda u: [u.interviewer])
    return Page(items=[Useful(**u._asdict()) for u in page], cursor=more)
