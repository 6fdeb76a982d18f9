"""What is left of the counted interviews of somebody who was erased: that they were, and what each came to (rule 9)."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime

from dateutil.relativedelta import relativedelta

from shared.contracts import (
    ApplicationSubmitted,
    Event,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewReturned,
    InterviewTallied,
    Origin,
    Saying,
    month_of,
    tally_name,
)
from shared.contracts.reading import stands

TELLING = (ApplicationSubmitted, FeedbackSubmitted, FeedbackWithdrawn, InterviewReturned)


def tally(
    organization: str, gone: Collection[Event], pseudonym: Callable[[str], str], erased_at: datetime
) -> Iterator[Saying]:
    """What is said of the facts of one person that an erasure took. It is the same whenever it is carried out."""
    judged, ours = _judged_interviews(gone), _rediscovered_applications(gone)
    for said in gone:
        if isinstance(said, InterviewReturned) and said.counted_from:
            tallied = InterviewTallied(
                tally=pseudonym(tally_name(organization, said.interview)),
                job=said.job,
                counted_in=month_counted(said.counted_from, erased_at),
                returned=said.returned,
                without_loop=said.without_loop,
                rediscovered=said.application in ours,
                with_feedback=said.interview in judged,
                tallied_in=month_of(erased_at),
            )
            yield Saying(organization, tallied)


def month_counted(counted_from: datetime, erased_at: datetime) -> str:
    """What counts already goes on counting; what does not yet counts from the month after its day."""
    return month_of(counted_from if counted_from <= erased_at else counted_from + relativedelta(months=1))


def _judged_interviews(gone: Collection[Event]) -> set[str]:
    """The interviews on which feedback stood."""
    withdrawn = {f.feedback: f.withdrawn_at for f in gone if isinstance(f, FeedbackWithdrawn)}
    return {
        f.interview
        for f in gone
        if isinstance(f, FeedbackSubmitted) and f.interview and stands(f.submitted_at, withdrawn.get(f.feedback))
    }


def _rediscovered_applications(gone: Iterable[Event]) -> set[str]:
    """The applications that came through us."""
    return {f.application for f in gone if isinstance(f, ApplicationSubmitted) and f.origin is Origin.REDISCOVERED}
