"""Which interviews were not called off, and who owes feedback on them."""

from services.notifications.domain.interviews import StandingInterview
from services.notifications.sql.person_facts import (
    Facts,
    InterviewFacts,
    PersonFact,
    instant,
    interviews,
    maybe,
    standing_feedback,
)
from shared.contracts import Cause


def held_slots(facts: Facts) -> list[StandingInterview]:
    """Interviews to come or past, each with the colleagues whose feedback is asked for and not there."""
    given = _given(facts)
    return [
        _slot(known.interview, told, _asked(known), given)
        for known in interviews(facts)
        if (told := known.scheduled or known.completion) and not known.said.is_called_off
    ]


def _slot(
    interview: str, told: PersonFact, asked: list[str], given: set[tuple[str, str, str | None]]
) -> StandingInterview:
    application = told.body["application"]
    owed = [u for u in asked if not {(u, application, interview), (u, application, None)} & given]
    return StandingInterview(
        interview=interview,
        application=application,
        candidate=told.candidate,
        job=told.job,
        ends_at=instant(told.body.get("ends_at") or told.body["completed_at"]),
        cause=Cause(told.topic, told.fact),
        owed_by=tuple(owed),
        said_at=told.time,
        starts_at=maybe(told.body.get("starts_at")),
        interviewers=tuple(p["user"] for p in told.body.get("interviewers") or () if p.get("response") != "declined"),
        assesses=tuple(told.body.get("assesses") or ()),
        is_historical=told.is_historical,
        format=told.body.get("format"),
        location=told.body.get("location"),
        meeting_url=told.body.get("meeting_url"),
    )


def _asked(known: InterviewFacts) -> list[str]:
    """Who a completion names were those who came; else who was invited and did not decline."""
    telling = (k.body.get("interviewers") for k in (known.completion, known.scheduled) if k)
    named = next(filter(None, telling), ())
    asked = {p["user"] for p in named if p.get("feedback_required", True) and p.get("response") != "declined"}
    return sorted(asked)


def _given(facts: Facts) -> set[tuple[str, str, str | None]]:
    """(interviewer, application, interview or None) of feedback that was not withdrawn."""
    return {(k.body["interviewer"], k.body["application"], k.body.get("interview")) for k in standing_feedback(facts)}
