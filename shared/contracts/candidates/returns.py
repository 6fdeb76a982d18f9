"""What completed interviews came to (rule 9)."""

from enum import StrEnum

from shared.contracts.event import CANDIDATES, INSIGHTS, Event
from shared.contracts.values import Id, Plan


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
