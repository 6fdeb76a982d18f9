"""Feedback that may be shared, told in few words."""

from datetime import datetime

from services.notifications.domain.letters import Variant
from shared.contracts import (
    CampaignStarted,
    Development,
    FeedbackReleased,
    FeedbackSubmitted,
    Overall,
    Shareable,
    Strength,
    letter_id,
)
from tests.heard import Heard
from tests.notifications.facts import ada, applied, at, ben, completed, decided, halden, heard, ines, job, profile

GIVEN = at("2026-11-05 12:00")
COMPETENCIES = (
    {"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3, "looks_for": "joins that hold"},
    {"competency": "python", "name": "Python", "level": 3, "weight": 2},
    {"competency": "talk", "name": "Communication", "level": 3},
)
WENT_WELL = {"sql": "You joined three tables at once.", "talk": "You said the answer first."}
TO_BUILD = {"python": ("You looped over the rows.", "Read the group-by chapter.")}
FULL = Variant.FULL
OURS = "talentloop/notifications"


def gave(
    candidate: str,
    interviewer: str,
    strengths: dict[str, str] | None = None,
    development: dict[str, tuple[str, str]] | None = None,
    when: datetime = GIVEN,
    **more: str,
) -> Heard:
    """One interviewer's feedback: `competency: observed` and `competency: (observed, suggestion)` may be shared."""
    event = FeedbackSubmitted(
        feedback=f"{candidate}-{interviewer}",
        application=f"{candidate}-1",
        candidate=candidate,
        interviewer=interviewer,
        interview=f"{candidate}-i1",
        overall=Overall(more.pop("overall", "no")),
        submitted_at=when,
        shareable=Shareable(
            language=more.pop("language", "en"),
            strengths=tuple(Strength(competency=c, observed=o) for c, o in (strengths or {}).items()),
            development=tuple(
                Development(competency=c, observed=o, suggestion=s) for c, (o, s) in (development or {}).items()
            ),
        ),
    )
    return heard(event, id=f"{event.feedback}-{when:%d%H%M}", **more)


def hunted(mode: str = "approve", **more: object) -> list[Heard]:
    """Halden with Ada, Ben, Ines and the job with its competencies."""
    settings = {k: more.pop(k) for k in ("automatic_release", "language") if k in more}
    return [halden(mode, **settings), ada(), ben(), ines(), job(competencies=COMPETENCIES, **more)]


def judged(candidate: str = "amara", **more: object) -> list[Heard]:
    """Somebody of whom Ada saw two strengths, and Ben something to build up; decided on Friday the 13th."""
    return [
        profile(candidate, **more),
        applied(candidate),
        completed(candidate),
        gave(candidate, "ada", WENT_WELL),
        gave(candidate, "ben", None, TO_BUILD),
        decided(candidate),
    ]


def suggested(candidate: str, *competencies: str, **more) -> Heard:
    """The full letter about their application, as it was released."""
    event = FeedbackReleased.model_validate(
        {
            "letter": letter_id("acme", "decision", f"{candidate}-1", candidate, 1),
            "application": f"{candidate}-1",
            "candidate": candidate,
            "language": "en",
            "strengths": [],
            "development": [
                {"competency": c, "observed": f"{c} was slow.", "suggestion": f"Read about {c}.", "feedback": "f"}
                for c in competencies
            ],
            "approved_by": "ines",
            "released_at": at("2026-11-13 17:00"),
        }
    )
    return Heard(event, at("2026-11-13 17:00"), source=OURS, **more)


def started(campaign: str = "sql-evening", **more) -> Heard:
    when = more.pop("started_at", at("2026-11-24 10:00"))
    said = {k: more.pop(k) for k in ("historical",) if k in more}
    event = CampaignStarted(campaign=campaign, by="ines", started_at=when, **{"competency": "sql"} | more)
    return Heard(event, when, source=OURS, **said)
