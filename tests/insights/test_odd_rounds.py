"""Rounds that are small, odd or whose clock jumped: where there is no figure, their page says why in plain words."""

from collections.abc import Iterable

import pytest

from services.insights.domain.figures import figures
from services.insights.domain.guarded import guarded_round, with_withheld
from services.insights.domain.heard import HeardApplication, HeardJob, HeardPerson
from services.insights.domain.measures import WhyNot
from services.insights.domain.report import Report, report
from services.insights.domain.sums import add_up
from shared.contracts import Outcome
from tests.insights.rounds import DAY, NOW, SQL, applicant, feedback, interview, job, summed
from tests.insights.test_report import words

FIVE = ("ana", "bo", "cy", "dee", "eli")


def page_of(opening: HeardJob, people: Iterable[HeardPerson], *, is_guarded: bool = False) -> Report:
    """What is derived of these people, as a page."""
    found = summed(opening, *people, now=NOW + 400 * DAY)
    seen = with_withheld(guarded_round(found), found, WhyNot.FEW_PEOPLE) if is_guarded else figures(add_up([found]))
    return report(opening, "Acme", found.round.counts, seen, NOW)


def met(*people: str) -> list[HeardPerson]:
    return [applicant(p, feedback(p, 1)) for p in people]


def applied(person: str, submitted_at=NOW - 30 * DAY, decided_at=NOW - 15 * DAY) -> HeardApplication:
    return HeardApplication(f"a-{person}", "j1", submitted_at, decided_at, outcome=Outcome.NOT_SELECTED)


def decided_after_a_year(person: str) -> HeardPerson:
    return applicant(person, applications=(applied(person, decided_at=NOW + 344 * DAY),))


def applied_after_the_interview(person: str) -> HeardPerson:
    return applicant(person, applications=(applied(person, submitted_at=NOW),))


def decided_before_the_interview(person: str) -> HeardPerson:
    return applicant(person, applications=(applied(person, decided_at=NOW - 25 * DAY),))


ONE_OF_TWO_IDS = applicant(
    "ana", feedback("ana", 1), feedback("ana-b", 1),
    applications=(applied("ana"), applied("ana-b")), interviews=(interview("ana"), interview("ana-b")),
)  # fmt: skip

ODD = {
    "a job without competencies": (page_of(job(), met(*FIVE)), "The description names no competencies."),
    "one interviewer for all": (page_of(job(SQL), met(*FIVE)), "SQL 4, must 5 of 5 57% to 100% 0 of 5 one interviewer"),
    "levels missing everywhere": (
        page_of(job(SQL), [applicant(p, feedback(p, None)) for p in FIVE]),
        "SQL 4, must nobody wrote a level – 5 of 5 nothing yet",
    ),
    "two people only": (page_of(job(SQL), met("ana", "bo")), "SQL 4, must 2 of 2, too few for a share"),
    "two people only, for who may not know of them": (
        page_of(job(SQL), met("ana", "bo"), is_guarded=True), "SQL 4, must too few people to tell",
    ),
    "two ids of one person": (
        page_of(job(SQL), [ONE_OF_TWO_IDS, *met("bo", "cy", "dee")]), "SQL 4, must 4 of 4, too few for a share",
    ),
    "a family renamed": (page_of(job(SQL)._replace(family="analytics"), met(*FIVE)), "Acme · S · analytics"),
    "a closing that does not say how": (page_of(job(SQL), met(*FIVE)), "Analyst closed 21 Nov 2026 5 people"),
    "a year-long wait": (page_of(job(SQL), map(decided_after_a_year, FIVE)), "to the decision " + "365 days"),
    "a year-long wait of few": (page_of(job(SQL), [decided_after_a_year("ana")]), "to the decision too few, 1"),
    "a negative wait": (
        page_of(job(SQL), map(decided_before_the_interview, FIVE)), "to the decision the times run backwards",
    ),
    "a clock that jumps": (
        page_of(job(SQL), map(applied_after_the_interview, FIVE)), "to the first interview the times run backwards",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("page", "said"), ODD.values(), ids=ODD)
def test_where_a_round_has_no_figure_its_page_says_why(page, said):
    assert said in words(page)
