"""The letters of one job that wait for an approval, and approving all that raise no concern: type the number."""

from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field

from services.notifications.api.answers import concerns_about
from services.notifications.api.callers import AnId, Decider, find_own_jobs, refuse_other_jobs, refuse_unknown
from services.notifications.api.versions import version_of
from services.notifications.domain import full_letters
from services.notifications.domain.letters import Variant
from services.notifications.domain.planning import opens_at
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.letter_lists import find_jobs_to_approve, load_waiting_letters
from services.notifications.sql.letters import ListedLetter
from services.notifications.sql.records import load_records
from services.notifications.sql.verdicts import Verdict, save_verdicts
from shared.contracts import Id, Plan, Value
from shared.kit.db import Connection
from shared.kit.people import People, find_people, lock_organizations, lock_people
from shared.kit.turn import Turn
from shared.web.answers import AnotherNumber
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened

routes = Routes(tags=["letters"])

AT_MOST = 10_000


class WaitingLetter(Value):
    """A letter that waits; one with `concerns` is looked at alone."""

    letter: Id
    candidate: Id
    application: Id | None
    variant: str
    concerns: tuple[str, ...]
    version: str = Field(description="Of what it would say: released by it, it leaves with these words or not at all.")
    opens_at: datetime = Field(description="The first hour at which it disturbs nobody, once it is approved.")
    timezone: str = Field(description="Whose clock that is: the candidate's, else the job's.")


class WaitingLetters(Page[WaitingLetter]):
    """A page of what waits for an approval; `count` is how many raise no concern, on all pages together."""

    count: int


class Approvals(Value):
    """Approve everything that raises no concern. `expected` is how many that are: type the number you were shown."""

    expected: Annotated[int, Field(ge=0, le=AT_MOST)]
    not_before: Plan | None = Field(
        default=None, description="They leave then at the earliest, and may be taken back until they leave."
    )


class Approved(Value):
    """How many were approved and which, and which ones wait for somebody to look at them."""

    approved: int
    letters: list[Id]
    left: list[Id]


class _Looked(NamedTuple):
    letter: ListedLetter
    concerns: list[str]
    basis: str | None
    version: str
    opens_at: datetime
    timezone: str


class JobApprovals(Value):
    """A job whose letters wait for an approval: how many raise no concern, and how many somebody must look at."""

    job: Id
    ready: int
    to_look_at: int


@routes.get("/approvals")
async def read_jobs_to_approve(caller: Decider, cursor: Cursor = None, limit: Limit = 50) -> Page[JobApprovals]:
    """Jobs whose letters wait for an approval, in the order of their ids. Hiring managers see their own."""
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        own = await find_own_jobs(turn.conn, caller)
        jobs = await find_jobs_to_approve(turn.conn, caller.organization, own, after, limit)
        looked = await _look(turn.conn, caller, *jobs)
    return Page(items=[_counted(job, looked) for job in jobs], cursor=following(jobs, limit, lambda job: [job]))


def _counted(job: str, looked: list[_Looked]) -> JobApprovals:
    concerns = [x.concerns for x in looked if x.letter.job == job]
    return JobApprovals(job=job, ready=concerns.count([]), to_look_at=sum(bool(some) for some in concerns))


@routes.get("/jobs/{job}/approvals")
async def read_waiting_letters(job: AnId, caller: Decider, cursor: Cursor = None, limit: Limit = 50) -> WaitingLetters:
    """What waits for an approval about one job, in the order of the letters' ids. What `PUT` would approve."""
    [after] = opened(cursor, 1)
    async with caller.turn() as turn:
        await refuse_other_jobs(turn.conn, caller, job)
        await refuse_unknown(turn.conn, caller, job)
        looked = await _look(turn.conn, caller, job)
        page = [_shown(x) for x in looked if x.letter.letter > after][:limit]
    caller.show_digest(_all(looked))
    more = following(page, limit, lambda x: [x.letter])
    return WaitingLetters(count=_all(looked).count, items=page, cursor=more)


@routes.put("/jobs/{job}/approvals")
async def approve_letters(job: AnId, body: Approvals, caller: Decider) -> Approved:
    """Approve all of a job's letters that raise no concern, or none: 409 when `expected` is not how many they are."""
    async with caller.turn() as turn:
        await refuse_other_jobs(turn.conn, caller, job)
        await refuse_unknown(turn.conn, caller, job)
        await lock_organizations(turn.conn, {caller.organization: True})  # nothing is decided or given meanwhile
        looked = await _look(turn.conn, caller, job)
        caller.check_digest(_all(looked))
        clean = [x for x in looked if not x.concerns]
        if len(clean) != body.expected:
            raise AnotherNumber(f"{len(clean)} letters raise no concern, not {body.expected}: look again, then say it.")
        await _approve(turn, caller, clean, body.not_before)
        caller.show_digest(_all(await _look(turn.conn, caller, job)))
    return Approved(
        approved=len(clean),
        letters=[x.letter.letter for x in clean],
        left=[x.letter.letter for x in looked if x.concerns],
    )


async def _approve(turn: Turn, caller: Caller, clean: list[_Looked], not_before: datetime | None) -> None:
    people = await lock_people(turn.conn, [(caller.organization, x.letter.candidate) for x in clean])
    verdicts = [
        Verdict(x.letter.letter, "approve", None, caller.user, not_before, x.basis if not_before else None)
        for x in clean
    ]
    await save_verdicts(turn.conn, caller.organization, verdicts, turn.now)
    await caller.runtime.router.derive(turn, people)


async def _look(conn: Connection, caller: Caller, *jobs: str) -> list[_Looked]:
    letters = await caller.visible(conn, await load_waiting_letters(conn, caller.organization, jobs, AT_MOST))
    people = People(await find_people(conn, [(caller.organization, x.candidate) for x in letters]), {})
    records = {i: record for record in await load_records(conn, people) for i in record.ids}
    return [_looked(records[x.candidate], x) for x in letters]


def _looked(record: RecipientRecord, letter: ListedLetter) -> _Looked:
    application = record.application(letter.application)
    draft = full_letters.draft_of(record, application) if application and letter.variant == Variant.FULL else None
    version = version_of(record, letter)
    opens = opens_at(record, LetterKind(letter.kind), letter.about, letter.job, letter.send_at), record.zone(letter.job)
    if application is None or draft is None:
        return _Looked(letter, concerns_about(record, letter) or [], None, version, *opens)
    return _Looked(letter, full_letters.concerns(record, application, draft), draft.basis, version, *opens)


def _shown(looked: _Looked) -> WaitingLetter:
    x = looked.letter
    return WaitingLetter(
        letter=x.letter,
        candidate=x.candidate,
        application=x.application,
        variant=x.variant,
        concerns=tuple(looked.concerns),
        version=looked.version,
        opens_at=looked.opens_at,
        timezone=looked.timezone,
    )


def _all(looked: list[_Looked]) -> WaitingLetters:
    return WaitingLetters(count=sum(not x.concerns for x in looked), items=[_shown(x) for x in looked])
