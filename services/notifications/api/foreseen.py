"""What each undecided person of a job would be told: to be read before everyone is decided at once."""

from collections import Counter
from datetime import datetime

from pydantic import Field

from services.notifications.api.callers import AnId, Decider, refuse_other_jobs, refuse_unknown
from services.notifications.api.full_letters import ShownDraft, shown_draft
from services.notifications.domain.foreseen import ForeseenAnswer, foresee
from services.notifications.domain.organizations import Opening, told_reason
from services.notifications.sql.organizations import find_named, load_openings, load_organizations
from services.notifications.sql.records import load_records
from shared.contracts import Id, OutreachMode, Value
from shared.kit.people import People, find_people
from shared.web.bodies import Routes
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.translation import spoken

routes = Routes(tags=["letters"])

NOTHING = "nothing"


class Foreseen(Value):
    """The letter that would answer one application, were it not selected now."""

    application: Id
    candidate: Id
    answer: str = Field(
        description="`decision_full`, `decision_short`, or `nothing` where you or the platform tell it."
    )
    language: str
    leaves_at: datetime | None = Field(description="The earliest hour, after an approval where it needs one.")
    reason: str | None = Field(description="Why it would not leave.")
    closing_reason: str | None = Field(description="What it says of why nobody was hired, in its language.")
    draft: ShownDraft | None = Field(description="Of a full letter: its items, and why a person has to look.")


class ForeseenAnswers(Page[Foreseen]):
    """A page of what everyone undecided would be told; `answers` counts the kinds of all pages together."""

    mode: OutreachMode = Field(description="In `off` and `shadow` none of it leaves.")
    count: int
    hired_nobody: bool = Field(description="The letters say that nobody was hired for this opening.")
    answers: dict[str, int]


@routes.get("/jobs/{job}/answers")
async def foresee_answers(job: AnId, caller: Decider, cursor: Cursor = None, limit: Limit = 50) -> ForeseenAnswers:
    """Everyone who is undecided about a job, and what each would be told if nobody of them were selected.

    Read it before `PUT /jobs/{job}/decisions` of the interviews service decides all of them. Nothing is written.
    """
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        await refuse_other_jobs(turn.conn, caller, job)
        await refuse_unknown(turn.conn, caller, job)
        known = await find_people(turn.conn, await find_named(turn.conn, [(caller.organization, job)]))
        records = await load_records(turn.conn, People(known, {}))
        found = await caller.visible(turn.conn, foresee(records, job, turn.now))
        page = [one for one in found if one.application.application > after][:limit]
        await caller.note_reading(turn, [one.candidate for one in page])
        settings = (await load_organizations(turn.conn, [caller.organization]))[caller.organization]
        opening = (await load_openings(turn.conn, [(caller.organization, job)]))[caller.organization][job]
    return ForeseenAnswers(
        mode=settings.mode,
        count=len(found),
        hired_nobody=opening.has_hired_nobody,
        answers=Counter(_answer(one) for one in found),
        items=[_shown(one, opening) for one in page],
        cursor=following(page, limit, lambda one: [one.application.application]),
    )


def _answer(foreseen: ForeseenAnswer) -> str:
    return foreseen.letter.variant if foreseen.letter else NOTHING


def _shown(foreseen: ForeseenAnswer, opening: Opening) -> Foreseen:
    record, application, letter, draft = foreseen
    language = spoken(record.profile and record.profile.language, opening.language, record.organization.language)
    return Foreseen(
        application=application.application,
        candidate=application.candidate,
        answer=_answer(foreseen),
        language=language,
        leaves_at=letter.send_at if letter else None,
        reason=letter.reason if letter else None,
        closing_reason=told_reason(record.organization, opening, language) if opening.has_hired_nobody else None,
        draft=shown_draft(record, application, draft) if draft else None,
    )
