"""What is derived of one person: when they knew, what they were promised, what came back of what a letter said."""

from datetime import date, datetime, timedelta

import pytest

from services.insights.domain.growth import derive_growths, grew
from services.insights.domain.heard import (
    HeardApplication,
    HeardDelay,
    HeardInterview,
    HeardLetter,
    HeardPerson,
    HeardPlace,
    HeardRating,
    HeardRelease,
    WantedCompetency,
)
from services.insights.domain.people import Workplace, derive_rows
from services.insights.domain.rows import Candidacy, Growth, GrowthKind, LetterLength, PersonRows, Scorecard
from services.insights.domain.told import CAMPAIGN, SaidCampaign, SaidToMany
from shared.business_days import Calendar
from shared.contracts import FeedbackKind, MemberStatus, Missing, Outcome, Overall, Tier
from shared.contracts.reading import SaidOfInterview
from tests.insights.rounds import DAY, NOW, SQL, WORKPLACE, applicant, feedback, interview, job
from tests.insights.test_answered import mail

PYTHON = WantedCompetency("python", "Python", 3)
DECIDED = NOW - 15 * DAY
LEFT = HeardLetter("a-ana", DECIDED + DAY)


def rows_of(person: HeardPerson, workplace: Workplace = WORKPLACE, **opening) -> PersonRows:
    return derive_rows(person, {"j1": job(SQL, PYTHON, **opening)}, workplace)


def candidacy(*given_feedback, workplace: Workplace = WORKPLACE, opening=None, **given) -> Candidacy:
    [found] = rows_of(applicant("ana", *given_feedback, **given), workplace, **(opening or {})).candidacies
    return found


def decided(outcome: Outcome = Outcome.NOT_SELECTED, **given) -> tuple[HeardApplication, ...]:
    return (HeardApplication("a-ana", "j1", NOW - 30 * DAY, DECIDED, outcome=outcome, **given),)


@pytest.mark.parametrize(
    ("given", "answered_at"),
    [
        ({}, None),
        ({"letters": (LEFT, HeardLetter("a-ana", DECIDED + 5 * DAY))}, LEFT.left_at),
        ({"letters": (LEFT._replace(application="another"),)}, None),
        ({"letters": (LEFT._replace(bounced_at=LEFT.left_at + DAY),)}, None),
        ({"letters": (LEFT._replace(bounced_at=LEFT.left_at - DAY),)}, LEFT.left_at),
        ({"applications": decided(noticed_at=DECIDED + 2 * DAY)}, DECIDED + 2 * DAY),
        ({"applications": decided(Outcome.WITHDRAWN)}, DECIDED),
        ({"applications": decided(Outcome.HIRED)}, DECIDED),
        ({"workplace": WORKPLACE._replace(decision_answers=True)}, DECIDED),
        ({"applications": decided(reversed_at=DECIDED + 3 * DAY), "letters": (LEFT,)}, None),
    ],
)
def test_somebody_knows_once_a_letter_reached_them_or_they_were_told_or_decided_themselves(given, answered_at):
    assert candidacy(**given).answered_at == answered_at


@pytest.mark.parametrize(
    ("closed_after", "application", "due_on"),
    [
        (20 * DAY, {}, date(2026, 11, 23)),  # from Monday, the 16th
        (-2 * DAY, {}, date(2026, 11, 20)),  # the job was closed on Saturday, before the decision
        (20 * DAY, {"is_historical": True}, None),
        (20 * DAY, {"reversed_at": DECIDED + DAY}, date(2026, 12, 11)),  # from the closing, on Sunday, the 6th
    ],
)
def test_the_answer_is_promised_five_working_days_after_the_decision_or_the_closing(closed_after, application, due_on):
    workplace = Workplace(Calendar(None, None, "UTC"), answer_after=5)

    due_at = candidacy(
        workplace=workplace, applications=decided(**application), opening={"closed_at": DECIDED + closed_after}
    ).due_at

    assert (due_at and due_at.date()) == due_on


@pytest.mark.parametrize(
    ("missing", "about", "is_late"),
    [
        (Missing.FEEDBACK, "a-ana", True),
        (Missing.DELIVERY, "a-ana", True),
        (Missing.DECISION, "a-ana", False),
        (Missing.FEEDBACK, "another", False),
    ],
)
def test_an_answer_is_late_where_what_is_missing_is_its_own(missing, about, is_late):
    assert candidacy(delays=(HeardDelay(about, missing, NOW),)).late is is_late


def test_how_long_the_letter_was_follows_from_what_was_released_and_who_decided():
    released = (HeardRelease("l1", "a-ana", DECIDED, ("sql",)),)

    assert candidacy().letter is LetterLength.NONE
    assert candidacy(letters=(LEFT,)).letter is LetterLength.SHORT
    assert candidacy(letters=(LEFT,), applications=decided(Outcome.WITHDRAWN)).letter is LetterLength.THANKS
    assert candidacy(letters=(LEFT,), releases=released).letter is LetterLength.FULL


def test_interviews_begin_with_the_first_that_took_place_and_end_with_the_last():
    def held(name: str, began: datetime, **said):
        whole = {"completed_at": began + timedelta(hours=1), **said}
        return interview("ana", said=SaidOfInterview(began, began + timedelta(hours=1), **whole))._replace(
            interview=name
        )

    first, last = held("i1", NOW - 25 * DAY), held("i2", NOW - 22 * DAY)
    off = held("i3", NOW - 28 * DAY, completed_at=None, cancelled_at=NOW - 29 * DAY, cancelled_slot=NOW - 28 * DAY)

    found = candidacy(interviews=(last, off, first))

    assert (found.first_at, found.last_at) == (NOW - 25 * DAY, NOW - 22 * DAY + timedelta(hours=1))


def test_two_applications_of_one_person_have_their_own_interviews_verdicts_and_place():
    began = NOW - 2 * DAY
    said = SaidOfInterview(began, began + timedelta(hours=1), completed_at=began + timedelta(hours=1))
    again = HeardInterview("i2", "later", "j2", said=said, position=3)
    silver, promising = (Tier.SILVER_MEDALIST, MemberStatus.ACTIVE), (Tier.PROMISING, MemberStatus.INVITED)
    person = came_back()._replace(
        interviews=(interview("ana", position=1), again),
        places=(HeardPlace("later", *promising), HeardPlace("a-ana", *silver)),
    )

    one, other = rows_of(person).candidacies

    assert [(c.job, c.steps, c.tier, c.verdicts) for c in (one, other)] == [
        ("j1", (1,), Tier.SILVER_MEDALIST, 1), ("j2", (3,), Tier.PROMISING, 1),
    ]  # fmt: skip
    assert (one.last_at, other.first_at) == (NOW - 21 * DAY + timedelta(hours=1), began)


def test_history_that_says_when_somebody_applied_is_dated():
    past = decided(is_historical=True)
    on_the_day = (past[0]._replace(submitted_at=NOW - 21 * DAY),)

    assert candidacy(applications=past).submitted_at == NOW - 30 * DAY
    assert candidacy(applications=on_the_day).submitted_at is None, "it is the interview's own day"


def card(*given_feedback) -> Scorecard:
    [found] = rows_of(applicant("ana", *given_feedback)).scorecards
    return found


def test_a_scorecard_is_due_a_business_day_on_and_is_what_stands_of_it():
    first = feedback("ana", 1, strengths=1, development=1, misconceptions=("role", "team"))
    verdict = feedback("ana", 1, feedback="f2", submitted_at=first.submitted_at + DAY)
    gone = first._replace(withdrawn_at=first.submitted_at + DAY)

    ended = NOW - 21 * DAY + timedelta(hours=1)  # on Tuesday, the 10th, at one in the morning
    assert ended.weekday() == 1
    assert card().due_at == Calendar(None, None, "Etc/UTC").add(ended, 1) < ended + 2 * DAY
    assert (card().given_at, card().withdrawn, card().has_strengths) == (None, False, False)
    assert (card(gone).given_at, card(gone).withdrawn, card(gone).has_development) == (None, True, False)
    both = card(first, verdict)
    assert both == card(first), "letters take the words of all that stands: a verdict that came later has none"
    assert (both.given_at, both.has_strengths, both.has_development) == (first.submitted_at, True, True)
    assert both.misconceptions == ("role", "team")


def test_work_samples_are_asked_for_nothing_and_count_without_an_interview():
    sample = feedback("ana", None, interview=None, kind=FeedbackKind.WORK_SAMPLE, ratings=(HeardRating("css", 1.0),))

    seen = {
        (a.competency, a.asked, a.level) for a in rows_of(applicant("ana", feedback("ana", 0.5), sample)).assessments
    }

    assert seen == {("css", False, 1.0), ("sql", True, 0.5), ("python", True, None)}


@pytest.mark.parametrize(
    ("overall", "agreed"),
    [([Overall.YES], None), ([Overall.YES, Overall.STRONG_YES], True), ([Overall.NO, Overall.YES], False)],
)
def test_agreement_takes_two_verdicts(overall, agreed):
    given = [feedback("ana", 1, interviewer=f"u{n}", overall=one) for n, one in enumerate(overall)]

    assert (candidacy(*given).agreed, candidacy(*given).verdicts) == (agreed, len(overall))


def came_back(*ratings: HeardRating, application: str = "later", at: datetime = NOW) -> HeardPerson:
    """Somebody whose letter named SQL, and who was rated again."""
    applications = (*decided(), HeardApplication("later", "j2", NOW - 3 * DAY))
    first = feedback("ana", 0.25)
    again = feedback(
        "ana", None, feedback="f2", application=application, interview=None, kind=FeedbackKind.WORK_SAMPLE,
        ratings=ratings, submitted_at=at,
    )  # fmt: skip
    letter = HeardRelease("l1", "a-ana", DECIDED + DAY, ("sql",))
    return applicant("ana", first, again, applications=applications, releases=(letter,))


def growth_of(person: HeardPerson, *campaigns: SaidCampaign) -> Growth:
    openings = {"j1": job(SQL)}
    [found] = derive_rows(person, openings, WORKPLACE, SaidToMany((), campaigns)).growths
    return found


@pytest.mark.parametrize(
    ("person", "after"),
    [
        (came_back(HeardRating("sql", 0.5)), 0.5),
        (came_back(HeardRating("python", 0.5)), None),
        (came_back(HeardRating("sql", None)), None),
        (came_back(HeardRating("sql", 0.5), application="a-ana"), None),
        (came_back(HeardRating("sql", 0.5), at=DECIDED), None),
    ],
    ids=["again", "in something else", "without a level", "for the same application", "before the letter"],
)
def test_somebody_came_back_who_was_rated_in_the_same_for_another_application_after_the_letter(person, after):
    found = growth_of(person)

    assert (found.kind, found.competency, found.after) == (GrowthKind.TOLD, "sql", after)


@pytest.mark.parametrize(("after", "is_better"), [(0.375, 1), (0.374, 0), (0.25, 0)])
def test_stronger_is_half_a_point_of_five(after, is_better):
    assert grew([growth_of(came_back(HeardRating("sql", after)))])[:2] == (is_better, 1)


@pytest.mark.parametrize(
    ("campaign", "sent", "is_taken_up"),
    [
        (SaidCampaign("g1", "sql"), NOW, True),
        (SaidCampaign("g1", "sql", "j1", "S"), NOW, True),
        (SaidCampaign("g1", "python"), NOW, False),
        (SaidCampaign("g1", "sql", "j2"), NOW, False),
        (SaidCampaign("g1", "sql", None, "W"), NOW, False),
        (SaidCampaign("g1", "sql"), DECIDED, False),
        (SaidCampaign("g2", "sql"), NOW, False),
    ],
)
def test_a_campaign_takes_up_what_it_is_about_once_its_mail_left_after_the_letter(campaign, sent, is_taken_up):
    person = came_back()._replace(mails=(mail("ana", CAMPAIGN, sent, "g1"),))

    assert growth_of(person, campaign).taken_up is is_taken_up


def test_who_was_below_the_level_and_told_nothing_is_who_the_told_are_compared_with():
    untold = came_back(HeardRating("sql", 0.5))._replace(releases=())
    above = untold._replace(feedback=(feedback("ana", 0.75), *untold.feedback[1:]))
    hired = untold._replace(applications=(*decided(Outcome.HIRED), *untold.applications[1:]))

    assert (growth_of(untold).kind, growth_of(untold).before, growth_of(untold).after) == (GrowthKind.UNTOLD, 0.25, 0.5)
    for nobody in (above, hired, came_back(HeardRating("sql", 0.5))):
        found = derive_rows(nobody, {"j1": job(SQL)}, WORKPLACE).growths
        assert [g for g in found if g.kind is GrowthKind.UNTOLD] == []
    assert list(derive_growths(HeardPerson("acme", "ana"), (), (), {}, ())) == []
