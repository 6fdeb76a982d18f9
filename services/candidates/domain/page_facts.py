"""What the page of one candidate is put together from: everything known of them, fact by fact."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    Event,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    JobOutcome,
    NewsPublished,
    reading,
)

Kind = TypeVar("Kind", bound=Event)


class PageFacts(NamedTuple):
    """Everything known of somebody and of the jobs it is about, newest version of each fact."""

    organization: str
    events: Sequence[Event]
    jobs: Mapping[str, JobOpened]
    closed: Mapping[str, JobClosed]
    news: Sequence[NewsPublished] = ()
    history: Collection[tuple[str, str]] = ()  # topics and facts of what was told of a time before

    def is_history(self, event: Event) -> bool:
        """Nothing was promised because of it."""
        return (event.topic, event.fact_id) in self.history

    def all(self, contract: type[Kind]) -> Iterator[Kind]:
        """Every fact of one contract."""
        return (e for e in self.events if isinstance(e, contract))

    def find(self, contract: type[Kind], fact: str) -> Kind | None:
        """One fact of a contract, if it was said."""
        return next((e for e in self.all(contract) if e.fact_id == fact), None)

    def title(self, job: str | None) -> str | None:
        """What a job is called, if it is known."""
        opened = self.jobs.get(job or "")
        return opened.title if opened else None

    def ended_without_hire(self, job: str | None) -> JobClosed | None:
        """How an opening was closed for which nobody was hired."""
        closed = self.closed.get(job or "")
        is_over = closed is not None and not self.is_open(closed.job)
        return closed if closed and is_over and closed.outcome is JobOutcome.NOBODY_HIRED else None

    def is_open(self, job: str) -> bool:
        """Open iff it was opened after it was closed."""
        opened, closed = self.jobs.get(job), self.closed.get(job)
        return opened is not None and reading.stands(opened.opened_at, closed.closed_at if closed else None)

    def job_of(self, application: str) -> str | None:
        """The job somebody applied for, by whichever fact names it."""
        return next((e.job for e in self._naming(application) if e.job), None)

    def candidate_of(self, application: str) -> str:
        """The id somebody applied by: letters to merged people keep theirs."""
        return next(e.candidate for e in self._naming(application))

    def _naming(self, application: str) -> Iterator[ApplicationSubmitted | ApplicationDecided | InterviewScheduled]:
        yield from (e for e in self.all(ApplicationSubmitted) if e.application == application)
        yield from (e for e in self.all(ApplicationDecided) if e.application == application)
        yield from (e for e in self.all(InterviewScheduled) if e.application == application)
