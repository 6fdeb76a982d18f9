"""Letters: what is planned, sent or held back and why, and a person's approval."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from services.notifications.api.callers import (
    AnId,
    Decider,
    JobReader,
    LetterNotFound,
    NotWaiting,
    Reader,
    refuse_other_jobs,
)
from services.notifications.api.full_letters import Edited, ShownDraft, edit_draft, show_draft
from services.notifications.domain.letters import State
from services.notifications.sql.letters import LetterSearch, ListedLetter, load_content, load_letter, load_letters
from services.notifications.sql.work import Verdict, load_verdict, save_verdicts
from shared.contracts import Flag, Id, Stream, Text, Value
from shared.kit.db import Connection
from shared.kit.people import People, find_ids, lock_organizations, lock_people
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict

routes = Routes(tags=["letters"])


class Decided(StrEnum):
    """What a person says about a letter that waits."""

    APPROVE = "approve"
    REFUSE = "refuse"


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


class Approval(Given):
    """Let it go, or keep it here."""

    despite_findings: Flag = Field(default=False, description="Release what the lint found; then `reason` says why.")


class HasFindings(Conflict):
    """The lint found something in the draft: edit it, or say why it may stand."""

    code = "letter-has-findings"


class WholeLetter(Letter):
    """A letter with what a person decided about it, and the mail as it left, if it did."""

    approval: Given | None = None
    decided_by: Id | None = None
    mail: str | None = None
    draft: ShownDraft | None = None


@routes.get("/letters")
async def read_letters(
    caller: Reader, state: State | None = None, candidate: Id | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Letter]:
    """Letters in the order of their ids; a candidate's under any of their ids."""
    async with caller.turn() as turn:
        ids = await find_ids(turn.conn, caller.organization, candidate) if candidate else None
        found = await load_letters(
            turn.conn, caller.organization, LetterSearch(state, ids, opened(cursor, 1)[0], limit)
        )
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
    more = following(found, limit, lambda letter: [letter.letter])
    return Page(items=[Letter(**shown._asdict()) for shown in visible], cursor=more)


@routes.get("/letters/{letter}")
async def read_letter(letter: AnId, caller: JobReader) -> WholeLetter:
    """One letter, with the approval and the mail."""
    async with caller.turn() as turn:
        return await _show(turn, caller, letter)


@routes.put("/letters/{letter}/approval")
async def approve_letter(letter: AnId, approval: Approval, caller: Decider) -> WholeLetter:
    """Approve or refuse a letter that waits. The same decision again changes nothing."""
    async with caller.turn() as turn:
        shown = await _found(turn.conn, caller, letter)
        await lock_organizations(turn.conn, {caller.organization: False})
        people = await lock_people(turn.conn, [(caller.organization, shown.candidate)])
        shown = await _found(turn.conn, caller, letter)
        await caller.refuse_restricted(turn.conn, [shown.candidate])
        caller.check_digest(await _whole(turn.conn, caller, shown))
        known = await load_verdict(turn.conn, caller.organization, letter)
        if known is None or known.verdict != approval.decision or shown.state == State.WAITING:
            if shown.state != State.WAITING:
                raise NotWaiting("This letter does not wait for an approval.")
            await _refuse_findings(turn.conn, caller, shown, approval)
            verdict = Verdict(letter, approval.decision, approval.reason, caller.user)
            await _decide(turn, caller, verdict, people)
        return await _show(turn, caller, letter)


@routes.put("/letters/{letter}/draft")
async def edit_letter(letter: AnId, edited: Edited, caller: Decider) -> WholeLetter:
    """Write the draft of a full letter anew: other words for what the feedback says, fewer items, another order.

    Each item names the feedback and competency it comes from. New feedback makes a new draft, without the edit.
    """
    async with caller.turn() as turn:
        shown = await _found(turn.conn, caller, letter)
        await lock_organizations(turn.conn, {caller.organization: False})
        people = await lock_people(turn.conn, [(caller.organization, shown.candidate)])
        shown = await _found(turn.conn, caller, letter)
        await caller.refuse_restricted(turn.conn, [shown.candidate])
        caller.check_digest(await _whole(turn.conn, caller, shown))
        await edit_draft(turn.conn, caller, shown, edited, turn.now)
        await caller.runtime.router.derive(turn, people)
        return await _show(turn, caller, letter)


async def _refuse_findings(conn: Connection, caller: Caller, shown: ListedLetter, approval: Approval) -> None:
    if approval.decision is not Decided.APPROVE or (approval.despite_findings and approval.reason):
        return
    draft = await show_draft(conn, caller, shown)
    if draft and draft.findings:
        found = ", ".join(sorted({f.code for f in draft.findings}))
        raise HasFindings(f"The lint found {found}. Edit the draft, or approve despite it and give a reason.")


async def _found(conn: Connection, caller: Caller, letter: str) -> ListedLetter:
    shown = await load_letter(conn, caller.organization, letter)
    if shown is None:
        raise LetterNotFound("There is no letter of this id.")
    await refuse_other_jobs(conn, caller, shown.job)
    return shown


async def _show(turn: Turn, caller: Caller, letter: str) -> WholeLetter:
    whole = await _whole(turn.conn, caller, await _found(turn.conn, caller, letter))
    caller.show_digest(whole)
    await caller.note_reading(turn, [whole.candidate])
    return whole


async def _decide(turn: Turn, caller: Caller, verdict: Verdict, people: People) -> None:
    """Keep the verdict, and decide about the person's letters again."""
    await save_verdicts(turn.conn, caller.organization, [verdict], turn.now)
    await caller.runtime.router.derive(turn, people)


async def _whole(conn: Connection, caller: Caller, shown: ListedLetter) -> WholeLetter:
    known = await load_verdict(conn, caller.organization, shown.letter)
    content = await load_content(conn, caller.organization, shown.letter)
    draft = await show_draft(conn, caller, shown)
    return WholeLetter(
        **shown._asdict(),
        approval=Given(decision=Decided(known.verdict), reason=known.reason) if known else None,
        decided_by=known.by if known else draft and draft.approved_by,
        mail=content.decode("utf-8", "replace") if content else None,
        draft=draft,
    )
