"""Each measure at the edge of its definition, and at its floor."""

from datetime import timedelta

import pytest

from services.insights.domain.figures import figures
from services.insights.domain.guarded import guarded_round
from services.insights.domain.heard import (
    HeardApplication,
    HeardInterview,
    HeardLetter,
    HeardPerson,
    HeardPlace,
    HeardRating,
    HeardRelease,
    WantedCompetency,
)
from services.insights.domain.measures import MEASURES, WhyNot
from services.insights.domain.rows import UNNAMED_STEP
from services.insights.domain.sums import SummedRound, add_up
from shared.contracts import CancelledBy, JobOutcome, MemberStatus, MissedBy, Outcome, Overall, Tier
from shared.contracts.reading import SaidOfInterview
from tests.insights.rounds import DAY, NOW, SQL, applicant, feedback, interview, job, summed, told

HOUR = timedelta(hours=1)
BEGAN = NOW - 21 * DAY
PYTHON = WantedCompetency("python", "Python", 3)


def names_of(round_: SummedRound, measure: str) -> list[tuple[str | None, str | None]]:
    """Of which competencies and parts a measure tells."""
    return [(f.competency, f.part) for f in figures(add_up([round_])) if f.measure == measure]


def people(count: int, *levels: float, **given) -> list[HeardPerson]:
    """So many, rated in turn."""
    return [applicant(f"p{i}", feedback(f"p{i}", levels[i % len(levels)]), **given) for i in range(count)]


def twice(count: int, gap: float) -> list[HeardPerson]:
    """So many, whom two interviewers rate so far apart."""
    return [applicant(f"p{i}", feedback(f"p{i}", 0), feedback(f"p{i}", gap, interviewer="ben")) for i in range(count)]


def test_only_a_must_have_that_somebody_was_assessed_in_is_said_to_be_met_by_nobody():
    wanted = SQL._replace(must_have=False)

    assert names_of(summed(job(SQL), *people(5, 0.5)), "unmet") == [("sql", None)]
    assert names_of(summed(job(wanted), *people(5, 0.5)), "unmet") == []
    assert names_of(summed(job(SQL), *people(5, 0.5, 1.0)), "unmet") == []
    assert names_of(summed(job(SQL), applicant("ana")), "unmet") == []


def test_what_no_interview_that_took_place_was_to_look_at_is_told_from_five_interviews_on():
    missed = SaidOfInterview(BEGAN, BEGAN + HOUR, missed_at=BEGAN + HOUR, missed_slot=BEGAN)

    def asked(count: int, *more: HeardPerson) -> list[tuple[str | None, str | None]]:
        others = (applicant(f"p{i}", interviews=(interview(f"p{i}", assesses=("sql",)),)) for i in range(count))
        return names_of(summed(job(SQL, PYTHON), *others, *more), "never_asked")

    assert asked(4) == []
    assert asked(5) == [("python", None)]
    assert asked(5, applicant("ana", interviews=(interview("ana"),))) == [], "hers were to look at all the job asks for"
    never = applicant("ana", interviews=(interview("ana", said=missed, assesses=("python",)),))
    assert asked(5, never) == [("python", None)]


@pytest.mark.parametrize(("rated", "of", "is_told"), [(3, 9, True), (3, 10, False), (2, 2, False), (4, 10, True)])
def test_what_the_description_hides_is_told_of_three_people_and_a_third_of_all(rated, of, is_told):
    css = (HeardRating("sql", 0.5), HeardRating("css", 0.5))
    both = [applicant(f"p{i}", feedback(f"p{i}", None, ratings=css if i < rated else css[:1])) for i in range(of)]

    assert names_of(summed(job(SQL), *both), "unsaid") == ([("css", None)] if is_told else [])


def test_two_points_of_five_are_apart_and_less_are_not():
    assert [told(summed(job(SQL), *twice(5, gap)), "apart", competency="sql").k for gap in (0.25, 0.5)] == [0, 5]


def test_alpha_waits_for_thirty_people_whom_two_rated():
    few, enough = (told(summed(job(SQL), *twice(n, 0.25)), "alpha", competency="sql") for n in (29, 30))

    assert (few.of, few.value, few.why_not) == (29, None, WhyNot.TOO_FEW)
    assert (enough.of, enough.shown, enough.low is not None) == (30, True, True)


def test_levels_are_fifths_of_the_scale_and_the_commonest_is_told_of_ten_people():
    each, most = summed(job(SQL), *people(5, 0, 0.25, 0.5, 0.75, 1)), summed(job(SQL), *people(10, 1, 1, 1, 1, 0))

    assert [told(each, "levels", str(fifth), "sql").k for fifth in range(1, 6)] == [1, 1, 1, 1, 1]
    assert told(each, "flat", "1", "sql").why_not is WhyNot.TOO_FEW
    assert (told(most, "flat", "5", "sql").k, told(most, "flat", "5", "sql").value) == (8, 0.8)


def at_steps(person: str, *positions: int | None, decided: bool = True, **given) -> HeardPerson:
    """Somebody with an interview a day at these steps."""

    def held(n: int, position: int | None) -> HeardInterview:
        at = BEGAN + n * DAY
        said = SaidOfInterview(at, at + HOUR, completed_at=at + HOUR)
        return interview(person, said=said, position=position)._replace(interview=f"i-{person}-{n}")

    whole = {"decided_at": NOW - 15 * DAY, "outcome": Outcome.NOT_SELECTED, **given} if decided else {}
    application = HeardApplication(f"a-{person}", "j1", NOW - 30 * DAY, **whole)
    interviews = tuple(held(n, position) for n, position in enumerate(positions))
    return applicant(person, applications=(application,), interviews=interviews)


def test_of_those_who_were_at_a_step_it_counts_who_came_to_a_later_one():
    everybody = [
        *(at_steps(f"a{i}", 0) for i in range(3)),
        *(at_steps(f"b{i}", 0, 1) for i in range(4)),
        at_steps("skipped", 0, 2),
        *(at_steps(f"c{i}", 0, 1, 2) for i in range(2)),
    ]
    undecided = at_steps("open", 0, 1, decided=False)

    closed, open_still = (summed(job(SQL, closed_at=at), *everybody, undecided) for at in (NOW - 10 * DAY, None))

    assert [(told(closed, "reached", part).k, told(closed, "reached", part).of) for part in "01"] == [(8, 11), (2, 7)]
    assert [(told(open_still, "reached", part).k, told(open_still, "reached", part).of) for part in "01"] == [
        (7, 10), (2, 6),
    ]  # fmt: skip
    assert names_of(closed, "reached") == [(None, "0"), (None, "1")], "after the last step nobody is lost"


def test_interviews_that_were_not_held_are_told_by_whose_doing_it_was():
    cancelled = SaidOfInterview(BEGAN, BEGAN + HOUR, cancelled_at=BEGAN, cancelled_slot=BEGAN)
    missed = SaidOfInterview(BEGAN, BEGAN + HOUR, missed_at=BEGAN + HOUR, missed_slot=BEGAN)
    how = {
        "cancelled_by_them": {"said": cancelled, "cancelled_by": CancelledBy.CANDIDATE},
        "cancelled_by_us": {"said": cancelled, "cancelled_by": CancelledBy.ORGANIZATION},
        "missed_by_them": {"said": missed, "missed_by": MissedBy.CANDIDATE},
        "missed_by_us": {"said": missed, "missed_by": MissedBy.INTERVIEWER},
    }
    times = {part: n for n, part in enumerate(how, start=1)}
    lost = [
        applicant(name := f"{part}-{n}", interviews=(interview(name, **how[part]),))
        for part, count in times.items()
        for n in range(count)
    ]

    round_ = summed(job(SQL), *people(4, 1), *lost)

    assert (told(round_, "held").k, told(round_, "held").of) == (4, 14)
    assert {part: told(round_, "held", part).k for part in how} == times


def test_who_still_waits_is_told_beside_the_waits_that_ended():
    def waiting(name: str, *, letters: tuple[HeardLetter, ...] = (), **given) -> HeardPerson:
        whole = {"submitted_at": NOW - 30 * DAY, **given}
        return applicant(name, applications=(HeardApplication(f"a-{name}", "j1", **whole),), letters=letters)

    decided = {"decided_at": NOW - 15 * DAY, "outcome": Outcome.NOT_SELECTED}
    everybody = [
        waiting("new")._replace(interviews=()),
        waiting("seen"),
        waiting("silent", **decided),
        waiting("told", **decided, letters=(HeardLetter("a-told", NOW - 14 * DAY),)),
        waiting("left", **{**decided, "outcome": Outcome.WITHDRAWN}),
    ]

    waits = summed(job(SQL), *everybody).round.waits

    assert (waits.first.still, waits.decision.still, waits.answer.still) == (1, 1, 1)
    assert (waits.first.measured, waits.decision.measured, waits.answer.measured) == (4, 3, 1)
    assert (waits.decision.median, waits.answer.median) == (6 * 24 - 1, 24)


def test_the_next_interview_is_waited_for_between_interviews_that_took_place():
    one, called_off, other = at_steps("ana", 0, 1, 2).interviews
    off = called_off.said._replace(completed_at=None, cancelled_at=BEGAN, cancelled_slot=called_off.said.starts_at)
    round_ = summed(job(SQL), applicant("ana", interviews=(one, called_off._replace(said=off), other)))

    assert (round_.round.waits.next.measured, round_.round.waits.next.median) == (1, 47)


@pytest.mark.parametrize(
    ("given_after", "counted"),
    [(HOUR, (1, 1, 0)), (5 * DAY, (0, 1, 0)), (None, (0, 1, 1))],
    ids=["in time", "late", "never"],
)
def test_scorecards_are_in_time_late_or_never_given(given_after, counted):
    ended = BEGAN + HOUR
    given = () if given_after is None else (feedback("ana", 1, submitted_at=ended + given_after),)

    def counts(now):
        found = summed(job(SQL), applicant("ana", *given), now=now).round.counts
        return found.in_time, found.owed, found.never

    assert counts(ended + 10 * DAY) == counted
    assert counts(ended + 2 * HOUR)[1] == (given_after is not None), "what is not due is owed once it is given"
    assert counts(ended + 10 * DAY - HOUR)[2] == 0, "for ten days it is late, not never"
    assert told(summed(job(SQL), applicant("ana", *given)), "scored", "never").k == counted[2]


@pytest.mark.parametrize(("strengths", "development", "counted"), [(1, 1, 1), (1, 0, 0), (0, 1, 0)])
def test_what_is_to_be_told_takes_a_strength_and_a_development_point(strengths, development, counted):
    given = feedback("ana", 1, strengths=strengths, development=development)

    assert told(summed(job(SQL), applicant("ana", given)), "shareable").k == counted


def test_who_left_is_told_by_reason_and_by_the_last_step_they_were_at():
    left = {"outcome": Outcome.WITHDRAWN, "reason_code": "salary"}
    everybody = [
        at_steps("a", 0, 1, **left),
        at_steps("b", 0, **left),
        at_steps("c", 1, 0, outcome=Outcome.OFFER_DECLINED, reason_code="pace"),
        at_steps("d", None, **left),
        *(at_steps(f"h{i}", 0, outcome=Outcome.HIRED) for i in range(3)),
        at_steps("e", 0, reason_code="level"),
        at_steps("f", 0, decided=False),
    ]

    round_ = summed(job(SQL), *everybody)

    withdrew, accepted = told(round_, "withdrew"), told(round_, "accepted")
    assert ((withdrew.k, withdrew.of, withdrew.shown), (accepted.k, accepted.of)) == ((4, 8, True), (3, 4))
    assert {part: told(round_, "withdrew", part).k for _, part in names_of(round_, "withdrew") if part} == {
        "reason:salary": 3, "reason:pace": 1, f"step:{UNNAMED_STEP}": 1, "step:0": 1, "step:1": 2,
    }  # fmt: skip


def test_jobs_without_a_hire_are_counted_among_those_that_are_closed():
    def closed(outcome: JobOutcome) -> SummedRound:
        return summed(job(SQL, outcome=outcome), *people(1, 1))

    rounds = [closed(JobOutcome.NOBODY_HIRED)] * 2 + [closed(JobOutcome.HIRED)] * 2
    open_still = summed(job(SQL, closed_at=None))

    few, enough = (
        next(f for f in figures(add_up([*some, open_still])) if f.measure == "nobody")
        for some in (rounds, [*rounds, closed(JobOutcome.CANCELLED)])
    )

    assert (few.k, few.of, few.why_not) == (2, 4, WhyNot.TOO_FEW)
    assert (enough.k, enough.of, enough.value) == (2, 5, 0.4)


def test_who_is_active_in_the_pool_is_told_of_those_whose_invitation_ran_out():
    def pooled(name: str, tier: Tier, status: MemberStatus, days: int) -> HeardPerson:
        decided = HeardApplication(f"a-{name}", "j1", NOW - 60 * DAY, NOW - days * DAY, outcome=Outcome.NOT_SELECTED)
        return applicant(name, applications=(decided,), places=(HeardPlace(f"a-{name}", tier, status),))

    round_ = summed(
        job(SQL),
        pooled("a", Tier.SILVER_MEDALIST, MemberStatus.ACTIVE, 44),
        pooled("b", Tier.PROMISING, MemberStatus.INVITED, 44),
        pooled("c", Tier.PROMISING, MemberStatus.ACTIVE, 43),
        pooled("d", Tier.PROMISING, MemberStatus.NOT_INVITED, 50),
        pooled("e", Tier.DEVELOPING, MemberStatus.ACTIVE, 50),
    )

    gained = {part: (told(round_, "gained", part).k, told(round_, "gained", part).of) for _, part in
              names_of(round_, "gained")}  # fmt: skip
    assert gained == {"silver_medalist": (1, 5), "promising": (3, 5), "invited": (3, 4), "active": (1, 3)}


def test_gaps_are_of_those_whose_letter_named_it_and_of_nobody_whom_nobody_told():
    written = [
        applicant(f"p{i}", feedback(f"p{i}", 0.25), releases=(HeardRelease(f"l{i}", f"a-p{i}", NOW, (about,)),))
        for i, about in enumerate(["sql", "sql", "python", "sql", "python"])
    ]

    round_ = summed(job(SQL, PYTHON), *written, *(applicant(f"q{i}", feedback(f"q{i}", 0.25)) for i in range(4)))

    gaps = {c: told(round_, "gaps", competency=c) for c in ("sql", "python")}
    assert {c: (f.k, f.of) for c, f in gaps.items()} == {"sql": (3, 5), "python": (2, 5)}


def test_what_tells_of_interviewers_is_told_of_two_at_least():
    def judged(*interviewers: str) -> set[str]:
        everybody = []
        for i in range(6):
            again = interview(f"p{i}", owed_by=(interviewers[-1],))._replace(interview="again")
            given = [
                feedback(f"p{i}", 1, interviewer=interviewers[0], interview=f"i-p{i}"),
                feedback(f"p{i}", 1, interviewer=interviewers[-1], interview="again", feedback=f"f-again-{i}"),
            ]
            both = (interview(f"p{i}", owed_by=(interviewers[0],)), again)
            everybody.append(applicant(f"p{i}", *given, interviews=both))
        return {
            f.measure for f in guarded_round(summed(job(SQL), *everybody)) if MEASURES[f.measure].about_interviewers
        }

    assert judged("ada") == set()
    assert judged("ada", "ben") >= {"scored", "shareable", "agreed", "not_assessed", "apart"}


def test_verdicts_agree_where_all_are_on_one_side():
    def judged(name: str, *overall: Overall) -> HeardPerson:
        return applicant(name, *(feedback(name, 1, interviewer=f"u{n}", overall=o) for n, o in enumerate(overall)))

    round_ = summed(
        job(SQL),
        judged("a", Overall.YES, Overall.STRONG_YES),
        judged("b", Overall.NO, Overall.STRONG_NO),
        judged("c", Overall.YES, Overall.NO),
        *(judged(name, Overall.YES) for name in "def"),
    )

    assert (told(round_, "agreed").k, told(round_, "agreed").of) == (2, 3)
