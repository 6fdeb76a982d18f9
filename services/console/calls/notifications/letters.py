"""Letters: what waits, what they say, and what is decided about them."""

from datetime import datetime

from pydantic import BaseModel

from services.console.calls.route import Listed, Told, reading, writing


class JobApprovals(Told):
    """Letters of a job that wait for a person."""

    job: str
    ready: int
    to_look_at: int


class WaitingLetter(Told):
    """A letter that waits for a person's approval."""

    letter: str
    candidate: str
    variant: str
    concerns: tuple[str, ...]
    version: str
    opens_at: datetime
    timezone: str


class WaitingLetters(Listed[WaitingLetter]):
    """Those of one job; `count`: how many of all raise no concern."""

    count: int


class Released(Told):
    """What was released at once, and what somebody has to look at."""

    letters: tuple[str, ...]
    left: tuple[str, ...]


class ListedLetter(Told):
    """A letter as lists show it. `due_at`: when it leaves, once nobody has to release it."""

    letter: str
    kind: str
    variant: str
    candidate: str
    job: str | None = None
    application: str | None = None
    send_at: datetime
    state: str
    reason: str | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None


class CausedLetter(ListedLetter):
    """A letter, with when that happened which it is about."""

    cause_at: datetime


class StrengthItem(Told):
    """What went well, and the feedback that says so."""

    competency: str
    observed: str
    feedback: str
    language: str | None = None


class DevelopmentItem(StrengthItem):
    """What can be built up."""

    suggestion: str


class Found(Told):
    """Words that must not stand in a letter, in the text of this number."""

    code: str
    text: int
    start: int
    end: int
    advice: str


class Draft(Told):
    """What a full letter would say, and why somebody has to look."""

    strengths: tuple[StrengthItem, ...]
    development: tuple[DevelopmentItem, ...]
    findings: tuple[Found, ...] = ()
    concerns: tuple[str, ...] = ()
    released: bool = False
    edited_by: str | None = None
    edited_at: datetime | None = None


class Verdict(Told):
    """What a person said about a letter."""

    decision: str
    reason: str | None = None


class PreviewBlock(Told):
    """One paragraph of a letter."""

    text: str
    is_heading: bool = False
    is_button: bool = False
    label: str | None = None
    language: str | None = None


class Preview(Told):
    """A letter as it would leave now."""

    language: str
    subject: str
    sender: str
    blocks: tuple[PreviewBlock, ...]


class Request(Told):
    """What a candidate asked a person for, and what was written to them so far."""

    response: str
    kind: str
    asked_at: datetime
    words: str | None = None
    language: str
    text: str | None = None
    written_by: str | None = None
    written_at: datetime | None = None
    findings: tuple[Found, ...] = ()
    concerns: tuple[str, ...] = ()


class Letter(ListedLetter):
    """A letter with all that is known of it."""

    language: str | None = None
    approval: Verdict | None = None
    decided_by: str | None = None
    mail: str | None = None
    draft: Draft | None = None
    request: Request | None = None
    preview: Preview | None = None
    version: str
    opens_at: datetime
    timezone: str


class Foreseen(Told):
    """What one person would be told."""

    application: str
    candidate: str
    answer: str
    language: str
    leaves_at: datetime | None = None
    reason: str | None = None
    closing_reason: str | None = None
    draft: Draft | None = None


class ForeseenAnswers(Listed[Foreseen]):
    """What everyone undecided about a job would be told."""

    mode: str
    count: int
    hired_nobody: bool
    answers: dict[str, int]


class Approval(BaseModel):
    """Let a letter go, keep it here, or take back what was said."""

    decision: str
    reason: str | None = None
    not_before: datetime | None = None
    version: str | None = None
    despite_findings: bool = False


class Approvals(BaseModel):
    """Let all go that raise no concern, if they are so many."""

    expected: int
    not_before: datetime


class Answer(BaseModel):
    """What somebody who asked is answered."""

    text: str


class Edited(BaseModel):
    """The items of a letter as they shall be."""

    strengths: tuple[StrengthItem, ...]
    development: tuple[DevelopmentItem, ...]


APPROVALS = reading("notifications", "/approvals", Listed[JobApprovals], "limit", "cursor")
JOB_APPROVALS = reading("notifications", "/jobs/{job}/approvals", WaitingLetters, "limit", "cursor")
RELEASE_ALL = writing("notifications", "/jobs/{job}/approvals", Released)
LETTERS = reading("notifications", "/letters", Listed[ListedLetter], "state", "job", "limit", "cursor")
LETTERS_TO = reading("notifications", "/letters", Listed[CausedLetter], "candidate", "limit", "cursor")
LETTER = reading("notifications", "/letters/{letter}", Letter)
DECIDE_LETTER = writing("notifications", "/letters/{letter}/approval", Letter)
WRITE_ANSWER = writing("notifications", "/letters/{letter}/answer", Letter)
EDIT_LETTER = writing("notifications", "/letters/{letter}/draft", Letter)
ANSWERS = reading("notifications", "/jobs/{job}/answers", ForeseenAnswers, "limit", "cursor")
