"""The talent pool: who is in it and why, and what a person decides about it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.candidates import sql
from services.candidates.api.callers import (
    AnId,
    Decider,
    JobReader,
    MembershipNotFound,
    Reader,
    refuse_other_jobs,
)
from services.candidates.api.people import Saved, answered
from services.candidates.sql.pool import Member, Wanted
from shared.contracts import (
    Id,
    LeaveReason,
    MembershipReviewed,
    MemberStatus,
    Name,
    ReviewAction,
    Text,
    Tier,
    Value,
)
from shared.kit.pages import Cursor, Limit, following, opened

routes = APIRouter(tags=["pool"])


class Membership(Value):
    """One person's place in the pool of one family. `status` is `left` with a reason for those who are out."""

    membership: Id
    candidate: Id
    family: Name
    application: Id
    cycle: Name | None
    tier: Tier | None
    status: str
    reason: LeaveReason | None
    why: list[str]
    evidence: list[Id]
    rules_version: Id
    reconfirm_at: datetime | None
    expires_at: datetime | None


class Pool(Value):
    """A page of members; `cursor` leads to the next one and is absent on the last."""

    members: list[Membership]
    cursor: str | None = None


class Review(Value):
    """What a person decides: confirm a held tier, invite, choose another tier, or remove."""

    action: ReviewAction
    tier: Tier | None = None
    reason: Text


class ReviewedMembership(Membership):
    """A membership with what a person decided about it, if anybody did."""

    review: MembershipReviewed | None = None


@routes.get("/pool")
async def read_pool(
    desk: Reader,
    family: Name | None = None,
    tier: Tier | None = None,
    status: Annotated[str | None, Query(pattern="^(not_invited|held|invited|active|paused|left)$")] = None,
    cycle: Name | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Pool:
    """Members in the order of candidate and family. Those who left are listed with `status=left` only."""
    after_candidate, after_family = opened(cursor, 2)
    wanted = Wanted(family, tier, status, cycle, (after_candidate, after_family), limit)
    async with desk.transaction() as conn:
        members = await sql.load_pool(conn, desk.organization, wanted)
        visible = await desk.visible(conn, members)
    more = following(members, limit, lambda m: [m.candidate, m.family])
    return Pool(members=[_shown(m) for m in visible], cursor=more)


@routes.get("/memberships/{membership}")
async def read_membership(membership: AnId, desk: JobReader) -> ReviewedMembership:
    """One membership, with what a person decided about it."""
    async with desk.transaction() as conn:
        member = await sql.load_member(conn, desk.organization, membership)
        if member is None:
            raise MembershipNotFound("There is no membership of this id.")
        await refuse_other_jobs(conn, desk, await sql.find_job_of(conn, desk.organization, member.application))
        review = await sql.load_review(conn, desk.organization, membership)
        await desk.show_version(conn, MembershipReviewed, membership)
        await desk.note_reading(conn, [member.candidate])
    return ReviewedMembership(
        **member._asdict(), review=MembershipReviewed.model_validate_json(review) if review else None
    )


@routes.put("/memberships/{membership}/review", responses={201: {"description": "First review.", "model": Saved}})
async def review_membership(membership: AnId, review: Review, response: Response, desk: Decider) -> Saved:
    """Decide about a membership. The same decision again changes nothing."""
    async with desk.transaction() as conn:
        member = await sql.load_member(conn, desk.organization, membership)
        if member is None:
            raise MembershipNotFound("There is no membership of this id.")
        await refuse_other_jobs(conn, desk, await sql.find_job_of(conn, desk.organization, member.application))
        event = MembershipReviewed(
            membership=membership,
            candidate=member.candidate,
            family=member.family,
            by=desk.user,
            reviewed_at=await desk.now(conn),
            **review.model_dump(),
        )
        known = await sql.load_review(conn, desk.organization, membership)
        recorded = await desk.record(conn, _unchanged(event, known, member.status))
    return answered(response, recorded)


def _unchanged(event: MembershipReviewed, known: str | None, status: str) -> MembershipReviewed:
    """The review that is known when this one says the same and it has not lapsed, so that its instant stays."""
    before = MembershipReviewed.model_validate_json(known) if known else event
    is_same = before.model_copy(update={"reviewed_at": event.reviewed_at}) == event
    return before if is_same and status not in _LAPSED.get(event.action, ()) else event


_LAPSED = {
    ReviewAction.CONFIRM: (MemberStatus.HELD,),
    ReviewAction.INVITE: (MemberStatus.HELD, MemberStatus.NOT_INVITED),
}


def _shown(member: Member) -> Membership:
    return Membership(**member._asdict())
