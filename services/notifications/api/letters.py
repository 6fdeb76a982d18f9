"""Letters: what is planned, sent or held back and why, and a person's approval."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from services.notifications.api.answers import (
    HasFindings,
    ShownRequest,
    Written,
    refuse_unready,
    show_request,
    write_answer,
)
from services.notifications.api.callers import (
    AnId,
    Decider,
    JobReader,
    LetterNotFound,
    NotWaiting,
    find_own_jobs,
    refuse_other_jobs,
)
from services.notifications.api.full_letters import (
    Edited,
    ShownDraft,
    draft_in,
    edit_draft,
    find_basis,
    load_record,
    show_draft,
)
from services.notifications.api.previews import Preview, preview
from services.notifications.api.versions import refuse_another, version_of
from services.notifications.domain.letters import State, Variant
from services.notifications.domain.planning import opens_at
from services.notifications.domain.policy import LetterKind
from services.notifications.letters.shown_mail import shown_mail
from services.notifications.sql.letter_lists import LetterSearch, load_letters
from services.notifications.sql.letters import ListedLetter, load_content, load_letter
from services.notifications.sql.verdicts import Verdict, delete_verdict, load_verdict, save_verdicts
from shared.contracts import EARLIEST, Flag, Id, Plan, Stream, Text, Value
from shared.kit.db import Connection
from shared.kit.people import People, find_ids, hold_people
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened, opened_at

routes = Routes(tags=["letters"])


class Decided(StrEnum):
    """What a person says about a letter that waits; `wait` takes back what was said."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WAIT = "wait"


class Letter(Value):
    """One letter: what it is about, how far it is, and why it does not leave."""

    letter: Id
    kind: str
    variant: str
    about: str
    recipient: Id
    candidate: Id
    step: int
    stream: Stream
    application: Id | None
    job: Id | None
    cause_at: datetime
    send_at: datetime
    state: State
    reason: str | None
    until: datetime | None
    due_at: datetime | None
    sent_at: datetime | None
    language: str | None
    message_id: str | None


class Given(Value):
    """What a person decided."""

    decision: Decided
    reason: Text | None = None
    not_before: Plan | None = Field(
        default=None, description="Approved so, it leaves then at the earliest, and may be taken back until it leaves."
    )


class Approval(Given):
    """Let it go, or keep it here."""

    version: Id | None = Field(
        default=None, description="As the letter was shown: 412 where it would say something else by now."
    )
    despite_findings: Flag = Field(default=False, description="Release what the lint found; then `reason` says why.")


class WholeLetter(Letter):
    """A letter with what a person decided about it, the mail as it left, or as it would leave now."""

    approval: Given | None = None
    decided_by: Id | None = None
    mail: str | None = Field(default=None, description="As it left, but for links that are its reader's alone.")
    draft: ShownDraft | None = None
    request: ShownRequest | None = Field(default=None, description="Of an answer: what it is to, and says.")
    preview: Preview | None = None
    version: str = Field(description="Of what it says, or would: see `PUT /letters/{letter}/approval`.")
    opens_at: datetime = Field(description="The first hour from `send_at` on at which it disturbs nobody.")
    timezone: str = Field(description="Whose clock that is: the candidate's, else the job's.")


@routes.get("/letters")
async def read_letters(
    caller: JobReader,
    state: State | None = None,
    candidate: Id | None = None,
    job: Id | None = None,
    kind: LetterKind | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Letter]:
    """Letters in the order of their ids; a candidate's under any of their ids.

    Those of one job, and those that are still to come (`planned`, `waiting`, `ready`), in the order of `send_at`.
    Hiring managers see those of their own jobs.
    """
    wanted = LetterSearch(state, None, job, kind, limit=limit)
    at, (after,) = opened_at(cursor, 1) if wanted.is_by_hour else (EARLIEST, opened(cursor, 1))
    async with caller.turn() as turn:
        ids = await find_ids(turn.conn, caller.organization, candidate) if candidate else None
        jobs = await find_own_jobs(turn.conn, caller)
        wanted = wanted._replace(candidates=ids, after=after, after_at=at, jobs=jobs)
        found = await load_letters(turn.conn, caller.organization, wanted)
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
    more = following(found, limit, _hour_and_id if wanted.is_by_hour else _id)
    return Page(items=[Letter(**shown._asdict()) for shown in visible], cursor=more)


def _id(letter: ListedLetter) -> list[str]:
    return [letter.letter]


def _hour_and_id(letter: ListedLetter) -> list[str]:
    return [letter.send_at.isoformat(), letter.letter]


@routes.get("/letters/{letter}")
async def read_letter(letter: AnId, caller: JobReader) -> WholeLetter:
    """One letter, with the approval and the mail."""
    async with caller.turn() as turn:
        return await _show(turn, caller, letter)


@routes.put("/letters/{letter}/approval")
async def approve_letter(letter: AnId, approval: Approval, caller: Decider) -> WholeLetter:
    """Approve or refuse a letter that waits. The same decision again changes nothing.

    `wait` takes it back, also a refusal, until the letter is on its way; a full letter that was approved without
    `not_before` is released at once, and stays so.
    """
    async with caller.turn() as turn:
        shown, people = await _locked(turn, caller, letter)
        known = await load_verdict(turn.conn, caller.organization, letter)
        if approval.decision is Decided.WAIT and known:
            await _refuse_gone(turn.conn, caller, shown)
            await delete_verdict(turn.conn, caller.organization, letter)
            await caller.runtime.router.derive(turn, people)
        elif approval.decision is not Decided.WAIT and not _is_same(known, approval, shown):
            refuse_another((await load_record(turn.conn, caller, shown))[0], shown, approval.version)
            await _refuse_findings(turn.conn, caller, shown, approval)
            await _decide(turn, caller, await _verdict(turn.conn, caller, shown, approval), people)
        return await _show(turn, caller, letter)


@routes.put("/letters/{letter}/draft")
async def edit_letter(letter: AnId, edited: Edited, caller: Decider) -> WholeLetter:
    """Write the draft of a full letter anew: other words for what the feedback says, fewer items, another order.

    Each item names the feedback and competency it comes from. New feedback makes a new draft, without the edit.
    """
    async with caller.turn() as turn:
        shown, people = await _locked(turn, caller, letter)
        await edit_draft(turn.conn, caller, shown, edited, turn.now)
        await caller.runtime.router.derive(turn, people)
        return await _show(turn, caller, letter)


@routes.put("/letters/{letter}/answer")
async def write_letter(letter: AnId, written: Written, caller: Decider) -> WholeLetter:
    """Write the answer to what somebody asked a person for, in the language of the letter; it waits for a release.

    Written anew, it waits again.
    """
    async with caller.turn() as turn:
        shown, people = await _locked(turn, caller, letter)
        record, _ = await load_record(turn.conn, caller, shown)
        await write_answer(turn.conn, caller, record, shown, written.text, turn.now)
        await caller.runtime.router.derive(turn, people)
        return await _show(turn, caller, letter)


async def _locked(turn: Turn, caller: Caller, letter: str) -> tuple[ListedLetter, People]:
    """The letter, nobody else changing it meanwhile, as whoever asks has seen it."""
    shown = await _found(turn.conn, caller, letter)
    people = await hold_people(turn.conn, caller.organization, shown.candidate)
    shown = await _found(turn.conn, caller, letter)
    await caller.refuse_restricted(turn.conn, [shown.candidate])
    caller.check_digest(await _whole(turn, caller, shown))
    return shown, people


def _is_same(known: Verdict | None, approval: Approval, shown: ListedLetter) -> bool:
    """It was decided so already. Raises NotWaiting when it was decided otherwise."""
    if shown.state == State.WAITING:
        return False
    if known is None or known.verdict != approval.decision:
        raise NotWaiting("This letter does not wait for an approval.")
    return True


async def _refuse_gone(conn: Connection, caller: Caller, shown: ListedLetter) -> None:
    """Raise NotWaiting when what was decided cannot be taken back any more."""
    draft = await show_draft(conn, caller, shown)
    if shown.state in (State.SENDING, State.SENT, State.FAILED) or (draft and draft.released):
        raise NotWaiting("This letter was released, or is on its way: nothing can be taken back.")


async def _verdict(conn: Connection, caller: Caller, shown: ListedLetter, approval: Approval) -> Verdict:
    verdict = Verdict(shown.letter, approval.decision, approval.reason, caller.user)
    if approval.not_before is None or approval.decision is not Decided.APPROVE:
        return verdict
    return verdict._replace(not_before=approval.not_before, basis=await find_basis(conn, caller, shown))


async def _refuse_findings(conn: Connection, caller: Caller, shown: ListedLetter, approval: Approval) -> None:
    despite = bool(approval.despite_findings and approval.reason)
    if shown.kind == LetterKind.ANSWER:
        record, _ = await load_record(conn, caller, shown)
        return refuse_unready(record, shown, is_refusal=approval.decision is Decided.REFUSE, despite=despite)
    if approval.decision is not Decided.APPROVE or despite:
        return None
    draft = await show_draft(conn, caller, shown)
    if draft and draft.findings:
        found = ", ".join(sorted({f.code for f in draft.findings}))
        raise HasFindings(f"The lint found {found}. Edit the draft, or approve despite it and give a reason.")
    return None


async def _found(conn: Connection, caller: Caller, letter: str) -> ListedLetter:
    shown = await load_letter(conn, caller.organization, letter)
    if shown is None:
        raise LetterNotFound("There is no letter of this id.")
    await refuse_other_jobs(conn, caller, shown.job)
    return shown


async def _show(turn: Turn, caller: Caller, letter: str) -> WholeLetter:
    whole = await _whole(turn, caller, await _found(turn.conn, caller, letter))
    caller.show_digest(whole)
    await caller.note_reading(turn, [whole.candidate])
    return whole


async def _decide(turn: Turn, caller: Caller, verdict: Verdict, people: People) -> None:
    """Keep the verdict, and decide about the person's letters again."""
    await save_verdicts(turn.conn, caller.organization, [verdict], turn.now)
    await caller.runtime.router.derive(turn, people)


async def _whole(turn: Turn, caller: Caller, shown: ListedLetter) -> WholeLetter:
    conn = turn.conn
    known = await load_verdict(conn, caller.organization, shown.letter)
    content = await load_content(conn, caller.organization, shown.letter)
    record, application = await load_record(conn, caller, shown)
    draft = draft_in(record, application) if shown.variant == Variant.FULL else None
    return WholeLetter(
        **shown._asdict(),
        approval=_given(known) if known else None,
        decided_by=known.by if known else draft and draft.approved_by,
        mail=shown_mail(content) if content else None,
        draft=draft,
        request=show_request(record, shown),
        preview=await preview(conn, record, shown.letter, turn.now),
        version=version_of(record, shown),
        opens_at=opens_at(record, LetterKind(shown.kind), shown.about, shown.job, shown.send_at),
        timezone=record.zone(shown.job),
    )


def _given(known: Verdict) -> Given:
    return Given(decision=Decided(known.verdict), reason=known.reason, not_before=known.not_before)
