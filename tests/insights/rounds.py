"""Made-up people of a made-up round, and what is told of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.insights.domain.figures import figures
from services.insights.domain.heard import (
    HeardApplication,
    HeardFeedback,
    HeardInterview,
    HeardJob,
    HeardPerson,
    HeardRating,
    WantedCompetency,
)
from services.insights.domain.measures import Figure
from services.insights.domain.people import Workplace, derive_rows
from services.insights.domain.rounds import sum_up
from services.insights.domain.rows import PersonRows, RoundRows
from services.insights.domain.sums import SummedRound, add_up
from shared.contracts import Outcome, Overall
from shared.contracts.reading import SaidOfInterview

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


SQL = WantedCompetency("sql", "SQL", 4, must_have=True, weight=3)
WORKPLACE = Workplace()


def job(*competencies: WantedCompetency, **given) -> HeardJob:
    whole = {"opened_at": NOW - 60 * DAY, "closed_at": NOW - 10 * DAY, "competencies": competencies}
    return HeardJob("acme", "j1", "Analyst", "data", "S", **{**whole, **given})


def feedback(person: str, level: float | None, **given) -> HeardFeedback:
    whole = {
        "feedback": f"f-{person}-{given.get('interviewer', 'ada')}", "application": f"a-{person}", "interviewer": "ada",
        "submitted_at": NOW - 20 * DAY, "interview": f"i-{person}", "overall": Overall.YES,
        "ratings": (HeardRating("sql", level),),
    }  # fmt: skip
    return HeardFeedback(**{**whole, **given})


def interview(person: str, **given) -> HeardInterview:
    began = NOW - 21 * DAY
    said = SaidOfInterview(began, began + timedelta(hours=1), completed_at=began + timedelta(hours=1))
    return HeardInterview(f"i-{person}", f"a-{person}", "j1", **{"said": said, "owed_by": ("ada",), **given})


def applicant(person: str, *given_feedback: HeardFeedback, **given) -> HeardPerson:
    application = HeardApplication(f"a-{person}", "j1", NOW - 30 * DAY, NOW - 15 * DAY, outcome=Outcome.NOT_SELECTED)
    whole = {"applications": (application,), "interviews": (interview(person),), "feedback": given_feedback}
    return HeardPerson("acme", person, **{**whole, **given})


def rows_of(job: str, people: Iterable[PersonRows]) -> RoundRows:
    """What people's rows say of one job."""
    found = list(people)
    return RoundRows(
        [c for p in found for c in p.candidacies if c.job == job],
        [s for p in found for s in p.sittings if s.job == job],
        [s for p in found for s in p.scorecards if s.job == job],
        [a for p in found for a in p.assessments if a.job == job],
        [g for p in found for g in p.growths if g.job == job],
        [r for p in found for r in p.reuses if job in (r.job, r.earlier)],
    )


def summed(opening: HeardJob, *people: HeardPerson, now: datetime = NOW) -> SummedRound:
    derived = [derive_rows(person, {opening.job: opening}, WORKPLACE) for person in people]
    return sum_up(opening, rows_of(opening.job, derived), now)


def told(round_: SummedRound, measure: str, part: str | None = None, competency: str | None = None) -> Figure:
    [found] = [f for f in figures(add_up([round_])) if (f.measure, f.part, f.competency) == (measure, part, competency)]
    return found
