"""The facts the measurements run on: one job, and nine facts for each candidate's round of interviews."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CandidateRegistered,
    Event,
    FeedbackSubmitted,
    InterviewCompleted,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    Outcome,
    Overall,
    Rating,
    body_json,
    fact_of,
    key_of,
)
from shared.kit.cloudevents import Envelope, encode
from shared.kit.dead_letters import ConsumedRecord

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OVERALLS = (Overall.YES, Overall.STRONG_YES, Overall.NO, Overall.YES, Overall.STRONG_NO)
PER_CANDIDATE = 9


def job() -> list[Event]:
    """The job everybody applied for, closed since."""
    return [
        JobOpened(job="job-1", title="Analyst", opened_at=START, language="en", family="data"),
        JobClosed(job="job-1", closed_at=START + timedelta(days=60)),
    ]


def candidate_round(number: int) -> Iterator[Event]:
    """The nine facts of one candidate's round, in the order they happen."""
    who, application = f"c{number}", f"a{number}"
    start = START + timedelta(minutes=number % 10_000)
    yield CandidateRegistered(candidate=who, name=f"Candidate {number}", language="en")
    yield ApplicationSubmitted(application=application, candidate=who, job="job-1", submitted_at=start)
    for n in (1, 2):
        begins = start + timedelta(days=n)
        about = {"interview": f"i{number}-{n}", "application": application, "candidate": who}
        yield InterviewScheduled(**about, starts_at=begins, ends_at=begins + timedelta(hours=1))
        yield InterviewCompleted(**about, completed_at=begins + timedelta(hours=1), starts_at=begins)
        yield FeedbackSubmitted(
            feedback=f"f{number}-{n}",
            interview=f"i{number}-{n}",
            application=application,
            candidate=who,
            interviewer=f"u{n}",
            submitted_at=begins + timedelta(hours=2),
            overall=OVERALLS[(number + n) % len(OVERALLS)],
            ratings=(Rating(competency="sql", level=0.75), Rating(competency="python", level=0.5)),
        )
    yield ApplicationDecided(
        application=application,
        candidate=who,
        job="job-1",
        decided_at=start + timedelta(days=7),
        outcome=Outcome.NOT_SELECTED,
    )


def record(event: Event, organization: str = "bench", at: datetime = START) -> ConsumedRecord:
    """The event as it stands on Kafka, without a place yet."""
    fact = fact_of(organization, event)
    envelope = Envelope(
        organization=organization,
        id=f"{event.topic}:{fact}",
        source="bench",
        type=event.topic,
        time=at,
        subject=fact,
        causation=None,
        historical=False,
        data=body_json(event),
    )
    key, value, headers = encode(envelope, key_of(organization, event))
    return ConsumedRecord(event.topic, 0, 0, 0, key, value, headers)


def records(candidates: int) -> list[ConsumedRecord]:
    """The rounds of this many candidates, fact by fact as a platform's busy day would send it."""
    return [record(event) for n in range(candidates) for event in candidate_round(n)]
