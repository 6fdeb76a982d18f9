"""Rule 1: tiers and places, by the worked examples."""

from datetime import UTC, datetime, timedelta

import pytest

from services.candidates.domain import pool
from services.candidates.domain.consent import Consent, newest
from services.candidates.domain.records import AssessedApplication, CandidateRecord, MembershipReview, SaidMembership
from shared.contracts import LeaveReason, MemberStatus, Outcome, ReviewAction, Tier, letter_id, membership_id

DECIDED = datetime(2026, 11, 13, 15, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
POINTS = {"strong_no": 0, "no": 1, "yes": 2, "strong_yes": 3}


def application(*verdicts: str, **given) -> AssessedApplication:
    points = [POINTS[v] for v in verdicts]
    whole = {
        "application": "a1",
        "job": "su27",
        "family": "data",
        "submitted_at": DECIDED - timedelta(days=24),
        "decided_at": DECIDED,
        "outcome": Outcome.NOT_SELECTED,
        "points": points,
        "evidence": [f"f{n}" for n in range(len(points))],
        "touched_at": DECIDED - timedelta(days=8),
    }
    return AssessedApplication(**{**whole, **given})


def record(*applications: AssessedApplication, **given) -> CandidateRecord:
    return CandidateRecord("acme", "ana", applications, signs=[DECIDED - timedelta(days=24)], **given)


def place(*applications: AssessedApplication, now: datetime = NOW, **given) -> pool.PoolPlace | None:
    places = pool.place([record(*applications, **given)], now)
    return places[0] if places else None


def standing(
    *applications: AssessedApplication, **given
) -> tuple[Tier | None, MemberStatus | None, LeaveReason | None]:
    found = place(*applications, **given)
    assert found
    return found.tier, found.status, found.reason


def consent(*, granted: bool = True, **given) -> Consent:
    return Consent(granted, given.pop("given_at", NOW - timedelta(days=2)), **given)


def review(action: ReviewAction, tier: Tier | None = None, at: datetime = NOW) -> dict[str, MembershipReview]:
    return {"data": MembershipReview(action, tier, at)}


def test_example_1_two_yes_make_a_silver_medalist_who_is_invited():
    assert standing(application("yes", "yes")) == (Tier.SILVER_MEDALIST, MemberStatus.INVITED, None)


def test_example_2_strong_yes_and_no_is_silver_and_why_names_the_no():
    found = place(application("strong_yes", "no"))

    assert found.tier is Tier.SILVER_MEDALIST
    assert any("one of two verdicts was no" in sentence for sentence in found.why)


def test_example_3_strong_yes_and_strong_no_is_promising_and_held():
    assert standing(application("strong_yes", "strong_no")) == (Tier.PROMISING, MemberStatus.HELD, None)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (("yes", "no"), (Tier.PROMISING, MemberStatus.INVITED, None)),
        (("no", "no"), (Tier.DEVELOPING, MemberStatus.NOT_INVITED, None)),
        (("yes",), (Tier.PROMISING, MemberStatus.INVITED, None)),
    ],
)
def test_example_4_one_yes_is_promising_two_no_are_developing(verdicts, expected):
    assert standing(application(*verdicts)) == expected


def test_example_5_without_a_verdict_nobody_is_assessed():
    assert standing(application()) == (Tier.UNASSESSED, MemberStatus.NOT_INVITED, None)


def test_example_6_who_would_not_be_reconsidered_is_no_member_and_nothing_is_said():
    found = place(application("strong_yes", "strong_yes", would_reconsider=False))

    assert (found.status, found.reason) == (None, LeaveReason.RECONSIDER_FALSE)
    assert pool.sayings([found]) == []


def test_example_7_two_no_are_promising_when_the_recruiter_would_reconsider():
    found = place(application("no", "no", would_reconsider=True))

    assert (found.tier, found.status) == (Tier.PROMISING, MemberStatus.INVITED)
    assert any("recruiter would reconsider" in sentence for sentence in found.why)


def test_example_8_a_declined_offer_is_silver():
    assert standing(application("yes", outcome=Outcome.OFFER_DECLINED))[0] is Tier.SILVER_MEDALIST


def test_example_32_the_newest_answer_of_two_merged_people_counts():
    a = Consent(granted=True, given_at=datetime(2026, 3, 1, tzinfo=UTC), candidate="a")
    b = Consent(granted=False, given_at=datetime(2026, 3, 5, tzinfo=UTC), candidate="b")

    assert newest([a, b]) == newest([b, a]) == b
    assert standing(application("yes", "yes"), consent=b)[2] is LeaveReason.CONSENT_WITHDRAWN


def test_a_tie_of_two_answers_is_a_withdrawal():
    assert newest([consent(), consent(granted=False)]).granted is False


def test_who_consented_is_active():
    assert standing(application("no", "no"), consent=consent()) == (Tier.DEVELOPING, MemberStatus.ACTIVE, None)


def test_an_undecided_application_pauses_even_who_consented():
    other = AssessedApplication("a2", "op27", "operations", submitted_at=NOW)

    assert standing(application("yes", "yes"), other, consent=consent())[1] is MemberStatus.PAUSED


def test_a_strong_no_is_held_before_anything_else():
    other = AssessedApplication("a2", "op27", "operations", submitted_at=NOW)

    found = standing(application("strong_yes", "strong_yes", "strong_no"), other, consent=consent())

    assert found[:2] == (Tier.PROMISING, MemberStatus.HELD)


def test_a_strong_no_below_promising_is_not_held():
    assert standing(application("no", "strong_no"))[1] is MemberStatus.NOT_INVITED


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"outcome": Outcome.HIRED}, LeaveReason.HIRED),
        ({"disqualifying": True}, LeaveReason.DISQUALIFIED),
        ({"would_reconsider": False}, LeaveReason.RECONSIDER_FALSE),
    ],
)
def test_some_decisions_end_a_membership(given, reason):
    assert standing(application("yes", "yes", **given)) == (None, None, reason)


def test_a_hire_elsewhere_ends_every_membership():
    hire = AssessedApplication(
        "a2", "op27", "operations", decided_at=DECIDED - timedelta(days=1), outcome=Outcome.HIRED
    )

    places = pool.place([record(application("yes", "yes"), hire)], NOW)

    assert {p.reason for p in places} == {LeaveReason.HIRED}


def test_who_applies_again_after_a_hire_is_judged_anew():
    hire = AssessedApplication("a0", "su25", "data", decided_at=datetime(2025, 3, 1, tzinfo=UTC), outcome=Outcome.HIRED)

    assert standing(hire, application("yes", "yes")) == (Tier.SILVER_MEDALIST, MemberStatus.INVITED, None)


def test_the_newest_decision_in_the_family_decides():
    older = application("strong_yes", "strong_yes", application="a0", decided_at=DECIDED - timedelta(days=300))

    assert place(older, application("no", "no")).application == "a1"


def test_a_tie_of_two_decisions_goes_to_the_greater_id():
    assert place(application("yes", application="a9"), application("no")).application == "a9"


def test_without_a_decision_or_a_known_job_there_is_no_membership():
    assert place(application("yes", decided_at=None, outcome=None)) is None
    assert place(application("yes", family=None)) is None


def test_somebody_restricted_has_no_place():
    assert place(application("yes", "yes"), restricted=True) is None


def test_a_confirmation_lifts_what_is_held_until_newer_evidence():
    confirmed = review(ReviewAction.CONFIRM, at=DECIDED + timedelta(days=1))
    held = application("strong_yes", "strong_no")

    assert standing(held, reviews=confirmed)[1] is MemberStatus.INVITED
    assert standing(held._replace(touched_at=NOW), reviews=confirmed)[1] is MemberStatus.HELD


def test_an_invitation_by_a_person_lapses_with_newer_evidence():
    invited = review(ReviewAction.INVITE, at=DECIDED + timedelta(days=1))

    assert standing(application("no"), reviews=invited)[1] is MemberStatus.INVITED
    assert standing(application("no", touched_at=NOW), reviews=invited)[1] is MemberStatus.NOT_INVITED


def test_a_chosen_tier_and_a_removal_stay():
    evidence = application("strong_yes", "strong_no", touched_at=NOW)
    early = DECIDED - timedelta(days=30)

    retiered = review(ReviewAction.RETIER, Tier.SILVER_MEDALIST, early)
    assert standing(evidence, reviews=retiered)[:2] == (Tier.SILVER_MEDALIST, MemberStatus.INVITED)
    assert standing(evidence, reviews=review(ReviewAction.REMOVE, at=early))[2] is LeaveReason.REMOVED


def test_a_membership_expires_two_years_after_the_last_sign():
    found = place(application("yes", "yes"))
    assert found.expires_at == (DECIDED - timedelta(days=24)).replace(year=2028)
    assert found.due_at == found.expires_at

    assert standing(application("yes", "yes"), now=found.expires_at)[2] is LeaveReason.EXPIRED


def test_a_consent_that_runs_out_ends_the_membership():
    ends_at = NOW + timedelta(days=3)
    given = consent(expires_at=ends_at)

    assert place(application("yes", "yes"), consent=given).due_at == ends_at
    assert standing(application("yes", "yes"), consent=given, now=ends_at)[2] is LeaveReason.EXPIRED


def sent(step: int, at: datetime, family: str = "data") -> dict[str, datetime]:
    return {letter_id("acme", "pool_invitation", family, "ana", step): at}


def test_who_does_not_answer_the_reminder_leaves_30_days_later():
    reminded = DECIDED + timedelta(days=17)
    told = {"invitations": sent(2, reminded)}

    assert place(application("yes"), **told).due_at == reminded + timedelta(days=30)
    just_before = reminded + timedelta(days=30, seconds=-1)
    assert standing(application("yes"), now=just_before, **told)[1] is MemberStatus.INVITED
    assert standing(application("yes"), now=reminded + timedelta(days=30), **told)[2] is LeaveReason.NO_ANSWER


@pytest.mark.parametrize(
    "told",
    [
        sent(1, DECIDED + timedelta(days=3)),
        sent(2, DECIDED + timedelta(days=17), "operations"),
        sent(2, DECIDED - timedelta(days=17)),
    ],
)
def test_nobody_is_out_without_a_reminder_of_this_round(told):
    assert standing(application("yes"), invitations=told, now=NOW + timedelta(days=200))[1] is MemberStatus.INVITED


def test_who_gave_a_sign_since_the_decision_is_not_out():
    told = {"invitations": sent(2, DECIDED + timedelta(days=17))}
    heard = record(application("yes"), **told)._replace(signs=[DECIDED + timedelta(days=20)])

    assert pool.place([heard], NOW + timedelta(days=100))[0].status is MemberStatus.INVITED


def test_a_membership_said_before_is_left_when_nothing_holds_any_more():
    undecided = application("yes", decided_at=None, outcome=None)
    said = [SaidMembership("ana", "data", "a1")]

    farewell = pool.farewells([record(undecided, said=said)])

    assert [(s.event.membership, s.event.reason) for s in farewell] == [
        (membership_id("ana", "data"), LeaveReason.UNDECIDED)
    ]


@pytest.mark.parametrize(
    ("said", "given", "reason"),
    [
        (SaidMembership("ana", "operations", "a1"), {}, LeaveReason.MOVED),
        (SaidMembership("ana-2", "data", "a1"), {}, LeaveReason.MERGED),
        (SaidMembership("ana", "data", "a1"), {"restricted": True}, LeaveReason.ERASED),
    ],
)
def test_why_a_membership_is_gone(said, given, reason):
    farewell = pool.farewells([record(application("yes"), said=[said], **given)])

    assert [s.event.reason for s in farewell] == [reason]


def test_half_a_year_after_the_last_day_of_a_long_month_is_the_last_day_of_a_short_one():
    last_word = record(application("yes"))._replace(signs=[datetime(2026, 8, 31, tzinfo=UTC)])

    [found] = pool.place([last_word], NOW)

    assert found.reconfirm_at == datetime(2027, 2, 28, tzinfo=UTC)
