"""People behind a round's levels, for those who may read its scorecards anyway."""

from itertools import groupby

from services.insights.api.callers import WORKING, AnId, OfPeople, WholeOnly, find_job
from services.insights.domain.standings import Standing, standings
from services.insights.sql.interviewers import find_owed
from services.insights.sql.rows import load_assessments
from shared.contracts import Id, Value
from shared.web.bodies import Routes
from shared.web.cursors import Cursor, Limit, Page, following, opened

routes = Routes(tags=["rounds"])


class ShownLevel(Value):
    """The mean level of one person in one competency, 1 to 5, of so many ratings; `met`: what the job asks for."""

    competency: Id
    level: float
    ratings: int
    met: bool | None


class ShownStanding(Value):
    """One person of a round."""

    candidate: Id
    levels: list[ShownLevel]


@routes.get("/rounds/{job}/people")
async def read_people(job: AnId, caller: OfPeople, cursor: Cursor = None, limit: Limit = 50) -> Page[ShownStanding]:
    """Who stands at which level, for those who read working figures of this round, in the order of candidates' ids.

    A hiring manager who owes feedback about somebody is not told of them before it is given.
    """
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        known, guarded = await find_job(turn.conn, caller, job)
        if guarded:
            raise WholeOnly("Whoever reads guarded figures is told of nobody.")
        owed = set() if caller.roles & WORKING else await find_owed(turn.conn, known, caller.user)
        found = standings(await load_assessments(turn.conn, known), owed)
        visible = await caller.visible(turn.conn, [one for one in found if one.candidate > after])
        people = [_shown(whose, list(levels)) for whose, levels in groupby(visible, lambda one: one.candidate)][:limit]
        await caller.note_reading(turn, (person.candidate for person in people))
    return Page(items=people, cursor=following(people, limit, lambda one: [one.candidate]))


def _shown(candidate: str, found: list[Standing]) -> ShownStanding:
    levels = [ShownLevel(competency=s.competency, level=s.level, ratings=s.ratings, met=s.met) for s in found]
    return ShownStanding(candidate=candidate, levels=levels)
