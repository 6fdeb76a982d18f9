"""My feedback: what somebody owes, and the form for it, which keeps drafts and tells what no letter may say."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from babel import Locale
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from services.console.api.insights import RATED
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls.desk import (
    NOTHING_YET,
    CallRefused,
    Hole,
    ServiceAway,
    Versioned,
    panel,
    panels,
    rows_of,
    unless_refused,
)
from services.console.calls.interviews.feedback import (
    ASKED,
    FEEDBACK_OWED,
    GIVE_FEEDBACK,
    KEEP_DRAFT,
    OWN_DRAFT,
    OWN_FEEDBACK,
    AskedInterview,
    Draft,
    Submission,
)
from services.console.calls.names import find_names
from services.console.calls.notifications.lint import LINT, Texts
from services.console.domain.scorecards import DifferingField, differences
from shared.contracts import FeedbackSubmitted
from shared.web.scorecards import (
    FIELDS,
    MISCONCEPTIONS,
    FormInput,
    FormProblem,
    feedback_of,
    problems_of,
    texts_of,
    typed_from,
)
from shared.web.translation import LANGUAGES

routes = page_routes()
AtFeedback = Annotated[Visitor, Depends(visiting(Place.FEEDBACK))]
ROWS = 50
# Half a sentence may wait in a draft's other field no longer than the form is open: a draft is as whole as feedback.
_LATER = frozenset({FormProblem.VERDICT_MISSING})


@routes.get(Place.FEEDBACK)
async def show_feedback(visitor: AtFeedback, interview: str = "") -> HTMLResponse:
    """What is owed; beside it the form of one interview, as it was left."""
    return await _show(visitor, await _asked(visitor, interview) if interview else None)


@routes.post(Place.FEEDBACK)
async def act_on_feedback(visitor: AtFeedback, request: Request, interview: str = "") -> HTMLResponse:
    """Keep a draft, look at the words, or send. What cannot be kept is shown again as it was typed."""
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    asked = await unless_refused(visitor.desk.read(ASKED, interview=interview))
    if isinstance(asked, Hole) or asked.feedback is None:
        return await _show(visitor, asked)
    typed = FormInput(given, asked.asks, has_verdict=True)
    errors = problems_of(typed)
    if given.get("act") != "send":
        errors = {name: one for name, one in errors.items() if one.problem not in _LATER}
    if errors:
        return await _show(visitor, asked, given=given, errors=errors)
    return await _keep(visitor, asked, typed, given)


async def _keep(visitor: Visitor, asked: AskedInterview, typed: FormInput, given: Mapping[str, str]) -> HTMLResponse:
    advice, is_read = await _advice(visitor, typed)
    if given.get("act") == "check" or (given.get("act") == "send" and advice and given.get("seen") != _mark(advice)):
        is_checked = given.get("act") == "check"
        return await _show(visitor, asked, given=given, advice=advice, is_checked=is_checked, is_read=is_read)
    event = feedback_of(typed, asked, asked.feedback or "", visitor.user, visitor.now)
    try:
        await _change(visitor, asked, event, given)
    except CallRefused as refused:
        if refused.refusal.status == 412:
            return await _show(visitor, asked, given=given, advice=advice, is_late=True)
        return await _show(visitor, asked, given=given, refused=refused.refusal)
    done = "sent" if given.get("act") == "send" else "drafted"
    return await _show(visitor, None if done == "sent" else asked, given=given, advice=advice, done=done, about=asked)


async def _change(visitor: Visitor, asked: AskedInterview, event: FeedbackSubmitted, given: Mapping[str, str]) -> None:
    said = event.model_dump(exclude={"submitted_at"})  # theirs to say: now, or after a withdrawal
    if given.get("act") == "send":
        sent = Submission.model_validate(said)
        etag = given.get("etag") or NOTHING_YET
        await visitor.desk.change(GIVE_FEEDBACK, sent, etag=etag, feedback=asked.feedback)
    else:
        draft = Draft.model_validate(said | {"drafted_at": visitor.now})
        await visitor.desk.change(KEEP_DRAFT, draft, feedback=asked.feedback)


async def _asked(visitor: Visitor, interview: str) -> AskedInterview | Hole:
    return await panel(visitor.desk.read(ASKED, interview=interview))


async def _advice(visitor: Visitor, typed: FormInput) -> tuple[dict[str, list[str]], bool]:
    """By field: what a letter must not say; and whether the words were read at all.

    Nothing, where nobody can be asked or in a language that nobody reads: a person reads every letter.
    """
    texts = texts_of(typed)
    if not texts:
        return {}, True
    body = Texts(language=typed.fields["language"], texts=list(texts.values()), names=[])
    try:
        told = await visitor.desk.seek(LINT, body)
    except (ServiceAway, CallRefused):
        return {}, False
    fields, advice = list(texts), dict[str, list[str]]()
    for one in told.findings:
        field = fields[one.text]
        advice.setdefault(field, []).append(f"{texts[field][one.start : one.end]}: {one.advice}")
    return advice, told.known


def _mark(advice: Mapping[str, list[str]]) -> str:
    """What the form says when these very findings were read."""
    return hashlib.sha256(repr(sorted(advice.items())).encode()).hexdigest()[:16] if advice else ""


class SaidSoFar(NamedTuple):
    """What was said before: sent, in which version; and drafted."""

    sent: Any = None
    etag: str = ""
    draft: Any = None


async def _standing(visitor: Visitor, asked: AskedInterview) -> SaidSoFar:
    found = await panels(
        sent=visitor.desk.look(OWN_FEEDBACK, feedback=asked.feedback),
        draft=visitor.desk.read(OWN_DRAFT, feedback=asked.feedback),
    )
    draft = None if isinstance(found["draft"], Hole) else found["draft"]
    sent = found["sent"]
    return SaidSoFar(sent.value.submitted, sent.etag, draft) if isinstance(sent, Versioned) else SaidSoFar(draft=draft)


def _fields(asked: AskedInterview) -> list[str]:
    """Of the form, in its order."""
    rated = [f"{name}-{i}" for i in range(len(asked.asks)) for name in ("level", *FIELDS)]
    noted = [f"{name}-{i}" for i in range(MISCONCEPTIONS) for name in ("about", "understood")]
    return ["overall", *rated, *noted, "language"]


def _codes(asked: object) -> dict[str, None]:
    first = [asked.language] if isinstance(asked, AskedInterview) else []
    return dict.fromkeys([*first, *LANGUAGES])


async def _show(
    visitor: Visitor,
    asked: AskedInterview | Hole | None,
    *,
    given: Mapping[str, str] | None = None,
    advice: Mapping[str, list[str]] | None = None,
    **said: Any,
) -> HTMLResponse:
    owed = await panel(visitor.desk.read(FEEDBACK_OWED, interviewer=visitor.user, limit=ROWS))
    typed, before, differing = dict(given or {}), SaidSoFar(), list[DifferingField]()
    if isinstance(asked, AskedInterview) and asked.feedback:
        before = await _standing(visitor, asked)
        differing = differences(typed_from(before.sent, asked.asks, asked.language), typed, _fields(asked))
        typed = typed or typed_from(before.draft or before.sent, asked.asks, asked.language)
    rows = rows_of(owed)
    known = [one for one in (asked, said.get("about")) if isinstance(one, AskedInterview)]
    names = await find_names(visitor.desk, people=[*(row.candidate for row in rows), *(one.candidate for one in known)])
    values = {
        "errors": {},
        "is_checked": False,
        "is_read": True,
        "is_late": False,
        "refused": None,
        "done": None,
        "about": None,
        **said,
    }
    return visitor.show(
        "feedback.html",
        place=Place.FEEDBACK,
        has_figures=bool(visitor.roles & RATED),
        status=422 if values["errors"] else 200,
        owed=owed,
        asked=asked,
        typed=typed,
        etag=before.etag,
        is_sent=before.sent is not None,
        differing=differing,
        advice=advice or {},
        seen=_mark(advice or {}),
        names=names,
        languages=[(code, Locale.parse(code).get_display_name(code)) for code in _codes(asked)],
        **values,
    )
