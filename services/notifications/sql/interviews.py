"""Which interviews were not called off, and who owes feedback on them."""

from services.notifications.domain.interviews import StandingInterview
from services.notifications.sql.person_facts import (
    Facts,
    PersonFact,
    called_off,
    instant,
    interviews,
    maybe,
    standing_completion,
)
from shared.contracts import Cause


def held_slots(facts: Facts) -> list[StandingInterview]:
    """Interviews to come or past, each with the colleagues whose feedback is asked for and not there."""
    given = _given(facts)
    found = []
    for interview, known in sorted(interviews(facts).items()):
        completion = standing_completion(known)
        schedules = [k for k in known if k.topic == "interview-scheduled"]
        told = schedules[-1] if schedules else completion
        if told and (completion or not called_off(known)):
            found.append(_slot(interview, told, _asked(known, completion), given))
    return found


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
    )


def _asked(known: list[PersonFact], completion: PersonFact | None) -> list[str]:
    """Who a completion names were those who came; else who was invited and did not decline."""
    schedules = [k for k in known if k.topic == "interview-scheduled"]
    named = (completion and completion.body.get("interviewers")) or (
        schedules and schedules[-1].body.get("interviewers")
    )
    asked = {p["user"] for p in named or () if p.get("feedback_required", True) and p.get("response") != "declined"}
    return sorted(asked)


def _given(facts: Facts) -> set[tuple[str, str, str | None]]:
    """(interviewer, application, interview or None) of feedback that was not withdrawn."""
    withdrawn = {k.fact: instant(k.body["withdrawn_at"]) for k in facts.get("feedback-withdrawn", ())}
    return {
        (k.body["interviewer"], k.body["application"], k.body.get("interview"))
        for k in facts.get("feedback-submitted", ())
        if k.fact not in withdrawn or instant(k.body["submitted_at"]) > withdrawn[k.fact]
    }
