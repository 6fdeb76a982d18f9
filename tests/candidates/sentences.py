"""What platforms say about people, in short: facts with everything filled in that a test does not care for."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CandidateRegistered,
    ConsentChanged,
    Event,
    FeedbackSubmitted,
    InterviewCompleted,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    MatchReviewed,
    MembershipReviewed,
    match_id,
    membership_id,
)
from tests.heard import Heard
from tests.stage import Stage

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
INTERVIEWED = "2026-11-04T15:00:00Z"
DECIDED = "2026-11-13T15:00:00Z"
CONSENTED = "2026-11-16T08:00:00Z"

SQL = {"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3}
PYTHON = {"competency": "python", "name": "Python", "level": 3, "weight": 2}
COMMUNICATION = {"competency": "communication", "name": "Communication", "level": 3, "weight": 1}


def opened(job: str = "su27", **given: Any) -> JobOpened:
    """A data job that asks for SQL, Python and communication."""
    whole = {
        "title": "Data Analyst Intern",
        "opened_at": "2026-10-01T08:00:00Z",
        "language": "en",
        "family": "Data",
        "cycle": "Summer 2027",
        "competencies": [SQL, PYTHON, COMMUNICATION],
        "team": [{"user": "tomas", "role": "hiring_manager"}],
    }
    return JobOpened.model_validate({"job": job, **whole, **given})


def closed(job: str = "su27", **given: Any) -> JobClosed:
    """Nobody was hired."""
    return JobClosed.model_validate({"job": job, "closed_at": DECIDED, "outcome": "nobody_hired", **given})


def registered(candidate: str, **given: Any) -> CandidateRegistered:
    """A profile."""
    return CandidateRegistered.model_validate({"candidate": candidate, "name": candidate.title(), **given})


def applied(candidate: str, job: str | None = "su27", **given: Any) -> ApplicationSubmitted:
    """One application per job."""
    whole = {"application": f"{candidate}-{job}", "submitted_at": "2026-10-20T08:00:00Z"}
    return ApplicationSubmitted.model_validate({"candidate": candidate, "job": job, **whole, **given})


def decided(candidate: str, outcome: str = "not_selected", job: str = "su27", **given: Any) -> ApplicationDecided:
    """A decision about that application."""
    whole = {"application": f"{candidate}-{job}", "job": job, "decided_at": DECIDED, "outcome": outcome}
    return ApplicationDecided.model_validate({"candidate": candidate, **whole, **given})


def scheduled(candidate: str, number: int = 1, job: str = "su27", **given: Any) -> InterviewScheduled:
    """An interview of an hour."""
    whole = {
        "interview": f"{candidate}-{job}-i{number}",
        "application": f"{candidate}-{job}",
        "starts_at": "2026-11-04T14:00:00Z",
        "ends_at": INTERVIEWED,
    }
    return InterviewScheduled.model_validate({"candidate": candidate, **whole, **given})


def completed(candidate: str, number: int = 1, job: str = "su27", **given: Any) -> InterviewCompleted:
    """It took place."""
    whole = {
        "interview": f"{candidate}-{job}-i{number}",
        "application": f"{candidate}-{job}",
        "completed_at": INTERVIEWED,
    }
    return InterviewCompleted.model_validate({"candidate": candidate, **whole, **given})


def feedback(
    candidate: str, overall: str | None = "yes", number: int = 1, job: str = "su27", **given: Any
) -> FeedbackSubmitted:
    """Ada's verdict on the first interview, Ben's on the second; levels of 1 to 5 by competency in `rated`."""
    rated = given.pop("rated", {})
    whole = {
        "feedback": f"{candidate}-{job}-f{number}",
        "application": f"{candidate}-{job}",
        "interview": f"{candidate}-{job}-i{number}",
        "interviewer": ("ada", "ben", "cy")[number - 1],
        "submitted_at": "2026-11-05T08:00:00Z",
        "overall": overall,
        "ratings": [{"competency": c, "level": (n - 1) / 4} for c, n in rated.items()],
    }
    return FeedbackSubmitted.model_validate({"candidate": candidate, **whole, **given})


def consented(candidate: str, *, granted: bool = True, **given: Any) -> ConsentChanged:
    """An answer about the talent pool."""
    whole = {"given_at": CONSENTED, "text_version": "1", "language": "en", "how": "link", "purpose": "talent_pool"}
    return ConsentChanged.model_validate({"candidate": candidate, "granted": granted, **whole, **given})


def reviewed_match(candidate: str, job: str, **given: Any) -> MatchReviewed:
    """A person accepted a proposal."""
    whole = {"outcome": "accepted", "by": "ines", "reviewed_at": DECIDED, "reason": {"code": "fits"}}
    return MatchReviewed.model_validate(
        {"match": match_id(candidate, job), "candidate": candidate, "job": job, **whole, **given}
    )


def reviewed_membership(candidate: str, family: str = "data", **given: Any) -> MembershipReviewed:
    """A person confirmed a tier."""
    whole = {"action": "confirm", "by": "ines", "reviewed_at": DECIDED, "reason": "Read it again."}
    return MembershipReviewed.model_validate(
        {"membership": membership_id(candidate, family), "candidate": candidate, "family": family, **whole, **given}
    )


def an_interviewed_candidate(name: str, *verdicts: str, **given: Any) -> list[Event]:
    """Registered, applied, interviewed once for each verdict, each given, and not selected."""
    rated = given.pop("rated", [{}] * len(verdicts))
    rounds = [
        fact
        for n, verdict in enumerate(verdicts, 1)
        for fact in (scheduled(name, n), completed(name, n), feedback(name, verdict, n, rated=rated[n - 1]))
    ]
    return [registered(name), applied(name), *rounds, decided(name, **given)]


AMARA = [{"sql": 4, "communication": 4}, {"sql": 5, "python": 4, "communication": 4}]
NOOR = [{"sql": 3, "communication": 5}, {"sql": 2, "python": 4, "communication": 5}]


def amara(*more: Event) -> list[Event]:
    """Silver, with evidence for everything the job asks."""
    return [*an_interviewed_candidate("amara", "yes", "strong_yes", rated=AMARA), *more]


def noor(*more: Event) -> list[Event]:
    """Promising, below the level of SQL."""
    return [*an_interviewed_candidate("noor", "yes", "no", rated=NOOR), *more]


def the_next_job(**given: Any) -> JobOpened:
    """It opens 19 days after the interviews, in the same family."""
    whole = {"title": "Working Student Analytics", "opened_at": NOW, "cycle": "Winter 2027"}
    return opened("ws27", **{**whole, **given})


def later(event: Event, hours: int, *, organization: str = "acme") -> Heard:
    """The same fact said again so many hours later."""
    from datetime import timedelta

    return Heard(
        event,
        at=datetime(2026, 11, 2, 8, tzinfo=UTC) + timedelta(hours=hours),
        organization=organization,
        id=f"again-{hours}",
    )


async def member(stage: Stage, candidate: str, family: str = "data") -> dict[str, Any] | None:
    """Somebody's place in the pool, or None."""
    rows = await stage.fetch("SELECT * FROM members WHERE candidate = $1 AND family = $2", candidate, family)
    return rows[0] if rows else None


async def place_of(stage: Stage, candidate: str, family: str = "data") -> tuple[str, str] | str | None:
    """Tier and status of a member; the reason of somebody who left; None for who never was one."""
    row = await member(stage, candidate, family)
    if row is None:
        return None
    return row["reason"] if row["status"] == "left" else (row["tier"], row["status"])


async def newest(stage: Stage, topics: tuple[str, str], fact: str) -> tuple[str, dict[str, Any]] | None:
    """The newest thing said of a fact among two topics, with its body."""
    import json

    rows = await stage.fetch(
        "SELECT topic, body FROM facts WHERE fact = $1 AND topic = ANY($2) ORDER BY time DESC LIMIT 1",
        fact,
        list(topics),
    )
    return (rows[0]["topic"], json.loads(rows[0]["body"])) if rows else None


async def said_of(stage: Stage, candidate: str, family: str = "data") -> tuple[str, dict[str, Any]] | None:
    """What was last said of a membership."""
    return await newest(stage, ("candidate-pooled", "candidate-left-pool"), membership_id(candidate, family))


async def match_said(stage: Stage, candidate: str, job: str = "ws27") -> tuple[str, dict[str, Any]] | None:
    """What was last said of a match."""
    return await newest(stage, ("candidate-matched", "match-withdrawn"), match_id(candidate, job))
