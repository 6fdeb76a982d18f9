"""What the console asks of notifications."""

from datetime import datetime

from pydantic import BaseModel

from services.console.calls.route import Listed, Told, reading, writing


class Work(Told):
    """How much there is to do."""

    letters_to_approve: int
    waiting: int
    overdue: int
    tasks: int
    my_tasks: int


class Waiting(Told):
    """Somebody who waits, and on whom."""

    missing: str
    application: str | None = None
    letter: str | None = None
    candidate: str
    job: str | None = None
    owner: str | None = None
    since: datetime
    due_at: datetime | None = None
    overdue: bool


class Task(Told):
    """Something that a person has to do."""

    task: str
    kind: str
    about: str
    candidate: str | None = None
    job: str | None = None
    owner: str | None = None
    since: datetime
    due_at: datetime
    done_at: datetime | None = None


class JobApprovals(Told):
    """Letters of a job that wait for a person."""

    job: str
    ready: int
    to_look_at: int


class Braked(Told):
    """Whether the organisation sends anything."""

    paused: bool
    since: datetime | None = None


class Brake(BaseModel):
    """Hold every letter back, or let them go."""

    paused: bool


class Statement(Told):
    """One statement of the survey: the mean, and how many gave 1 to 5."""

    statement: str
    mean: float
    counts: tuple[int, ...]


class Survey(Told):
    """What candidates answered, in whole batches; `why` says why there is nothing yet."""

    shown: int
    why: str | None = None
    statements: tuple[Statement, ...] = ()
    recommend: float | None = None
    promoters: int | None = None
    detractors: int | None = None
    comments: tuple[str, ...] = ()


class OwnerTotal(Told):
    """How many wait for one owner; for nobody in particular where there is none."""

    owner: str | None = None
    waiting: int
    overdue: int


class WaitingLetter(Told):
    """A letter that waits for a person's approval."""

    letter: str
    candidate: str
    variant: str
    concerns: tuple[str, ...]
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


class Letter(ListedLetter):
    """A letter with all that is known of it."""

    language: str | None = None
    approval: Verdict | None = None
    decided_by: str | None = None
    mail: str | None = None
    draft: Draft | None = None
    opens_at: datetime
    timezone: str


class Linted(Told):
    """What the lint found; it reads no language that it does not know."""

    known: bool
    findings: tuple[Found, ...]


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
    despite_findings: bool = False


class Approvals(BaseModel):
    """Let all go that raise no concern, if they are so many."""

    expected: int
    not_before: datetime


class Edited(BaseModel):
    """The items of a letter as they shall be."""

    strengths: tuple[StrengthItem, ...]
    development: tuple[DevelopmentItem, ...]


class Texts(BaseModel):
    """Sentences for a candidate, and whom they must not name."""

    language: str
    texts: list[str]
    names: list[str]


class DevelopmentPoint(Told):
    """A competency that letters suggested to build up, and how many people read so."""

    competency: str
    people: int


class Sharing(Told):
    """Somebody who shares a point: when they would be written to, or why not now."""

    candidate: str
    send_at: datetime | None = None
    reason: str | None = None
    until: datetime | None = None


class CampaignPreview(Listed[Sharing]):
    """Whom a campaign would reach. `count`: on all pages together; `reasons`: why others not."""

    mode: str
    count: int
    reasons: dict[str, int]


class CampaignWords(BaseModel):
    """What a campaign is about, in the organisation's words."""

    competency: str
    job: str | None = None
    cycle: str | None = None
    title: str | None = None
    text: str | None = None
    url: str | None = None
    language: str | None = None


class CampaignStart(CampaignWords):
    """Start it, if it reaches so many."""

    expected: int


class Campaign(Told):
    """A campaign, and how far its letters are."""

    campaign: str
    competency: str
    job: str | None = None
    title: str | None = None
    by: str
    started_at: datetime
    sent: int
    waiting: int
    suppressed: dict[str, int]
    failed: int


WORK = reading("notifications", "/work", Work)
WAITING = reading("notifications", "/waiting", Listed[Waiting], "job", "owner", "missing", "overdue", "limit", "cursor")
TASKS = reading("notifications", "/tasks", Listed[Task], "owner", "kind", "limit", "cursor")
APPROVALS = reading("notifications", "/approvals", Listed[JobApprovals], "limit", "cursor")
BRAKE = reading("notifications", "/outreach/pause", Braked)
SURVEY = reading("notifications", "/survey", Survey, "job", "cycle")
FINISH_TASK = writing("notifications", "/tasks/{task}/done", Task)
REOPEN_TASK = writing("notifications", "/tasks/{task}/reopening", Task)
TOTALS = reading("notifications", "/waiting/totals", Listed[OwnerTotal], "limit", "cursor")
JOB_APPROVALS = reading("notifications", "/jobs/{job}/approvals", WaitingLetters, "limit", "cursor")
RELEASE_ALL = writing("notifications", "/jobs/{job}/approvals", Released)
LETTERS = reading("notifications", "/letters", Listed[ListedLetter], "state", "job", "limit", "cursor")
LETTER = reading("notifications", "/letters/{letter}", Letter)
DECIDE_LETTER = writing("notifications", "/letters/{letter}/approval", Letter)
EDIT_LETTER = writing("notifications", "/letters/{letter}/draft", Letter)
LINT = writing("notifications", "/lint", Linted, "POST")
ANSWERS = reading("notifications", "/jobs/{job}/answers", ForeseenAnswers, "limit", "cursor")
PULL_BRAKE = writing("notifications", "/outreach/pause", Braked)


class CausedLetter(ListedLetter):
    """A letter, with when that happened which it is about."""

    cause_at: datetime


class Response(Told):
    """What somebody answered, or asked for."""

    kind: str
    responded_at: datetime
    until: datetime | None = None


LETTERS_TO = reading("notifications", "/letters", Listed[CausedLetter], "candidate", "limit", "cursor")
RESPONSES = reading("notifications", "/responses", Listed[Response], "candidate", "limit", "cursor")
POINTS = reading(
    "notifications", "/development-points", Listed[DevelopmentPoint], "job", "cycle", "limit", "cursor"
)  # fmt: skip
PREVIEW = reading(
    "notifications", "/campaigns/preview", CampaignPreview, "competency", "job", "cycle", "limit", "cursor"
)  # fmt: skip
CAMPAIGNS = reading("notifications", "/campaigns", Listed[Campaign], "limit", "cursor")
START_CAMPAIGN = writing("notifications", "/campaigns/{campaign}", Campaign)
