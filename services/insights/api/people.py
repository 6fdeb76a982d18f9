"""What became of people who were told what to build up; and what interviewers are told of themselves alone."""

from services.insights.api.callers import Interviewing, Reader, WholeOnly, is_guarded, known_jobs
from services.insights.api.shown import ShownFigure, Spoken, Telling
from services.insights.domain.calibration import is_worth_saying
from services.insights.domain.grown import growth_figures
from services.insights.domain.own import own_figures
from services.insights.sql.interviewers import load_own, load_rated_together
from services.insights.sql.organizations import are_interviewers_told
from services.insights.sql.rows import load_growths
from shared.contracts import Name, Value, family_of
from shared.web.bodies import Routes

routes = Routes(tags=["growth"])


class ShownGrowth(Value):
    """Who came back stronger: those who were `told`, those whom nobody told, and the `difference` between both."""

    guarded: bool
    figures: list[ShownFigure]


class OwnFigures(Value):
    """Figures of oneself. `told`: false where the organisation wants none. `leniency_is_sure`: large, and no chance."""

    told: bool
    leniency_is_sure: bool
    figures: list[ShownFigure]


@routes.get("/growth")
async def read_growth(caller: Reader, language: Spoken, family: Name | None = None) -> ShownGrowth:
    """Whether feedback works: people who came back, in what a letter told them, beside what nobody told them."""
    guarded = is_guarded(caller)
    if guarded and family:
        raise WholeOnly("Growth is told of the whole organisation.")
    async with caller.turn() as turn:
        kin = family_of(family, None) if family else None
        growths = await load_growths(turn.conn, caller.organization, kin)
        known = await known_jobs(turn.conn, caller)
    found = growth_figures(growths, is_guarded=guarded, known=known)
    return ShownGrowth(guarded=guarded, figures=Telling(language, {}).figures(found))


@routes.get("/interviewers/me")
async def read_own_figures(caller: Interviewing, language: Spoken) -> OwnFigures:
    """How the caller rates beside others who saw the same people, and how their feedback came. Nobody else sees it."""
    async with caller.turn() as turn:
        if not await are_interviewers_told(turn.conn, caller.organization):
            return OwnFigures(told=False, leniency_is_sure=False, figures=[])
        scorecards, assessments = await load_own(turn.conn, caller.organization, caller.user)
        together = await load_rated_together(turn.conn, caller.organization, caller.user)
    if not scorecards and not assessments:
        return OwnFigures(told=True, leniency_is_sure=False, figures=[])
    found = own_figures(caller.user, scorecards, assessments, together, turn.now)
    return OwnFigures(
        told=True,
        leniency_is_sure=is_worth_saying(found[0]),
        figures=Telling(language, {}).figures(found),
    )
