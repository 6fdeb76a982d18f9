"""The talent pool: who is in it and why, and what a person decides about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Response

from services.candidates.api.callers import (
    AnId,
    Decider,
    JobReader,
    MembershipNotFound,
    find_own_jobs,
    refuse_other_jobs,
)
from services.candidates.domain.findable import HIGHEST_LEVEL, LOWEST_LEVEL, words_of
from services.candidates.sql.own_search import search_own
from services.candidates.sql.people import find_job_of
from services.candidates.sql.pool import Member, load_member, load_reviews
from services.candidates.sql.pool_search import FoundMember, PoolSearch, search_pool
from services.candidates.sql.records import load_records
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
    family_of,
)
from shared.kit.db import Connection
from shared.kit.people import Pair, People, find_ids, hold_people
from shared.kit.turn import Turn
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, cursor_after, opened
from shared.web.problems import Unprocessable, field_problem

routes = Routes(tags=["pool"])


class Membership(Value):
    """One person's place in the pool of one family. `status` is `left` with a reason for those who are out.

    `review`: what a person decided about it, and why; an older id of theirs may have had it then.
    """

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
    review: MembershipReviewed | None = None


class FoundMembership(Membership):
    """A membership; of the competency that was asked for, the level (1 to 5) and when it was last assessed."""

    level: float | None = None
    assessed_at: datetime | None = None


class Review(Value):
    """What a person decides: confirm a held tier, invite, choose another tier, or remove."""

    action: ReviewAction
    tier: Tier | None = None
    reason: Text


class LevelOfNothing(Unprocessable):
    """A level was asked for, but not of what."""

    code = "competency-missing"

    def __init__(self) -> None:
        detail = "Say of which competency."
        super().__init__(detail, errors=[field_problem("/query/competency", self.code, detail)])


async def wanted(
    family: Annotated[Name | None, Query(description="Of this family of jobs, however it is written.")] = None,
    tier: Tier | None = None,
    status: Annotated[str | None, Query(pattern="^(not_invited|held|invited|active|paused|left)$")] = None,
    cycle: Name | None = None,
    competency: Annotated[Id | None, Query(description="Assessed in this competency by an interviewer.")] = None,
    level: Annotated[
        int | None, Query(ge=LOWEST_LEVEL, le=HIGHEST_LEVEL, description="At this level of the competency at least.")
    ] = None,
    text: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            description="Whole words, all of them, upper or lower case, with or without accents (Łukasz is lukasz): of "
            "a name, of skills people state themselves, of titles of jobs they applied for, or of `why`.",
        ),
    ] = None,
) -> PoolSearch:
    """The filters of the pool. Raises LevelOfNothing."""
    if level and competency is None:
        raise LevelOfNothing
    words = tuple(dict.fromkeys(words_of(text or "")))
    kin = family_of(family, None) if family else None
    return PoolSearch(kin, tier, status, cycle, competency, level or LOWEST_LEVEL, None if text is None else words)


@routes.get("/pool")
async def read_pool(
    caller: JobReader,
    asked: Annotated[PoolSearch, Depends(wanted)],
    candidate: Annotated[Id | None, Query(description="Of this person, by any of their ids.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[FoundMembership]:
    """Members in the order of candidate and family, for whom every filter holds.

    Those who left are listed with `status=left` only, and found neither by text nor by competency. What one page looks
    at is bounded: it may hold fewer members than `limit`, or none, and still have a `cursor`. Follow that until it is
    null. Hiring managers find those whose place comes from an application for a job of theirs, by names, by titles of
    their own jobs, by `why` and by levels that were seen for their own jobs: by nothing else.
    """
    after_candidate, after_family = opened(cursor, 2)
    here = asked._replace(after=(after_candidate, after_family), limit=limit)
    async with caller.turn() as turn:
        own = await find_own_jobs(turn.conn, caller)
        if candidate:
            here = here._replace(candidates=await find_ids(turn.conn, caller.organization, candidate))
        page = await (
            search_pool(turn.conn, caller.organization, here)
            if own is None
            else search_own(turn.conn, caller.organization, here, own)
        )
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, page.members)
        reviews = await load_reviews(turn.conn, caller.organization, [found.candidate for found in visible])
    more = cursor_after(page.after) if page.after else None
    return Page(items=[_found(found, reviews) for found in visible], cursor=more)


@routes.get("/memberships/{membership}")
async def read_membership(membership: AnId, caller: JobReader) -> Membership:
    """One membership, with what a person decided about it."""
    async with caller.turn() as turn:
        member = await _member(turn.conn, caller, membership)
        reviews = await load_reviews(turn.conn, caller.organization, [member.candidate])
        await caller.show_version(turn.conn, MembershipReviewed, membership)
        await caller.note_reading(turn, [member.candidate])
    return shown_membership(member, reviews)


@routes.put("/memberships/{membership}/review", responses={201: {"description": "First review.", "model": Saved}})
async def review_membership(membership: AnId, review: Review, response: Response, caller: Decider) -> Saved:
    """Decide about a membership. The same decision again changes nothing."""
    async with caller.turn() as turn:
        member = await _member(turn.conn, caller, membership)
        people = await hold_people(turn.conn, caller.organization, member.candidate)
        member = await _member(turn.conn, caller, membership)  # as nobody else decides about it meanwhile
        await caller.refuse_restricted(turn.conn, [member.candidate])
        event = event_of(
            MembershipReviewed,
            review,
            membership,
            candidate=member.candidate,
            family=member.family,
            by=caller.user,
            reviewed_at=await _reviewed_at(turn, people, member.application),
        )
        reviews = await load_reviews(turn.conn, caller.organization, [member.candidate])
        recorded = await caller.record(turn, _unchanged(event, _review(member, reviews), member.status))
    return answered(response, recorded)


async def _reviewed_at(turn: Turn, people: People, application: str) -> datetime:
    """Now, or with the newest evidence that was looked at: a platform's clock may be ahead of ours."""
    [record] = await load_records(turn.conn, people, judged=people.pairs)
    seen = [known.judged_at for known in record.applications if known.application == application and known.judged_at]
    return max([turn.now, *seen])


async def _member(conn: Connection, caller: Caller, membership: str) -> Member:
    """Raises MembershipNotFound, and NotYourJob for who is only a hiring manager of others."""
    member = await load_member(conn, caller.organization, membership)
    if member is None:
        raise MembershipNotFound("There is no membership of this id.")
    await refuse_other_jobs(conn, caller, await find_job_of(conn, caller.organization, member.application))
    return member


def _unchanged(event: MembershipReviewed, known: MembershipReviewed | None, status: str) -> MembershipReviewed:
    """The review that is known when this one says the same and it has not lapsed, so that its instant stays."""
    before = known or event
    is_same = before.model_copy(update={"reviewed_at": event.reviewed_at}) == event
    return before if is_same and status not in _LAPSED.get(event.action, ()) else event


_LAPSED = {
    ReviewAction.CONFIRM: (MemberStatus.HELD,),
    ReviewAction.INVITE: (MemberStatus.HELD, MemberStatus.NOT_INVITED),
}


def _found(found: FoundMember, reviews: Mapping[Pair, str]) -> FoundMembership:
    shown = shown_membership(found.member, reviews)
    return FoundMembership(**dict(shown), level=found.level, assessed_at=found.assessed_at)


def shown_membership(member: Member, reviews: Mapping[Pair, str]) -> Membership:
    """A place in the pool as it is shown, with the newest review of it."""
    return Membership(**member._asdict(), review=_review(member, reviews))


def _review(member: Member, reviews: Mapping[Pair, str]) -> MembershipReviewed | None:
    known = reviews.get((member.candidate, member.family))
    return MembershipReviewed.model_validate_json(known) if known else None
