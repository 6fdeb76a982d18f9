"""Of how many people a figure is, and that no part is more than its whole: also where somebody applied twice."""

from datetime import timedelta

import pytest

from services.insights.domain.figures import figures
from services.insights.domain.guarded import guarded_round
from services.insights.domain.heard import (
    HeardApplication,
    HeardFeedback,
    HeardInterview,
    HeardLetter,
    HeardPerson,
    HeardRating,
    HeardRelease,
)
from services.insights.domain.measures import WhyNot
from services.insights.domain.sums import SummedRound, add_up
from shared.contracts import FeedbackKind, Outcome
from shared.contracts.reading import SaidOfInterview
from tests.insights.rounds import DAY, NOW, SQL, applicant, feedback, interview, job, summed, told

HOUR = timedelta(hours=1)


def told_of_many(round_: SummedRound) -> set[tuple[str, str | None]]:
    return {(f.measure, f.part) for f in guarded_round(round_)}


def test_work_samples_of_people_who_were_not_interviewed_are_no_more_than_all():
    def sample(person: str) -> HeardPerson:
        rated = feedback(person, 0.5, interview=None, kind=FeedbackKind.WORK_SAMPLE, ratings=(HeardRating("css", 0.5),))
        return applicant(person, rated, interviews=())

    round_ = summed(job(SQL), *(sample(f"s{i}") for i in range(5)), *(applicant(f"p{i}") for i in range(3)))

    unsaid = told(round_, "unsaid", competency="css")
    assert (unsaid.k, unsaid.of, unsaid.shown) == (5, 5, True)


def written_to(person: str, **decision) -> HeardPerson:
    decided = {"decided_at": NOW - 15 * DAY, "outcome": Outcome.NOT_SELECTED, **decision}
    return applicant(
        person,
        feedback(person, 0.5),
        applications=(HeardApplication(f"a-{person}", "j1", NOW - 30 * DAY, **decided),),
        letters=(HeardLetter(f"a-{person}", NOW - 14 * DAY),),
        releases=(HeardRelease(f"l-{person}", f"a-{person}", NOW - 14 * DAY, ("sql",)),),
    )


def test_a_letter_whose_decision_was_reversed_is_none_of_the_decided():
    back = written_to("bo", reversed_at=NOW - 10 * DAY)

    round_ = summed(job(SQL), *(written_to(f"p{i}") for i in range(5)), back)

    letters, gaps = told(round_, "shareable", "letters"), told(round_, "gaps", competency="sql")
    assert ((letters.k, letters.of), (gaps.k, gaps.of)) == ((5, 5), (6, 6))


def twice(person: str) -> HeardPerson:
    """Two ids of one person, each with an application for the same job, who turned out to be one."""
    one, other = written_to(person), written_to(f"{person}-2")
    everything = {name: (*getattr(one, name), *getattr(other, name)) for name in one._fields[2:]}
    return HeardPerson("acme", person, **everything)


def test_letters_to_two_ids_of_one_person_are_letters_to_one_person():
    gaps = told(summed(job(SQL), twice("ana")), "gaps", competency="sql")

    assert (gaps.k, gaps.of, gaps.people) == (1, 1, 1)


def test_five_applications_of_four_people_are_of_four_people():
    others = [written_to(f"p{i}", decided_at=None) for i in range(3)]  # who are of the round, but not decided
    four = [twice("ana"), *(written_to(f"q{i}") for i in range(3))]

    few, many = summed(job(SQL), *others, *four), summed(job(SQL), *others, *four, written_to("bo"))

    assert told(few, "promised").of == 8
    assert told(few, "withdrew").people == 4
    assert not {("withdrew", None), ("wait_answer", None)} & told_of_many(few)
    assert {("withdrew", None), ("wait_answer", None)} <= told_of_many(many)


def with_interviews(person: str, count: int, *, after: timedelta = DAY) -> HeardPerson:
    def held(n: int) -> HeardInterview:
        began = NOW - 25 * DAY + n * after
        return interview(person, said=SaidOfInterview(began, began + HOUR, completed_at=began + HOUR))._replace(
            interview=f"i-{person}-{n}"
        )

    return applicant(person, interviews=tuple(held(n) for n in range(count)))


def test_six_waits_for_the_next_interview_of_two_people_are_of_two_people():
    once = [with_interviews(f"p{i}", 1) for i in range(6)]

    few = summed(job(SQL), *once, *(with_interviews(p, 4) for p in ("ana", "bo")))
    many = summed(job(SQL), *(with_interviews(f"p{i}", 2) for i in range(5)))

    assert (told(few, "wait_next").of, told(few, "wait_next").people) == (6, 2)
    assert not {m for m, _ in told_of_many(few) if m == "wait_next"}
    assert ("wait_next", None) in told_of_many(many)


def cards(person: str, *interviewers: str, owed_by: tuple[str, ...] = ("ada", "ben")) -> HeardPerson:
    """Somebody with three interviews, on each of which some of those who owe it gave feedback."""
    whole = with_interviews(person, 3)
    given = [
        HeardFeedback(f"f-{i.interview}-{by}", i.application, by, NOW - 15 * DAY, i.interview, strengths=1)
        for i in whole.interviews
        for by in interviewers
    ]
    return whole._replace(
        interviews=tuple(i._replace(owed_by=owed_by) for i in whole.interviews), feedback=tuple(given)
    )


def test_scorecards_of_few_people_or_of_one_interviewer_tell_of_these():
    silent = [cards(f"p{i}") for i in range(6)]
    owing_nobody = [cards(f"q{i}", owed_by=()) for i in range(6)]

    of_two = summed(job(SQL), *silent, *(cards(p, "ada", "ben") for p in ("ana", "bo")))
    owed_for_two = summed(job(SQL), *owing_nobody, *(cards(p) for p in ("ana", "bo")))
    of_ada = summed(job(SQL), *(cards(f"p{i}", "ada") for i in range(6)))
    of_both = summed(job(SQL), *(cards(f"p{i}", "ada", "ben") for i in range(6)))

    assert (told(of_two, "shareable").of, told(of_two, "shareable").people) == (12, 2)
    assert ("shareable", None) not in told_of_many(of_two)
    assert ("scored", None) not in told_of_many(owed_for_two)
    assert ("shareable", None) not in told_of_many(of_ada), "she alone gave any"
    assert {("shareable", None), ("scored", None)} <= told_of_many(of_both)


@pytest.mark.parametrize("part", [None, "must_haves"])
def test_levels_that_nobody_wrote_are_named_as_the_reason_also_of_all_must_haves(part):
    round_ = summed(job(SQL), *(applicant(p, feedback(p, None)) for p in ("ana", "bo", "cy")))

    competency = None if part else "sql"
    assert told(round_, "met", part, competency).why_not is WhyNot.NO_LEVELS
    assert all(f.value is None or f.k is None or f.k <= f.of for f in figures(add_up([round_])) if f.of)
