"""What completed interviews came to (rule 9)."""

from datetime import UTC, datetime
from enum import StrEnum

from shared.contracts.event import CANDIDATES, INSIGHTS, Event
from shared.contracts.values import Flag, Id, Month, Plan


class Return(StrEnum):
    """What an interview came to, the first that holds."""

    HIRE = "hire"
    LETTER = "letter"
    MEMBERSHIP = "membership"
    MATCH = "match"
    RELATION = "relation"


class InterviewReturned(Event, owner=CANDIDATES, listens={CANDIDATES, INSIGHTS}, fact="interview"):
    """What one completed interview came to, as it stands; said again when that changes.

    Without `returned` it came to nothing; without `counted_from` it is open, as nobody decided and the job is open.
    `without_loop`: what it would have come to had we not been there.
    """

    interview: Id
    candidate: Id
    application: Id
    job: Id | None = None
    counted_from: Plan | None = None
    returned: Return | None = None
    without_loop: Return | None = None


class InterviewTallied(Event, owner=CANDIDATES, listens={CANDIDATES, INSIGHTS}, fact="tally", person=None):
    """What one counted interview of somebody who was erased came to: said once, of nobody, and of no day.

    `tally` is a keyed hash, so that the same interview is never tallied twice; nobody finds the interview by it.
    """

    tally: Id
    job: Id | None = None
    counted_in: Month
    returned: Return | None = None
    without_loop: Return | None = None
    rediscovered: Flag = False
    with_feedback: Flag = False
    tallied_in: Month

    @property
    def dated_at(self) -> datetime:
        """The month in which it is said: more would name whoever was erased then."""
        return first_of(self.tallied_in)


def month_of(instant: datetime) -> str:
    """The month of an instant, as events say it."""
    return f"{instant.astimezone(UTC):%Y-%m}"


def first_of(month: str) -> datetime:
    """When a month begins."""
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)


def tally_name(organization: str, interview: str) -> str:
    """What the keyed hash of a tally is made of."""
    return f"interview/{organization}/{interview}"
