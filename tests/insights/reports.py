"""Reports of rounds, for those who look at them: Halden's, one that is as full as it may be, one that has nothing."""

from datetime import UTC, datetime, timedelta

from services.insights.domain.figures import count, figures, share
from services.insights.domain.findings import Difference
from services.insights.domain.heard import HeardJob, WantedCompetency
from services.insights.domain.measures import Figure
from services.insights.domain.report import Report, Standing, report
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.scopes import Point, Trend
from services.insights.domain.sums import RoundCounts, add_up
from services.insights.domain.surveys import survey_figures
from shared.contracts import JobOutcome
from tests.insights import halden
from tests.insights.hearing import heard_jobs

LONG_TITLE = (
    "Werkstudentin oder Werkstudent für Geschäftsprozessoptimierung und Datenqualitätsmanagement in der "
    "Lebensmittelsicherheitsüberwachung, Schwerpunkt Rindfleischetikettierungsüberwachungsaufgabenübertragung"
)
LONG_NAME = "Verständigung mit Fachabteilungen über Datenschutzfolgenabschätzungen"
OPENED = datetime(2026, 10, 1, 8, tzinfo=UTC)


def of_halden() -> Report:
    """The worked example."""
    job = heard_jobs(halden.story.ORGANIZATION, halden.events())[halden.story.FIRST_JOB]
    summary = add_up([halden.round_of()])
    return report(job, "Halden", summary.counts, figures(summary), halden.NOW)


def of_job(
    asked: int = 0, found: tuple[Figure, ...] = (), counts: RoundCounts | None = None, title: str = "Baker"
) -> Report:
    """A round of a job that asks for so many competencies, and its figures."""
    competencies = tuple(
        WantedCompetency(f"c{i}", f"{LONG_NAME} {i}" if i % 2 else "SQL", 1 + i % 5, must_have=i % 3 == 0)
        for i in range(asked)
    )
    job = HeardJob(
        "acme", "j1", title, "data", "Summer 2027", OPENED, OPENED + timedelta(days=40), JobOutcome.NOBODY_HIRED,
        competencies,
    )  # fmt: skip
    return report(job, "Bundesanstalt Übersee", counts or RoundCounts(), found, OPENED + timedelta(days=90))


def of_very_many(asked: int = 14) -> Report:
    """Everything that a page may hold, in long words."""
    answers = [AnswerBatch("acme", f"s{i}", "j1", None, 1, (4, 2, 5, 5, 3, 4, 4, 3, 5), 8) for i in range(5)]
    found = [
        *(f for i in range(asked) for f in _of_competency(f"c{i}")),
        share("wasted", 40, 300), share("wasted", 290, 300, part="without_loop"),
        count("wasted", 12, 312, part="open"),
        *(count("wasted", k, 300, part=f"returned:{kind}")
          for kind, k in {"hire": 20, "letter": 180, "membership": 30, "match": 20, "relation": 10}.items()),
        *(Figure(f"wait_{name}", 40, 40, value=hours) for name, hours in
          {"first": 400.0, "next": 30.0, "decision": 2000.0, "answer": 80.0}.items()),
        count("wait_answer", 7, 47, part="still"),
        share("promised", 60, 140), share("withdrew", 40, 140), share("accepted", 21, 40), share("held", 312, 390),
        *(count("held", 26, 390, part=part)
          for part in ("missed_by_us", "missed_by_them", "cancelled_by_us", "cancelled_by_them")),
        share("reached", 90, 140, part="0"), share("reached", 41, 90, part="1"), share("agreed", 70, 99),
        share("scored", 300, 600), share("shareable", 400, 555), count("withdrew", 22, 40, part="reason:compensation"),
        count("withdrew", 18, 40, part="reason:confusing_job_description"),
        *(share("met", 33, 60, part=part) for part in ("must_haves", "values")),
        *(count("misunderstood", 12, 140, part=f"about:{about}") for about in ("role", "team", "requirements")),
        count("gained", 33, 53, part="active"), count("reused", 9, 9, part="rehired"),
        *(Figure("took", 9, 9, 20, 2.2, part=part) for part in ("rediscovered", "applied")),
        count("gained", 31, 140, part="silver_medalist"), count("gained", 22, 140, part="promising"),
        count("gained", 50, 53, part="invited"), count("reused", 4, 140, part="left_applied"),
        count("reused", 9, 140, part="proposed"), Figure("wait_match", 1, 1, value=80.0),
        Figure("wait_applicant", 1, 1, value=400.0),
        *survey_figures(answers),
    ]  # fmt: skip
    page = of_job(asked, tuple(found), RoundCounts(people=140, interviews=312), LONG_TITLE)
    beside = [
        Trend([Point("j1", share("met", 33, 60, competency=f"c{i}"))], Difference.NOT_KNOWN) for i in range(asked)
    ]
    return page._replace(standing=Standing.LEFT, summed_up_at=OPENED + timedelta(days=100), trends=beside)


def of_very_many_competencies() -> Report:
    """Of a job that asks for as much as fits, where there is little else to tell."""
    return of_job(
        11, tuple(f for i in range(11) for f in _of_competency(f"c{i}") if f.measure not in ("gaps", "answered"))
    )


def _of_competency(name: str) -> list[Figure]:
    levels = [count("levels", k, 60, competency=name, part=str(i)) for i, k in enumerate((3, 9, 24, 18, 6), start=1)]
    return [
        share("met", 41, 60, competency=name), *levels, share("not_assessed", 40, 100, competency=name),
        share("apart", 31, 80, competency=name), share("gaps", 50, 90, competency=name),
        share("answered", 20, 50, competency=name),
    ]  # fmt: skip
