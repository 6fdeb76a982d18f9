"""Who recommended whom."""

from typing import Annotated

from fastapi import Depends, Query, Response

from services.candidates.api.callers import AnId
from services.candidates.sql.mentoring import find_recommender, load_referrals
from shared.contracts import Id, ReferralMade, Text, Value
from shared.kit.people import find_ids, lock_organizations
from shared.web.access import signed_in
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Forbidden
from shared.web.roles import READERS, WRITERS, Role

routes = Routes(tags=["relations"])

COLLEAGUES = (Role.INTERVIEWER, Role.HIRING_MANAGER)  # anybody of the organisation may recommend
Recommender = Annotated[Caller, Depends(signed_in(*WRITERS, *COLLEAGUES))]
ById = Annotated[Id | None, Query()]


class NotYourReferral(Forbidden):
    """Somebody else recommended under this id: colleagues speak for themselves."""

    code = "not-your-referral"


class Recommendation(Value):
    """Somebody of the organisation recommends somebody; `user` unless it is the caller."""

    candidate: Id
    user: Id | None = None
    job: Id | None = None
    note: Text | None = None


@routes.put("/referrals/{referral}", responses={201: {"description": "Made.", "model": Saved}})
async def recommend(referral: AnId, body: Recommendation, response: Response, caller: Recommender) -> Saved:
    """Recommend somebody, for a job or for any. Colleagues speak for themselves, and change their own only."""
    speaks_for_others = bool(caller.roles & {*WRITERS})
    user = body.user if body.user and speaks_for_others else caller.user
    event = ReferralMade(referral=referral, candidate=body.candidate, user=user, job=body.job, note=body.note)
    async with caller.turn() as turn:
        await lock_organizations(turn.conn, {caller.organization: True})  # nobody else recommends under it meanwhile
        by = await find_recommender(turn.conn, caller.organization, referral)
        if by not in (None, user) and not speaks_for_others:
            raise NotYourReferral("Somebody else recommended under this id: take another.")
        await caller.refuse_restricted(turn.conn, [body.candidate])
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.get("/referrals")
async def read_referrals(
    caller: Annotated[Caller, Depends(signed_in(*READERS))],
    job: ById = None,
    candidate: ById = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ReferralMade]:
    """Who was recommended by whom, in the order of ids."""
    async with caller.turn() as turn:
        ids = await find_ids(turn.conn, caller.organization, candidate) if candidate else None
        found = await load_referrals(turn.conn, caller.organization, ids, job, opened(cursor, 1)[0], limit)
        await caller.note_reading(turn, [candidate])
        known = [ReferralMade.model_validate(body) for body in found]
        visible = await caller.visible(turn.conn, known)
    return Page(items=visible, cursor=following(known, limit, lambda r: [r.referral]))
