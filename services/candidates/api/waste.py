"""The wasted-interview rate: how many completed interviews came to nothing."""

from services.candidates.api.callers import Reader
from services.candidates.domain.waste import JudgedInterview, Rate, concerns, measure
from services.candidates.sql.jobs import load_people
from services.candidates.sql.records import load_records
from services.candidates.sql.waste import find_concerned, load_calendar, load_everyone, load_judged
from shared.business_days import Calendar
from shared.contracts import Id, Name, Value
from shared.kit.db import Connection
from shared.kit.people import People
from shared.web.bodies import Routes
from shared.web.cursors import slices

routes = Routes(tags=["waste"])
AT_ONCE = 1000


class ShownRate(Value):
    """`wasted` of `of`; `share` is null of nothing."""

    of: int
    wasted: int
    share: float | None


class Figures(Value):
    """Interviews completed, whose, how many are not counted yet; and the rates, never mixed."""

    interviews: int
    people: int
    open: int
    wasted: ShownRate
    without_the_loop: ShownRate
    without_feedback: ShownRate


@routes.get("/waste")
async def read_waste(
    caller: Reader,
    job: Id | None = None,
    family: Name | None = None,
    cycle: Name | None = None,
    projected: bool = False,
) -> Figures:
    """Rule 9. Counted from ten business days after decision or closing; `projected` counts the others as they stand."""
    async with caller.turn() as turn:
        asked = await judge_concerned(turn.conn, caller.organization, job, family, cycle)
    found = measure(asked, turn.now, projected=projected)
    return Figures(
        interviews=found.interviews,
        people=found.people,
        open=found.open,
        wasted=_shown(found.now),
        without_the_loop=_shown(found.without_loop),
        without_feedback=_shown(found.without_feedback),
    )


async def judge_concerned(
    conn: Connection, organization: str, job: str | None, family: str | None, cycle: str | None
) -> list[JudgedInterview]:
    """What every completed interview of this job, family and cycle came to; nobody else is looked at."""
    if job is None and family is None and cycle is None:
        return await judge_everyone(conn, organization)
    days = await load_calendar(conn, organization)
    judged: list[JudgedInterview] = []
    for some in slices(await find_concerned(conn, organization, job, family, cycle), AT_ONCE):
        people = await load_people(conn, [(organization, person) for person in some])
        judged += [j for j in await _judge(conn, people, days) if concerns(j, job, family, cycle)]
    return judged


async def judge_everyone(conn: Connection, organization: str) -> list[JudgedInterview]:
    """What every completed interview of an organisation came to, from the facts and the pool as they stand."""
    days = await load_calendar(conn, organization)
    judged: list[JudgedInterview] = []
    after = ""
    while people := await load_everyone(conn, organization, after, AT_ONCE):
        judged += await _judge(conn, people, days)
        after = max(person for _, person in people.pairs)
    return judged


async def _judge(conn: Connection, people: People, days: Calendar) -> list[JudgedInterview]:
    records = await load_records(conn, people)
    return await load_judged(conn, people, records, dict.fromkeys((o for o, _ in people.pairs), days))


def _shown(rate: Rate) -> ShownRate:
    return ShownRate(of=rate.of, wasted=rate.wasted, share=rate.share)
