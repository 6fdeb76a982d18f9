"""Rows, sums and figures of rounds that are small, odd, or came in an unexpected order."""

from random import Random

from services.insights.domain.figures import figures
from services.insights.domain.guarded import guarded_round, with_withheld
from services.insights.domain.heard import (
    HeardApplication,
    HeardDelay,
    HeardMatch,
    HeardPerson,
    HeardRating,
    HeardReturn,
    WantedCompetency,
)
from services.insights.domain.measures import WhyNot
from services.insights.domain.people import derive_rows
from services.insights.domain.rows import PersonRows
from services.insights.domain.scopes import Scope, Scopes
from services.insights.domain.sums import add_up
from services.insights.domain.waits import NO_WAITS
from shared.contracts import CompetencyKind, FeedbackKind, Missing, Outcome
from shared.contracts.reading import SaidOfInterview
from tests.insights.halden import people as people_of_halden
from tests.insights.halden import round_of, rows
from tests.insights.rounds import DAY, NOW, SQL, WORKPLACE, applicant, feedback, interview, job, summed, told


def test_a_job_that_asks_for_nothing_says_so():
    assert told(summed(job(), applicant("ana")), "met").why_not is WhyNot.NO_COMPETENCIES


def test_levels_that_nobody_wrote_are_no_failure_of_the_people():
    round_ = summed(job(SQL), *(applicant(p, feedback(p, None)) for p in ("ana", "bo", "cy")))

    assert told(round_, "met", competency="sql").why_not is WhyNot.NO_LEVELS
    assert told(round_, "not_assessed", "could_not", "sql").k == 3


def test_what_was_left_out_is_told_apart_from_what_could_not_be_assessed():
    round_ = summed(job(SQL), applicant("ana", feedback("ana", 0.5, ratings=())), applicant("bo", feedback("bo", None)))

    assert told(round_, "not_assessed", "left_out", "sql").k == told(round_, "not_assessed", "could_not", "sql").k == 1


def test_two_people_are_told_in_words_only():
    met = told(
        summed(job(SQL), applicant("ana", feedback("ana", 1)), applicant("bo", feedback("bo", 0))),
        "met",
        competency="sql",
    )

    assert (met.k, met.of, met.value, met.why_not) == (1, 2, None, WhyNot.TOO_FEW)


def test_one_interviewer_for_all_cannot_be_compared_with_anybody():
    round_ = summed(job(SQL), *(applicant(f"p{i}", feedback(f"p{i}", 0.5)) for i in range(40)))

    assert told(round_, "apart", competency="sql").why_not is WhyNot.ONE_INTERVIEWER


def test_forty_people_rated_twice_have_an_alpha():
    random = Random(3)
    pairs = [(f"p{i}", random.randint(0, 4) / 4) for i in range(40)]
    twice = [applicant(p, feedback(p, v), feedback(p, v, interviewer="ben")) for p, v in pairs]

    alpha = told(summed(job(SQL), *twice), "alpha", competency="sql")

    assert (alpha.value, alpha.low, alpha.high, alpha.of) == (1, 1, 1, 40)
    same = [applicant(p, feedback(p, 0.5), feedback(p, 0.5, interviewer="ben")) for p, _ in pairs]
    assert told(summed(job(SQL), *same), "alpha", competency="sql").why_not is WhyNot.NO_DIFFERENCES


def test_a_must_have_that_eight_miss_says_how_many_still_might_meet_it():
    unmet = told(
        summed(job(SQL), *(applicant(f"p{i}", feedback(f"p{i}", 0.5)) for i in range(8))), "unmet", competency="sql"
    )

    assert (unmet.k, unmet.of, round(unmet.high or 0, 2)) == (0, 8, 0.32)


def test_values_are_met_apart_from_what_somebody_can_do():
    honest = WantedCompetency("honest", "Says what is so", 3, kind=CompetencyKind.VALUE)
    both = [(0.25, 0.75), (1.0, 0.25), (1.0, 0.5), (1.0, 0.5), (1.0, 1.0), (1.0, None)]
    people = [
        applicant(f"p{i}", feedback(f"p{i}", None, ratings=(HeardRating("sql", skill), HeardRating("honest", value))))
        for i, (skill, value) in enumerate(both)
    ]

    round_ = summed(job(SQL, honest), *people)

    values, must_haves = told(round_, "met", "values"), told(round_, "met", "must_haves")
    assert ((values.k, values.of), (must_haves.k, must_haves.of)) == ((4, 5), (5, 6))
    assert [f for f in figures(add_up([summed(job(SQL), *people)])) if f.part == "values"] == []


def test_who_was_assessed_in_one_must_have_only_is_not_told_by_those_who_were_in_all():
    python = WantedCompetency("python", "Python", 3, must_have=True)
    both = (HeardRating("sql", 0.5), HeardRating("python", 1.0))
    people = [applicant(f"p{i}", feedback(f"p{i}", None, ratings=both)) for i in range(7)]
    one = applicant("ana", feedback("ana", 1.0))
    five = [applicant(f"q{i}", feedback(f"q{i}", 1.0)) for i in range(5)]

    def parts(*others: HeardPerson) -> set[str | None]:
        return {f.part for f in guarded_round(summed(job(SQL, python), *people, *others)) if f.measure == "met"}

    assert parts(one) == {None}, "eight in SQL, seven of them in both: the eighth's level is the difference"
    assert parts() == parts(*five) == {None, "must_haves"}


def test_what_stands_in_for_guarded_figures_tells_nothing_by_being_there():
    best = summed(job(SQL), *(applicant(p, feedback(p, 1)) for p in ("ana", "bo", "cy")))
    worst = summed(job(SQL), *(applicant(p, feedback(p, None, misconceptions=("role",))) for p in ("ana", "bo", "cy")))

    told = [with_withheld(guarded_round(r), r, WhyNot.FEW_PEOPLE) for r in (best, worst)]

    assert {f.why_not for f in told[0]} == {WhyNot.FEW_PEOPLE}
    assert told[0] == told[1]


def test_withdrawn_feedback_an_older_version_and_a_review_of_papers_do_not_count():
    older = feedback("ana", 0, feedback="f0", submitted_at=NOW - 21 * DAY)
    papers = feedback("ana", 0, feedback="f2", kind=FeedbackKind.APPLICATION_REVIEW)
    gone = feedback("ana", 0, feedback="f3", interviewer="ben", withdrawn_at=NOW - 20 * DAY)

    round_ = summed(job(SQL), applicant("ana", older, feedback("ana", 1), papers, gone))

    assert (round_.competencies[0].people, round_.competencies[0].met, round_.competencies[0].pairs) == (1, 1, 0)


def test_feedback_on_an_interview_that_did_not_take_place_does_not_count():
    began = NOW - 21 * DAY
    missed = interview("ana", said=SaidOfInterview(began, began + DAY, missed_at=began + DAY, missed_slot=began))

    round_ = summed(job(SQL), applicant("ana", feedback("ana", 1), interviews=(missed,)))

    assert (round_.competencies[0].people, round_.round.counts.interviews) == (0, 0)


def test_a_rating_on_a_scale_of_seven_meets_its_level_in_spite_of_binary_fractions():
    wanted = WantedCompetency("sql", "SQL", 3)
    thrice = [feedback("ana", level, interviewer=by) for by, level in (("ada", 1 / 6), ("ben", 5 / 6), ("cy", 0.5))]

    assert summed(job(wanted), applicant("ana", *thrice)).competencies[0].met == 1


def test_a_clock_that_jumped_leaves_no_wait():
    applied_late = HeardApplication("a-ana", "j1", NOW, NOW - 15 * DAY, outcome=Outcome.NOT_SELECTED)

    round_ = summed(job(SQL), applicant("ana", applications=(applied_late,)))

    assert told(round_, "wait_first").why_not is WhyNot.BACKWARDS
    assert round_.round.waits.decision.measured == 1


def test_a_family_that_is_renamed_takes_its_round_and_its_people_along():
    before, after = (
        summed(job(SQL)._replace(family=f), applicant("ana", feedback("ana", 1))) for f in ("data", "analytics")
    )

    scopes = Scopes([after])

    assert (before.round.family, after.round.family) == ("data", "analytics")
    assert after.competencies == before.competencies
    assert (scopes.within(Scope("family", "data")), scopes.figures(Scope("family", "data"))) == ([], [])
    assert scopes.within(Scope("family", "analytics")) == [after]


def test_a_wait_of_a_year_is_longer_than_any_bin_and_exact_in_its_round():
    slow = HeardApplication("a-ana", "j1", NOW - 30 * DAY, NOW + 344 * DAY, outcome=Outcome.NOT_SELECTED)

    decision = summed(job(SQL), applicant("ana", applications=(slow,)), now=NOW + 365 * DAY).round.waits.decision

    assert decision.bins[-1] == decision.measured == 1
    assert decision.median == 365 * 24 - 1


def test_an_interview_that_ends_before_it_begins_is_waited_for_by_nobody():
    began = NOW - 21 * DAY
    said = SaidOfInterview(began, began + DAY, completed_at=began - DAY)
    again = interview("ana", said=SaidOfInterview(began - 2 * DAY, began - DAY, completed_at=began))._replace(
        interview="i-2"
    )

    round_ = summed(job(SQL), applicant("ana", interviews=(interview("ana", said=said), again)))

    assert round_.round.waits.next.backwards + round_.round.waits.next.measured == 1
    assert round_.round.counts.interviews == 2


def test_a_job_that_is_open_again_is_not_finished():
    undecided = HeardApplication("a-ana", "j1", NOW - 30 * DAY)
    closed = summed(job(SQL), applicant("ana", applications=(undecided,))).round
    reopened = summed(job(SQL, opened_at=NOW - DAY), applicant("ana", applications=(undecided,))).round

    assert (closed.counts.finished, closed.counts.due) == (1, 1)
    assert (reopened.counts.finished, reopened.counts.due, reopened.closed_at) == (0, 0, None)


def test_a_reversed_decision_is_none():
    reversed_ = HeardApplication("a-ana", "j1", NOW - 30 * DAY, NOW - 9 * DAY, NOW - 9 * DAY, Outcome.HIRED)

    counts = summed(job(SQL, closed_at=None), applicant("ana", applications=(reversed_,))).round.counts

    assert (counts.decided, counts.hired, counts.due) == (0, 0, 0)


def test_history_counts_but_was_promised_nothing():
    past = HeardApplication(
        "a-ana", "j1", NOW - 30 * DAY, NOW - 15 * DAY, outcome=Outcome.NOT_SELECTED, is_historical=True
    )

    counts = summed(job(SQL), applicant("ana", applications=(past,))).round.counts

    assert (counts.decided, counts.due) == (1, 0)


def test_what_earlier_rounds_saved_stands_beside_what_applicants_took():
    def hired(person: str, *, is_rediscovered: bool, **given) -> HeardPerson:
        outcome = HeardApplication(
            f"a-{person}", "j1", NOW - 30 * DAY, NOW - 15 * DAY, outcome=Outcome.HIRED, is_rediscovered=is_rediscovered
        )
        return applicant(person, applications=(outcome,), **given)

    match = HeardMatch("m1", "j1", stands=True, accepted=True, accepted_at=NOW - 57 * DAY)
    again = tuple(interview("bo")._replace(interview=f"i{n}") for n in range(3))

    round_ = summed(
        job(SQL),
        hired("ana", is_rediscovered=True, matches=(match,)),
        hired("bo", is_rediscovered=False, interviews=again),
    )

    assert [told(round_, f"wait_{name}").value for name in ("match", "applicant")] == [3 * 24, 39 * 24]
    assert [told(round_, "took", part).value for part in ("rediscovered", "applied")] == [1, 3]
    assert guarded_round(round_) == [], "these are hours of single people"


def test_records_that_do_not_say_when_somebody_applied_tell_no_wait():
    began = NOW - 21 * DAY
    past = HeardApplication("a-ana", "j1", began, NOW - 15 * DAY, outcome=Outcome.NOT_SELECTED, is_historical=True)

    waits = summed(job(SQL, opened_at=began), applicant("ana", applications=(past,))).round.waits

    assert (waits.first.measured, waits.first.still) == (0, 0)
    assert waits.applicant.measured == 0, "nor when the job was opened: it is its first interview's day"


def test_interviews_count_once_their_day_has_come():
    returns = (HeardReturn("i-ana", NOW, "letter"),)
    person = applicant("ana", returns=returns)

    before, after = (summed(job(SQL), person, now=at).round.counts for at in (NOW - DAY, NOW))

    assert (before.counted, before.open) == (0, 1)
    assert (after.counted, after.open, after.wasted, after.wasted_unaided) == (1, 0, 0, 1)


def test_an_interview_that_only_feedback_names_took_place():
    counts = summed(job(SQL), applicant("ana", feedback("ana", 1), interviews=())).round.counts

    assert (counts.interviews, counts.interviewed, counts.given, counts.owed) == (1, 1, 1, 0)


def test_nothing_heard_is_nothing_to_tell():
    empty = summed(job(SQL))

    unknown = {f.measure: f.why_not for f in figures(add_up([empty])) if f.value is None}
    assert unknown.pop("nobody") is WhyNot.TOO_FEW
    assert set(unknown.values()) == {WhyNot.NOTHING_YET}
    assert add_up([]).waits == NO_WAITS
    assert derive_rows(HeardPerson("acme", "ana"), {}, WORKPLACE) == PersonRows()


def test_the_sum_of_two_rounds_is_that_of_both_their_people():
    both = add_up([round_of(), round_of()])

    assert both.counts == tuple(2 * n for n in round_of().round.counts)
    assert next((c.competency, c.people, c.met, c.level) for c in both.competencies) == ("sql", 14, 8, 4)
    assert (both.rounds, both.closed, both.nobody, both.returned["letter"]) == (2, 2, 2, 20)


def test_the_order_in_which_things_are_heard_changes_nothing():
    opening, person = job(SQL), people_of_halden()["mei"]
    turned = person._replace(
        **{name: tuple(reversed(heard)) for name, heard in person._asdict().items() if isinstance(heard, tuple)}
    )

    one, other = (derive_rows(p, {opening.job: opening}, WORKPLACE) for p in (person, turned))

    assert all(set(mine) == set(theirs) for mine, theirs in zip(one, other, strict=True))


def test_rows_name_the_jobs_that_are_summed_up_anew():
    [amara] = [r for r in rows() if r.candidacies[0].candidate == "amara"]

    assert amara.jobs == {"su27-data", "ws27-ae"}


def test_a_promise_to_decide_that_was_broken_is_no_late_answer():
    late = [HeardDelay("a-ana", missing, NOW - DAY) for missing in (Missing.DECISION, Missing.APPROVAL)]

    kept = [summed(job(SQL), applicant("ana", delays=(delay,))).round.counts.kept for delay in late]

    assert kept == [1, 0]
