"""Facts in, everyone's place in the pool derived, differences out: the service on a real database."""

from datetime import timedelta

import pytest

from shared.contracts import (
    ApplicationDecisionReversed,
    CandidateErased,
    CandidateMerged,
    ErasureRequested,
    FeedbackWithdrawn,
    LeaveReason,
    OrganizationConfigured,
    OutreachSent,
    letter_id,
)
from tests.candidates.sentences import (
    DECIDED,
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    completed,
    consented,
    decided,
    feedback,
    later,
    match_said,
    noor,
    opened,
    place_of,
    registered,
    said_of,
    the_next_job,
)
from tests.heard import Heard

pytestmark = pytest.mark.db

DERIVED = ("members", "matches", "shown_matches", "runs", "demands", "jobs")


SILVER_INVITED = ("silver_medalist", "invited")


async def test_example_1_a_second_yes_makes_a_silver_medalist(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes"))
    assert await place_of(stage, "ana") == ("promising", "invited")

    await stage.deliver(feedback("ana", "yes", 2))

    assert await place_of(stage, "ana") == SILVER_INVITED
    topic, said = await said_of(stage, "ana")
    assert (topic, said["tier"], said["evidence"]) == (
        "candidate-pooled",
        "silver_medalist",
        ["ana-su27-f1", "ana-su27-f2"],
    )


@pytest.mark.parametrize("verdicts", [("no_decision", "no_decision"), ()], ids=["no decision", "no feedback"])
async def test_example_5_without_a_verdict_they_are_unassessed(stage, verdicts):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", *verdicts))

    assert await place_of(stage, "ana") == ("unassessed", "not_invited")


async def test_example_8_who_declined_an_offer_is_silver(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", outcome="offer_declined"))

    assert await place_of(stage, "ana") == SILVER_INVITED


@pytest.mark.parametrize("turned", [False, True])
async def test_of_two_applications_decided_at_one_instant_the_greater_id_decides(stage, turned):
    other = applied("ana", "su26"), decided("ana", "offer_declined", "su26")
    facts = [opened("su26"), opened(), *an_interviewed_candidate("ana", "no", "no"), *other]

    for fact in reversed(facts) if turned else facts:
        await stage.deliver(fact)

    assert (await said_of(stage, "ana"))[1]["application"] == "ana-su27"
    assert await place_of(stage, "ana") == ("developing", "not_invited")


@pytest.mark.parametrize("turned", [False, True])
async def test_of_two_versions_of_a_decision_at_one_instant_the_same_stands_in_any_order(stage, turned):
    versions = [Heard(decided("ana", outcome), id=f"v-{outcome}") for outcome in ("not_selected", "offer_declined")]
    await stage.deliver(opened(), applied("ana"))

    for version in reversed(versions) if turned else versions:
        await stage.deliver(version)

    assert await place_of(stage, "ana") == SILVER_INVITED


async def test_a_consent_from_the_future_is_parked_and_counts_for_nothing(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes"))

    await stage.deliver(consented("ana", given_at=NOW + timedelta(days=1)))

    assert await stage.fetch("SELECT code, field FROM dead_letters") == [
        {"code": "time-in-future", "field": "given_at"}
    ]
    assert await place_of(stage, "ana") == ("promising", "invited")


async def test_example_6_who_would_not_be_reconsidered_is_never_said(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "strong_yes", "strong_yes", would_reconsider=False))

    assert await place_of(stage, "ana") == LeaveReason.RECONSIDER_FALSE
    assert await said_of(stage, "ana") is None


async def test_example_9_a_corrected_verdict_is_said_again(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "no", "yes"))

    await stage.deliver(later(feedback("ana", "yes", 1), 1))

    assert await place_of(stage, "ana") == SILVER_INVITED
    assert (await said_of(stage, "ana"))[1]["tier"] == "silver_medalist"


async def test_a_withdrawn_verdict_counts_no_more_unless_given_again_later(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "no"))

    await stage.deliver(FeedbackWithdrawn(feedback="ana-su27-f2", candidate="ana", withdrawn_at="2026-11-06T08:00:00Z"))
    assert (await said_of(stage, "ana"))[1]["evidence"] == ["ana-su27-f1"]

    await stage.deliver(later(feedback("ana", "no", 2, submitted_at="2026-11-07T08:00:00Z"), 2))
    assert (await said_of(stage, "ana"))[1]["evidence"] == ["ana-su27-f1", "ana-su27-f2"]


async def test_of_one_interviewer_the_newest_verdict_on_an_interview_counts(stage):
    newer = feedback("ana", "no", 1, feedback="f9", submitted_at="2026-11-06T08:00:00Z")

    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes"), newer)

    assert (await said_of(stage, "ana"))[1]["evidence"] == ["f9"]
    assert await place_of(stage, "ana") == ("developing", "not_invited")


async def test_old_and_paper_verdicts_do_not_count(stage):
    old = feedback("ana", "yes", 1, submitted_at="2024-11-13T14:59:59Z")
    review = feedback("ana", "yes", 2, kind="application_review")

    await stage.deliver(opened(), applied("ana"), decided("ana"), old, review)

    assert await place_of(stage, "ana") == ("unassessed", "not_invited")


async def test_an_application_whose_job_is_unknown_has_no_family_yet(stage):
    await stage.deliver(*an_interviewed_candidate("ana", "yes", "yes"))
    assert await stage.fetch("SELECT 1 FROM members") == []

    await stage.deliver(opened())

    assert await place_of(stage, "ana") == SILVER_INVITED


async def test_an_application_without_a_job_is_general(stage):
    await stage.deliver(applied("ana", None, application="a1"), decided("ana", application="a1", job=None))

    assert await place_of(stage, "ana", "general") == ("unassessed", "not_invited")


async def test_a_job_that_changes_its_family_moves_its_people(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "yes"))

    await stage.deliver(later(opened(family="Business  Intelligence"), 1))

    assert await place_of(stage, "ana") is None
    assert await place_of(stage, "ana", "business-intelligence") == SILVER_INVITED
    assert (await said_of(stage, "ana"))[1]["reason"] == "moved"


async def test_a_reversed_decision_ends_a_membership_and_a_new_one_restores_it(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "yes"))

    reversed_at = "2026-11-14T08:00:00Z"
    await stage.deliver(ApplicationDecisionReversed(application="ana-su27", candidate="ana", reversed_at=reversed_at))
    assert await place_of(stage, "ana") is None
    assert (await said_of(stage, "ana"))[1]["reason"] == "undecided"

    await stage.deliver(later(decided("ana", decided_at="2026-11-15T08:00:00Z"), 1))
    assert await place_of(stage, "ana") == SILVER_INVITED
    assert (await said_of(stage, "ana"))[0] == "candidate-pooled"


async def test_consent_makes_a_member_active_and_its_withdrawal_ends_it(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "yes"), consented("ana"))
    assert await place_of(stage, "ana") == ("silver_medalist", "active")

    await stage.deliver(later(consented("ana", granted=False, given_at="2026-11-20T08:00:00Z"), 1))

    assert await place_of(stage, "ana") == LeaveReason.CONSENT_WITHDRAWN
    assert (await said_of(stage, "ana"))[1]["reason"] == "consent_withdrawn"


async def test_an_unhire_restores_the_membership(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana", "yes", "yes"), consented("ana"))

    await stage.deliver(later(decided("ana", "hired"), 1))
    assert await place_of(stage, "ana") == LeaveReason.HIRED

    await stage.deliver(later(decided("ana", "not_selected"), 2))
    assert await place_of(stage, "ana") == ("silver_medalist", "active")


async def test_example_32_merged_people_have_one_place_and_the_newest_answer(stage):
    await stage.deliver(
        opened(),
        *an_interviewed_candidate("ana", "yes", "yes"),
        consented("ana", given_at="2026-03-01T08:00:00Z"),
        registered("ana-2"),
        consented("ana-2", granted=False, given_at="2026-03-05T08:00:00Z"),
    )
    assert await place_of(stage, "ana") == ("silver_medalist", "active")

    await stage.deliver(CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=DECIDED))

    assert await place_of(stage, "ana") == LeaveReason.CONSENT_WITHDRAWN


async def test_a_merge_moves_the_membership_and_an_unmerge_brings_it_back(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("ana-2", "yes", "yes"), registered("ana"))

    await stage.deliver(CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=DECIDED))
    assert await place_of(stage, "ana") == SILVER_INVITED
    assert await place_of(stage, "ana-2") is None
    assert (await said_of(stage, "ana-2"))[1]["reason"] == "merged"

    await stage.deliver(later(CandidateMerged(surviving="ana", merged=(), merged_at=NOW), 5))
    assert await place_of(stage, "ana") is None
    assert await place_of(stage, "ana-2") == SILVER_INVITED


async def test_history_is_said_as_history(stage):
    facts = [Heard(e, historical=True) for e in an_interviewed_candidate("ana", "yes", "yes")]

    await stage.deliver(opened(), *facts)

    rows = await stage.fetch("SELECT historical FROM facts WHERE topic = 'candidate-pooled'")
    assert rows == [{"historical": True}]


async def test_somebody_who_asked_to_be_forgotten_leaves_at_once_and_erasure_leaves_nothing(stage):
    held = OrganizationConfigured.model_validate({"name": "Halden", "legal_hold_months": 6})
    await stage.deliver(held, opened(), *amara(consented("amara")), the_next_job())
    assert (await match_said(stage, "amara"))[0] == "candidate-matched"

    await stage.deliver(ErasureRequested(candidate="amara", requested_at=DECIDED, by="candidate"))
    assert await place_of(stage, "amara") is None
    assert (await match_said(stage, "amara"))[1]["reason"] == "restricted"

    await stage.deliver(CandidateErased(candidate="amara", erased_at=NOW))
    for table in ("members", "matches", "runs"):
        assert await stage.fetch(f"SELECT 1 FROM {table}") == []  # noqa: S608


async def test_a_consent_that_runs_out_ends_membership_and_match_by_the_clock(stage):
    ends_at = NOW + timedelta(days=10)
    await stage.deliver(opened(), *amara(consented("amara", expires_at=ends_at)), the_next_job())

    await stage.move(ends_at)

    assert await place_of(stage, "amara") == LeaveReason.EXPIRED
    assert (await match_said(stage, "amara"))[1]["reason"] == "consent"


async def test_nobody_who_does_not_answer_is_kept(stage):
    await stage.deliver(opened(), *an_interviewed_candidate("mei", "yes", "yes"))
    await stage.move(NOW + timedelta(days=8))
    await stage.deliver(Heard(_reminder("mei"), at=NOW + timedelta(days=8)))

    await stage.move(NOW + timedelta(days=37, hours=23))
    assert await place_of(stage, "mei") == SILVER_INVITED

    await stage.move(NOW + timedelta(days=38))
    assert await place_of(stage, "mei") == LeaveReason.NO_ANSWER
    assert (await said_of(stage, "mei"))[1]["reason"] == "no_answer"


def _reminder(candidate: str) -> OutreachSent:
    return OutreachSent(
        outreach=letter_id("acme", "pool_invitation", "data", candidate, 2), candidate=candidate, stream="nurture",
        kind="pool_invitation", template_version="1", language="en", message_id="<1@example.org>",
    )  # fmt: skip


async def test_a_replay_says_nothing(stage):
    facts = [opened(), *amara(consented("amara")), *noor(consented("noor")), the_next_job()]
    records = [stage.log.append(f) for f in facts]
    await stage.take(records)
    said = await stage.fetch("SELECT count(*) FROM outbox")

    await stage.take(records)

    assert await stage.fetch("SELECT count(*) FROM outbox") == said


async def test_another_tenants_rows_are_invisible(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())

    async with stage.database.transaction(["halden"]) as conn:
        for table in (*DERIVED, "feedback", "applications", "openings", "interview_facts"):
            assert await conn.fetch(f"SELECT 1 FROM {table}") == []  # noqa: S608


async def test_two_tenants_may_use_the_same_ids(stage):
    facts = an_interviewed_candidate("ana", "yes", "yes")
    await stage.deliver(opened(), *facts)

    await stage.deliver(
        *[Heard(f, organization="halden", id=f"h{n}") for n, f in enumerate([opened(), *facts, consented("ana")])]
    )

    rows = await stage.fetch("SELECT organization, status FROM members ORDER BY 1")
    assert [(r["organization"], r["status"]) for r in rows] == [("acme", "invited"), ("halden", "active")]


async def test_an_interview_by_itself_makes_nobody_a_member(stage):
    await stage.deliver(opened(), applied("ana"), completed("ana"), feedback("ana"))

    assert await place_of(stage, "ana") is None
