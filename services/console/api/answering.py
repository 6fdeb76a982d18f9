"""A person answers: what somebody asked for, beside it the answer, which is linted, kept and released."""

from typing import Annotated, NamedTuple

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.console.api.acts import not_before
from services.console.api.letter import ADDRESS
from services.console.api.places import Place
from services.console.api.releasing import Released
from services.console.api.routes import page_routes
from services.console.api.tasks import DOERS
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import CallRefused, Refusal
from services.console.calls.names import find_names
from services.console.calls.notifications.letters import (
    DECIDE_LETTER,
    LETTER,
    WRITE_ANSWER,
    Answer,
    Approval,
    Found,
    Letter,
    Request,
)
from services.console.calls.notifications.lint import LINT, Texts
from services.console.domain.marks import Span, marked
from shared.lint import ADVICE
from shared.web.translation import ENGLISH

routes = page_routes()

OPEN = ("waiting", "planned", "ready")
CHANGED = 412
AtLetters = Annotated[Visitor, Depends(visiting(Place.LETTERS))]


class AnswerWritten(NamedTuple):
    """What came of writing: `text` as it was typed, and what the lint found in it. `error`: why nothing was done.

    `is_known`: the lint reads the language of the text.
    """

    act: str
    text: str
    error: str = ""
    refusal: Refusal | None = None
    reason: str = ""
    findings: tuple[Found, ...] = ()
    is_known: bool = True


@routes.get(ADDRESS + "/answer")
async def show_answer(letter: str, visitor: AtLetters) -> Response:
    """What they asked for, and what is written so far."""
    return await _show(visitor, letter)


@routes.post(ADDRESS + "/answer")
async def write(
    letter: str,
    visitor: AtLetters,
    act: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    etag: Annotated[str, Form()] = "",
) -> Response:
    """Check the words, keep them, or keep and release them."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return await _show(visitor, letter, AnswerWritten(act, text, "empty"))
    if act == "check":
        return await _show(visitor, letter, await _check(visitor, letter, text))
    if act == "release-despite" and not reason.strip():
        return await _show(visitor, letter, AnswerWritten(act, text, "reason"))
    return await _show(visitor, letter, await _keep(visitor, letter, act, text, reason.strip(), etag))


async def _check(visitor: Visitor, letter: str, text: str) -> AnswerWritten:
    request = (await visitor.desk.read(LETTER, letter=letter)).request
    body = Texts(language=request.language if request else ENGLISH, texts=[text], names=[])
    told = await visitor.desk.seek(LINT, body)
    return AnswerWritten("check", text, findings=told.findings, is_known=told.known)


async def _keep(visitor: Visitor, letter: str, act: str, text: str, reason: str, etag: str) -> AnswerWritten:
    """Keep what was written, and release it where nothing speaks against it, or somebody says why it may stand."""
    try:
        saved = await visitor.desk.save(WRITE_ANSWER, Answer(text=text), letter=letter, etag=etag)
        kept: Request | None = saved.value.request
        if act == "save" or kept is None:
            return AnswerWritten("save", text, findings=kept.findings if kept else ())
        if kept.concerns and act != "release-despite":
            return AnswerWritten("save", text, "findings", findings=kept.findings)
        despite = act == "release-despite"
        approval = Approval(
            decision="approve", reason=reason or None, not_before=not_before(visitor), despite_findings=despite
        )
        await visitor.desk.change(DECIDE_LETTER, approval, letter=letter, etag=saved.etag)
    except CallRefused as refused:
        error = "changed" if refused.refusal.status == CHANGED else "refused"
        return AnswerWritten(act, text, error, refused.refusal, reason)
    return AnswerWritten("release", text)


async def _show(visitor: Visitor, letter: str, done: AnswerWritten | None = None) -> Response:
    shown = await visitor.desk.look(LETTER, letter=letter)
    about: Letter = shown.value
    if about.request is None:
        return RedirectResponse(f"{Place.LETTERS}/{letter}", 303)
    return await _page(visitor, about, about.request, shown.etag, done)


async def _page(
    visitor: Visitor, about: Letter, request: Request, etag: str, done: AnswerWritten | None
) -> HTMLResponse:
    names = await find_names(
        visitor.desk, people=[about.candidate], users=[request.written_by, about.decided_by], jobs=[about.job]
    )
    text = done.text if done else request.text or ""
    found = done.findings if done and done.findings else request.findings if text == request.text else ()
    return visitor.show(
        "answer.html",
        place=Place.LETTERS,
        status=422 if done and done.error in ("empty", "reason") else 200,
        letter=about,
        request=request,
        etag=etag,
        done=done,
        text=text,
        names=names,
        is_open=about.state in OPEN,
        may_act=bool(visitor.roles & DOERS),
        strip=_strip(visitor, about, done),
        found=found,
        pieces=marked(text, [Span(one.start, one.end, one.code) for one in found]),
        soonest=not_before(visitor),
        advice=ADVICE.get(visitor.language, ADVICE[ENGLISH]),
    )


def _strip(visitor: Visitor, letter: Letter, done: AnswerWritten | None) -> Released | None:
    if done is None or done.act != "release" or done.error:
        return None
    leaves_at = letter.due_at if letter.due_at and letter.due_at > not_before(visitor) else None
    return Released("release", {letter.letter: letter.candidate}, leaves_at=leaves_at)
