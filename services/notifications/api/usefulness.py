"""What candidates said of the letters that interviewers' words went into."""

from fastapi import APIRouter

from services.notifications import sql
from services.notifications.api.callers import UsefulnessReader
from services.notifications.domain import usefulness
from shared.contracts import Id, Value
from shared.kit.access import READERS
from shared.kit.pages import Cursor, Limit, Page, following, opened

routes = APIRouter(tags=["letters"])


class Useful(Value):
    """How useful candidates found letters with an interviewer's words, 0 to 5: the first five, ten, fifteen ratings."""

    interviewer: Id
    ratings: int
    mean: float
    counts: list[int]


@routes.get("/usefulness")
async def read_usefulness(desk: UsefulnessReader, cursor: Cursor = None, limit: Limit = 50) -> Page[Useful]:
    """What candidates said of the letters that interviewers' words went into, from five ratings on.

    In the order of interviewers' ids; an interviewer sees their own.
    """
    only = None if desk.roles & {*READERS} else desk.user
    [after] = opened(cursor, 1)
    async with desk.transaction() as conn:
        found = usefulness.shown(await sql.load_ratings(conn, desk.organization))
    page = [u for u in found if only in (None, u.interviewer) and u.interviewer > after][:limit]
    more = following(page, limit, lambda u: [u.interviewer])
    return Page(items=[Useful(**u._asdict()) for u in page], cursor=more)
