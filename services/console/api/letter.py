"""One letter: what its reader would see, what the lint found and where each sentence comes from; edited and decided."""

from collections.abc import Sequence
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Form, Query, Request
from fastapi.responses import HTMLResponse

from services.console.api.acts import not_before
from services.console.api.editing import NONE, Findings, check, edited, found_in, items_of
from services.console.api.places import Place
from services.console.api.releasing import PAGE, Released
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.api.wanted_letters import Wanted, in_order
from services.console.calls.desk import UNSEEN, CallRefused, Hole, Refusal, panels, rows_of
from services.console.calls.interviews.feedback import FEEDBACK
from services.console.calls.interviews.jobs import JOB
from services.console.calls.names import Names, find_names
from services.console.calls.notifications.letters import (
    DECIDE_LETTER,
    EDIT_LETTER,
    JOB_APPROVALS,
    LETTER,
    Approval,
    Letter,
)
from services.console.domain.drafts import Item, faults, pointers, read_items
from services.console.domain.letter_text import without_links
from services.console.domain.marks import marked
from shared.lint import ADVICE
from shared.web.translation import ENGLISH

routes = page_routes()

ADDRESS = f"{Place.LETTERS}/{{letter}}"
CHANGED = 412
DECISIONS = {"release": "approve", "release-despite": "approve", "refuse": "refuse", "take-back": "wait"}

AtLetters = Annotated[Visitor, Depends(visiting(Place.LETTERS))]


class Base(NamedTuple):
    """What a form was made of; with `over` it goes over what somebody else decided, which is taken back before."""

    etag: str = ""
    over: bool = False


class LetterDone(NamedTuple):
    """What an act did to this letter, or why not; `items` and `reason`: what was written, to stay written."""

    act: str
    error: str = ""
    refusal: Refusal | None = None
    items: list[Item] | None = None
    reason: str = ""
    faults: Sequence[tuple[str, str]] = ()
    findings: Findings = NONE

    @property
    def ids(self) -> dict[str, str]:
        """Fields of the form, by where the service finds them in what was sent."""
        return {"reason": f"reason-{self.act}"} | pointers(self.items or ())


@routes.get(ADDRESS)
async def show_letter(
    letter: str, visitor: AtLetters, wanted: Annotated[Wanted, Query()], edit: bool = False
) -> HTMLResponse:
    """The letter beside the others of its job."""
    return await _show(visitor, letter, wanted, edit=edit)


@routes.post(ADDRESS)
async def act_on_letter(
    request: Request,
    letter: str,
    visitor: AtLetters,
    wanted: Annotated[Wanted, Query()],
    act: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
    etag: Annotated[str, Form()] = "",
    over: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Check, keep or release what was written; release, refuse or take back the letter."""
    base = Base(etag, over)
    if act in DECISIONS:
        return await _show(visitor, letter, wanted, await _decide(visitor, letter, act, reason.strip(), base))
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    items = read_items(form)
    if wrong := faults(items):
        return await _show(visitor, letter, wanted, LetterDone(act, "form", items=items, faults=wrong), status=422)
    if act == "check":
        return await _show(visitor, letter, wanted, LetterDone(act, items=items))
    return await _show(visitor, letter, wanted, await _keep(visitor, letter, act, items, base))


async def _freed(visitor: Visitor, letter: str, base: Base) -> str:
    """The version that may be changed now."""
    if not base.over:
        return base.etag
    return (await visitor.desk.save(DECIDE_LETTER, Approval(decision="wait"), letter=letter, etag=base.etag)).etag


async def _decide(visitor: Visitor, letter: str, act: str, reason: str, base: Base) -> LetterDone:
    if act in ("refuse", "release-despite") and not reason:
        return LetterDone(act, "reason")
    is_release = DECISIONS[act] == "approve"
    approval = Approval(
        decision=DECISIONS[act],
        reason=reason or None,
        not_before=not_before(visitor) if is_release else None,
        despite_findings=act == "release-despite",
    )
    try:
        etag = await _freed(visitor, letter, base) or (UNSEEN if is_release else "")
        await visitor.desk.change(DECIDE_LETTER, approval, letter=letter, etag=etag)
    except CallRefused as refused:
        return _refused(act, refused)._replace(reason=reason)
    return LetterDone(act)


async def _keep(visitor: Visitor, letter: str, act: str, items: list[Item], base: Base) -> LetterDone:
    """Keep what was written, and release it where the lint finds nothing in it."""
    try:
        etag = await _freed(visitor, letter, base)
        saved = await visitor.desk.save(EDIT_LETTER, edited(items), letter=letter, etag=etag)
    except CallRefused as refused:
        return _refused(act, refused)._replace(items=items)
    kept: Letter = saved.value
    if act != "save-release" or (kept.draft and kept.draft.findings):
        return LetterDone("save", "findings" if kept.draft and kept.draft.findings else "")
    done = await _decide(visitor, letter, "release", "", Base(saved.etag))
    return done._replace(act="save-release")


def _refused(act: str, refused: CallRefused) -> LetterDone:
    told = refused.refusal
    return LetterDone(act, "changed" if told.status == CHANGED else "refused", told)


async def _show(
    visitor: Visitor,
    letter: str,
    wanted: Wanted,
    done: LetterDone | None = None,
    *,
    edit: bool = False,
    status: int = 200,
) -> HTMLResponse:
    shown = await visitor.desk.look(LETTER, letter=letter)
    about: Letter = shown.value
    beside = await panels(**_asked(visitor, about))
    names = await find_names(visitor.desk, people=_people(about, beside), users=_users(about, beside))
    names = names._replace(jobs=_title(beside.get("job")))
    if done and done.act == "check" and not done.error and done.items:
        done = done._replace(findings=await check(visitor, done.items, _named(names, beside)))
    draft = about.draft
    items = (done and done.items) or (items_of(draft) if draft else [])
    return visitor.show(
        "letter.html", place=Place.LETTERS, status=status, wanted=wanted, letter=about, etag=shown.etag, done=done,
        names=names, soonest=not_before(visitor), strip=_strip(about, done, visitor), items=items, beside=beside,
        edits=bool(draft and not draft.released and (edit or (done and done.items))),
        found=done.findings if done and done.items else found_in(draft) if draft else NONE,
        stands=items_of(draft) if draft else [], competencies=_competencies(beside.get("job")),
        others=in_order(rows_of(beside.get("others")), names),
        sources=_by_feedback(beside.get("feedback")), mail=_as_read(about.mail), marked=marked,
        named=sorted(_named(names, beside)),
        advice=ADVICE.get(visitor.language, ADVICE[ENGLISH]),
    )  # fmt: skip


def _asked(visitor: Visitor, letter: Letter) -> dict[str, Any]:
    """What stands beside a letter: its job, whose feedback it is made of, and the others that wait."""
    asked: dict[str, Any] = {}
    if letter.job:
        asked["job"] = visitor.desk.read(JOB, job=letter.job)
        asked["others"] = visitor.desk.read(JOB_APPROVALS, job=letter.job, limit=PAGE)
    if letter.draft and letter.application:
        asked["feedback"] = visitor.desk.read(FEEDBACK, application=letter.application, limit=PAGE)
    return asked


def _people(letter: Letter, beside: dict[str, Any]) -> list[str]:
    return [letter.candidate, *(one.candidate for one in rows_of(beside.get("others")))]


def _users(letter: Letter, beside: dict[str, Any]) -> list[str | None]:
    edited_by = letter.draft.edited_by if letter.draft else None
    return [letter.decided_by, edited_by, *(one.interviewer for one in rows_of(beside.get("feedback")))]


def _named(names: Names, beside: dict[str, Any]) -> set[str]:
    """Who must not be named in the letter: whoever saw its reader."""
    return {names.users[one.interviewer] for one in rows_of(beside.get("feedback")) if one.interviewer in names.users}


def _title(job: Any) -> dict[str, str]:
    return {} if job is None or isinstance(job, Hole) or not job.title else {job.job: job.title}


def _competencies(job: Any) -> dict[str, str]:
    if job is None or isinstance(job, Hole) or job.opened is None:
        return {}
    return {one.competency: one.name for one in job.opened.competencies}


def _by_feedback(feedback: Any) -> dict[str, Any]:
    return {one.feedback: one for one in rows_of(feedback)}


def _strip(letter: Letter, done: LetterDone | None, visitor: Visitor) -> Released | None:
    """What releasing this letter or taking it back did, in the words of the list."""
    if done is None or done.error or done.act in ("check", "save", "refuse"):
        return None
    leaves_at = letter.due_at if letter.state in ("planned", "ready") else None
    is_known = leaves_at and leaves_at > not_before(visitor)
    act = "take-back" if done.act == "take-back" else "release"
    return Released(act, {letter.letter: letter.candidate}, leaves_at=leaves_at if is_known else None)


def _as_read(mail: str | None) -> str | None:
    """The words of a mail that left, as its reader sees them, without the links that are theirs alone."""
    if mail is None:
        return None
    parsed = message_from_string(mail, policy=policy.default)
    part = parsed.get_body(("plain",)) if isinstance(parsed, EmailMessage) else None
    return without_links(part.get_content()) if isinstance(part, EmailMessage) else None
