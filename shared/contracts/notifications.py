"""What was said and answered: letters, answers, surveys, promises. Owner: notifications."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import INSIGHTS, LEARNING, NOTIFICATIONS, PEOPLE_SIDE, Event
from shared.contracts.interviews.feedback import MisconceptionAbout
from shared.contracts.values import Code, Day, Description, Id, Instant, Language, Name, Plan, Text, Url, Value


class Stream(StrEnum):
    """Which part of the contact policy a letter falls under (rule 4)."""

    DUTY = "duty"
    INVITATION = "invitation"
    NURTURE = "nurture"


class Bounce(StrEnum):
    """Whether an address will never work, or did not this time."""

    HARD = "hard"
    SOFT = "soft"


class ResponseKind(StrEnum):
    """What somebody answered."""

    INTERESTED = "interested"
    NOT_NOW = "not_now"
    REPLIED = "replied"
    OUT_OF_OFFICE = "out_of_office"
    UNSUBSCRIBED = "unsubscribed"
    FEEDBACK_REQUESTED = "feedback_requested"
    FEEDBACK_RATED = "feedback_rated"
    DISPUTED = "disputed"
    REVIEW_REQUESTED = "review_requested"


class Missing(StrEnum):
    """What somebody still waits for."""

    DECISION = "decision"
    FEEDBACK = "feedback"
    APPROVAL = "approval"
    DELIVERY = "delivery"


OUTREACH = ("outreach-sent", "outreach-suppressed")


class OutreachSent(Event, owner=NOTIFICATIONS, listens=LEARNING, fact="outreach", replaces=OUTREACH):
    """A letter left the house."""

    outreach: Id
    candidate: Id
    stream: Stream
    kind: Code
    application: Id | None = None
    job: Id | None = None
    template_version: Id
    language: Language
    message_id: Annotated[str, Field(min_length=3, max_length=250, pattern=r"^<[^<>\s\x00-\x20\x7f-\x9f]+>$")]


class OutreachSuppressed(Event, owner=NOTIFICATIONS, listens=PEOPLE_SIDE, fact="outreach", replaces=OUTREACH):
    """A letter did not leave the house: why, and until when."""

    outreach: Id
    candidate: Id
    stream: Stream
    kind: Code
    application: Id | None = None
    job: Id | None = None
    reason: Code
    until: Plan | None = None


class OutreachBounced(Event, owner=NOTIFICATIONS, listens=LEARNING, fact="outreach"):
    """A letter came back."""

    outreach: Id
    candidate: Id
    stream: Stream
    kind: Code
    application: Id | None = None
    job: Id | None = None
    bounce: Bounce
    cause: Code | None = None  # address, mailbox, sender (policy, a block, authentication) or moment, where it is known


class ReleasedStrength(Value):
    """A strength in a letter, and the feedback it comes from."""

    competency: Id
    observed: Text
    feedback: Id
    language: Language | None = None  # where it is another one than the letter's


class ReleasedDevelopment(Value):
    """A development point in a letter, and the feedback it comes from."""

    competency: Id
    observed: Text
    suggestion: Text
    feedback: Id
    language: Language | None = None


class FeedbackReleased(Event, owner=NOTIFICATIONS, listens=LEARNING, fact="letter"):
    """A letter with feedback was approved. It never changes again."""

    letter: Id
    application: Id
    candidate: Id
    language: Language
    strengths: Annotated[tuple[ReleasedStrength, ...], Field(max_length=20)]
    development: Annotated[tuple[ReleasedDevelopment, ...], Field(max_length=20)]
    approved_by: Id
    released_at: Instant
    edited_by: Id | None = None
    edited_at: Instant | None = None


class CandidateResponded(Event, owner=NOTIFICATIONS, listens=LEARNING, fact="response"):
    """Somebody answered, or asked for something."""

    response: Id
    candidate: Id
    responded_at: Instant
    kind: ResponseKind
    until: Plan | None = None
    rating: Annotated[int, Field(ge=0, le=5, strict=True)] | None = None
    letter: Id | None = None
    match: Id | None = None
    text: Text | None = None  # in their own words, to what they ask for
    via: Code | None = None  # machine: nobody wrote it and a person must read it; complaint: their provider's report


class RequestAnswered(Event, owner=NOTIFICATIONS, listens=PEOPLE_SIDE, fact="response"):
    """What somebody asked a person for was answered: by a letter that left; or without one, for a reason that is kept.

    `response` names the `candidate-responded` that asked for it. From `reopened_at` on it is open again, unless
    `answered_at` is later.
    """

    response: Id
    candidate: Id
    answered_at: Instant
    by: Id
    letter: Id | None = None
    language: Language | None = None
    text: Description | None = None
    reason: Text | None = None
    reopened_at: Instant | None = None


Answer = Annotated[int, Field(ge=1, le=5, strict=True)]


class SurveyPool(StrEnum):
    """Among whose answers a batch of surveys was filled."""

    JOB = "job"
    CYCLE = "cycle"
    YEAR = "year"


class SurveyBatch(Value):
    """Answers that are shown together or not at all, counted up in each organisation."""

    number: Annotated[int, Field(ge=1, strict=True)]
    pool: SurveyPool
    size: Annotated[int, Field(ge=5, strict=True)]


class SurveyAnswered(Event, owner=NOTIFICATIONS, listens={NOTIFICATIONS, INSIGHTS}, fact="answer", person=None):
    """A survey's answers, under a random id; said again with the batch that shows them, for ever, once it is full."""

    answer: Id
    job: Id
    cycle: Name | None = None
    answers: Annotated[tuple[Answer, ...], Field(min_length=9, max_length=9)]
    recommend: Annotated[int, Field(ge=0, le=10, strict=True)]
    offer: Answer | None = None
    text: Text | None = None
    batch: SurveyBatch | None = None


class AnswerOverdue(Event, owner=NOTIFICATIONS, listens={NOTIFICATIONS, INSIGHTS}, fact="overdue"):
    """A promise to answer was not kept in time; said again with `answered_at` when it was."""

    overdue: Id
    candidate: Id
    application: Id
    owner_: Annotated[Id | None, Field(alias="owner")] = None
    missing: Missing
    due_at: Plan
    answered_at: Instant | None = None
    response: Id | None = None  # of what they asked a person for, where that was not answered


class CampaignStarted(
    Event, owner=NOTIFICATIONS, listens={NOTIFICATIONS, INSIGHTS}, fact="campaign", person=None, partitions=1,
    exclusive=True,
):  # fmt: skip
    """A message to everyone who shares one development point: whose letter had named it by then.

    `title` and `text` are the organisation's own words, in `language`; `url` leads to a course, an event, a reading.
    """

    campaign: Id
    job: Id | None = None
    cycle: Name | None = None
    competency: Id
    by: Id
    started_at: Instant | None = None
    title: Name | None = None
    text: Text | None = None
    url: Url | None = None
    language: Language | None = None


class NewsAbout(StrEnum):
    """What a note speaks of."""

    OPENINGS = "openings"
    TEAM = "team"
    INDUSTRY = "industry"
    GROWTH = "growth"
    EVENTS = "events"


class NewsPublished(Event, owner=NOTIFICATIONS, listens=LEARNING, fact="news", person=None, partitions=1):
    """The organisation's own note to those who asked to be kept in touch, in `language`; said again it is corrected.

    For people of these families, of all where none is named; of a cycle, for those who applied in it.
    """

    news: Id
    title: Name
    text: Text
    url: Url | None = None
    families: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    cycle: Name | None = None
    about: NewsAbout
    language: Language
    tell_until: Day | None = None
    answers: Annotated[tuple[MisconceptionAbout, ...], Field(max_length=len(MisconceptionAbout))] = ()
    by: Id
    published_at: Instant
