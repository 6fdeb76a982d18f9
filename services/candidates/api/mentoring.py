"""Who mentors whom (rule 12)."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from services.candidates.api.callers import AnId, Anybody, CandidateNotFound
from services.candidates.domain.mentoring import (
    CAPACITY,
    RENEWALS,
    MentorAnswered,
    Stage,
    is_final,
    last_day,
)
from services.candidates.sql.mentoring import (
    ListedMentorship,
    MentorshipSearch,
    count_mentorships,
    find_mentorship,
    load_mentorships,
    load_proposal,
    load_suggestions,
)
from services.candidates.sql.people import find_known, load_consents, load_person
from shared.contracts import Day, Flag, Id, MentorshipEnded, MentorshipProposed, Purpose, Text, Value
from shared.kit.db import Connection
from shared.kit.people import find_ids, hold_people, lock_organizations
from shared.kit.turn import Turn
from shared.web.access import signed_in
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller, Recorded
from shared.web.cursors import LARGEST_PAGE, Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict, Forbidden, NotFound, PreconditionFailed, Unprocessable
from shared.web.roles import DECIDERS, READERS

routes = Routes(tags=["relations"])

THREE_MONTHS_ONLY = "mentoring-2026-11"  # a text of ours that knows of no renewal

Proposer = Annotated[Caller, Depends(signed_in(*DECIDERS))]
ById = Annotated[Id | None, Query()]


class MentorshipNotFound(NotFound):
    """No mentorship of this id."""

    code = "mentorship-not-found"


class NotYourMentorship(Forbidden):
    """Mentors answer for themselves."""

    code = "not-your-mentorship"


class MentorFull(Conflict):
    """The mentor has as many mentorships as one may have."""

    code = "mentor-full"


class CandidateAsked(Conflict):
    """The candidate has a mentor or is asked about one: they say yes to one, and would to both."""

    code = "mentorship-running"


class MentorshipOver(Conflict):
    """It has ended."""

    code = "mentorship-ended"


class MentorshipAgreed(Conflict):
    """What somebody agreed to is not changed behind their back."""

    code = "mentorship-agreed"


class NotBegun(Conflict):
    """Only what both agreed to is renewed: nobody's yes is to more than their page showed."""

    code = "mentorship-not-begun"


class RenewalNotAgreed(Conflict):
    """What the candidate agreed to speaks of three months only."""

    code = "renewal-not-agreed"


class GoalUnknown(Unprocessable):
    """A goal that no letter suggested to this candidate."""

    code = "goal-unknown"


class Proposal(Value):
    """A mentor for a candidate. Goals are suggestions of the letters they got; three months from `starts_on`."""

    candidate: Id
    user: Id
    goals: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    starts_on: Day


class MentorsAnswer(Value):
    """What the mentor says."""

    agreed: Flag
    version: Id | None = Field(
        default=None, description="As the mentorship was shown: 412 where a yes would be to other goals or days by now."
    )


class Mentorship(Value):
    """One mentorship: whose turn it is (`proposed`: the mentor's, `agreed`: the candidate's), or why it is over."""

    relation: Id
    candidate: Id
    user: Id
    goals: list[str]
    starts_on: date
    ends_on: date
    stage: Stage
    reason: str | None = None
    version: str = Field(description="Of its goals and days: see `PUT /mentorships/{relation}/answer`.")


class Suggestions(Value):
    """What the letters to somebody suggested: the goals that a mentor may be proposed with, word for word."""

    candidate: Id
    suggestions: list[str]


@routes.get("/candidates/{candidate}/suggestions")
async def read_suggestions(candidate: AnId, caller: Annotated[Caller, Depends(signed_in(*READERS))]) -> Suggestions:
    """What letters suggested to somebody, by any of their ids: goals for a mentorship."""
    async with caller.turn() as turn:
        if not await find_known(turn.conn, caller.organization, candidate):
            raise CandidateNotFound("Nobody of this id is known.")
        people = await load_person(turn.conn, caller.organization, candidate)
        suggestions = await load_suggestions(turn.conn, people)
        await caller.note_reading(turn, [candidate])
    return Suggestions(candidate=people.pairs[0][1], suggestions=sorted(suggestions))


@routes.put("/mentorships/{relation}", responses={201: {"description": "Proposed.", "model": Saved}})
async def propose_mentor(relation: AnId, proposal: Proposal, response: Response, caller: Proposer) -> Saved:
    """Propose a mentor. 409 when they have two, or the candidate one; 422 for a goal that no letter suggested."""
    event = event_of(MentorshipProposed, proposal, relation, ends_on=last_day(proposal.starts_on))
    async with caller.turn() as turn:
        await lock_organizations(turn.conn, {caller.organization: True})  # nobody else counts or answers meanwhile
        await _refuse_strangers_and_goals(turn.conn, caller, proposal)
        known = await find_mentorship(turn.conn, caller.organization, relation)
        if known and known.stage != Stage.PROPOSED:
            raise MentorshipAgreed("The mentor has answered, to these goals: end it and propose another.")
        await _refuse_second(turn.conn, caller, proposal.candidate, relation)
        if await count_mentorships(turn.conn, caller.organization, proposal.user, relation) >= CAPACITY:
            raise MentorFull(f"A mentor has {CAPACITY} mentorships at most.")
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.put("/mentorships/{relation}/answer", responses={201: {"description": "Answered.", "model": Saved}})
async def answer_as_mentor(relation: AnId, answer: MentorsAnswer, response: Response, caller: Anybody) -> Saved:
    """Accept or decline being the mentor. Then the candidate is asked, with the goals, on their page."""
    async with caller.turn() as turn:
        await hold_mentorship(turn, caller.organization, relation)
        known = await _running(turn.conn, caller, relation)
        if known.user != caller.user:
            raise NotYourMentorship("Only the mentor answers.")
        if answer.agreed and answer.version not in (None, known.version):
            raise PreconditionFailed("It is about something else by now: read it again.", version=known.version)
        recorded = await keep_answer(turn, caller, known, agreed=answer.agreed)
    return answered(response, recorded)


async def hold_mentorship(turn: Turn, organization: str, relation: str) -> None:
    """Nobody else proposes, answers, agrees or ends meanwhile: what is read of it from here on stays so."""
    await lock_organizations(turn.conn, {organization: False})
    if known := await find_mentorship(turn.conn, organization, relation):
        await hold_people(turn.conn, organization, known.candidate)


async def keep_answer(turn: Turn, caller: Caller, known: ListedMentorship, *, agreed: bool) -> Recorded:
    """What the mentor says to a proposal; a yes is said with the proposal, so that the candidate is asked."""
    event = MentorAnswered(
        relation=known.relation, candidate=known.candidate, user=known.user, agreed=agreed, answered_at=turn.now
    )
    return await caller.record(turn, event, publish=False)


@routes.put("/mentorships/{relation}/renewal")
async def renew_mentorship(relation: AnId, response: Response, caller: Proposer) -> Saved:
    """Three more months, once: again changes nothing.

    409 before both agreed, and where the words they agreed to know of no renewal.
    """
    async with caller.turn() as turn:
        await hold_mentorship(turn, caller.organization, relation)
        known = await _running(turn.conn, caller, relation)
        if known.stage != Stage.ACTIVE:
            raise NotBegun("It is renewed once both have agreed to it.")
        await _refuse_three_months_only(turn.conn, caller, known.candidate)
        event = await _proposed(turn.conn, caller, relation)
        longest = last_day(known.starts_on, RENEWALS)
        if event.ends_on != longest:
            event = event.model_copy(update={"ends_on": longest, "renewed_at": turn.now})
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.put("/mentorships/{relation}/end", responses={201: {"description": "Ended.", "model": Saved}})
async def end_mentorship(relation: AnId, response: Response, caller: Anybody) -> Saved:
    """End it: the mentor, or whoever may propose one. Nobody has to say why."""
    async with caller.turn() as turn:
        await hold_mentorship(turn, caller.organization, relation)
        known = await _found(turn.conn, caller, relation)
        if known.user != caller.user and not caller.roles & {*DECIDERS}:
            raise NotYourMentorship("The mentor ends it, or a recruiter.")
        await caller.refuse_restricted(turn.conn, [known.candidate])
        by = "mentor" if known.user == caller.user else "organization"
        recorded = await keep_ending(turn, caller, known, by)
    return answered(response, recorded)


async def keep_ending(turn: Turn, caller: Caller, known: ListedMentorship, by: str) -> Recorded:
    """It is over; what ended it for good before stays the reason."""
    reason = known.reason if known.reason and is_final(known.reason) else f"ended_by_{by}"
    event = MentorshipEnded(relation=known.relation, candidate=known.candidate, user=known.user, reason=reason)
    return await caller.record(turn, event)


@routes.get("/mentorships/{relation}")
async def read_mentorship(relation: AnId, caller: Anybody) -> Mentorship:
    """One mentorship. Mentors see their own."""
    async with caller.turn() as turn:
        known = await _found(turn.conn, caller, relation)
        await caller.note_reading(turn, [known.candidate])
        await caller.show_version(turn.conn, MentorshipProposed, relation)
    return shown_mentorship(known)


@routes.get("/mentorships")
async def read_mentorships(
    caller: Anybody,
    user: ById = None,
    candidate: ById = None,
    stage: Stage | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Mentorship]:
    """Mentorships in the order of their ids. Mentors see their own."""
    mine = user if caller.roles & {*READERS} else caller.user
    async with caller.turn() as turn:
        ids = await find_ids(turn.conn, caller.organization, candidate) if candidate else None
        wanted = MentorshipSearch(mine, ids, stage, opened(cursor, 1)[0], limit)
        found = await load_mentorships(turn.conn, caller.organization, wanted)
        if caller.roles & {*READERS}:
            await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
    return Page(items=[shown_mentorship(m) for m in visible], cursor=following(found, limit, lambda m: [m.relation]))


async def _refuse_strangers_and_goals(conn: Connection, caller: Caller, proposal: Proposal) -> None:
    if not await find_known(conn, caller.organization, proposal.candidate):
        raise CandidateNotFound("Nobody of this id is known.")
    await caller.refuse_restricted(conn, [proposal.candidate])
    people = await load_person(conn, caller.organization, proposal.candidate)
    if set(proposal.goals) - await load_suggestions(conn, people):
        raise GoalUnknown("Goals are suggestions of the letters this candidate got, word for word.")


async def _refuse_second(conn: Connection, caller: Caller, candidate: str, relation: str) -> None:
    ids = await find_ids(conn, caller.organization, candidate)
    found = await load_mentorships(conn, caller.organization, MentorshipSearch(candidates=ids, limit=LARGEST_PAGE))
    if any(m.relation != relation and m.stage != Stage.ENDED for m in found):
        raise CandidateAsked("They have a mentor, or are asked about one: end that first.")


async def _found(conn: Connection, caller: Caller, relation: str) -> ListedMentorship:
    known = await find_mentorship(conn, caller.organization, relation)
    if known is None or (known.user != caller.user and not caller.roles & {*READERS}):
        raise MentorshipNotFound("There is no mentorship of this id.")
    return known


async def _running(conn: Connection, caller: Caller, relation: str) -> ListedMentorship:
    known = await _found(conn, caller, relation)
    await caller.refuse_restricted(conn, [known.candidate])
    if known.stage == Stage.ENDED:
        raise MentorshipOver("It has ended.")
    return known


async def _refuse_three_months_only(conn: Connection, caller: Caller, candidate: str) -> None:
    consents = await load_consents(conn, await load_person(conn, caller.organization, candidate))
    if any(c["purpose"] == Purpose.MENTORING and c["text_version"] == THREE_MONTHS_ONLY for c in consents):
        raise RenewalNotAgreed("They agreed to three months: propose it anew when these are over.")


async def _proposed(conn: Connection, caller: Caller, relation: str) -> MentorshipProposed:
    return MentorshipProposed.model_validate_json(await load_proposal(conn, caller.organization, relation))


def shown_mentorship(known: ListedMentorship) -> Mentorship:
    return Mentorship(**known._asdict(), version=known.version)
