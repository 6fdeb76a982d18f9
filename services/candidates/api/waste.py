"""The wasted-interview rate: how many completed interviews came to nothing."""

from collections.abc import Sequence

from services.candidates.api.callers import JobReader, find_own_jobs, refuse_other_jobs
from services.candidates.domain.waste import Rate, measure
from services.candidates.sql.waste import judge_concerned
from shared.contracts import Id, Name, Value
from shared.kit.db import Connection
from shared.web.bodies import Routes
from shared.web.caller import Caller

routes = Routes(tags=["waste"])


class ShownRate(Value):
    """`wasted` of `of`; `share` is null of nothing."""

    of: int
    wasted: int
    share: float | None


class Figures(Value):
    """Interviews completed, how many are not counted yet; and the rates, never mixed.

    `people`: whose they are, of those who are known still; an erasure changes no other figure.
    """

    interviews: int
    people: int
    open: int
    wasted: ShownRate
    without_the_loop: ShownRate
    without_feedback: ShownRate


@routes.get("/waste")
async def read_waste(
    caller: JobReader,
    job: Id | None = None,
    family: Name | None = None,
    cycle: Name | None = None,
    projected: bool = False,
) -> Figures:
    """Rule 9. Counted from ten business days after decision or closing; `projected` counts the others as they stand.

    Hiring managers read of their own jobs: of one, or of all together.
    """
    async with caller.turn() as turn:
        jobs = await _jobs(turn.conn, caller, job)
        asked = await judge_concerned(turn.conn, caller.organization, jobs, family, cycle, turn.now)
    found = measure(asked, turn.now, projected=projected)
    return Figures(
        interviews=found.interviews,
        people=found.people,
        open=found.open,
        wasted=_shown(found.now),
        without_the_loop=_shown(found.without_loop),
        without_feedback=_shown(found.without_feedback),
    )


async def _jobs(conn: Connection, caller: Caller, job: str | None) -> Sequence[str] | None:
    """Those that are asked about; None: every job."""
    if job:
        await refuse_other_jobs(conn, caller, job)
        return [job]
    return await find_own_jobs(conn, caller)


def _shown(rate: Rate) -> ShownRate:
    return ShownRate(of=rate.of, wasted=rate.wasted, share=rate.share)
